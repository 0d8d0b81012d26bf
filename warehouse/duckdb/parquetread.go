package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// parquetFile is a staged Parquet file where DuckDB can read it.
type parquetFile struct {
	path    string
	rows    int64
	columns []parquetColumn
}

// parquetColumn is a column of a Parquet file, as DuckDB reads it.
type parquetColumn struct{ name, duck string }

// openParquet makes a staged file one that DuckDB can read, at the pages too if
// they are probed. The caller closes it.
func (r *stageReader) openParquet(ctx context.Context, at place, name string, probe bool) (*parquetFile, error) {
	path, err := r.copy(ctx, at, name)
	if err != nil {
		return nil, err
	}
	p := &parquetFile{path: path}
	err = p.look(ctx, r.conn)
	if err == nil && probe {
		_, err = r.conn.Texts(ctx, "select cast(bit_xor(hash(t)) as varchar) from read_parquet("+ducksql.Text(path)+") t")
	}
	if err != nil {
		p.close()
		var e *engine.Error
		if errors.As(err, &e) {
			// DuckDB's words are about the copy, and would count as the refusal.
			r.log.Debug("a staged file is no Parquet file", "file", at.listed(name), "error", e)
			return nil, &warehouse.Error{Code: badFile, State: "22000", Message: fmt.Sprintf("Error parsing the Parquet file '%s': it is damaged or no Parquet file", at.listed(name))}
		}
		return nil, err
	}
	return p, nil
}

// badFile is the number of a file whose content cannot be what it should.
const badFile = 100073

// look reads the file's schema.
func (p *parquetFile) look(ctx context.Context, conn *engine.Conn) error {
	count, err := conn.Texts(ctx, "select cast(sum(num_rows) as varchar) from parquet_file_metadata("+ducksql.Text(p.path)+")")
	if err != nil {
		return err
	}
	if p.rows, err = strconv.ParseInt(count[0][0], 10, 64); err != nil {
		return err
	}
	found, err := conn.Texts(ctx, "select column_name, column_type from (describe from read_parquet("+ducksql.Text(p.path)+"))")
	for _, r := range found {
		p.columns = append(p.columns, parquetColumn{r[0], r[1]})
	}
	return err
}

// from reads the file in DuckDB's SQL.
func (p *parquetFile) from() string {
	return "read_parquet(" + ducksql.Text(p.path) + ", file_row_number = true)"
}

func (p *parquetFile) close() {
	// The folder goes with the warehouse.
	_ = os.Remove(p.path)
}

// find is the column that matches a name, nil if none does.
func (p *parquetFile) find(name string, exact bool) *parquetColumn {
	for i, c := range p.columns {
		if c.name == name || !exact && strings.EqualFold(c.name, name) {
			return &p.columns[i]
		}
	}
	return nil
}

// json is the column's value as semi-structured data.
func (c parquetColumn) json(f *fileformat.Format) string {
	name := ducksql.Name(c.name)
	switch {
	case strings.HasPrefix(c.duck, "DECIMAL"):
		return ducksql.Sorted("cast(cast(" + name + " as varchar) as json)")
	case c.duck == "BLOB":
		return "to_json(" + c.text(f) + ")"
	case strings.HasPrefix(c.duck, "TIMESTAMP"), c.duck == "DATE", strings.HasPrefix(c.duck, "TIME"):
		return "to_json(" + c.text(f) + ")"
	}
	if ducksql.Family(c.duck) == "nested" {
		return ducksql.Sorted("to_json(" + name + ")")
	}
	return "to_json(" + name + ")"
}

// text is the column's value as text.
func (c parquetColumn) text(f *fileformat.Format) string {
	name := ducksql.Name(c.name)
	switch {
	case c.duck == "VARCHAR":
		return trimmed(name, f)
	case c.duck == "BLOB" && f.Bool("BINARY_AS_TEXT"):
		return "coalesce(try(decode(" + name + ")), hex(" + name + "))"
	case c.duck == "BLOB":
		return "hex(" + name + ")"
	case c.duck == "TIMESTAMP_NS", c.duck == "TIME_NS":
		return "cast(" + name + " as varchar)"
	case c.duck == "TIMESTAMP WITH TIME ZONE":
		return rewrite.Macros + ".MAIN.text_of(" + name + " at time zone 'UTC')"
	}
	return rewrite.Macros + ".MAIN.text_of(" + name + ")"
}

// trimmed is a text as TRIM_SPACE and NULL_IF leave it.
func trimmed(text string, f *fileformat.Format) string {
	if f.Bool("TRIM_SPACE") {
		text = "trim(" + text + ")"
	}
	for _, s := range f.List("NULL_IF") {
		text = "nullif(" + text + ", " + ducksql.Text(s) + ")"
	}
	return text
}

// row is the whole row as an object.
func (p *parquetFile) row(f *fileformat.Format) string {
	if len(p.columns) == 0 {
		return "cast('{}' as json)"
	}
	parts := make([]string, len(p.columns))
	for i, c := range p.columns {
		parts[i] = ducksql.Text(c.name) + ", " + c.json(f)
	}
	return ducksql.Sorted("json_object(" + strings.Join(parts, ", ") + ")")
}
