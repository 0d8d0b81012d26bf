package rewrite

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func (r *rewriter) query(q *ast.Query) ast.Node {
	r.orders(q.OrderBy)
	if sel, ok := q.Body.(*ast.Select); ok && sel.Top != nil {
		if q.Limit != nil {
			r.refuse(q, "TOP and LIMIT together")
		}
		q.Limit, sel.Top = sel.Top, nil
	}
	return q
}

func (r *rewriter) selectBody(s *ast.Select) ast.Node {
	if s.Connect != nil {
		r.refuse(s.Connect, "CONNECT BY")
	}
	return s
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

func (r *rewriter) table(t ast.Table) ast.Node {
	switch t := t.(type) {
	case *ast.Join:
		if t.Kind == "ASOF" {
			return r.asof(t)
		}
	case *ast.TableFunction:
		return r.tableFunction(t)
	case *ast.ValuesTable:
		return valuesTable(t)
	case *ast.StageTable:
		r.refuse(t, "a query on a stage")
	case *ast.Pivot:
		r.pivot(t)
	case *ast.Sample:
		if t.Alias != nil {
			r.refuse(t, "an alias behind SAMPLE; put it before")
		}
		if t.Rows && t.Method == "SYSTEM" {
			r.refuse(t, "SAMPLE SYSTEM of a number of rows")
		}
	}
	return t
}

// valuesTable is VALUES in FROM, whose columns are COLUMN1, COLUMN2 and so on
// unless the alias names them.
func valuesTable(t *ast.ValuesTable) ast.Node {
	alias := &ast.Alias{Name: ast.Ident{Name: "VALUES", Quoted: true}}
	if t.Alias != nil {
		alias = t.Alias
	}
	if len(t.Values.Rows) > 0 && len(alias.Columns) == 0 {
		for i := range t.Values.Rows[0] {
			alias.Columns = append(alias.Columns, ast.Ident{Name: fmt.Sprintf("COLUMN%d", i+1)})
		}
	}
	return &ast.Derived{At: t.At, Query: &ast.Query{Body: t.Values}, Alias: alias}
}

// asof is an ASOF join in DuckDB's form, whose condition is one. Snowflake
// keeps the left rows that have no match.
func (r *rewriter) asof(j *ast.Join) ast.Table {
	out := &ast.Join{At: j.At, Kind: "ASOF LEFT", Left: j.Left, Right: j.Right, On: j.Match}
	if j.On != nil {
		out.On = &ast.Binary{Op: "AND", Left: j.On, Right: j.Match}
	}
	if j.Using != nil {
		r.refuse(j, "ASOF JOIN with USING; write it with ON")
	}
	return out
}

// pivot names the new columns as Snowflake does, after the literal.
func (r *rewriter) pivot(t *ast.Pivot) {
	switch {
	case t.Any, t.Query != nil:
		r.refuse(t, "PIVOT with values that only the rows tell")
	case t.Default != nil:
		r.refuse(t, "PIVOT with DEFAULT ON NULL")
	case len(t.Aggregates) != 1:
		r.refuse(t, "PIVOT with several aggregates")
	}
	for i := range t.In {
		nameColumn(&t.In[i])
	}
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
		return r.splitToTable(t, c)
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

func (r *rewriter) generator(t *ast.TableFunction, c *ast.Call) ast.Node {
	args := r.arguments(c, "ROWCOUNT")
	if len(args) != 1 || args["ROWCOUNT"] == nil {
		r.refuse(c, "GENERATOR without ROWCOUNT alone")
		return t
	}
	return &ast.TableFunction{At: t.At, X: call("RANGE", args["ROWCOUNT"]), Alias: t.Alias}
}

// flattenQuery is FLATTEN's rows: $1 is the input, $2 what is flattened.
const flattenQuery = `SELECT CASE WHEN JSON_TYPE($2) = 'OBJECT' THEN _EACH.KEY END AS KEY,
	$3 || CASE WHEN JSON_TYPE($2) = 'OBJECT' THEN CASE WHEN $3 = '' THEN '' ELSE '.' END || _EACH.KEY ELSE '[' || _EACH.KEY || ']' END AS PATH,
	CASE WHEN JSON_TYPE($2) = 'ARRAY' THEN CAST(_EACH.KEY AS BIGINT) END AS INDEX,
	_EACH.VALUE AS VALUE, $2 AS THIS
	FROM _JSON_EACH AS _EACH WHERE JSON_TYPE($2) IN ('ARRAY', 'OBJECT')`

// outerQuery is the row that OUTER => TRUE has where there are none.
const outerQuery = `SELECT NULL AS KEY, NULL AS PATH, NULL AS INDEX, NULL AS VALUE, $2 AS THIS
	FROM (SELECT 1) WHERE COALESCE(CASE JSON_TYPE($2) WHEN 'ARRAY' THEN JSON_ARRAY_LENGTH($2) WHEN 'OBJECT' THEN LEN(JSON_KEYS($2)) END, 0) = 0`

// flatten is LATERAL FLATTEN as a subquery with its columns, SEQ left out.
func (r *rewriter) flatten(t *ast.TableFunction, c *ast.Call) ast.Node {
	args := r.arguments(c, "INPUT")
	input, path, outer := args["INPUT"], &ast.String{}, false
	for name, value := range args {
		text, isText := value.(*ast.String)
		b, isBool := value.(*ast.Bool)
		switch {
		case name == "INPUT", name == "MODE" && isText && text.Value == "BOTH", isBool && !b.Value:
		case name == "PATH" && isText:
			path = text
		case name == "OUTER" && isBool:
			outer = true
		default:
			r.refuse(c, "FLATTEN with %s", name)
		}
	}
	if input == nil || r.err != nil {
		r.refuse(c, "FLATTEN without INPUT")
		return t
	}
	this := input
	if path.Value != "" {
		this = r.getPath(c, input, path.Value)
	}
	q := templateQuery(flattenQuery, input, this, path)
	sel := q.Body.(*ast.Select)
	sel.From = []ast.Table{&ast.TableFunction{X: call("JSON_EACH", this), Alias: &ast.Alias{Name: ast.Ident{Name: "_EACH"}}}}
	if outer {
		q = &ast.Query{Body: &ast.SetOp{Op: "UNION", All: true, Left: q.Body, Right: templateQuery(outerQuery, input, this).Body}}
	}
	return lateral(t, q, "FLATTEN")
}

// lateral is a subquery in the place of the table function t.
func lateral(t *ast.TableFunction, q *ast.Query, name string) ast.Node {
	d := &ast.Derived{At: t.At, Lateral: true, Query: q, Alias: t.Alias}
	if d.Alias == nil {
		d.Alias = &ast.Alias{Name: ast.Ident{Name: name}}
	}
	return d
}

func (r *rewriter) splitToTable(t *ast.TableFunction, c *ast.Call) ast.Node {
	if len(c.Args) != 2 {
		r.refuse(c, "SPLIT_TO_TABLE with other than two arguments")
		return t
	}
	q := templateQuery(`SELECT GENERATE_SUBSCRIPTS(STRING_SPLIT($1, $2), 1) AS INDEX, UNNEST(STRING_SPLIT($1, $2)) AS VALUE`,
		c.Args[0].Value, c.Args[1].Value)
	return lateral(t, q, "SPLIT_TO_TABLE")
}
