package stagedfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// A RowError is one row that cannot be loaded.
type RowError struct {
	datafile.Fault
	Row, RowLine           int64 // which row, and the line where it begins
	Line, Character, Bytes int64 // where the fault is
	Rejected               string
}

// RowErrorOf is a record's fault, away from the record.
func RowErrorOf(rec *datafile.Record, fault datafile.Fault, rejected []byte) RowError {
	e := RowError{Fault: fault, Row: rec.Number, RowLine: rec.Line, Rejected: string(rejected)}
	e.Line, e.Character, e.Bytes = rec.Place(fault.At)
	return e
}

// A File is one staged file, and how reading its rows goes.
type File struct {
	stage.Object
	Shown  string // its name in results
	Parsed int64  // rows read, those at fault too
	Bad    int64  // rows at fault
	Errors []RowError
	Whole  error // why it could not be read to its end, or nil
	Skip   bool
}

// First is the fault that comes first in the file, nil without any.
func (f *File) First() *RowError {
	var first *RowError
	for i := range f.Errors {
		if first == nil || f.Errors[i].Row < first.Row {
			first = &f.Errors[i]
		}
	}
	return first
}

// Loaded is how many of its rows are loaded.
func (f *File) Loaded() int64 {
	if f.Skip {
		return 0
	}
	return f.Parsed - f.Bad
}

// Status is Snowflake's word for how loading the file went.
func (f *File) Status() string {
	switch {
	case f.Skip, f.Bad > 0 && f.Loaded() == 0:
		return "LOAD_FAILED"
	case f.Bad > 0:
		return "PARTIALLY_LOADED"
	}
	return "LOADED"
}

// Abort is the refusal of the whole statement for one row.
func (f *File) Abort(e *RowError, label func(int) string) error {
	row := fmt.Sprintf("Row %d", e.Row)
	if e.RowLine != e.Line {
		row += fmt.Sprintf(" starts at line %d", e.RowLine)
	}
	return &warehouse.Error{Code: e.Code, State: e.State, Message: fmt.Sprintf("%s\n  File '%s', line %d, character %d\n  %s, column %s\n"+
		"  If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option. "+
		"For more information on loading options, please run 'info loading_data' in a SQL client.",
		e.Message, f.Shown, e.Line, e.Character, row, label(e.Column))}
}

// BreakOff notes that a file's content ends where it should not, and gives back
// what is no fault of the content, or every error if there is to be none.
func (f *File) BreakOff(err error, single bool) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != BadFile || single {
		return err
	}
	f.Whole = err
	f.Parsed++
	f.Bad++
	e := RowError{Row: f.Parsed, Line: 1, RowLine: 1, Character: 1}
	e.Code, e.State, e.Message, e.Column = refused.Code, refused.State, refused.Message, 1
	f.Errors = append(f.Errors, e)
	return nil
}

// MetadataColumns are what METADATA$FILENAME and the like are of rows with the
// columns F and R.
func MetadataColumns(files []*File) map[string]string {
	var names, sums, times []string
	for _, f := range files {
		names, sums = append(names, ducksql.Text(f.Name)), append(sums, ducksql.Text(f.MD5))
		times = append(times, "timestamp "+ducksql.Text(f.Modified.UTC().Format("2006-01-02 15:04:05.000000")))
	}
	of := func(items []string) string { return "([" + strings.Join(items, ", ") + "])[F]" }
	return map[string]string{
		"METADATA$FILENAME": of(names), "METADATA$FILE_ROW_NUMBER": "R", "METADATA$FILE_CONTENT_KEY": of(sums),
		"METADATA$FILE_LAST_MODIFIED": of(times), "METADATA$START_SCAN_TIME": "current_timestamp",
	}
}
