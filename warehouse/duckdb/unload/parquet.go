package unload

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// writeParquet has DuckDB write Parquet files to the spool, and puts them on
// the stage.
func (u *Unload) writeParquet(ctx context.Context) error {
	codec, extension, err := u.codec()
	if err != nil {
		return err
	}
	partitions := []string{""}
	if u.Statement.Partition != nil {
		found, err := u.Reader.Conn.Texts(ctx, "select distinct coalesce(cast("+ducksql.Name(partitionColumn)+" as varchar), '__NULL__') from ("+u.Query+") order by 1")
		if err != nil {
			return err
		}
		partitions = nil
		for _, r := range found {
			partitions = append(partitions, r[0])
		}
	}
	for _, p := range partitions {
		if err := u.writePartition(ctx, p, codec, extension); err != nil {
			return err
		}
	}
	return nil
}

// codec is how the pages are compressed, for DuckDB, and what the files' names
// end in.
func (u *Unload) codec() (codec, extension string, err error) {
	compression := u.Format.Text("COMPRESSION")
	if compression == "AUTO" && !u.Format.Bool("SNAPPY_COMPRESSION") {
		compression = "NONE"
	}
	switch compression {
	case "AUTO", "SNAPPY":
		return "snappy", ".snappy.parquet", nil
	case "NONE":
		return "uncompressed", ".parquet", nil
	}
	return "", "", refusal.Unsupported("unloading Parquet with the compression " + compression)
}

func (u *Unload) writePartition(ctx context.Context, partition, codec, extension string) (err error) {
	dir, err := u.spoolFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	where := ""
	if partition != "" {
		where = " where coalesce(cast(" + ducksql.Name(partitionColumn) + " as varchar), '__NULL__') = " + ducksql.Text(partition)
	}
	to, split := filepath.Join(dir, "files"), fmt.Sprintf(", file_size_bytes %d, per_thread_output false", u.maxSize)
	if u.single {
		to, split = filepath.Join(dir, "file.parquet"), ""
	}
	columns, err := u.parquetColumns()
	if err != nil {
		return err
	}
	if err := u.Reader.Conn.Exec(ctx, fmt.Sprintf("copy (select %s from (%s)%s) to %s (format parquet, compression %s%s)",
		columns, u.Query, where, ducksql.Text(to), codec, split)); err != nil {
		return err
	}
	files := []string{to}
	if !u.single {
		if files, err = filepath.Glob(filepath.Join(to, "*")); err != nil {
			return err
		}
		// data_10 comes behind data_9.
		slices.SortStableFunc(files, func(a, b string) int { return len(a) - len(b) })
	}
	for i, file := range files {
		if err := u.putParquet(ctx, file, u.fileName(partition, i, extension)); err != nil {
			return err
		}
	}
	return nil
}

// spoolFolder is an empty folder that DuckDB may write to.
func (u *Unload) spoolFolder() (string, error) {
	dir, err := u.Reader.Folder()
	if err == nil {
		dir, err = os.MkdirTemp(dir, "unload-*")
	}
	if err != nil {
		return "", fmt.Errorf("unloading: %w", err)
	}
	return dir, nil
}

// parquetColumns are the columns in types that keep their values in the file.
func (u *Unload) parquetColumns() (string, error) {
	var items []string
	for i, c := range u.data() {
		value, name := ducksql.Name(c.name), c.name
		switch {
		case c.duck == rewrite.FineNaive:
			value = "make_timestamp_ns(epoch_us(struct_extract(" + value + ", 'us')) * 1000 + struct_extract(" + value + ", 'ns'))"
		case rewrite.FineKind(c.duck) != "":
			return "", refusal.Unsupported("unloading " + c.name + ", which has nine digits of a second, to Parquet; cast it to TIMESTAMP_NTZ or to six digits")
		case c.duck == rewrite.Zoned:
			return "", refusal.Unsupported("unloading the TIMESTAMP_TZ " + c.name + " to Parquet, which Snowflake has not either; cast it to TIMESTAMP_NTZ")
		case c.duck == "HUGEINT", c.duck == "UHUGEINT":
			value = "cast(" + value + " as decimal(38,0))"
		case c.duck == "JSON":
			value = ducksql.Shown(value)
		case ducksql.Family(c.duck) == "nested":
			value = ducksql.Shown(ducksql.Sorted("to_json(" + value + ")"))
		}
		if !u.header {
			name = "_COL_" + strconv.Itoa(i)
		}
		items = append(items, value+" as "+ducksql.Name(name))
	}
	return strings.Join(items, ", "), nil
}

// putParquet puts one file of the spool on the stage, unless it has no rows.
func (u *Unload) putParquet(ctx context.Context, file, name string) error {
	found, err := u.Reader.Conn.Texts(ctx, "select cast(sum(num_rows) as varchar) from parquet_file_metadata("+ducksql.Text(file)+")")
	if err != nil {
		return err
	}
	rows, err := strconv.ParseInt(found[0][0], 10, 64)
	if err != nil || rows == 0 {
		return err
	}
	there, err := u.has(ctx, name)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("unloading to %s: %w", u.At.Listed(name), err)
	}
	defer f.Close()
	o, err := u.At.Put(ctx, name, f, stage.PutOptions{})
	if err != nil {
		return refusal.OfStage(err, u.At.Listed(name))
	}
	if u.single && o.Size > u.maxSize {
		u.note(o, rows, !there)
		return &warehouse.Error{Code: 100182, State: "22000", Message: fmt.Sprintf(
			"Max file size (%d) exceeded for unload single file mode. Please increase MAX_FILE_SIZE copy option.", u.maxSize)}
	}
	u.input += o.Size
	u.note(o, rows, !there)
	return nil
}
