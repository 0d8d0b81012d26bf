package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Finding is what came of one case.
type Finding struct {
	Case    *Case
	Columns error // how the columns differ, or nil
	Rows    error // how the rows or the refusal differ, or nil
	Refused bool  // the statement was refused by name, as one that is not supported
}

// Holds reports whether all is as the case wants it.
func (f Finding) Holds() bool { return f.Columns == nil && f.Rows == nil }

// Check runs the cases of a file in a session of w and a schema that is made
// for them. An error is a warehouse that cannot go on; what is merely wrong
// stands in the findings.
func Check(ctx context.Context, w warehouse.Warehouse, f *File) ([]Finding, error) {
	s, err := w.Open(ctx, warehouse.SessionOptions{})
	if err != nil {
		return nil, fmt.Errorf("%s: opening a session: %w", f.Name, err)
	}
	defer s.Close()
	if schema := f.schema(); schema != "" {
		for _, sql := range []string{"drop schema if exists " + schema, "create schema " + schema, "use schema " + schema} {
			if _, err := warehouse.Exec(ctx, s, sql); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.Name, sql, err)
			}
		}
		defer warehouse.Exec(ctx, s, "drop schema if exists "+schema)
	}
	var spoilt error
	for _, sql := range f.Setup {
		if _, err := warehouse.Exec(ctx, s, sql); err != nil && spoilt == nil {
			spoilt = fmt.Errorf("setup: %s: %w", sql, err)
		}
	}
	findings := make([]Finding, len(f.Cases))
	for i, c := range f.Cases {
		findings[i] = c.check(ctx, s, spoilt)
	}
	return findings, nil
}

// schema is the name of the schema that a file needs, "" if it only asks.
func (f *File) schema() string {
	needs := len(f.Setup) > 0
	for _, c := range f.Cases {
		word := strings.ToLower(strings.SplitN(strings.TrimSpace(c.SQL), " ", 2)[0])
		needs = needs || word != "select" && word != "with" && c.Fail == nil
	}
	if !needs {
		return ""
	}
	return strings.ToUpper(strings.ReplaceAll(f.Name, "/", "_"))
}

// check runs one case.
func (c *Case) check(ctx context.Context, s warehouse.Session, spoilt error) Finding {
	f := Finding{Case: c}
	got, err := ask(ctx, s, c.SQL)
	f.Refused = errors.Is(err, warehouse.ErrUnsupported) || errors.Is(spoilt, warehouse.ErrUnsupported)
	switch {
	case c.Fail != nil:
		f.Rows = c.Fail.compare(err)
	case err != nil:
		f.Rows = err
	case c.Want != nil:
		f.Columns = c.Want.compareColumns(got.columns)
		f.Rows = c.Want.compareRows(got)
	}
	if f.Rows != nil && spoilt != nil {
		f.Rows = errors.Join(f.Rows, spoilt)
	}
	return f
}

// A reply is what a statement gave.
type reply struct {
	columns []warehouse.Column
	rows    [][]string
}

// ask runs a statement and reads all it gives.
func ask(ctx context.Context, s warehouse.Session, sql string) (*reply, error) {
	res, err := s.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	r := &reply{columns: res.Columns}
	for batch, err := range res.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range int(batch.NumRows()) {
			row := make([]string, batch.NumCols())
			for j, col := range batch.Columns() {
				row[j] = cell(res.Columns[j], col, i)
			}
			r.rows = append(r.rows, row)
		}
	}
	return r, res.Close()
}

// compareColumns says how the columns differ from those wanted.
func (t *Table) compareColumns(got []warehouse.Column) error {
	if len(got) != len(t.Columns) {
		return fmt.Errorf("%d columns, want %d", len(got), len(t.Columns))
	}
	var wrong []error
	for i, want := range t.Columns {
		full, short := typeOf(got[i])
		if want.Name != "" && want.Name != got[i].Name {
			wrong = append(wrong, fmt.Errorf("column %d is named %s, want %s", i+1, got[i].Name, want.Name))
		}
		if want.Type != "" && want.Type != full && want.Type != short {
			wrong = append(wrong, fmt.Errorf("column %d %s is a %s, want %s", i+1, got[i].Name, full, want.Type))
		}
	}
	return errors.Join(wrong...)
}

// typeOf is a column's type with all it says of itself, and without.
func typeOf(c warehouse.Column) (full, short string) {
	full, short = c.SQL(), string(c.Type)
	switch c.Type {
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		full = fmt.Sprintf("%s(%d)", c.Type, c.Precision)
	}
	return full, short
}

// compareRows says how the rows differ from those wanted.
func (t *Table) compareRows(got *reply) error {
	same := len(got.rows) == len(t.Rows)
	for i := 0; same && i < len(t.Rows); i++ {
		same = len(got.rows[i]) == len(t.Rows[i])
		for j := 0; same && j < len(t.Rows[i]); j++ {
			same = agrees(t.kind(j, got.columns[j].Type), t.Rows[i][j], got.rows[i][j])
		}
	}
	if same {
		return nil
	}
	return fmt.Errorf("rows differ\n  want %s\n  got  %s", show(t.Rows), show(got.rows))
}

// kind is the type by which cells of column j are compared: FLOAT if it is one
// on either side, for that the types differ is for compareColumns to say.
func (t *Table) kind(j int, got warehouse.Type) warehouse.Type {
	if j < len(t.Columns) && t.Columns[j].Type == string(warehouse.Float) {
		return warehouse.Float
	}
	return got
}

func show(rows [][]string) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = strings.NewReplacer(null, "NULL", anything, "*").Replace(strings.Join(row, " | "))
	}
	return strings.Join(lines, "\n       ")
}

// compare says how err differs from the refusal wanted.
func (f *Fail) compare(err error) error {
	var e *warehouse.Error
	switch {
	case err == nil:
		return fmt.Errorf("accepted, want %s", f)
	case !errors.As(err, &e):
		return fmt.Errorf("an error that is no refusal, want %s: %w", f, err)
	}
	same := e.Code == f.Code && e.State == f.State
	if f.Line != 0 {
		same = same && e.Line == f.Line && e.Column == f.Column
	}
	if f.Message != "" {
		same = same && e.Message == f.Message
	}
	if same {
		return nil
	}
	return fmt.Errorf("refused with %d:%d %w\n  want %s", e.Line, e.Column, err, f)
}

func (f *Fail) String() string {
	place := ""
	if f.Line != 0 {
		place = fmt.Sprintf("%d:%d ", f.Line, f.Column)
	}
	return fmt.Sprintf("%s%06d (%s): %s", place, f.Code, f.State, f.Message)
}
