package copyinto

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// manyFaults is how many faults of a file VALIDATION_MODE lists.
const manyFaults = 100_000

// Validate is VALIDATION_MODE: it reads the files and loads nothing. It gives the
// query of the first rows, "" where the faults are asked for.
func (l *Load) Validate(ctx context.Context) (query string, err error) {
	rows, err := l.readAll(ctx)
	if err != nil || l.validation.errors {
		return "", err
	}
	return l.preview(rows)
}

// readAll reads the files and finds their faults.
func (l *Load) readAll(ctx context.Context) (*loadRows, error) {
	rows, err := l.read(ctx, manyFaults)
	l.drops = append(l.drops, rows.drop)
	if err != nil {
		return nil, err
	}
	return rows, l.findFaults(ctx, rows, manyFaults)
}

// AllFaults is a row for each fault that the files have, whatever the statement
// does about faults.
func (l *Load) AllFaults(ctx context.Context) ([][]any, error) {
	l.validation = &validation{errors: true}
	if _, err := l.readAll(ctx); err != nil {
		return nil, err
	}
	return l.FaultRows(), nil
}

// FaultColumns are the columns of a list of faults.
func FaultColumns() []warehouse.Column {
	return listing.Columns("ERROR FILE LINE# CHARACTER# BYTE_OFFSET# CATEGORY CODE# SQL_STATE COLUMN_NAME ROW_NUMBER# ROW_START_LINE# REJECTED_RECORD")
}

// FaultRows are the rows that list the faults.
func (l *Load) FaultRows() (rows [][]any) {
	for _, f := range l.Files {
		slices.SortFunc(f.Errors, func(a, b stagedfile.RowError) int { return int(a.Row - b.Row) })
		for _, e := range f.Errors {
			rows = append(rows, []any{e.Message, f.Shown, e.Line, e.Character, e.Bytes, category(&e), int64(e.Code), e.State, l.Label(e.Column), e.Row, e.RowLine, e.Rejected})
		}
	}
	return rows
}

// category is whether a row could not be read or not be converted.
func category(e *stagedfile.RowError) string {
	switch e.Code {
	case 100016, 100065, 100066, 100068, 100069, 100080, 100088, 100144:
		return "parsing"
	}
	return "conversion"
}

// preview is RETURN_n_ROWS: the first rows as they would be loaded, or the
// first fault among them.
func (l *Load) preview(source *loadRows) (query string, err error) {
	left := l.validation.rows
	for _, f := range l.Files {
		if e := f.First(); e != nil && e.Row <= left {
			return "", f.Abort(e, l.Label)
		}
		if left -= f.Parsed; left <= 0 {
			break
		}
	}
	items := make([]string, len(source.fillings))
	for i, c := range source.fillings {
		items[i] = c.value + " as " + ducksql.Name(c.column.Name)
	}
	return fmt.Sprintf("select %s from %s order by F, R limit %d", strings.Join(items, ", "), source.from, l.validation.rows), nil
}
