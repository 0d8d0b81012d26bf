package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

// A distribution is one INSERT ALL or INSERT FIRST on its way: the query's rows
// are found once, and each target takes those that its condition lets through.
type distribution struct {
	s      *session
	stmt   *ast.MultiInsert
	source *ast.TableName // the rows, by the query's own names
	tables []string       // of the targets, each once
	apply  []string
	counts []string // queries for how many rows each of apply inserts
	of     []int    // whose count that is, of tables
}

// insertMany is INSERT ALL and INSERT FIRST.
func (s *session) insertMany(ctx context.Context, rec *record, stmt *ast.MultiInsert, args []any) (*warehouse.Result, error) {
	if len(binds.Of(stmt)) > len(binds.Of(stmt.Query)) { // the rest is not run with the query
		if err := binds.Inline(stmt, args); err != nil {
			return nil, err
		}
		args = nil
	}
	text, err := s.rewritten(stmt.Query, engine.TypesOf(args)...)
	if err != nil {
		return nil, err
	}
	d := &distribution{s: s, stmt: stmt}
	if err := d.plan(ctx, text); err != nil {
		return nil, err
	}
	numbers := make([]int64, len(d.tables))
	err = s.run(ctx, rowChange{rec: rec, table: catalog.Name{Table: strings.Join(d.tables, ", ")}, query: "from (" + text + ")", args: args, apply: d.apply,
		check: func(ctx context.Context) error {
			for i, sql := range d.counts {
				n, err := s.number(ctx, sql)
				if err != nil {
					return err
				}
				numbers[d.of[i]] += n
			}
			return nil
		}})
	if err != nil {
		return nil, err
	}
	names, row := make([]string, len(d.tables)), make([]any, len(d.tables))
	var all int64
	for i, t := range d.tables {
		names[i], row[i] = "number of rows inserted into "+t, numbers[i]
		all += numbers[i]
	}
	res := rec.table(listing.Wholes(names...), [][]any{row})
	res.Affected = all
	return res, nil
}

// plan makes the statements that insert.
func (d *distribution) plan(ctx context.Context, query string) error {
	cur, err := d.s.conn.Prepare(ctx, query)
	if err != nil {
		return err
	}
	alias := &ast.Alias{Name: ast.Ident{Name: "_ROWS", Quoted: true}}
	for _, c := range cur.Prepared() {
		alias.Columns = append(alias.Columns, ast.Ident{Name: c.Name, Quoted: true})
	}
	cur.Close()
	d.source = &ast.TableName{Name: catalog.NameOf(catalog.Temp, "main", stepName).Tree(), Alias: alias}
	for i := range d.stmt.Whens {
		for _, into := range d.stmt.Whens[i].Into {
			if err := d.into(ctx, d.condition(i), into); err != nil {
				return err
			}
		}
	}
	return nil
}

// condition is when the clause number i is taken, nil for always.
func (d *distribution) condition(i int) ast.Expr {
	w := d.stmt.Whens[i]
	var all ast.Expr
	and := func(x ast.Expr) {
		if all != nil {
			x = &ast.Binary{Op: "AND", Left: all, Right: x}
		}
		all = x
	}
	for _, before := range d.stmt.Whens[:i] {
		if before.Cond != nil && (d.stmt.First || w.Else) {
			and(&ast.Is{X: &ast.Parens{X: ast.Clone(before.Cond)}, Not: true, What: "TRUE"})
		}
	}
	if w.Cond != nil {
		and(&ast.Parens{X: ast.Clone(w.Cond)})
	}
	return all
}

// into adds one target.
func (d *distribution) into(ctx context.Context, cond ast.Expr, into ast.InsertInto) error {
	t, err := d.s.resolveName(into.Table)
	if err != nil {
		return err
	}
	if _, err := d.s.columnNames(ctx, t); err != nil {
		return err
	}
	if err := d.s.claim(t); err != nil {
		return err
	}
	name := t.Permanent().Table
	i := slices.Index(d.tables, name)
	if i < 0 {
		if i = len(d.tables); d.stmt.Overwrite {
			d.apply = append(d.apply, "delete from "+t.String())
		}
		d.tables = append(d.tables, name)
	}
	columns := into.Columns
	if into.Values != nil && columns != nil && len(columns) != len(into.Values) {
		return valueCount(len(columns), len(into.Values))
	}
	items := []ast.Item{{X: &ast.Star{}}}
	if into.Values != nil {
		items = nil
	}
	var kept []ast.Ident
	for j, v := range into.Values {
		if _, ok := v.(*ast.Default); ok && j < len(columns) {
			continue // a column that is left out gets it
		}
		if j < len(columns) {
			kept = append(kept, columns[j])
		}
		items = append(items, stepItem(len(items), v))
	}
	if into.Values != nil {
		columns = kept
	}
	rows, err := d.s.rewritten(&ast.Query{Body: &ast.Select{Items: items, From: []ast.Table{ast.Clone(d.source)}, Where: cloned(cond)}})
	if err != nil {
		return err
	}
	list := ""
	if len(columns) > 0 {
		names := ast.Names(columns)
		for i, n := range names {
			names[i] = ducksql.Name(n)
		}
		list = " (" + strings.Join(names, ", ") + ")"
	}
	d.apply = append(d.apply, "insert into "+t.String()+list+" "+rows)
	d.counts, d.of = append(d.counts, "select count(*) from ("+rows+")"), append(d.of, i)
	return nil
}

func cloned(x ast.Expr) ast.Expr {
	if x == nil {
		return nil
	}
	return ast.Clone(x)
}

// manyCounts are the columns of the result of INSERT ALL or INSERT FIRST.
func manyCounts(stmt *ast.MultiInsert) (names []string) {
	for _, w := range stmt.Whens {
		for _, into := range w.Into {
			if name := "number of rows inserted into " + into.Table.Last(); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
