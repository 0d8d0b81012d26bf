package rewrite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// flattenColumns take an element of FLATTEN's list apart.
const flattenColumns = "_EACH._S.KEY AS KEY, _EACH._S.PATH AS PATH, _EACH._S.INDEX AS INDEX, _EACH._S.VALUE AS VALUE"

// recursiveQuery is its rows for RECURSIVE => TRUE: $1 is the input, $2 what is
// flattened, $3 the path to it and $4 the row's number. DuckDB's rows have the whole
// path, from a $ on, and that of what they lie in.
const recursiveQuery = `SELECT $4 AS SEQ, CASE WHEN JSON_TYPE(_THIS) = 'OBJECT' THEN KEY END AS KEY, $3 || __SF.MAIN.path_of(FULLKEY, $3 = '') AS PATH,
	CASE WHEN JSON_TYPE(_THIS) = 'ARRAY' THEN CAST(KEY AS BIGINT) END AS INDEX, __SF.MAIN.defined(VALUE) AS VALUE, _THIS AS THIS
	FROM (SELECT _EACH.KEY, _EACH.FULLKEY, _EACH.VALUE, JSON_EXTRACT($2, _EACH.PATH) AS _THIS FROM _JSON_EACH AS _EACH
	WHERE _EACH.PARENT IS NOT NULL AND JSON_TYPE($2) IN ('ARRAY', 'OBJECT')) WHERE TRUE`

// outerQuery is the row that OUTER => TRUE has where there are none.
const outerQuery = `SELECT $4 AS SEQ, NULL AS KEY, NULL AS PATH, NULL AS INDEX, NULL AS VALUE, $2 AS THIS
	FROM (SELECT 1) WHERE COALESCE(CASE JSON_TYPE($2) WHEN 'ARRAY' THEN $5 * JSON_ARRAY_LENGTH($2) WHEN 'OBJECT' THEN $6 * LEN(JSON_KEYS($2)) END, 0) = 0`

// A flattening is the arguments of FLATTEN.
type flattening struct {
	input     ast.Expr
	path      *ast.String
	outer     bool
	recursive bool
	only      string // ARRAY or OBJECT, "" for both
}

// flattening reads the arguments of FLATTEN, ok if they can be translated.
func (r *rewriter) flattening(c *ast.Call) (f flattening, ok bool) {
	args := r.arguments(c, "INPUT")
	f = flattening{input: args["INPUT"], path: &ast.String{}}
	for name, value := range args {
		text, isText := value.(*ast.String)
		b, isBool := value.(*ast.Bool)
		switch {
		case name == "INPUT":
		case name == "PATH" && isText:
			f.path = text
		case name == "MODE" && isText && strings.EqualFold(text.Value, "BOTH"):
		case name == "MODE" && isText && (strings.EqualFold(text.Value, "ARRAY") || strings.EqualFold(text.Value, "OBJECT")):
			f.only = strings.ToUpper(text.Value)
		case name == "OUTER" && isBool:
			f.outer = b.Value
		case name == "RECURSIVE" && isBool:
			f.recursive = b.Value
		default:
			r.refuse(c, "FLATTEN with this %s", name)
		}
	}
	if f.input == nil {
		r.refuse(c, "FLATTEN without INPUT")
	}
	return f, r.err == nil
}

// flatten is LATERAL FLATTEN as a subquery with its six columns.
func (r *rewriter) flatten(t *ast.TableFunction, c *ast.Call) ast.Node {
	f, ok := r.flattening(c)
	if !ok {
		return t
	}
	this := f.input
	if f.path.Value != "" {
		this = r.getPath(c, f.input, f.path.Value)
	}
	if f.recursive {
		return r.flattenAll(t, f, this)
	}
	list := ast.Expr(r.macro("each_row", this, f.path))
	if f.only != "" {
		list = template("CASE WHEN JSON_TYPE($1) = '"+f.only+"' THEN $2 END", this, list)
	}
	if f.outer {
		list = r.macro("or_one_row", list, this)
	}
	return r.unnested(t, flattenColumns, list, this, "FLATTEN")
}

// flattenAll is FLATTEN with RECURSIVE => TRUE.
func (r *rewriter) flattenAll(t *ast.TableFunction, f flattening, this ast.Expr) ast.Node {
	args := []ast.Expr{f.input, this, f.path, r.inputNumber(t), bit(f.only != "OBJECT"), bit(f.only != "ARRAY")}
	rows := recursiveQuery
	if f.only != "" {
		rows = strings.Replace(rows, "IN ('ARRAY', 'OBJECT')", "= '"+f.only+"'", 1)
		rows = strings.Replace(rows, ") WHERE TRUE", ") WHERE JSON_TYPE(_THIS) = '"+f.only+"'", 1)
	}
	q := templateQuery(rows, args...)
	sel := q.Body.(*ast.Select).From[0].(*ast.Derived).Query.Body.(*ast.Select)
	sel.From = []ast.Table{&ast.TableFunction{X: call("JSON_TREE", this), Alias: &ast.Alias{Name: ast.Ident{Name: "_EACH"}}}}
	if f.outer {
		q = &ast.Query{Body: &ast.SetOp{Op: "UNION", All: true, Left: q.Body, Right: templateQuery(outerQuery, args...).Body}}
	}
	return lateral(t, q, "FLATTEN")
}

