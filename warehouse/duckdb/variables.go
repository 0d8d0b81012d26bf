package duckdb

import (
	"context"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// set is SET name = expression: the session's variables, as literals.
func (s *session) set(ctx context.Context, rec *record, stmt *ast.Set) (*warehouse.Result, error) {
	if len(stmt.Names) != len(stmt.Values) {
		return nil, unsupported("SET of several variables to one query")
	}
	values := make([]ast.Expr, len(stmt.Values))
	for i, e := range stmt.Values {
		value, err := s.evaluate(ctx, e)
		if err != nil {
			return nil, err
		}
		values[i] = value
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

// evaluate is an expression's value as a literal.
func (s *session) evaluate(ctx context.Context, e ast.Expr) (ast.Expr, error) {
	alias := ast.Ident{Name: "X", Quoted: true}
	sql, err := s.rewritten(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: e, Alias: &alias}}}})
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.run(ctx, `select coalesce(cast("X" as varchar), ''), case when "X" is null then 'NULL' else typeof("X") end from (`+sql+`)`, nil)
	if err != nil {
		return nil, err
	}
	rows, err := cur.texts()
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, unsupported("SET to a query that gives other than one row")
	}
	value, typ := rows[0][0], rows[0][1]
	switch {
	case typ == "NULL":
		return &ast.Null{}, nil
	case typ == "BOOLEAN":
		return &ast.Bool{Value: value == "true"}, nil
	case strings.HasSuffix(typ, "INT"), typ == "INTEGER", strings.HasPrefix(typ, "DECIMAL"):
		return &ast.Parens{X: &ast.Number{Text: value}}, nil
	case typ == "VARCHAR":
		return &ast.String{Value: value}, nil
	}
	return &ast.Cast{X: &ast.String{Value: value}, Type: &ast.Type{Name: snowflakeType(typ)}}, nil
}

// executeImmediate runs the statement in a text.
func (s *session) executeImmediate(ctx context.Context, rec *record, stmt *ast.ExecuteImmediate) (*warehouse.Result, error) {
	if len(stmt.Using) > 0 {
		return nil, unsupported("EXECUTE IMMEDIATE … USING")
	}
	text := stmt.Text
	if v, ok := text.(*ast.Variable); ok && s.variables[v.Name] != nil {
		text = s.variables[v.Name]
	}
	sql, ok := text.(*ast.String)
	if !ok {
		return nil, unsupported("EXECUTE IMMEDIATE of what is no text")
	}
	return s.dispatch(ctx, rec, sql.Value, nil)
}
