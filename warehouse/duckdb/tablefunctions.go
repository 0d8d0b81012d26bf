package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// made is the rows that a table function gives, made here.
type made struct {
	columns []string // name and type of DuckDB's
	rows    [][]any
}

// ownFunctions are the table functions whose rows are made here, before the
// statement runs.
var ownFunctions = map[string]func(*session, context.Context, *ast.Call) (made, error){
	"INFER_SCHEMA": (*session).inferSchema,
	"VALIDATE":     (*session).validateLoad,
	"COPY_HISTORY": (*session).copyHistory,

	"TAG_REFERENCES":             (*session).tagReferences,
	"TAG_REFERENCES_ALL_COLUMNS": (*session).columnTagReferences,
}

// ownFunction is the call of such a function in FROM, nil for anything else.
func ownFunction(t *ast.TableFunction) *ast.Call {
	c, ok := t.X.(*ast.Call)
	if !ok || ownFunctions[c.Name.Last()] == nil {
		return nil
	}
	return c
}

// callsOwn reports whether a statement calls such a function.
func callsOwn(stmt ast.Node) (found bool) {
	ast.Inspect(stmt, func(n ast.Node) bool {
		if t, ok := n.(*ast.TableFunction); ok && ownFunction(t) != nil {
			found = true
		}
		return !found
	})
	return found
}

// makeTables puts temporary tables in the place of such calls.
func (s *session) makeTables(ctx context.Context, stmt ast.Node) error {
	names := map[*ast.TableFunction]string{}
	var err error
	ast.Inspect(stmt, func(n ast.Node) bool {
		if t, ok := n.(*ast.TableFunction); ok && err == nil {
			if c := ownFunction(t); c != nil {
				var rows made
				if rows, err = ownFunctions[c.Name.Last()](s, ctx, c); err == nil {
					names[t], err = s.makeTable(ctx, rows)
				}
			}
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	ast.Rewrite(stmt, func(n ast.Node) ast.Node {
		if t, ok := n.(*ast.TableFunction); ok && names[t] != "" {
			return &ast.TableName{At: t.At, Name: &ast.Name{At: t.At, Parts: []ast.Ident{{Name: names[t], Quoted: true}}}, Alias: t.Alias}
		}
		return n
	})
	return nil
}

// makeTable makes a temporary table that goes with the statement.
func (s *session) makeTable(ctx context.Context, m made) (name string, err error) {
	name = strings.ToUpper(ducksql.FreshName("snowpit_made_"))
	if err := s.conn.Exec(ctx, "create temporary table "+name+" ("+strings.Join(m.columns, ", ")+")"); err != nil {
		return "", err
	}
	s.after = append(s.after, func() { s.reader().DropTable(name) })
	places := strings.TrimSuffix(strings.Repeat("?, ", len(m.columns)), ", ")
	for _, row := range m.rows {
		if err := s.execute(ctx, fmt.Sprintf("insert into %s values (%s)", name, places), row...); err != nil {
			return "", err
		}
	}
	return name, nil
}
