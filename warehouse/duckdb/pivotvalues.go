package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A pivoting asks the rows for the values of those PIVOTs that list none, IN
// (ANY) and IN (query), before their statement is translated.
type pivoting struct {
	ctx     context.Context
	s       *session
	changed bool
	err     error
}

// pivotValues lists the values of all such PIVOTs in a statement. A view's would
// be those of the moment it is made, so they stay and are refused.
func (s *session) pivotValues(ctx context.Context, tree ast.Statement) (changed bool, err error) {
	if _, view := tree.(*ast.CreateView); view {
		return false, nil
	}
	p := &pivoting{ctx: ctx, s: s}
	if q, ok := tree.(*ast.Query); ok {
		p.query(q, nil)
	} else {
		p.node(tree, nil)
	}
	return p.changed, p.err
}

// node goes through what n, no query itself, holds. ctes are the common table expressions that it
// can read, those whose own PIVOTs are done.
func (p *pivoting) node(n ast.Node, ctes []ast.CTE) {
	var pivots []*ast.Pivot
	ast.Inspect(n, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.Query:
			p.query(inner, ctes)
			return false
		case *ast.Pivot:
			if inner.Any || inner.Query != nil {
				pivots = append(pivots, inner)
			}
		}
		return p.err == nil
	})
	for _, v := range slices.Backward(pivots) { // the inner ones first
		if p.err == nil {
			p.err = p.list(v, ctes)
		}
	}
}

func (p *pivoting) query(q *ast.Query, ctes []ast.CTE) {
	if q.With != nil {
		for _, cte := range q.With.CTEs {
			p.query(cte.Query, ctes)
			ctes = append(ctes[:len(ctes):len(ctes)], cte)
		}
	}
	if q.Body != nil {
		p.node(q.Body, ctes)
	}
}

// list asks for a PIVOT's values.
func (p *pivoting) list(v *ast.Pivot, ctes []ast.CTE) error {
	q := v.Query
	if v.Any {
		value := ast.Ident{Name: "C0", Quoted: true}
		rows := &ast.Select{At: v.At, Items: []ast.Item{{X: ast.Clone(v.For), Alias: &value}}, From: []ast.Table{ast.Clone(v.Input)},
			Where: &ast.Is{X: ast.Clone(v.For), Not: true, What: "NULL"}, GroupBy: &ast.GroupBy{Items: []ast.Expr{ast.Clone(v.For)}}}
		q = &ast.Query{Body: rows, OrderBy: v.AnyOrder}
		if q.OrderBy == nil {
			q.OrderBy = []ast.Order{{X: ast.Clone(v.For)}}
		}
	}
	q = ast.Clone(q)
	if len(ctes) > 0 {
		with := &ast.With{CTEs: ast.Clone(&ast.With{CTEs: ctes}).CTEs}
		q = &ast.Query{With: with, Body: &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}, From: []ast.Table{&ast.Derived{Query: q}}}}
	}
	sql, err := p.s.rewritten(q)
	if err != nil {
		return err
	}
	values, err := p.s.conn.Texts(p.ctx, `select cast("C0" as varchar), typeof("C0") from (`+sql+`) as t("C0")`)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, value := range values {
		if seen[value[0]] { // a query may give one several times
			continue
		}
		seen[value[0]] = true
		v.In = append(v.In, pivotItem(value[0], value[1]))
	}
	v.Any, v.AnyOrder, v.Query, p.changed = false, nil, nil, true
	if len(v.In) == 0 {
		return refusal.Unsupported("a PIVOT without any value")
	}
	return nil
}

// pivotItem is a value as a literal, under the name that its column gets.
func pivotItem(value, typ string) ast.Item {
	x := literalOf(value, typ)
	name := value
	if typ == "VARCHAR" || strings.HasPrefix(typ, "DATE") || strings.HasPrefix(typ, "TIME") {
		name = "'" + strings.ReplaceAll(value, "'", "''") + "'"
	}
	return ast.Item{X: x, Alias: &ast.Ident{Name: name, Quoted: true}}
}
