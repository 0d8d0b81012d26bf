package duckdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// set is SET name = expression: the session's variables, as literals.
func (s *session) set(ctx context.Context, rec *record, stmt *ast.Set) (*warehouse.Result, error) {
	values, err := s.valuesOf(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if s.variables == nil {
		s.variables, s.variableTimes = map[string]ast.Expr{}, map[string]time.Time{}
	}
	for i, name := range stmt.Names {
		s.variableTimes[name.Name] = time.Now()
		s.variables[name.Name] = values[i]
	}
	return rec.status("Statement executed successfully."), nil
}

func (s *session) unset(rec *record, stmt *ast.Unset) *warehouse.Result {
	for _, name := range stmt.Names {
		delete(s.variables, name.Name)
	}
	return rec.status("Statement executed successfully.")
}

// valuesOf are the literals that SET gives its names: each has an expression,
// or one query has a column for each.
func (s *session) valuesOf(ctx context.Context, stmt *ast.Set) ([]ast.Expr, error) {
	var from ast.Table
	items := stmt.Values
	if len(stmt.Names) != len(items) {
		alias := &ast.Alias{Name: ast.Ident{Name: "V", Quoted: true}}
		items = nil
		for i := range stmt.Names {
			name := ast.Ident{Name: "_" + stepColumn(i), Quoted: true}
			alias.Columns = append(alias.Columns, name)
			items = append(items, &ast.Column{Parts: []ast.Ident{name}})
		}
		from = &ast.Derived{Query: stmt.Values[0].(*ast.Subquery).Query, Alias: alias}
	}
	return s.evaluate(ctx, items, from)
}

// evaluate is the values of expressions as literals, in the one row of a table
// if they are of one.
func (s *session) evaluate(ctx context.Context, items []ast.Expr, from ast.Table) ([]ast.Expr, error) {
	sel := &ast.Select{}
	var columns []string
	for i, e := range items {
		name := ast.Ident{Name: stepColumn(i), Quoted: true}
		sel.Items = append(sel.Items, ast.Item{X: e, Alias: &name})
		x := ducksql.Name(name.Name)
		columns = append(columns, fmt.Sprintf("coalesce(cast(%s as varchar), ''), case when %[1]s is null then 'NULL' else typeof(%[1]s) end", x))
	}
	if from != nil {
		sel.From = []ast.Table{from}
	}
	sql, err := s.rewritten(&ast.Query{Body: sel})
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Texts(ctx, "select "+strings.Join(columns, ", ")+" from ("+sql+")")
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, refusal.Unsupported("SET to a query that gives other than one row")
	}
	out := make([]ast.Expr, len(items))
	for i := range out {
		out[i] = literalOf(rows[0][2*i], rows[0][2*i+1])
	}
	return out, nil
}

// literalOf is a value's text as a literal of a type of DuckDB's.
func literalOf(value, typ string) ast.Expr {
	switch {
	case typ == "NULL":
		return &ast.Null{}
	case typ == "BOOLEAN":
		return &ast.Bool{Value: value == "true"}
	case strings.HasSuffix(typ, "INT"), typ == "INTEGER", strings.HasPrefix(typ, "DECIMAL"):
		return &ast.Parens{X: &ast.Number{Text: value}}
	case typ == "VARCHAR":
		return &ast.String{Value: value}
	}
	return &ast.Cast{X: &ast.String{Value: value}, Type: &ast.Type{Name: ducksql.SnowflakeType(typ)}}
}

// executeImmediate runs the statement in a text.
func (s *session) executeImmediate(ctx context.Context, rec *record, stmt *ast.ExecuteImmediate) (*warehouse.Result, error) {
	text := stmt.Text
	if v, ok := text.(*ast.Variable); ok && s.variables[v.Name] != nil {
		text = s.variables[v.Name]
	}
	sql, ok := text.(*ast.String)
	if !ok {
		return nil, refusal.Unsupported("EXECUTE IMMEDIATE of what is no text")
	}
	tree, err := parse.Lenient(sql.Value)
	if err != nil {
		return nil, err
	}
	if rec.changed = len(stmt.Using) > 0; rec.changed {
		if err := s.fillUsing(ctx, tree, stmt.Using); err != nil {
			return nil, err
		}
	}
	return s.dispatchTree(ctx, rec, tree, sql.Value, nil)
}

// variableNamed is GETVARIABLE: a variable's value by its name as text, which
// null stands for where there is none.
func (s *session) variableNamed(c *ast.Call) ast.Expr {
	if len(c.Args) != 1 {
		return nil
	}
	name, ok := c.Args[0].Value.(*ast.String)
	if !ok {
		return nil
	}
	if value, ok := s.variables[name.Value]; ok {
		return ast.Clone(value)
	}
	return &ast.Null{}
}
