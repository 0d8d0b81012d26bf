package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// seedRandom notes the calls of RANDOM with a seed that go by the number of the
// row, so that they give the same whenever the query runs over the same rows:
// those in a SELECT and in its ORDER BY. Where DuckDB takes no row number, in a
// WHERE, an aggregate or another window, the seed is passed over.
func (r *rewriter) seedRandom(q *ast.Query) {
	s, ok := q.Body.(*ast.Select)
	if !ok || s.GroupBy != nil || r.hasAggregate(s) {
		return
	}
	for _, it := range s.Items {
		if it.Alias == nil || !namedIn(s.Where, it.Alias.Name) {
			r.markSeeded(it.X)
		}
	}
	for _, o := range q.OrderBy {
		r.markSeeded(o.X)
	}
}

// markSeeded notes such calls in e.
func (r *rewriter) markSeeded(e ast.Expr) {
	if e == nil {
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			return false
		case *ast.Call:
			if known(n) == "RANDOM" && len(n.Args) == 1 {
				r.seeded[n] = true
			}
			return n.Over == nil
		}
		return true
	})
}

// hasAggregate reports a SELECT with an aggregate, which makes one row of many.
func (r *rewriter) hasAggregate(s *ast.Select) bool {
	found := false
	for _, it := range s.Items {
		ast.Inspect(it.X, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Query:
				return false
			case *ast.Call:
				found = found || n.Over == nil && aggregates[known(n)]
			}
			return !found
		})
	}
	return found
}

// namedIn reports a column of that name in e.
func namedIn(e ast.Expr, name string) bool {
	found := false
	if e != nil {
		ast.Inspect(e, func(n ast.Node) bool {
			c, ok := n.(*ast.Column)
			found = found || ok && len(c.Parts) == 1 && c.Parts[0].Name == name
			return !found
		})
	}
	return found
}

// random is RANDOM(seed).
func (r *rewriter) random(c *ast.Call, seed ast.Expr) ast.Expr {
	if r.seeded[c] {
		return template("CAST(CAST(HASH($1, ROW_NUMBER() OVER ()) AS HUGEINT) - 9223372036854775808 AS BIGINT)", seed)
	}
	return template("CAST(TRUNC((RANDOM() - 0.5) * 18446744073709549568.0) AS BIGINT)")
}

// uniform is UNIFORM(low, high, generator), a whole number between whole ones.
func (r *rewriter) uniform(args []ast.Expr) ast.Expr {
	for i := range args {
		args[i] = r.asText(args[i])
	}
	name := "uniform"
	switch t := types.Common(r.info.Type(args[0]), r.info.Type(args[1])); {
	case t.Is(warehouse.Float), t.Scale > 0:
		name = "uniform_real"
	case t.Is(warehouse.Number):
		name = "uniform_whole"
	}
	return r.macro(name, args...)
}
