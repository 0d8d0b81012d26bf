package duckdb

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

// recordReader gives the records of one file, io.EOF behind the last.
type recordReader interface {
	Next() (*datafile.Record, error)
	Rejected() []byte
}

// reading is how staged files of one format are read.
type reading struct {
	format  *fileformat.Format
	columns int              // how many fields a record must have, 0 for any number
	label   func(int) string // what a column is called in messages
}

// openRecords opens one staged file. The caller closes what closes.
func (r *reading) open(ctx context.Context, at place, name string) (recordReader, io.Closer, error) {
	object, _, err := at.Open(ctx, name)
	if err != nil {
		return nil, nil, refusal.OfStage(err, at.listed(name))
	}
	content, err := datafile.Decompress(object, r.format.Text("COMPRESSION"))
	if err != nil {
		object.Close()
		return nil, nil, badCompression(at.listed(name), err)
	}
	if content, err = datafile.Decode(content, r.encoding()); err != nil {
		object.Close()
		return nil, nil, err
	}
	if r.format.Type() == "JSON" {
		return datafile.NewJSONReader(content, r.json()), object, nil
	}
	return datafile.NewCSVReader(content, r.csv()), object, nil
}

func (r *reading) encoding() string {
	if r.format.Type() == "CSV" {
		return r.format.Text("ENCODING")
	}
	return "UTF8"
}

// csv is the file format as the reader takes it.
func (r *reading) csv() datafile.CSV {
	f := r.format
	how := datafile.CSV{
		RecordDelimiter: f.Text("RECORD_DELIMITER"), FieldDelimiter: f.Text("FIELD_DELIMITER"),
		SkipHeader: f.Int("SKIP_HEADER"), SkipBlank: f.Bool("SKIP_BLANK_LINES"), Trim: f.Bool("TRIM_SPACE"),
		EmptyIsNull: f.Bool("EMPTY_FIELD_AS_NULL"), OneLine: !f.Bool("MULTI_LINE"), Replace: f.Bool("REPLACE_INVALID_CHARACTERS"),
		KeepMark: !f.Bool("SKIP_BYTE_ORDER_MARK"), NullIf: f.List("NULL_IF"), Columns: r.columns, Column: r.label,
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
func (r *reading) json() datafile.JSON {
	f := r.format
	return datafile.JSON{StripOuterArray: f.Bool("STRIP_OUTER_ARRAY"), Duplicates: f.Bool("ALLOW_DUPLICATE"), StripNulls: f.Bool("STRIP_NULL_VALUES"),
		Replace: f.Bool("REPLACE_INVALID_CHARACTERS") || f.Bool("IGNORE_UTF8_ERRORS")}
}

// badCompression refuses a file that is not compressed as it should be.
func badCompression(file string, err error) error {
	if !errors.Is(err, datafile.ErrCompression) {
		return err
	}
	return &warehouse.Error{Code: badFile, State: "22000", Err: err, Message: fmt.Sprintf("File '%s' cannot be read: %v", file, err)}
}

// header is the names in a CSV file's first line.
func (r *reading) header(ctx context.Context, at place, name string) (names []string, err error) {
	first := *r
	first.format = r.format.Clone()
	first.columns = 0
	if err := first.format.Set([]ast.Option{{Key: "PARSE_HEADER", Value: &ast.Bool{}}}); err != nil {
		return nil, err
	}
	records, closer, err := first.open(ctx, at, name)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	rec, err := records.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, badCompression(at.listed(name), err)
	}
	if rec.Fault != nil {
		return nil, &warehouse.Error{Code: rec.Fault.Code, State: rec.Fault.State, Message: "Error with CSV header: " + rec.Fault.Message}
	}
	for _, f := range rec.Fields {
		names = append(names, string(f.Value))
	}
	return names, nil
}
