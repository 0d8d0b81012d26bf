package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/copyinto"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/unload"
)

// copyInto runs COPY INTO a table.
func (s *session) copyInto(ctx context.Context, rec *record, stmt *ast.CopyInto, args []any) (*warehouse.Result, error) {
	if err := binds.Inline(stmt, args); err != nil {
		return nil, err
	}
	text := print.SQL(stmt)
	c := copying{s: s, queryID: rec.statement.QueryID}
	l, err := c.plan(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if len(l.Files) == 0 {
		return rec.status("Copy executed with 0 files processed."), nil
	}
	s.after = append(s.after, l.Drop)
	if l.Validates() {
		return c.validate(ctx, rec, l)
	}
	err = l.Run(ctx)
	rec.statement.Translated = strings.Join(l.Ran, ";\n")
	if err != nil {
		return nil, err
	}
	c.past(l, text)
	l.RemoveLoaded(ctx)
	rows, total := l.Result()
	res := rec.table(copyinto.Columns(), rows)
	res.Affected = total
	return res, nil
}

// copying is what the session knows of a COPY INTO a table.
type copying struct {
	s       *session
	queryID string
	target  catalog.Name
	again   []string // the only files to look at, of those loaded before; nil for what the statement says
}

func (c *copying) InTransaction() bool { return c.s.inTx }

func (c *copying) InOneTransaction(ctx context.Context, do func() error) error {
	return c.s.inOneTransaction(ctx, do)
}

func (c *copying) Rewritten(stmt ast.Statement) (string, error) { return c.s.rewritten(stmt) }

// validate is VALIDATION_MODE.
func (c *copying) validate(ctx context.Context, rec *record, l *copyinto.Load) (*warehouse.Result, error) {
	query, err := l.Validate(ctx)
	if err != nil {
		return nil, err
	}
	if query == "" {
		return rec.table(copyinto.FaultColumns(), l.FaultRows()), nil
	}
	t := &translation{original: rec.statement.Text, text: query}
	rec.translated(t)
	return c.s.runSQL(ctx, rec, t, nil)
}

// plan finds the table, the format and the files.
func (c *copying) plan(ctx context.Context, stmt *ast.CopyInto) (l *copyinto.Load, err error) {
	l = &copyinto.Load{Session: c, Reader: c.s.reader(), Statement: stmt}
	if l.Options, err = copyinto.ReadOptions(stmt.Options); err != nil {
		return nil, err
	}
	if l.Columns, err = c.findTable(ctx, stmt); err != nil {
		return nil, err
	}
	l.Table, l.Name = c.target.String(), c.target.Permanent().Table
	if stmt.Query != nil {
		if err := l.FromQuery(); err != nil {
			return nil, err
		}
	}
	if l.At, err = c.s.locate(ctx, stmt.From); err != nil {
		return nil, err
	}
	format, err := c.s.formatAt(ctx, stmt.Options, l.At)
	if err != nil {
		return nil, err
	}
	l.How = &stagedfile.Reading{Format: format, Columns: len(l.Columns), Label: l.Label}
	if err := l.CheckFormat(); err != nil {
		return nil, err
	}
	var before map[string]string
	if !l.Force && c.again == nil {
		if before, err = c.s.loadedBefore(ctx, c.target, l.At.Name); err != nil {
			return nil, err
		}
	}
	return l, l.FindFiles(ctx, before, c.again)
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
		return copyinto.Columns()
	case *ast.CopyUnload:
		return unload.Columns()
	}
	return nil
}
