package duckdb

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

// validate is VALIDATION_MODE: it reads the files and loads nothing.
func (l *loading) validate(ctx context.Context, rec *record) (*warehouse.Result, error) {
	rows, err := l.read(ctx, manyFaults)
	l.s.after = append(l.s.after, rows.drop)
	if err != nil {
		return nil, err
	}
	if err := l.findFaults(ctx, rows, manyFaults); err != nil {
		return nil, err
	}
	if l.validation.errors {
		return l.listFaults(rec), nil
	}
	return l.preview(ctx, rec, rows)
}

// listFaults is a row for each fault.
func (l *loading) listFaults(rec *record) *warehouse.Result {
	columns := listing.Columns("ERROR FILE LINE# CHARACTER# BYTE_OFFSET# CATEGORY CODE# SQL_STATE COLUMN_NAME ROW_NUMBER# ROW_START_LINE# REJECTED_RECORD")
	return rec.table(columns, l.faultRows())
}

// faultRows are the rows that list the faults.
func (l *loading) faultRows() (rows [][]any) {
	for _, f := range l.staged {
		slices.SortFunc(f.Errors, func(a, b stagedfile.RowError) int { return int(a.Row - b.Row) })
		for _, e := range f.Errors {
			rows = append(rows, []any{e.Message, f.Shown, e.Line, e.Character, e.Bytes, category(&e), int64(e.Code), e.State, l.label(e.Column), e.Row, e.RowLine, e.Rejected})
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
func (l *loading) preview(ctx context.Context, rec *record, source *loadRows) (*warehouse.Result, error) {
	left := l.validation.rows
	for _, f := range l.staged {
		if e := f.First(); e != nil && e.Row <= left {
			return nil, f.Abort(e, l.label)
		}
		if left -= f.Parsed; left <= 0 {
			break
		}
	}
	items := make([]string, len(source.fillings))
	for i, c := range source.fillings {
		items[i] = c.value + " as " + ducksql.Name(c.column.Name)
	}
	t := &translation{original: rec.statement.Text,
		text: fmt.Sprintf("select %s from %s order by F, R limit %d", strings.Join(items, ", "), source.from, l.validation.rows)}
	rec.translated(t)
	return l.s.runSQL(ctx, rec, t, nil)
}