// bit is 1 or 0.
func bit(on bool) *ast.Number {
	if on {
		return &ast.Number{Text: "1"}
	}
	return &ast.Number{Text: "0"}
}

// splitToTable is SPLIT_TO_TABLE or STRTOK_SPLIT_TO_TABLE; parts makes the list.
func (r *rewriter) splitToTable(t *ast.TableFunction, c *ast.Call, parts string) ast.Node {
	if len(c.Args) != 2 {
		r.refuse(c, "%s with other than two arguments", c.Name.Last())
		return t
	}
	list := r.macro("numbered", template(parts, r.asText(c.Args[0].Value), r.asText(c.Args[1].Value)))
	return r.unnested(t, "_EACH._S.INDEX AS INDEX, _EACH._S.VALUE AS VALUE", list, nil, c.Name.Last())
}

// numberInputs makes the rows of a table countable that a FLATTEN or a split
// behind it reads, where the SELECT shows SEQ.
func (r *rewriter) numberInputs(s *ast.Select) {
	if len(s.From) != 2 || !r.showsSeq(s) {
		return
	}
	f, ok := s.From[1].(*ast.TableFunction)
	name := tableAlias(s.From[0])
	if !ok || name == nil || !correlated(f) {
		return
	}
	number := ast.Ident{Name: "_SEQ", Quoted: true}
	inner := &ast.Select{From: []ast.Table{s.From[0]}, Items: []ast.Item{{X: &ast.Star{}},
		{X: &ast.Call{Name: &ast.Name{Parts: []ast.Ident{{Name: "ROW_NUMBER"}}}, Over: &ast.Over{}}, Alias: &number}}}
	s.From[0] = &ast.Derived{Query: &ast.Query{Body: inner}, Alias: &ast.Alias{Name: *name}}
	r.inputs[f] = &ast.Column{Parts: []ast.Ident{*name, number}}
	hide(s, *name, number)
}

// nameInputs names the subqueries without a name that a table function behind
// them may read: what it unfolds lies in a named table.
func nameInputs(s *ast.Select) {
	if !slices.ContainsFunc(s.From, unfolds) {
		return
	}
	for i := range s.From {
		for t := &s.From[i]; *t != nil; {
			if j, ok := (*t).(*ast.Join); ok {
				t = &j.Left
				continue
			}
			if d, ok := (*t).(*ast.Derived); ok && d.Alias == nil {
				d.Alias = &ast.Alias{Name: ast.Ident{Name: "_INPUT" + strconv.Itoa(i), Quoted: true}}
			}
			break
		}
	}
}

// unfolds reports a table function, or a table that is joined to one.
func unfolds(t ast.Table) bool {
	if j, ok := t.(*ast.Join); ok {
		return unfolds(j.Left) || unfolds(j.Right)
	}
	_, ok := t.(*ast.TableFunction)
	return ok
}

// hide leaves columns of a table out of the stars of s.
func hide(s *ast.Select, table ast.Ident, columns ...ast.Ident) {
	for _, it := range s.Items {
		if star, ok := it.X.(*ast.Star); ok && (len(star.Qualifier) == 0 || star.Qualifier[len(star.Qualifier)-1].Name == table.Name) {
			star.Exclude = append(star.Exclude, columns...)
		}
	}
}

// showsSeq reports a SELECT that names SEQ or has a star.
func (r *rewriter) showsSeq(s *ast.Select) bool {
	found := r.sorted[s]
	ast.Inspect(s, func(n ast.Node) bool {
		_, isStar := n.(*ast.Star)
		found = found || isStar || names(n, "SEQ")
		return !found
	})
	return found
}

// tableAlias is what a table is called where it stands, nil for one that has
// no name of its own.
func tableAlias(t ast.Table) *ast.Ident {
	switch t := t.(type) {
	case *ast.TableName:
		if t.Alias != nil && len(t.Alias.Columns) == 0 {
			return &t.Alias.Name
		} else if t.Alias == nil && t.Name.Dynamic == nil {
			return &t.Name.Parts[len(t.Name.Parts)-1]
		}
	case *ast.Derived:
		if t.Alias != nil {
			return &t.Alias.Name
		}
	case *ast.ValuesTable:
		if t.Alias != nil {
			return &t.Alias.Name
		}
	}
	return nil
}

// correlated reports a table function that reads columns of other tables.
func correlated(t *ast.TableFunction) bool {
	found := false
	ast.Inspect(t.X, func(n ast.Node) bool {
		_, isColumn := n.(*ast.Column)
		found = found || isColumn
		return !found
	})
	return found
}

// inputNumber is the SEQ of a table function: 1 where it reads constants, the
// number of the row it reads, or a number that equal inputs share.
func (r *rewriter) inputNumber(t *ast.TableFunction) ast.Expr {
	switch c, isCall := t.X.(*ast.Call); {
	case r.inputs[t] != nil:
		return r.inputs[t]
	case isCall && correlated(t):
		return call("HASH", c.Args[0].Value)
	}
	return &ast.Number{Text: "1"}
}
