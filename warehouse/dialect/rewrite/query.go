package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

func (r *rewriter) query(q *ast.Query) ast.Node {
	r.orders(q.OrderBy)
	if sel, ok := q.Body.(*ast.Select); ok && r.apartOf[sel] {
		r.unqualified(q.OrderBy)
	}
	r.structuredOrder(q)
	if sel, ok := q.Body.(*ast.Select); ok && !sel.Distinct {
		r.orderPositions(q.OrderBy, sel)
		r.orderVariants(q.OrderBy)
	}
	if sel, ok := q.Body.(*ast.Select); ok && sel.Top != nil {
		if q.Limit != nil {
			r.refuse(q, "TOP and LIMIT together")
		}
		q.Limit, sel.Top = sel.Top, nil
	}
	return q
}

// setOp makes the columns of both sides alike, where they are known.
func (r *rewriter) setOp(n *ast.SetOp) {
	if n.Op == "MINUS" {
		n.Op = "EXCEPT"
	}
	rows := rowsOf(n)
	if n.ByName || rows == nil {
		return
	}
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			return
		}
	}
	for i := range rows[0] {
		column := make([]*ast.Expr, len(rows))
		for j, row := range rows {
			column[j] = row[i]
		}
		r.alike(column)
	}
}

// rowsOf are the expressions of the columns of a body, one list a SELECT or a
// row of VALUES; none if there is a star among them, or a part that is not known.
func rowsOf(b ast.Body) (rows [][]*ast.Expr) {
	switch b := b.(type) {
	case *ast.SetOp:
		left, right := rowsOf(b.Left), rowsOf(b.Right)
		if left == nil || right == nil {
			return nil
		}
		return append(left, right...)
	case *ast.ParenQuery:
		return rowsOf(b.Query.Body)
	case *ast.Select:
		row := make([]*ast.Expr, len(b.Items))
		for i := range b.Items {
			if _, star := b.Items[i].X.(*ast.Star); star {
				return nil
			}
			row[i] = &b.Items[i].X
		}
		return [][]*ast.Expr{row}
	}
	return nil
}

// orders makes nulls sort as in Snowflake, as if higher than all values.
func (r *rewriter) orders(keys []ast.Order) {
	for i := range keys {
		switch {
		case keys[i].Nulls != "":
		case keys[i].Direction == "DESC":
			keys[i].Nulls = "FIRST"
		default:
			keys[i].Nulls = "LAST"
		}
	}
}

// unqualified names columns without the tables that are out of sight.
func (r *rewriter) unqualified(keys []ast.Order) {
	for i := range keys {
		if c, ok := keys[i].X.(*ast.Column); ok {
			keys[i].X = r.typed(&ast.Column{At: c.At, Parts: c.Parts[len(c.Parts)-1:]}, r.info.Type(c))
		}
	}
}

func (r *rewriter) table(t ast.Table) ast.Node {
	if what := r.info.Unlike(t); what != "" {
		r.refuse(t, "%s; cast it to TIMESTAMP_NTZ(6) or TIMESTAMP_LTZ(6)", what)
	}
	switch t := t.(type) {
	case *ast.Join:
		switch {
		case t.Kind == "ASOF":
			return r.asof(t)
		case t.Kind == "INNER" && t.On == nil && t.Using == nil && !t.Natural:
			t.Kind = "CROSS"
		}
		if t.Kind == "INNER" && t.On == nil && t.Using == nil && !t.Natural {
			t.Kind = "CROSS" // Snowflake takes a join without a condition, DuckDB does not
		}
	case *ast.ParenTable:
		return bare(t)
	case *ast.TableFunction:
		return r.tableFunction(t)
	case *ast.ValuesTable:
		return valuesTable(t)
	case *ast.Derived:
		if values, ok := t.Query.Body.(*ast.Values); ok {
			t.Alias = valuesAlias(values, t.Alias)
		}
	case *ast.StageTable:
		r.refuse(t, "a query on a stage")
	case *ast.TableName:
		if len(t.Name.Parts) == 1 && t.Name.Parts[0].Name == "DUAL" && !t.Name.Parts[0].Quoted {
			return &ast.Derived{At: t.At, Query: templateQuery("SELECT NULL AS DUMMY"), Alias: &ast.Alias{Name: ast.Ident{Name: "DUAL"}}}
		}
	case *ast.Pivot:
		return r.pivot(t)
	case *ast.Sample:
		r.sampleSize(t)
		if t.Alias != nil {
			r.refuse(t, "an alias behind SAMPLE; put it before")
		}
		if t.Rows && t.Method == "SYSTEM" {
			r.refuse(t, "SAMPLE SYSTEM of a number of rows")
		}
	}
	return t
}

