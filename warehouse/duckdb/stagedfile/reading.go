package stagedfile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Records are those of one file, io.EOF behind the last. Rejected is the text of
// the last one, for messages.
type Records interface {
	Next() (*datafile.Record, error)
	Rejected() []byte
}

// A Reading is how staged files of one format are read.
type Reading struct {
	Format  *fileformat.Format
	Columns int              // how many fields a record must have, 0 for any number
	Label   func(int) string // what a column is called in messages
}

// Open opens one staged file that is no Parquet. The caller closes what closes.
func (r *Reading) Open(ctx context.Context, at Place, name string) (Records, io.Closer, error) {
	object, _, err := at.Open(ctx, name)
	if err != nil {
		return nil, nil, refusal.OfStage(err, at.Listed(name))
	}
	content, err := datafile.Decompress(object, r.Format.Text("COMPRESSION"))
	if err != nil {
		object.Close()
		return nil, nil, BadCompression(at.Listed(name), err)
	}
	if content, err = datafile.Decode(content, r.encoding()); err != nil {
		object.Close()
		return nil, nil, err
	}
	if r.Format.Type() == "JSON" {
		return datafile.NewJSONReader(content, r.json()), object, nil
	}
	return datafile.NewCSVReader(content, r.CSV()), object, nil
}

func (r *Reading) encoding() string {
	if r.Format.Type() == "CSV" {
		return r.Format.Text("ENCODING")
	}
	return "UTF8"
}

// CSV is the file format as the reader takes it.
func (r *Reading) CSV() datafile.CSV {
	f := r.Format
	how := datafile.CSV{
		RecordDelimiter: f.Text("RECORD_DELIMITER"), FieldDelimiter: f.Text("FIELD_DELIMITER"),
		SkipHeader: f.Int("SKIP_HEADER"), SkipBlank: f.Bool("SKIP_BLANK_LINES"), Trim: f.Bool("TRIM_SPACE"),
		EmptyIsNull: f.Bool("EMPTY_FIELD_AS_NULL"), OneLine: !f.Bool("MULTI_LINE"), Replace: f.Bool("REPLACE_INVALID_CHARACTERS"),
		KeepMark: !f.Bool("SKIP_BYTE_ORDER_MARK"), NullIf: f.List("NULL_IF"), Columns: r.Columns, Column: r.Label,
	}
	for name, char := range map[string]*byte{"FIELD_OPTIONALLY_ENCLOSED_BY": &how.Quote, "ESCAPE": &how.Escape, "ESCAPE_UNENCLOSED_FIELD": &how.EscapeBare} {
		if text := f.Text(name); text != "" {
			*char = text[0]
		}
	}
	if f.Bool("PARSE_HEADER") {
		how.SkipHeader = 1
	}
	if !f.Bool("ERROR_ON_COLUMN_COUNT_MISMATCH") {
		how.Columns = 0
	}
	return how
}

// json is the file format as the reader takes it.
func (r *Reading) json() datafile.JSON {
	f := r.Format
	return datafile.JSON{StripOuterArray: f.Bool("STRIP_OUTER_ARRAY"), Duplicates: f.Bool("ALLOW_DUPLICATE"), StripNulls: f.Bool("STRIP_NULL_VALUES"),
		Replace: f.Bool("REPLACE_INVALID_CHARACTERS") || f.Bool("IGNORE_UTF8_ERRORS")}
}

// BadCompression refuses a file that is not compressed as it should be.
func BadCompression(file string, err error) error {
	if !errors.Is(err, datafile.ErrCompression) {
		return err
	}
	return &warehouse.Error{Code: BadFile, State: "22000", Err: err, Message: fmt.Sprintf("File '%s' cannot be read: %v", file, err)}
}

// Header is the names in a CSV file's first line.
func (r *Reading) Header(ctx context.Context, at Place, name string) (names []string, err error) {
	first := *r
	first.Format = r.Format.Clone()
	first.Columns = 0
	if err := first.Format.Set([]ast.Option{{Key: "PARSE_HEADER", Value: &ast.Bool{}}}); err != nil {
		return nil, err
	}
	records, closer, err := first.Open(ctx, at, name)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	rec, err := records.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, BadCompression(at.Listed(name), err)
	}
	if rec.Fault != nil {
		return nil, &warehouse.Error{Code: rec.Fault.Code, State: rec.Fault.State, Message: "Error with CSV header: " + rec.Fault.Message}
	}
	for _, f := range rec.Fields {
		names = append(names, string(f.Value))
	}
	return names, nil
}
