package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A schemaChange is how the columns of new rows differ from a table's.
type schemaChange struct {
	added, gone []warehouse.Column
	retyped     []warehouse.Column // with their new type
}

func (c schemaChange) none() bool { return len(c.added)+len(c.gone)+len(c.retyped) == 0 }

// changeOf compares a table's columns with those of new rows.
func changeOf(have, got []warehouse.Column) schemaChange {
	var c schemaChange
	for _, g := range got {
		i := slices.IndexFunc(have, named(g.Name))
		switch {
		case i < 0:
			c.added = append(c.added, g)
		case retyped(have[i], g):
			c.retyped = append(c.retyped, g)
		}
	}
	for _, h := range have {
		if !slices.ContainsFunc(got, named(h.Name)) {
			c.gone = append(c.gone, h)
		}
	}
	return c
}

func named(name string) func(warehouse.Column) bool {
	return func(c warehouse.Column) bool { return c.Name == name }
}

// retyped reports whether a column of new rows has another type than the table's,
// as dbt sees it: numbers of other digits have, texts that are shorter have not.
func retyped(a, b warehouse.Column) bool {
	switch {
	case a.Type != b.Type:
		return true
	case a.Type == warehouse.Number:
		return a.Scale != b.Scale || a.Precision != b.Precision
	case a.Type == warehouse.Varchar:
		return a.Length > 0 && (b.Length == 0 || b.Length > a.Length)
	}
	return false
}

// matchSchema does with a changed schema what on_schema_change says, and gives
// the columns to fill.
func (b *build) matchSchema(ctx context.Context, tmp string) ([]string, error) {
	table := b.node.Relation.String()
	have, err := columns(ctx, b.s, table)
	if err != nil {
		return nil, err
	}
	got, err := columns(ctx, b.s, tmp)
	if err != nil {
		return nil, err
	}
	change := changeOf(have, got)
	switch mode := b.node.Config.OnSchema; mode {
	case "", "ignore":
		if len(change.gone) > 0 {
			return nil, fmt.Errorf("column %s is in %s but no longer in the model's query: bring it back, rebuild with --full-refresh, or set on_schema_change",
				change.gone[0].Name, b.node.Relation)
		}
		return columnNames(have), nil
	case "fail":
		if !change.none() {
			return nil, fmt.Errorf("the model's query does not give the columns of %s, and on_schema_change is 'fail' (%s): rebuild with --full-refresh",
				b.node.Relation, change)
		}
		return columnNames(have), nil
	case "append_new_columns":
		return columnNames(got), b.alter(ctx, schemaChange{added: change.added})
	case "sync_all_columns":
		return columnNames(got), b.alter(ctx, change)
	default:
		return nil, fmt.Errorf("on_schema_change=%q is not known; it is ignore, fail, append_new_columns or sync_all_columns", mode)
	}
}

// String tells a change.
func (c schemaChange) String() string {
	var parts []string
	for _, p := range []struct {
		what string
		cols []warehouse.Column
	}{{"new: ", c.added}, {"gone: ", c.gone}, {"of another type: ", c.retyped}} {
		if len(p.cols) > 0 {
			parts = append(parts, p.what+strings.Join(columnNames(p.cols), ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// alter makes the table's columns those of the new rows.
func (b *build) alter(ctx context.Context, c schemaChange) error {
	table := b.node.Relation.String()
	var stmts []string
	for _, col := range c.added {
		stmts = append(stmts, fmt.Sprintf("alter table %s add column %s %s", table, warehouse.QuoteIdent(col.Name), col.SQL()))
	}
	for _, col := range c.gone {
		stmts = append(stmts, fmt.Sprintf("alter table %s drop column %s", table, warehouse.QuoteIdent(col.Name)))
	}
	for _, col := range c.retyped {
		stmts = append(stmts, fmt.Sprintf("alter table %s alter column %s set data type %s", table, warehouse.QuoteIdent(col.Name), col.SQL()))
	}
	return b.script(ctx, stmts...)
}

// columns is the columns of a relation, in order.
func columns(ctx context.Context, s warehouse.Session, table string) ([]warehouse.Column, error) {
	res, err := s.Query(ctx, "select * from "+table+" limit 0")
	if err != nil {
		return nil, err
	}
	cols := slices.Clone(res.Columns)
	return cols, res.Close()
}

func columnNames(cols []warehouse.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}