// bare is a table without its parentheses, which DuckDB takes around joins
// alone. The name outside of them is the one that holds.
func bare(t *ast.ParenTable) ast.Node {
	var alias **ast.Alias
	switch inner := t.Table.(type) {
	case *ast.TableName:
		alias = &inner.Alias
	case *ast.TableFunction:
		alias = &inner.Alias
	case *ast.Derived:
		alias = &inner.Alias
	default:
		return t
	}
	if t.Alias != nil {
		if *alias != nil && t.Alias.Columns == nil {
			t.Alias.Columns = (*alias).Columns
		}
		*alias = t.Alias
	}
	return t.Table
}

// valuesTable is VALUES in FROM, whose columns are COLUMN1, COLUMN2 and so on
// unless the alias names them.
func valuesTable(t *ast.ValuesTable) ast.Node {
	return &ast.Derived{At: t.At, Query: &ast.Query{Body: t.Values}, Alias: valuesAlias(t.Values, t.Alias)}
}

// valuesAlias is alias with the names of the columns of values, if it names
// none itself.
func valuesAlias(values *ast.Values, alias *ast.Alias) *ast.Alias {
	out := ast.Alias{Name: ast.Ident{Name: "VALUES", Quoted: true}}
	if alias != nil {
		out = *alias
	}
	if len(values.Rows) > 0 && len(out.Columns) == 0 {
		for i := range values.Rows[0] {
			out.Columns = append(out.Columns, ast.Ident{Name: fmt.Sprintf("COLUMN%d", i+1)})
		}
	}
	return &out
}

// asof is an ASOF join in DuckDB's form, whose condition is one. Snowflake
// keeps the left rows that have no match.
func (r *rewriter) asof(j *ast.Join) ast.Table {
	out := &ast.Join{At: j.At, Kind: "ASOF LEFT", Left: j.Left, Right: j.Right, On: j.Match}
	if j.On != nil {
		out.On = &ast.Binary{Op: "AND", Left: j.On, Right: j.Match}
	}
	if j.Using == nil {
		return out
	}
	left, right := tableAlias(j.Left), tableAlias(j.Right)
	if left == nil || right == nil {
		r.refuse(j, "ASOF JOIN with USING of tables without names; write it with ON")
		return out
	}
	for _, name := range j.Using {
		equal := &ast.Binary{Op: "=", Left: &ast.Column{Parts: []ast.Ident{*left, name}}, Right: &ast.Column{Parts: []ast.Ident{*right, name}}}
		out.On = &ast.Binary{Op: "AND", Left: equal, Right: out.On}
	}
	return out
}

// sampleSize refuses samples of more rows than Snowflake takes.
func (r *rewriter) sampleSize(s *ast.Sample) {
	const most = 1_000_000
	n, isNumber := s.Size.(*ast.Number)
	if !s.Rows || !isNumber || r.err != nil {
		return
	}
	if rows, err := strconv.Atoi(n.Text); err != nil || rows > most {
		pos := s.Size.Pos()
		r.err = &warehouse.Error{Code: 2000, State: "42000", Line: pos.Line, Column: pos.Column,
			Message: fmt.Sprintf("SQL compilation error:\nthe size of a sample is %s rows, and has to be from 0 to %d", n.Text, most)}
	}
}

// pivot names the new columns as Snowflake does, after the literal.
func (r *rewriter) pivot(t *ast.Pivot) ast.Node {
	switch {
	case t.Any, t.Query != nil:
		r.refuse(t, "PIVOT with values that only the rows tell")
	case len(t.Aggregates) != 1:
		r.refuse(t, "PIVOT with several aggregates")
	}
	average := r.pivotAverage(t)
	star := &ast.Star{}
	for i := range t.In {
		name := ast.Ident{Quoted: true}
		if alias := t.In[i].Alias; alias != nil {
			name.Name = alias.Name
		}
		value := ast.Expr(&ast.Column{Parts: []ast.Ident{name}})
		if average.Is(warehouse.Number) {
			value = &ast.Cast{X: call("ROUND", value, number(average.Scale)), Type: duckNumber(average)}
		}
		if t.Default != nil {
			value = call("COALESCE", value, t.Default)
		}
		star.Replace = append(star.Replace, ast.Item{X: value, Alias: &name})
	}
	if t.Default == nil && !average.Is(warehouse.Number) {
		return t
	}
	alias := t.Alias
	if alias == nil {
		alias = &ast.Alias{Name: ast.Ident{Name: "_PIVOT", Quoted: true}}
	}
	t.Default, t.Alias = nil, nil
	return &ast.Derived{At: t.At, Alias: alias, Query: &ast.Query{Body: &ast.Select{Items: []ast.Item{{X: star}}, From: []ast.Table{t}}}}
}

