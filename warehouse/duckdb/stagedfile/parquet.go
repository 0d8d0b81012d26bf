package stagedfile

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

// A Parquet is a staged Parquet file where DuckDB can read it.
type Parquet struct {
	path    string
	Rows    int64
	Columns []Column
}

// A Column is a column of a Parquet file, as DuckDB reads it.
type Column struct{ Name, Type string }

// OpenParquet makes a staged file one that DuckDB can read, at the pages too if
// they are probed. The caller closes it.
func (r *Reader) OpenParquet(ctx context.Context, at Place, name string, probe bool) (*Parquet, error) {
	path, err := r.copy(ctx, at, name)
	if err != nil {
		return nil, err
	}
	p := &Parquet{path: path}
	err = p.look(ctx, r.Conn)
	if err == nil && probe {
		_, err = r.Conn.Texts(ctx, "select cast(bit_xor(hash(t)) as varchar) from read_parquet("+ducksql.Text(path)+") t")
	}
	if err != nil {
		p.Close()
		var e *engine.Error
		if errors.As(err, &e) {
			// DuckDB's words are about the copy, and would count as the refusal.
			r.Log.Debug("a staged file is no Parquet file", "file", at.Listed(name), "error", e)
			return nil, &warehouse.Error{Code: BadFile, State: "22000", Message: fmt.Sprintf("Error parsing the Parquet file '%s': it is damaged or no Parquet file", at.Listed(name))}
		}
		return nil, err
	}
	return p, nil
}

// BadFile is the number of a file whose content cannot be what it should.
const BadFile = 100073

// look reads the file's schema.
func (p *Parquet) look(ctx context.Context, conn *engine.Conn) error {
	count, err := conn.Texts(ctx, "select cast(sum(num_rows) as varchar) from parquet_file_metadata("+ducksql.Text(p.path)+")")
	if err != nil {
		return err
	}
	if p.Rows, err = strconv.ParseInt(count[0][0], 10, 64); err != nil {
		return err
	}
	found, err := conn.Texts(ctx, "select column_name, column_type from (describe from read_parquet("+ducksql.Text(p.path)+"))")
	for _, r := range found {
		p.Columns = append(p.Columns, Column{r[0], r[1]})
	}
	return err
}

// From reads the file in DuckDB's SQL, its rows numbered by file_row_number.
func (p *Parquet) From() string {
	return "read_parquet(" + ducksql.Text(p.path) + ", file_row_number = true)"
}

// Close removes the copy that DuckDB reads.
func (p *Parquet) Close() {
	// The folder goes with the warehouse.
	_ = os.Remove(p.path)
}

// Find is the column that matches a name, nil if none does.
func (p *Parquet) Find(name string, exact bool) *Column {
	for i, c := range p.Columns {
		if c.Name == name || !exact && strings.EqualFold(c.Name, name) {
			return &p.Columns[i]
		}
	}
	return nil
}

// JSON is the column's value as semi-structured data.
func (c Column) JSON(f *fileformat.Format) string {
	name := ducksql.Name(c.Name)
	switch {
	case strings.HasPrefix(c.Type, "DECIMAL"):
		return ducksql.Sorted("cast(cast(" + name + " as varchar) as json)")
	case c.Type == "DOUBLE", c.Type == "FLOAT":
		return rewrite.Macros + ".MAIN.float_json(" + name + ")"
	case c.Type == "BLOB":
		return "to_json(" + c.Text(f) + ")"
	case strings.HasPrefix(c.Type, "TIMESTAMP"), c.Type == "DATE", strings.HasPrefix(c.Type, "TIME"):
		return "to_json(" + c.Text(f) + ")"
	}
	if ducksql.Family(c.Type) == "nested" {
		return ducksql.Sorted("to_json(" + name + ")")
	}
	return "to_json(" + name + ")"
}

// Text is the column's value as text.
func (c Column) Text(f *fileformat.Format) string {
	name := ducksql.Name(c.Name)
	switch {
	case c.Type == "VARCHAR":
		return Trimmed(name, f)
	case c.Type == "BLOB" && f.Bool("BINARY_AS_TEXT"):
		return "coalesce(try(decode(" + name + ")), hex(" + name + "))"
	case c.Type == "BLOB":
		return "hex(" + name + ")"
	case c.Type == "TIMESTAMP_NS", c.Type == "TIME_NS":
		return "cast(" + name + " as varchar)"
	case c.Type == "TIMESTAMP WITH TIME ZONE":
		return rewrite.Macros + ".MAIN.text_of(" + name + " at time zone 'UTC')"
	}
	return rewrite.Macros + ".MAIN.text_of(" + name + ")"
}

// Trimmed is a text as TRIM_SPACE and NULL_IF leave it.
func Trimmed(text string, f *fileformat.Format) string {
	if f.Bool("TRIM_SPACE") {
		text = "trim(" + text + ")"
	}
	for _, s := range f.List("NULL_IF") {
		text = "nullif(" + text + ", " + ducksql.Text(s) + ")"
	}
	return text
}

// Row is the whole row as an object.
func (p *Parquet) Row(f *fileformat.Format) string {
	if len(p.Columns) == 0 {
		return "cast('{}' as json)"
	}
	parts := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		parts[i] = ducksql.Text(c.Name) + ", " + c.JSON(f)
	}
	return ducksql.Sorted("json_object(" + strings.Join(parts, ", ") + ")")
}
