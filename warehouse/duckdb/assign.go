package duckdb

import (
	"context"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// An assigning makes the values that a statement puts into columns what the
// columns are, by Snowflake's rules and not by DuckDB's: text into a DATE is
// read in all forms that a cast reads, a FLOAT rounds half away from zero, a
// timestamp becomes the text that Snowflake writes. What DuckDB does alike
// stays as it is.
//
// Source: Snowflake's documentation, "Data type conversion" and "Date and time
// input and output formats".
type assigning struct {
	s       *session
	info    *types.Info // of the statement; made when it is first needed
	tree    ast.Statement
	binds   []types.Type
	changed bool
	bound   bool  // the value at hand is JSON that was bound, which takes any type
	err     error // of the first value that its column does not take

	into   *ast.Name     // the table whose columns are at hand
	coarse coarseColumns // that nine digits of a second go into
}

// assign puts casts around such values, and says whether there are any. A
// structured value that its column does not take is an error.
func (s *session) assign(tree ast.Statement, args []any) (bool, error) {
	a := &assigning{s: s, tree: tree, binds: engine.TypesOf(args)}
	switch stmt := tree.(type) {
	case *ast.Insert:
		a.insert(stmt)
	case *ast.Update:
		if columns := a.columns(stmt.Table.Name, nil); columns != nil {
			a.set(stmt.Set, columns)
		}
	case *ast.Merge:
		a.merge(stmt, stmt.Into.Name)
	case *ast.MultiInsert:
		a.many(stmt)
	}
	if a.err == nil && len(a.coarse) > 0 {
		return false, a.coarse
	}
	return a.changed, a.err
}

// columns are those of a table that values go into: the named ones in their
// order, or all. nil if they are not known.
func (a *assigning) columns(table *ast.Name, named []ast.Ident) []types.Column {
	if table == nil || table.Dynamic != nil {
		return nil
	}
	a.into = table
	parts := make([]string, len(table.Parts))
	for i, p := range table.Parts {
		parts[i] = p.Name
	}
	all, ok := a.s.columnsOf(parts)
	if !ok || named == nil {
		return all
	}
	out := make([]types.Column, len(named))
	for i, id := range named {
		out[i], _ = columnNamed(all, id.Name)
	}
	return out
}

// columnNamed finds a column by its name.
func columnNamed(all []types.Column, name string) (types.Column, bool) {
	for _, c := range all {
		if c.Name == name {
			return c, true
		}
	}
	return types.Column{}, false
}

func (a *assigning) insert(stmt *ast.Insert) {
	columns := a.columns(stmt.Into, stmt.Columns)
	if len(columns) == 0 || stmt.Query == nil {
		return
	}
	if values, ok := stmt.Query.Body.(*ast.Values); ok && stmt.Query.With == nil {
		for _, row := range values.Rows {
			a.row(row, columns)
		}
		return
	}
	a.query(stmt, columns)
}

// row puts casts around the values of one row.
func (a *assigning) row(row []ast.Expr, columns []types.Column) {
	for i := range row {
		if i < len(columns) {
			a.value(&row[i], columns[i])
		}
	}
}

func (a *assigning) value(x *ast.Expr, to types.Column) {
	switch v := (*x).(type) {
	case *ast.Default, *ast.Null:
		return
	case *ast.Number:
		if !timed(to.Type) && !to.Type.Is(warehouse.Array, warehouse.Object) {
			return
		}
	case *ast.String:
		if plain(v.Value, to.Type) {
			return
		}
	}
	a.bound = boundJSON(*x)
	if t := a.castTo(*x, a.typeOf(*x), to); t != nil {
		*x = &ast.Cast{At: ast.At{Position: (*x).Pos()}, X: *x, Type: t}
		a.changed = true
	}
}

// query puts the rows of a query through casts.
func (a *assigning) query(stmt *ast.Insert, columns []types.Column) {
	found := types.Check(stmt.Query, a.config()).Columns
	if found == nil && a.s.w.narrow.Load() {
		found = a.unknown(stmt.Query)
	}
	if len(found) != len(columns) {
		return
	}
	derived := &ast.Derived{Query: stmt.Query, Alias: &ast.Alias{Name: ast.Ident{Name: "_ROWS", Quoted: true}}}
	outer := &ast.Select{From: []ast.Table{derived}}
	needed := false
	for i, c := range columns {
		name := ast.Ident{Name: stepColumn(i), Quoted: true}
		derived.Alias.Columns = append(derived.Alias.Columns, name)
		var x ast.Expr = &ast.Column{Parts: []ast.Ident{name}}
		a.bound = boundItem(stmt.Query, i)
		if t := a.castTo(x, found[i].Type, c); t != nil {
			x, needed = &ast.Cast{X: x, Type: t}, true
		}
		outer.Items = append(outer.Items, ast.Item{X: x, Alias: &name})
	}
	if needed {
		stmt.Query, a.changed = &ast.Query{At: stmt.Query.At, Body: outer}, true
	}
}

// unknown are a query's columns where nothing is known but how many there are.
func (a *assigning) unknown(q *ast.Query) []types.Column {
	given, err := a.s.queryColumns(context.Background(), q)
	if err != nil {
		return nil // the statement itself will say so
	}
	return make([]types.Column, len(given))
}

func (a *assigning) set(set []ast.Assign, columns []types.Column) {
	for i := range set {
		if c, ok := columnNamed(columns, set[i].Column[len(set[i].Column)-1].Name); ok {
			a.value(&set[i].Value, c)
		}
	}
}

func (a *assigning) merge(stmt *ast.Merge, into *ast.Name) {
	all := a.columns(into, nil)
	if all == nil {
		return
	}
	for i := range stmt.Whens {
		w := &stmt.Whens[i]
		a.known(w.Columns, all)
		for _, set := range w.Set {
			a.known(set.Column[len(set.Column)-1:], all)
		}
		a.set(w.Set, all)
		if w.Values != nil {
			columns := all
			if w.Columns != nil {
				columns = a.columns(into, w.Columns)
			}
			a.row(w.Values, columns)
		}
	}
}

// known refuses columns that a table has not.
func (a *assigning) known(named []ast.Ident, all []types.Column) {
	for _, id := range named {
		if _, ok := columnNamed(all, id.Name); !ok && a.err == nil {
			a.err = invalidIdentifier(id)
		}
	}
}

func (a *assigning) many(stmt *ast.MultiInsert) {
	for _, w := range stmt.Whens {
		for _, into := range w.Into {
			if all := a.columns(into.Table, nil); all != nil {
				a.known(into.Columns, all)
			}
			if into.Values != nil {
				a.row(into.Values, a.columns(into.Table, into.Columns))
			}
		}
	}
}

func (a *assigning) config() types.Config {
	return types.Config{Catalog: a.s.columnsOf, Variables: a.s.variables, Binds: a.binds, Fine: a.s.fine}
}

func (a *assigning) typeOf(x ast.Expr) types.Type {
	if _, ok := x.(*ast.String); ok {
		return types.Text
	}
	if a.info == nil {
		a.info = types.Check(a.tree, a.config())
	}
	return a.info.Type(x)
}

// castTo is the type that a value has to be cast to on its way into a column,
// nil where it need not be.
func (a *assigning) castTo(x ast.Expr, from types.Type, column types.Column) *ast.Type {
	to := column.Type
	if t, ok := a.fineTo(x, from, column); ok {
		return t
	}
	switch {
	case to.JSON() && !to.Structured() && from.Is(warehouse.Varchar):
		a.misfit(from, to, " for column "+rewrite.Spelled(column.Name))
		return nil
	case types.Impossible(from, to), from.Is(warehouse.Number) && to.Timestamp(), to.Is(warehouse.Array) && !to.Structured() && (timed(from) || from.Numeric() || from.Is(warehouse.Boolean)):
		a.misfit(from, to, " for column "+rewrite.Spelled(column.Name))
		return nil
	case !to.Structured() && !from.Structured():
		return castTo(from, to)
	case from.Kind == types.Null, from.Known() && types.Equal(from, to):
		return nil
	case from.Known() && !types.Coercible(from, to) && !a.bound:
		a.misfit(from, to, "")
	}
	return typeOf(to)
}

// misfit refuses a value of a type that Snowflake does not convert by itself.
func (a *assigning) misfit(from, to types.Type, where string) {
	a.refuse(&warehouse.Error{Code: 2023, State: "22000", Message: "SQL compilation error:\nExpression type does not match column data type, expecting " +
		to.String() + " but got " + from.String() + where})
}

func castTo(from, to types.Type) *ast.Type {
	if ducksql.Narrow(to) && (!from.Known() || from.Kind != to.Kind || from.Precision > to.Precision) {
		return typeOf(to)
	}
	if to.Is(warehouse.TimestampTZ) && !from.Known() {
		return typeOf(to)
	}
	if !from.Known() || !to.Known() || from.Kind == to.Kind {
		return nil
	}
	if to.Is(warehouse.Time) && from.Is(warehouse.TimestampLTZ) {
		return typeOf(to)
	}
	if from.Kind != types.Null && (to.Is(warehouse.TimestampTZ) || from.Is(warehouse.TimestampTZ)) {
		return typeOf(to)
	}
	text := from.Is(warehouse.Varchar)
	switch {
	case to.Is(warehouse.Varchar) && (from.Timestamp() || from.Fine || from.Is(warehouse.Float, warehouse.Boolean)):
		return &ast.Type{Name: "VARCHAR"} // its length the column itself holds to
	case text && (timed(to) || to.Numeric() || to.Is(warehouse.Boolean, warehouse.Binary)),
		from.Is(warehouse.Variant) && (timed(to) || to.Numeric() || to.Is(warehouse.Boolean, warehouse.Varchar, warehouse.Binary)),
		from.Is(warehouse.Float) && to.Is(warehouse.Number),
		to.Is(warehouse.Variant) && (timed(from) || from.Is(warehouse.Float, warehouse.Binary) || from.Is(warehouse.Number) && from.Scale > 0):
	default:
		return nil
	}
	if to.Is(warehouse.Varchar) {
		return &ast.Type{Name: "VARCHAR"}
	}
	return typeOf(to)
}

func timed(t types.Type) bool { return t.Timestamp() || t.Is(warehouse.Date, warehouse.Time) }

// boundJSON reports PARSE_JSON(?), which is how clients bind arrays and objects.
func boundJSON(x ast.Expr) bool {
	if p, ok := x.(*ast.Parens); ok {
		return boundJSON(p.X)
	}
	c, ok := x.(*ast.Call)
	if !ok || len(c.Args) != 1 || c.Name.Last() != "PARSE_JSON" {
		return false
	}
	_, ok = c.Args[0].Value.(*ast.Bind)
	return ok
}

// boundItem reports it of a column of a query.
func boundItem(q *ast.Query, i int) bool {
	s, ok := q.Body.(*ast.Select)
	return ok && i < len(s.Items) && boundJSON(s.Items[i].X)
}

// typeOf is a type as it is written, nil if it cannot be.
func typeOf(t types.Type) *ast.Type {
	written, err := parse.Type(catalog.DescribedType(t.Column("")))
	if err != nil {
		return nil
	}
	return written
}

// plains are the texts that DuckDB reads as Snowflake does, by type.
var plains = map[warehouse.Type]*regexp.Regexp{
	warehouse.Date:         regexp.MustCompile(`^\d{4}-\d\d-\d\d$`),
	warehouse.Time:         regexp.MustCompile(`^\d\d:\d\d:\d\d(\.\d{1,6})?$`),
	warehouse.TimestampNTZ: regexp.MustCompile(`^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{1,6})?)?$`),
	warehouse.Number:       regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`),
	warehouse.Float:        regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`),
	warehouse.Boolean:      regexp.MustCompile(`^(true|false)$`),
}

// plain reports a text that needs no cast, so that a long list of rows stays
// as quick as it was.
func plain(text string, to types.Type) bool {
	re := plains[to.Kind]
	if ducksql.Narrow(to) && strings.Contains(text, ".") || to.Fine {
		return false
	}
	return re != nil && re.MatchString(text)
}
