package inferschema

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// An Inference is one call of INFER_SCHEMA.
type Inference struct {
	Reader     *stagedfile.Reader
	At         stagedfile.Place
	How        *stagedfile.Reading
	Files      []*stagedfile.File
	IgnoreCase bool
	MaxRows    int
	columns    []*inferred
}

// inferred is one column that the files have.
type inferred struct {
	name, expression string
	guess            datafile.Guess
	files            []string
}

// DefaultRows is how many records of a file INFER_SCHEMA looks at where
// nobody says.
const DefaultRows = 10_000

// Columns are what Rows gives, by name and type of DuckDB's.
func Columns() []string {
	return []string{"COLUMN_NAME varchar", "TYPE varchar", "NULLABLE boolean", "EXPRESSION varchar", "FILENAMES varchar", "ORDER_ID bigint"}
}

// Rows looks at the files and gives a row for each column that they have.
func (inf *Inference) Rows(ctx context.Context) (rows [][]any, err error) {
	for _, f := range inf.Files {
		var err error
		switch inf.How.Format.Type() {
		case "PARQUET":
			err = inf.parquet(ctx, f)
		case "JSON":
			err = inf.json(ctx, f)
		default:
			err = inf.csv(ctx, f)
		}
		if err != nil {
			return nil, err
		}
	}
	for i, col := range inf.columns {
		typ := col.guess.String()
		rows = append(rows, []any{col.name, typ, true, col.expression + "::" + typ, strings.Join(col.files, ", "), int64(i)})
	}
	return rows, nil
}

// column is the column of a name, which is there now if it was not, with the
// file noted.
func (inf *Inference) column(name, expression, file string) *inferred {
	if inf.IgnoreCase {
		name = strings.ToUpper(name)
	}
	for _, col := range inf.columns {
		if col.name == name {
			if col.files[len(col.files)-1] != file {
				col.files = append(col.files, file)
			}
			return col
		}
	}
	col := &inferred{name: name, expression: expression, files: []string{file}}
	inf.columns = append(inf.columns, col)
	return col
}

var simpleKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// member is how SQL names a member of $1.
func (inf *Inference) member(name string) string {
	switch {
	case inf.IgnoreCase:
		return "GET_IGNORE_CASE ($1, '" + strings.ReplaceAll(strings.ToUpper(name), "'", "''") + "')"
	case simpleKey.MatchString(name):
		return "$1:" + name
	}
	return `$1:"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (inf *Inference) parquet(ctx context.Context, f *stagedfile.File) error {
	p, err := inf.Reader.OpenParquet(ctx, inf.At, f.Name, false)
	if err != nil {
		return err
	}
	defer p.Close()
	for _, c := range p.Columns {
		inf.column(c.Name, inf.member(c.Name), f.Name).guess.Merge(guessParquet(c, inf.How.Format))
	}
	return nil
}

// guessParquet is the type of a Parquet file's column.
func guessParquet(c stagedfile.Column, f *fileformat.Format) (g datafile.Guess) {
	var width, scale int
	switch {
	case strings.HasPrefix(c.Type, "DECIMAL"):
		if _, err := fmt.Sscanf(c.Type, "DECIMAL(%d,%d)", &width, &scale); err != nil {
			width = 38
		}
		return datafile.Fixed(width, scale)
	case c.Type == "DOUBLE", c.Type == "FLOAT":
		g.Is("REAL")
	case ducksql.Family(c.Type) == "number":
		return datafile.Fixed(38, 0)
	case c.Type == "BOOLEAN", c.Type == "DATE":
		g.Is(c.Type)
	case c.Type == "BLOB" && !f.Bool("BINARY_AS_TEXT"):
		g.Is("BINARY")
	case ducksql.Family(c.Type) == "time":
		g.Is("TIME")
	case strings.HasPrefix(c.Type, "TIMESTAMP"):
		g.Is("TIMESTAMP_NTZ")
	case strings.HasSuffix(c.Type, "]"):
		g.Is("ARRAY")
	case ducksql.Family(c.Type) == "nested":
		g.Is("OBJECT")
	default:
		g.Is("TEXT")
	}
	return g
}

func (inf *Inference) csv(ctx context.Context, f *stagedfile.File) error {
	var header []string
	var err error
	if inf.How.Format.Bool("PARSE_HEADER") {
		if header, err = inf.How.Header(ctx, inf.At, f.Name); err != nil {
			return err
		}
	}
	var columns []*inferred
	column := func(i int) *inferred {
		for len(columns) <= i {
			n := len(columns) + 1
			name := fmt.Sprintf("c%d", n)
			if n <= len(header) {
				name = header[n-1]
			}
			columns = append(columns, inf.column(name, fmt.Sprintf("$%d", n), f.Name))
		}
		return columns[i]
	}
	if len(header) > 0 {
		column(len(header) - 1)
	}
	return inf.records(ctx, f, func(fields []datafile.Field) error {
		for i, field := range fields {
			column(i).guess.Text(string(field.Value))
		}
		return nil
	})
}

// records gives each the fields of the file's first records.
func (inf *Inference) records(ctx context.Context, f *stagedfile.File, each func([]datafile.Field) error) error {
	records, closer, err := inf.How.Open(ctx, inf.At, f.Name)
	if err != nil {
		return err
	}
	defer closer.Close()
	for range inf.MaxRows {
		rec, err := records.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return stagedfile.BadCompression(f.Shown, err)
		}
		if rec.Fault != nil {
			e := stagedfile.RowErrorOf(rec, *rec.Fault, nil)
			return f.Abort(&e, inf.How.Label)
		}
		if err := each(rec.Fields); err != nil {
			return err
		}
	}
	return nil
}

func (inf *Inference) json(ctx context.Context, f *stagedfile.File) error {
	return inf.records(ctx, f, func(fields []datafile.Field) error {
		dec := json.NewDecoder(bytes.NewReader(variant.JSON(nil, fields[0].Value)))
		dec.UseNumber()
		if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
			return nil // only objects have columns
		}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				return err
			}
			name := key.(string)
			guessJSON(&inf.column(name, inf.member(name), f.Name).guess, value)
		}
		return nil
	})
}

func guessJSON(g *datafile.Guess, value json.RawMessage) {
	switch value[0] {
	case 'n':
	case 't', 'f':
		g.Is("BOOLEAN")
	case '{':
		g.Is("OBJECT")
	case '[':
		g.Is("ARRAY")
	case '"':
		var text string
		if json.Unmarshal(value, &text) == nil {
			var of datafile.Guess
			if of.Text(text); strings.HasPrefix(of.String(), "NUMBER") || of.String() == "REAL" || of.String() == "BOOLEAN" {
				of = datafile.Guess{}
				of.Is("TEXT") // a string of digits is none
			}
			g.Merge(of)
		}
	default:
		g.Number(string(value))
	}
}