// namePivoted names the column of one value of a PIVOT: text keeps its case, and
// its quotes.
func namePivoted(it *ast.Item) {
	if s, ok := it.X.(*ast.String); ok && it.Alias == nil {
		it.Alias = &ast.Ident{Name: "'" + strings.ReplaceAll(s.Value, "'", "''") + "'", Quoted: true}
	}
	nameColumn(it)
}

// pivotAverage is the type of the averages that a PIVOT shows, if it shows
// averages of NUMBERs. DuckDB wants one aggregate there, whose value is a FLOAT.
func (r *rewriter) pivotAverage(t *ast.Pivot) (out types.Type) {
	for _, a := range t.Aggregates {
		if c, ok := a.X.(*ast.Call); ok && known(c) == "AVG" {
			out = r.info.Type(c)
		}
	}
	return out
}

func (r *rewriter) tableFunction(t *ast.TableFunction) ast.Node {
	c, ok := t.X.(*ast.Call)
	if !ok {
		if name, isText := t.X.(*ast.String); isText {
			return &ast.TableName{At: t.At, Name: r.name(&ast.Name{At: t.At, Parts: r.parts(t, name.Value)}), Alias: t.Alias}
		}
		r.refuse(t, "TABLE of what is no function")
		return t
	}
	switch known(c) {
	case "FLATTEN":
		return r.flatten(t, c)
	case "GENERATOR":
		return r.generator(t, c)
	case "SPLIT_TO_TABLE":
		return r.splitToTable(t, c, "CASE WHEN $2 = '' THEN LIST_VALUE($1) ELSE STRING_SPLIT($1, $2) END")
	case "STRTOK_SPLIT_TO_TABLE":
		return r.splitToTable(t, c, "__SF.MAIN.tokens($1, $2)")
	}
	r.refuse(c, "the table function %s", c.Name.Last())
	return t
}

// arguments are c's, by name, or by place in the order given.
func (r *rewriter) arguments(c *ast.Call, names ...string) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	for i, a := range c.Args {
		switch {
		case a.Name != nil:
			out[a.Name.Name] = a.Value
		case i < len(names):
			out[names[i]] = a.Value
		default:
			r.refuse(c, "%s with so many arguments", c.Name.Last())
		}
	}
	return out
}

// generated is the column that the rows of GENERATOR are counted in.
var generated = ast.Ident{Name: "_N", Quoted: true}

// countRows notes the sequences of a SELECT from a GENERATOR: they are its
// numbers, and so may stand in windows and aggregates.
func (r *rewriter) countRows(s *ast.Select) {
	if !slices.ContainsFunc(s.From, isGenerator) {
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok {
			switch known(c) {
			case "SEQ1", "SEQ2", "SEQ4", "SEQ8":
				r.counters[c] = true
			}
		}
		_, nested := n.(*ast.Query)
		return !nested
	})
}

func isGenerator(t ast.Table) bool {
	if p, ok := t.(*ast.ParenTable); ok {
		return isGenerator(p.Table)
	}
	f, ok := t.(*ast.TableFunction)
	if !ok {
		return false
	}
	c, ok := f.X.(*ast.Call)
	return ok && known(c) == "GENERATOR"
}

// Generator is the engine's table function of one column, the numbers from 0 on:
// it ends after as many rows as its first argument says, no matter how many if
// that is negative, and after as many seconds as the second says.
const Generator = "__SF_GENERATOR"

// generator counts in RANGE, or, with a time limit, in Generator.
func (r *rewriter) generator(t *ast.TableFunction, c *ast.Call) ast.Node {
	args := r.arguments(c, "ROWCOUNT", "TIMELIMIT")
	rows, limit := args["ROWCOUNT"], args["TIMELIMIT"]
	var x ast.Expr
	switch {
	case rows != nil && limit != nil && len(args) == 2:
		x = call(Generator, rows, limit)
	case rows != nil && len(args) == 1:
		x = call("RANGE", rows)
	case limit != nil && len(args) == 1:
		x = call(Generator, &ast.Unary{Op: "-", X: &ast.Number{Text: "1"}}, limit)
	default:
		r.refuse(c, "GENERATOR with other arguments than ROWCOUNT and TIMELIMIT")
		return t
	}
	alias := ast.Alias{Name: ast.Ident{Name: "_GENERATOR", Quoted: true}}
	if t.Alias != nil {
		alias = *t.Alias
	}
	alias.Columns = []ast.Ident{generated}
	return &ast.TableFunction{At: t.At, X: x, Alias: &alias}
}

// lateral is a subquery in the place of the table function t.
func lateral(t *ast.TableFunction, q *ast.Query, name string) ast.Node {
	d := &ast.Derived{At: t.At, Lateral: true, Query: q, Alias: t.Alias}
	if d.Alias == nil {
		d.Alias = &ast.Alias{Name: ast.Ident{Name: name}}
	}
	return d
}
