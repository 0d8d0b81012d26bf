package routine

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Tree reads the body of a function in SQL: a query, or an expression.
func (r *Routine) Tree() (*ast.Query, ast.Expr, error) {
	text := strings.TrimSuffix(strings.TrimSpace(r.Body), ";")
	if stmt, err := parse.Statement(text); err == nil {
		if q, ok := stmt.(*ast.Query); ok {
			r.meanParams(q)
			return q, nil, nil
		}
	}
	x, err := expression(text)
	if err != nil {
		// What is wrong with it as a query says more where it begins like one.
		if word := strings.ToUpper(strings.SplitN(text+" ", " ", 2)[0]); word == "SELECT" || word == "WITH" {
			_, err = parse.Statement(text)
		}
		return nil, nil, err
	}
	return nil, x, nil
}

// DefaultTree reads a parameter's default, which is there.
func (p Parameter) DefaultTree() (ast.Expr, error) { return expression(p.Default) }

func expression(text string) (ast.Expr, error) {
	stmt, err := parse.Statement("select " + text + "\n")
	if err != nil {
		return nil, err
	}
	if q, ok := stmt.(*ast.Query); ok {
		if sel, ok := q.Body.(*ast.Select); ok && len(sel.Items) == 1 && sel.From == nil {
			return sel.Items[0].X, nil
		}
	}
	return nil, refusal.Unsupported("the body " + text)
}

// meanParams makes the columns of what selects from nothing the parameters that
// they mean: they can be nothing else, so "x" may be called X.
func (r *Routine) meanParams(q *ast.Query) {
	exact := func(name string) bool {
		return slices.ContainsFunc(r.Params, func(p Parameter) bool { return p.Name == name })
	}
	s, ok := q.Body.(*ast.Select)
	if !ok || len(s.From) > 0 {
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		c, ok := n.(*ast.Column)
		if ok && len(c.Parts) == 1 && !exact(c.Parts[0].Name) {
			for _, p := range r.Params {
				if strings.EqualFold(p.Name, c.Parts[0].Name) {
					c.Parts[0] = ast.Ident{Name: p.Name, Quoted: true}
				}
			}
		}
		_, nested := n.(*ast.Query)
		return !nested
	})
}
