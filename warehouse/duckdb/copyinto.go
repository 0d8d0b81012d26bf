package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// copyInto runs COPY INTO a table.
func (s *session) copyInto(ctx context.Context, rec *record, stmt *ast.CopyInto, args []any) (*warehouse.Result, error) {
	if err := inlineBinds(stmt, args); err != nil {
		return nil, err
	}
	text := print.SQL(stmt)
	c := copying{s: s, queryID: rec.statement.QueryID}
	l, err := c.plan(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if len(l.staged) == 0 {
		return rec.status("Copy executed with 0 files processed."), nil
	}
	s.after = append(s.after, l.drop)
	if l.validates() {
		return c.validate(ctx, rec, l)
	}
	err = l.run(ctx)
	rec.statement.Translated = strings.Join(l.ran, ";\n")
	if err != nil {
		return nil, err
	}
	c.past(l, text)
	l.removeLoaded(ctx)
	rows, total := l.result()
	res := rec.table(loadColumns(), rows)
	res.Affected = total
	return res, nil
}

// copying is what the session knows of a COPY INTO a table.
type copying struct {
	s       *session
	queryID string
	target  target
	again   []string // the only files to look at, of those loaded before; nil for what the statement says
}

func (c *copying) InTransaction() bool { return c.s.inTx }

func (c *copying) InOneTransaction(ctx context.Context, do func() error) error {
	return c.s.inOneTransaction(ctx, do)
}

func (c *copying) Rewritten(stmt ast.Statement) (string, error) { return c.s.rewritten(stmt) }

// validate is VALIDATION_MODE.
func (c *copying) validate(ctx context.Context, rec *record, l *loading) (*warehouse.Result, error) {
	query, err := l.validate(ctx)
	if err != nil {
		return nil, err
	}
	if query == "" {
		return rec.table(faultColumns(), l.faultRows()), nil
	}
	t := &translation{original: rec.statement.Text, text: query}
	rec.translated(t)
	return c.s.runSQL(ctx, rec, t, nil)
}

// plan finds the table, the format and the files.
func (c *copying) plan(ctx context.Context, stmt *ast.CopyInto) (l *loading, err error) {
	l = &loading{s: c, reader: c.s.reader(), stmt: stmt}
	if l.loadOptions, err = readLoadOptions(stmt.Options); err != nil {
		return nil, err
	}
	if l.columns, err = c.findTable(ctx, stmt); err != nil {
		return nil, err
	}
	l.table, l.name = c.target.String(), c.target.permanent().table
	if stmt.Query != nil {
		if err := l.fromQuery(); err != nil {
			return nil, err
		}
	}
	if l.at, err = c.s.locate(ctx, stmt.From); err != nil {
		return nil, err
	}
	format, err := c.s.formatAt(ctx, stmt.Options, l.at)
	if err != nil {
		return nil, err
	}
	l.how = &stagedfile.Reading{Format: format, Columns: len(l.columns), Label: l.label}
	if err := l.checkFormat(); err != nil {
		return nil, err
	}
	var before map[string]string
	if !l.force && c.again == nil {
		if before, err = c.s.loadedBefore(ctx, c.target, l.at.Name); err != nil {
			return nil, err
		}
	}
	return l, l.findFiles(ctx, before, c.again)
}

// findTable finds the table and gives the columns to fill.
func (c *copying) findTable(ctx context.Context, stmt *ast.CopyInto) ([]ducksql.Column, error) {
	text := print.SQL(stmt.Into)
	if d, ok := stmt.Into.Dynamic.(*ast.String); ok {
		text = d.Value
	}
	name, err := c.s.resolve(text)
	if err != nil {
		return nil, err
	}
	all, err := c.s.tableColumns(ctx, &name)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &warehouse.Error{Code: 2003, State: "42S02", Kind: warehouse.ErrNotExist,
			Message: fmt.Sprintf("SQL compilation error:\nTable '%s' does not exist or not authorized.", text)}
	}
	c.target = name
	if err := c.s.refineAll(ctx, name, all); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, func(c ducksql.Column) bool { return c.Type == "JSON" }) {
		if err := c.s.unloadable(ctx, name); err != nil {
			return nil, err
		}
	}
	if stmt.Columns == nil {
		return all, nil
	}
	var columns []ducksql.Column
	for _, id := range stmt.Columns {
		i := slices.IndexFunc(all, func(c ducksql.Column) bool { return strings.EqualFold(c.Name, id.Name) })
		if i < 0 {
			return nil, &warehouse.Error{Code: 904, State: "42000", Message: fmt.Sprintf("SQL compilation error: error line 1 at position 0\ninvalid identifier '%s'", id.Name)}
		}
		columns = append(columns, all[i])
	}
	return columns, nil
}

// copyColumns are the columns of what COPY INTO gives, nil for another
// statement.
func copyColumns(stmt ast.Statement) []warehouse.Column {
	switch stmt.(type) {
	case *ast.CopyInto:
		return loadColumns()
	case *ast.CopyUnload:
		return unloadColumns()
	}
	return nil
}
