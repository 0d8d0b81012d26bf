package types

import (
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// query checks a query, and gives its columns; whole is false where there may
// be others.
func (c *checker) query(q *ast.Query, parent *scope) (columns []Column, whole bool) {
	in := &scope{parent: parent}
	if q.With != nil {
		in.ctes = map[string]relation{}
		for _, cte := range q.With.CTEs {
			c.cte(cte, in)
		}
	}
	columns, whole, inner := c.body(q.Body, in)
	if inner == nil {
		inner = in
	}
	order := &scope{parent: inner, relations: []relation{{columns: columns, whole: true}}}
	for _, o := range q.OrderBy {
		c.expr(o.X, order)
		c.orderOfDistinct(q.Body, columns, o.X)
	}
	c.expr(q.Limit, in)
	c.expr(q.Offset, in)
	return columns, whole
}

// cte checks a common table expression; a recursive one has the types of its
// first part, with all the room there is: what it comes to is not known.
func (c *checker) cte(cte ast.CTE, in *scope) {
	c.recursive(cte)
	if union, ok := cte.Query.Body.(*ast.SetOp); ok {
		columns, whole, _ := c.body(union.Left, in)
		if readsItself(union, cte.Name.Name) != nil {
			columns = roomiest(columns)
		}
		in.ctes[cte.Name.Name] = relation{columns: nullable(renamed(columns, cte.Columns)), whole: whole}
	}
	columns, whole := c.query(cte.Query, in)
	in.ctes[cte.Name.Name] = relation{columns: renamed(columns, cte.Columns), whole: whole}
}

// readsItself is where the second part of a union reads the common table expression
// of that name, nil if it does not.
func readsItself(union *ast.SetOp, name string) (found *ast.TableName) {
	ast.Inspect(union.Right, func(n ast.Node) bool {
		t, isTable := n.(*ast.TableName)
		if found == nil && isTable && len(t.Name.Parts) == 1 && t.Name.Parts[0].Name == name {
			found = t
		}
		return true
	})
	return found
}

// roomiest are columns whose numbers have all digits, and whose texts any length.
func roomiest(columns []Column) []Column {
	out := slices.Clone(columns)
	for i := range out {
		switch t := &out[i].Type; {
		case t.Is(warehouse.Number):
			t.Precision = MaxPrecision
		case t.Is(warehouse.Varchar, warehouse.Binary):
			t.Length = 0
		}
	}
	return out
}

// renamed are columns with the names of an alias's list.
func renamed(columns []Column, names []ast.Ident) []Column {
	if len(names) == 0 {
		return columns
	}
	out := slices.Clone(columns)
	for i := range out {
		if i < len(names) {
			out[i].Name = names[i].Name
		}
	}
	return out
}

// body checks the body of a query. The scope is that of a SELECT, which its
// ORDER BY sees too.
func (c *checker) body(b ast.Body, in *scope) (columns []Column, whole bool, inner *scope) {
	switch b := b.(type) {
	case *ast.Select:
		return c.selects(b, in)
	case *ast.ParenQuery:
		columns, whole = c.query(b.Query, in)
		return columns, whole, nil
	case *ast.Values:
		return c.values(b, in), true, nil
	case *ast.SetOp:
		left, wholeLeft, _ := c.body(b.Left, in)
		right, wholeRight, _ := c.body(b.Right, in)
		if wholeLeft && wholeRight && !b.ByName && len(left) != len(right) && c.info.Err == nil {
			c.info.Err = &warehouse.Error{Code: 1789, State: "42601", Message: "SQL compilation error:\ninvalid number of result columns for set operator"}
		}
		if b.ByName && !b.All {
			named := byName(left, right)
			c.noteDistinct(b, named, false)
		}
		if b.ByName {
			return byName(left, right), wholeLeft && wholeRight, nil
		}
		if len(left) != len(right) {
			return nil, false, nil
		}
		columns = slices.Clone(left)
		for i := range columns {
			c.branches(left[i].Type, right[i].Type)
			columns[i].Type = Common(left[i].Type, right[i].Type)
			columns[i].NotNull = left[i].NotNull && (right[i].NotNull || b.Op != "UNION")
		}
		if !b.All {
			c.noteDistinct(b, columns, wholeLeft && wholeRight)
		}
		return columns, wholeLeft && wholeRight, nil
	}
	return nil, false, nil
}

// byName are the columns of a union by name: those of the left side, and those
// that the right side has besides.
func byName(left, right []Column) []Column {
	columns := nullable(left)
	for _, r := range right {
		i := slices.IndexFunc(columns, func(l Column) bool { return l.Name == r.Name })
		if i < 0 {
			columns = append(columns, Column{Name: r.Name, Type: r.Type})
		} else {
			columns[i].Type = Common(columns[i].Type, r.Type)
		}
	}
	return columns
}

func (c *checker) values(v *ast.Values, in *scope) []Column {
	var columns []Column
	for i, row := range v.Rows {
		c.constantRow(row)
		for j, e := range row {
			t := c.expr(e, in)
			switch {
			case i == 0:
				columns = append(columns, Column{Name: "COLUMN" + strconv.Itoa(j+1), Type: t, NotNull: c.notNull(e, in)})
			case j < len(columns):
				columns[j].Type = Common(columns[j].Type, t)
				columns[j].NotNull = columns[j].NotNull && c.notNull(e, in)
			}
		}
	}
	return columns
}

// selects checks a SELECT. Its aliases are names to what stands behind them,
// and to its other clauses, where FROM has no such column.
func (c *checker) selects(s *ast.Select, parent *scope) (columns []Column, whole bool, in *scope) {
	in = &scope{parent: parent, aliases: map[string]Type{}}
	c.from(in, s.From...)
	if len(s.From) > 1 {
		in.merged = nil
	}
	if s.Connect != nil { // LEVEL and the like are columns besides
		in.relations = append(in.relations, relation{})
	}
	whole = true
	for _, it := range s.Items {
		if star, ok := it.X.(*ast.Star); ok {
			all, known := c.star(star, in)
			columns, whole = append(columns, all...), whole && known
			c.noteStar(star, all, known)
			continue
		}
		t := c.expr(it.X, in)
		col := Column{Name: c.itemName(it), Type: t, NotNull: c.notNull(it.X, in)}
		if it.Alias != nil {
			in.aliases[col.Name] = t
		}
		columns = append(columns, col)
	}
	c.expr(s.Top, in)
	c.expr(s.Where, in)
	c.noAggregates(s.Where)
	c.noWindows(s.Where, s.Having)
	if s.GroupBy != nil {
		for _, e := range s.GroupBy.Items {
			c.expr(e, in)
			c.noWindows(e)
			c.eachCall(e, func(call *ast.Call) {
				if call.Over == nil && aggregates[builtin(call)] {
					c.refuse(call, 979, "42601", "\n[%s] is not a valid group by expression", print.SQL(call))
				}
			})
			if isGrouping(e) {
				columns = nullable(columns)
			}
		}
	}
	c.expr(s.Having, in)
	c.expr(s.Qualify, in)
	if s.Distinct {
		c.noteDistinct(s, columns, whole)
	}
	return columns, whole, in
}

// noteStar notes the columns of a * of a SELECT that has nulls among them.
func (c *checker) noteStar(s *ast.Star, columns []Column, whole bool) {
	if whole && slices.ContainsFunc(columns, func(c Column) bool { return c.Type.Is(Null) }) {
		c.info.stars[s] = columns
	}
}

// itemName is what a column of a SELECT is called, "" if after its text.
func (c *checker) itemName(it ast.Item) string {
	if it.Alias != nil {
		return it.Alias.Name
	}
	col, ok := it.X.(*ast.Column)
	if p, isPosition := it.X.(*ast.Position); isPosition {
		col = c.info.positions[p]
		ok = col != nil
	}
	if !ok {
		return ""
	}
	return col.Parts[len(col.Parts)-1].Name
}

// star are the columns that * or t.* stands for.
func (c *checker) star(s *ast.Star, in *scope) (columns []Column, whole bool) {
	whole = s.Ilike == nil
	for _, it := range s.Replace {
		c.expr(it.X, in)
	}
	c.starNames(s, in)
	seen := map[string]bool{}
	if len(s.Qualifier) == 0 {
		c.info.merged[s] = in.merged
		for _, name := range in.merged {
			seen[name] = true
			if out, ok := c.starred(s, in.using[name], in); ok {
				columns = append(columns, out)
			}
		}
	}
	for _, r := range in.relations {
		if n := len(s.Qualifier); n > 0 && r.name != s.Qualifier[n-1].Name {
			continue
		}
		whole = whole && r.whole
		for _, col := range r.columns {
			if _, merged := in.using[col.Name]; merged && seen[col.Name] {
				continue
			}
			seen[col.Name] = true
			if out, ok := c.starred(s, col, in); ok {
				columns = append(columns, out)
			}
		}
	}
	return columns, whole
}

// starred is a column as EXCLUDE, REPLACE and RENAME leave it.
func (c *checker) starred(s *ast.Star, col Column, in *scope) (Column, bool) {
	if slices.ContainsFunc(s.Exclude, func(id ast.Ident) bool { return id.Name == col.Name }) {
		return col, false
	}
	for _, it := range s.Replace {
		if it.Alias != nil && it.Alias.Name == col.Name {
			col.Type, col.NotNull = c.info.types[it.X], c.notNull(it.X, in)
		}
	}
	for _, r := range s.Rename {
		if r.From.Name == col.Name {
			col.Name = r.To.Name
			break
		}
	}
	return col, true
}

// from puts the tables of FROM into a scope, from left to right: a LATERAL one
// sees those before it.
func (c *checker) from(in *scope, tables ...ast.Table) {
	for _, t := range tables {
		c.table(t, in)
	}
}

func (c *checker) table(t ast.Table, in *scope) {
	switch t := t.(type) {
	case *ast.TableName:
		in.add(c.named(t, in), t.Alias)
	case *ast.Derived:
		outer := in.parent
		if t.Lateral {
			outer = in
		}
		columns, whole := c.query(t.Query, outer)
		in.add(relation{columns: columns, whole: whole}, t.Alias)
	case *ast.ValuesTable:
		in.add(relation{columns: c.values(t.Values, in), whole: true}, t.Alias)
	case *ast.TableFunction:
		in.add(c.tableFunction(t, in), t.Alias)
	case *ast.ParenTable:
		c.table(t.Table, in)
		if t.Alias != nil {
			in.relations[len(in.relations)-1].name = t.Alias.Name.Name
		}
	case *ast.Join:
		c.join(t, in)
	case *ast.Pivot:
		in.add(c.pivot(t, in), t.Alias)
	case *ast.Unpivot:
		in.add(c.unpivot(t, in), t.Alias)
	case *ast.Sample:
		c.table(t.Input, in)
	default:
		in.add(relation{}, nil)
	}
}

// add puts a table into the scope, under its alias if it has one.
func (s *scope) add(r relation, alias *ast.Alias) {
	if alias != nil {
		r.name = alias.Name.Name
		r.columns = renamed(r.columns, alias.Columns)
	}
	s.relations = append(s.relations, r)
}

// named is a table or view, or a common table expression.
func (c *checker) named(t *ast.TableName, in *scope) relation {
	if t.Name.Dynamic != nil {
		return relation{}
	}
	name := make([]string, len(t.Name.Parts))
	for i, p := range t.Name.Parts {
		name[i] = p.Name
	}
	if len(name) == 1 {
		if r, ok := in.cte(name[0]); ok {
			r.name = name[0]
			return r
		}
	}
	out := relation{name: t.Name.Last()}
	if c.cfg.Catalog != nil {
		out.columns, out.whole = c.cfg.Catalog(name)
	}
	if len(name) == 1 {
		c.noNamesake(t, in, out.whole)
	}
	return out
}

// join checks a join; a column of USING is one, which counts as the left's.
func (c *checker) join(j *ast.Join, in *scope) {
	first := len(in.relations)
	c.table(j.Left, in)
	left := len(in.relations)
	c.table(j.Right, in)
	var merged []string
	merge := func(name string) {
		merged = append(merged, name)
		if in.using == nil {
			in.using = map[string]Column{}
		}
		in.using[name] = mergedColumn(j.Kind, name, in.relations, left)
		if in.using[name].Type.Is(warehouse.TimestampTZ) {
			c.info.unlike[j] = "joining by the name of " + name + ", a TIMESTAMP_TZ"
		}
	}
	for _, id := range j.Using {
		c.onBothSides(id, in.relations[first:left], in.relations[left:])
		merge(id.Name)
	}
	if j.Natural {
		before := scope{relations: in.relations[:left]}
		for _, r := range in.relations[left:] {
			for _, col := range r.columns {
				if _, n, _ := before.own([]ast.Ident{{Name: col.Name}}, col.Name); n > 0 {
					merge(col.Name)
				} else {
					c.noFold(j, before.relations, col.Name)
				}
			}
		}
	}
	in.outer(j.Kind, first, left, merged)
	for _, name := range in.merged {
		if !slices.Contains(merged, name) {
			merged = append(merged, name)
		}
	}
	in.merged = merged
	c.expr(j.Match, in)
	c.expr(j.On, in)
	c.noWindows(j.On)
}

// apart checks a table in a scope of its own.
func (c *checker) apart(t ast.Table, in *scope) *scope {
	own := &scope{parent: in.parent, ctes: in.ctes}
	c.table(t, own)
	return own
}

// pivot's columns are the input's, but those it takes up, and one a value.
func (c *checker) pivot(t *ast.Pivot, in *scope) relation {
	own := c.apart(t.Input, in)
	taken := map[string]bool{t.For.Parts[len(t.For.Parts)-1].Name: true}
	var result Type
	for _, a := range t.Aggregates {
		result = c.expr(a.X, own)
		ast.Inspect(a.X, func(n ast.Node) bool {
			if col, ok := n.(*ast.Column); ok {
				taken[col.Parts[len(col.Parts)-1].Name] = true
			}
			return true
		})
	}
	c.expr(t.For, own)
	out := relation{whole: !t.Any && t.Query == nil && len(t.Aggregates) == 1}
	for _, r := range own.relations {
		out.whole = out.whole && r.whole
		for _, col := range r.columns {
			if !taken[col.Name] {
				out.columns = append(out.columns, Column{Name: col.Name, Type: col.Type})
			}
			if col.Type.Is(warehouse.TimestampTZ) && (!taken[col.Name] || col.Name == t.For.Parts[len(t.For.Parts)-1].Name) {
				c.info.unlike[t] = "PIVOT by " + col.Name + ", a TIMESTAMP_TZ"
			} else if col.Type.Fine && col.Name == t.For.Parts[len(t.For.Parts)-1].Name {
				c.info.unlike[t] = "PIVOT by " + col.Name + ", which has nine digits of a second"
			}
		}
	}
	for _, it := range t.In {
		c.expr(it.X, own)
		if it.Alias == nil {
			out.whole = false
			continue
		}
		out.columns = append(out.columns, Column{Name: it.Alias.Name, Type: result})
	}
	return out
}

// unpivot's columns are the input's but those that become rows, their names and
// their values.
func (c *checker) unpivot(t *ast.Unpivot, in *scope) relation {
	own := c.apart(t.Input, in)
	taken, value := map[string]bool{}, Type{Kind: Null}
	for _, it := range t.Columns {
		value = Common(value, c.expr(it.X, own))
		if col, ok := it.X.(*ast.Column); ok {
			taken[col.Parts[len(col.Parts)-1].Name] = true
		}
	}
	out := relation{whole: true}
	for _, r := range own.relations {
		out.whole = out.whole && r.whole
		for _, col := range r.columns {
			if !taken[col.Name] {
				out.columns = append(out.columns, col)
			}
		}
	}
	out.columns = append(out.columns, Column{Name: t.Name.Name, Type: Text}, Column{Name: t.Value.Name, Type: value})
	return out
}

// tableFunction are the columns of the table functions that have always the
// same.
func (c *checker) tableFunction(t *ast.TableFunction, in *scope) relation {
	call, ok := t.X.(*ast.Call)
	if !ok {
		return relation{}
	}
	for _, a := range call.Args {
		c.expr(a.Value, in)
	}
	name := strings.ToUpper(call.Name.Last())
	seq, index := Column{Name: "SEQ", Type: Whole}, Column{Name: "INDEX", Type: Whole}
	switch name {
	case "FLATTEN":
		return relation{name: name, whole: true, columns: []Column{seq, {Name: "KEY", Type: Text}, {Name: "PATH", Type: Text},
			index, {Name: "VALUE", Type: Variant}, {Name: "THIS", Type: Variant}}}
	case "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE":
		return relation{name: name, whole: true, columns: []Column{seq, index, {Name: "VALUE", Type: Text}}}
	case "GENERATOR":
		return relation{name: name, whole: true}
	}
	return relation{}
}

// timestamp is TIMESTAMP_NTZ(9).
var timestamp = Type{Kind: warehouse.TimestampNTZ, Precision: 9}
