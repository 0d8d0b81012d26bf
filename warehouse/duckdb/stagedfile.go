package duckdb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

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

// breakOff notes that a file's content ends where it should not, and gives back
// what is no fault of the content, or every error if there is to be none.
func (f *stagedFile) breakOff(err error, single bool) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != badFile || single {
		return err
	}
	f.whole = err
	f.parsed++
	f.bad++
	e := rowError{row: f.parsed, line: 1, rowLine: 1, character: 1}
	e.Code, e.State, e.Message, e.Column = refused.Code, refused.State, refused.Message, 1
	f.errors = append(f.errors, e)
	return nil
}

// metadataColumns are what METADATA$FILENAME and the like are of rows with the
// columns F and R.
func metadataColumns(files []*stagedFile) map[string]string {
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
