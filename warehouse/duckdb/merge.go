package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A merging is one MERGE on its way. DuckDB's own takes the first of several
// source rows that match a row, where Snowflake refuses; so the rows are found
// first, looked at, and then taken clause by clause.
type merging struct {
	s      *session
	stmt   *ast.Merge
	into   catalog.Name
	row    ast.Expr // the place of the target's row; null where nothing matches
	source *ast.Ident
	items  []ast.Item
	apply  []string
}

// merge is MERGE.
func (s *session) merge(ctx context.Context, rec *record, stmt *ast.Merge, args []any) (*warehouse.Result, error) {
	binds.Number(stmt)
	m := &merging{s: s, stmt: stmt}
	if err := m.plan(ctx); err != nil {
		return nil, err
	}
	text, err := s.rewritten(&ast.Query{Body: &ast.Select{Items: m.items, From: []ast.Table{
		&ast.Join{At: stmt.At, Kind: "LEFT", Left: stmt.Using, Right: stmt.Into, On: stmt.On}}}}, engine.TypesOf(args)...)
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, len(mergeCounts))
	err = s.run(ctx, rowChange{rec: rec, table: m.into, apply: m.apply, args: args,
		// Rows that no clause takes need not be kept.
		query: "select * from (" + text + ") where C1 is not null",
		check: func(ctx context.Context) error { return m.check(ctx, numbers) }})
	if err != nil {
		return nil, err
	}
	return m.result(rec, numbers), nil
}

// mergeCounts are the columns of MERGE's result by the action that has them.
var mergeCounts = []struct{ action, column string }{
	{"INSERT", "number of rows inserted"}, {"UPDATE", "number of rows updated"}, {"DELETE", "number of rows deleted"},
}

// result has a column for every action that the statement names.
func (m *merging) result(rec *record, numbers []int64) *warehouse.Result {
	var names []string
	var row []any
	var all int64
	for i, c := range mergeCounts {
		if m.has(c.action) {
			names, row = append(names, c.column), append(row, numbers[i])
		}
		all += numbers[i]
	}
	res := rec.table(listing.Wholes(names...), [][]any{row})
	res.Affected = all
	return res
}

func (m *merging) has(action string) bool {
	for _, w := range m.stmt.Whens {
		if w.Action == action {
			return true
		}
	}
	return false
}

// plan makes the query's columns and the statements behind it.
func (m *merging) plan(ctx context.Context) error {
	into, alias, err := m.s.targetOf(m.stmt.Into)
	if err != nil {
		return err
	}
	m.into, m.row, m.source = into, rowOf(alias), aliasOf(m.stmt.Using)
	for i := range m.stmt.Whens {
		if err := m.names(ctx, &m.stmt.Whens[i]); err != nil {
			return err
		}
		m.qualify(&m.stmt.Whens[i])
	}
	m.items = []ast.Item{stepItem(0, ast.Clone(m.row)), stepItem(1, m.action())}
	for i, w := range m.stmt.Whens {
		m.clause(i, w)
	}
	return nil
}

// aliasOf is the name that a table's columns can be qualified with, or nil.
func aliasOf(t ast.Table) *ast.Ident {
	switch t := t.(type) {
	case *ast.TableName:
		if t.Alias != nil {
			return &t.Alias.Name
		}
		if n := len(t.Name.Parts); n > 0 {
			return &t.Name.Parts[n-1]
		}
	case *ast.Derived:
		if t.Alias != nil {
			return &t.Alias.Name
		}
	case *ast.ParenTable:
		if t.Alias != nil {
			return &t.Alias.Name
		}
	}
	return nil
}

// names gives a clause BY NAME its columns, those of the target, which the
// source must have too.
func (m *merging) names(ctx context.Context, w *ast.MergeWhen) error {
	if !w.ByName {
		return nil
	}
	if m.source == nil {
		return refusal.Unsupported("MERGE BY NAME from a source without an alias")
	}
	columns, err := m.s.columnNames(ctx, m.into)
	if err != nil {
		return err
	}
	for _, name := range columns {
		id := ast.Ident{Name: name, Quoted: true}
		value := &ast.Column{At: w.At, Parts: []ast.Ident{*m.source, id}}
		if w.Action == "UPDATE" {
			w.Set = append(w.Set, ast.Assign{Column: []ast.Ident{id}, Value: value})
			continue
		}
		w.Columns, w.Values = append(w.Columns, id), append(w.Values, value)
	}
	return nil
}

