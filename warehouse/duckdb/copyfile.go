package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
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

// rowError is one row that cannot be loaded.
type rowError struct {
	datafile.Fault
	row, rowLine           int64 // which row, and the line where it begins
	line, character, bytes int64 // where the fault is
	rejected               string
}

// rowErrorOf is a record's fault, away from the record.
func rowErrorOf(rec *datafile.Record, fault datafile.Fault, rejected []byte) rowError {
	e := rowError{Fault: fault, row: rec.Number, rowLine: rec.Line, rejected: string(rejected)}
	e.line, e.character, e.bytes = rec.Place(fault.At)
	return e
}

// stagedFile is one file that COPY INTO loads.
type stagedFile struct {
	stage.Object
	shown  string // its name in results
	parsed int64  // rows read, those at fault too
	bad    int64  // rows at fault
	errors []rowError
	whole  error // why it could not be read to its end, or nil
	skip   bool
}

// first is the fault that comes first in the file, nil without any.
func (f *stagedFile) first() *rowError {
	var first *rowError
	for i := range f.errors {
		if first == nil || f.errors[i].row < first.row {
			first = &f.errors[i]
		}
	}
	return first
}

func (f *stagedFile) loaded() int64 {
	if f.skip {
		return 0
	}
	return f.parsed - f.bad
}

// status is Snowflake's word for how loading the file went.
func (f *stagedFile) status() string {
	switch {
	case f.skip, f.bad > 0 && f.loaded() == 0:
		return "LOAD_FAILED"
	case f.bad > 0:
		return "PARTIALLY_LOADED"
	}
	return "LOADED"
}

// abort is the refusal of the whole statement for one row.
func (f *stagedFile) abort(e *rowError, label func(int) string) error {
	row := fmt.Sprintf("Row %d", e.row)
	if e.rowLine != e.line {
		row += fmt.Sprintf(" starts at line %d", e.rowLine)
	}
	return &warehouse.Error{Code: e.Code, State: e.State, Message: fmt.Sprintf("%s\n  File '%s', line %d, character %d\n  %s, column %s\n"+
		"  If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option. "+
		"For more information on loading options, please run 'info loading_data' in a SQL client.",
		e.Message, f.shown, e.line, e.character, row, label(e.Column))}
}