// qualify makes the names in WHEN NOT MATCHED those of the source's columns:
// there the target has none.
func (m *merging) qualify(w *ast.MergeWhen) {
	if !w.Not || m.source == nil {
		return
	}
	sourced := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if c, ok := n.(*ast.Column); ok && len(c.Parts) == 1 {
				c.Parts = []ast.Ident{*m.source, c.Parts[0]}
			}
			_, query := n.(*ast.Query)
			return !query
		})
	}
	if w.Cond != nil {
		sourced(w.Cond)
	}
	for _, v := range w.Values {
		sourced(v)
	}
}

// applies is when the clause number i applies if those before it do not.
func (m *merging) applies(i int) ast.Expr {
	w := m.stmt.Whens[i]
	var cond ast.Expr = &ast.Is{X: ast.Clone(m.row), Not: !w.Not, What: "NULL"}
	if w.Cond != nil {
		cond = &ast.Binary{Op: "AND", Left: cond, Right: &ast.Parens{X: ast.Clone(w.Cond)}}
	}
	return cond
}

// action is the number of the clause that applies.
func (m *merging) action() ast.Expr {
	c := &ast.Case{}
	for i := range m.stmt.Whens {
		c.Whens = append(c.Whens, ast.When{Cond: m.applies(i), Then: &ast.Number{Text: strconv.Itoa(i)}})
	}
	return c
}

// value adds a column for a value of clause i, which is computed for the rows
// that the clause takes and for no others.
func (m *merging) value(i int, x ast.Expr) string {
	c := &ast.Case{}
	for j := range i {
		if m.stmt.Whens[j].Not == m.stmt.Whens[i].Not {
			c.Whens = append(c.Whens, ast.When{Cond: m.applies(j), Then: &ast.Null{}})
		}
	}
	c.Whens = append(c.Whens, ast.When{Cond: m.applies(i), Then: x})
	m.items = append(m.items, stepItem(len(m.items), c))
	return stepColumn(len(m.items) - 1)
}

// clause adds what clause i needs.
func (m *merging) clause(i int, w ast.MergeWhen) {
	rows := stepRows + " where C1 = " + strconv.Itoa(i)
	switch w.Action {
	case "DELETE":
		m.apply = append(m.apply, "delete from "+m.into.String()+" where rowid in (select C0 from "+rows+")")
	case "UPDATE":
		var set []string
		for _, a := range w.Set {
			name := ducksql.Name(a.Column[len(a.Column)-1].Name)
			if _, ok := a.Value.(*ast.Default); ok {
				set = append(set, name+" = default")
				continue
			}
			set = append(set, name+" = s."+m.value(i, a.Value))
		}
		m.apply = append(m.apply, "update "+m.into.String()+" as t set "+strings.Join(set, ", ")+
			" from (select distinct on (C0) * from "+rows+") as s where t.rowid = s.C0")
	default:
		m.insert(i, w, rows)
	}
}

func (m *merging) insert(i int, w ast.MergeWhen, rows string) {
	var columns, values []string
	for j, v := range w.Values {
		if _, ok := v.(*ast.Default); ok && len(w.Columns) > 0 {
			continue
		}
		values = append(values, m.value(i, v))
		if len(w.Columns) > j {
			columns = append(columns, ducksql.Name(w.Columns[j].Name))
		}
	}
	list := ""
	if len(columns) > 0 {
		list = " (" + strings.Join(columns, ", ") + ")"
	}
	m.apply = append(m.apply, "insert into "+m.into.String()+list+" select "+strings.Join(values, ", ")+" from "+rows)
}

// check counts the rows by what happens to them, and refuses a row that
// several source rows want to change.
func (m *merging) check(ctx context.Context, numbers []int64) error {
	for i, c := range mergeCounts {
		what := "count(*)"
		if c.action != "INSERT" {
			what = "count(distinct C0)"
		}
		if !m.has(c.action) {
			continue
		}
		n, err := m.s.number(ctx, "select "+what+" from "+stepRows+" where C1 in ("+m.clauses(c.action)+")")
		if err != nil {
			return err
		}
		numbers[i] = n
	}
	if !m.has("UPDATE") || m.s.parameter("ERROR_ON_NONDETERMINISTIC_MERGE") == "false" {
		return nil
	}
	twice := fmt.Sprintf("select C0 from %s where C0 is not null group by C0 having count(*) > 1 and count(*) filter (where C1 in (%s)) > 0",
		stepRows, m.clauses("UPDATE"))
	n, err := m.s.number(ctx, "select count(*) from ("+twice+")")
	if err == nil && n > 0 {
		err = m.s.duplicateRow(ctx, m.into, twice)
	}
	return err
}

// clauses are the numbers of the clauses with an action.
func (m *merging) clauses(action string) string {
	var numbers []string
	for i, w := range m.stmt.Whens {
		if w.Action == action {
			numbers = append(numbers, strconv.Itoa(i))
		}
	}
	return strings.Join(numbers, ", ")
}
