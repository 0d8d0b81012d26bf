package rewrite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A Config is what a translation needs to know of the session. Its zero value
// is a session that knows nothing.
type Config struct {
	// Variables are the session's variables by their names in upper case, as
	// literals.
	Variables map[string]ast.Expr

	// Context is what the functions without arguments that tell of the session
	// give, such as CURRENT_DATABASE, by their names in upper case. One that
	// is missing is refused.
	Context map[string]string

	// InformationSchema is the schema that stands in for INFORMATION_SCHEMA, a
	// name that DuckDB has taken; that itself if empty.
	InformationSchema string

	// Catalog tells the columns of tables and views; nil knows none, and what
	// goes by the types of columns is left to DuckDB then.
	Catalog types.Catalog

	// Binds are the types of the values that are bound, as far as they are
	// known.
	Binds []types.Type

	// Parameters are those of the session that were set, by their names in
	// upper case. The others have Snowflake's defaults.
	Parameters map[string]string

	// Wide computes whole numbers in 128 bits, for statements that 64 are too
	// few for.
	Wide bool

	// Fine makes times with nine digits of a second, for statements that six are
	// too few for. The others say so: see [ErrFine] and [NeedsFine].
	Fine bool
}

// A Translation is a statement for DuckDB.
type Translation struct {
	Text string

	// Columns are those of a query's result, by Snowflake's types, which say
	// more than DuckDB's; nil if they are not all known.
	Columns []types.Column

	// Made are those of the table or view that a query makes, likewise.
	Made []types.Column
}

// DuckDB is s as DuckDB's SQL. It changes the tree and keeps parts of it; the
// caller is done with it. What has no equal is refused with a *warehouse.Error
// of code 2019 that names it; so is every statement that is no query, no
// change of rows, and no definition of a table, view or sequence.
func DuckDB(s ast.Statement, cfg Config) (Translation, error) {
	r := &rewriter{cfg: cfg, aliases: map[*ast.Column]bool{}, inputs: map[*ast.TableFunction]ast.Expr{}, counters: map[*ast.Call]bool{}, seeded: map[*ast.Call]bool{}, pivoted: map[*ast.Call]bool{}, unnestings: map[*ast.Derived]unnesting{}, unfolded: map[*ast.Derived]unfolding{}, sorted: map[*ast.Select]bool{}, apartOf: map[*ast.Select]bool{}}
	numberBinds(s)
	recursion(s)
	r.outerJoins(s)
	if r.hierarchies(s); r.err != nil {
		return Translation{}, r.err
	}
	r.info = types.Check(s, types.Config{Catalog: cfg.Catalog, Variables: cfg.Variables, Binds: cfg.Binds, Fine: cfg.Fine})
	if r.err = r.info.Err; r.err != nil {
		return Translation{}, r.err
	}
	r.prepare(s)
	r.tellCases(s)
	s = r.statement(s)
	if r.err == nil {
		ast.Rewrite(s, r.node)
	}
	if r.err != nil {
		return Translation{}, r.err
	}
	text := print.Config{String: r.quote, Reserved: reserved, Spell: spell}.SQL(s)
	if r.err != nil {
		return Translation{}, r.err
	}
	return Translation{Text: text, Columns: r.info.Columns, Made: r.info.Made}, nil
}

// A rewriter translates one statement. Its first error stays.
type rewriter struct {
	cfg      Config
	err      *warehouse.Error
	info     *types.Info
	aliases  map[*ast.Column]bool            // columns that may be aliases of their own SELECT
	inputs   map[*ast.TableFunction]ast.Expr // the numbers of the rows that some of them read
	counters map[*ast.Call]bool              // sequences that are the numbers of a GENERATOR
	seeded   map[*ast.Call]bool              // calls of RANDOM that go by the number of the row
	pivoted  map[*ast.Call]bool              // aggregates of a PIVOT

	unnestings map[*ast.Derived]unnesting // table functions as subqueries
	unfolded   map[*ast.Derived]unfolding // those that are unfolded in tables
	sorted     map[*ast.Select]bool       // with an ORDER BY of SEQ or THIS

	apartOf map[*ast.Select]bool // that stand around another, whose tables are out of sight

	respelled map[string]string // names of columns that are others for DuckDB
}

// refuse says that DuckDB has no equal for what stands at n.
func (r *rewriter) refuse(n ast.Node, format string, args ...any) {
	if r.err != nil {
		return
	}
	pos := n.Pos()
	what := fmt.Sprintf("Unsupported by Snowpit: "+format, args...)
	if pos.IsValid() {
		what += fmt.Sprintf(" (line %d)", pos.Line)
	}
	r.err = &warehouse.Error{Code: 2019, State: "0A000", Line: pos.Line, Column: pos.Column,
		Message: what, Kind: warehouse.ErrUnsupported}
}

// quote writes a text literal for DuckDB, which knows no backslash escapes.
func (r *rewriter) quote(value string) string {
	if strings.ContainsRune(value, 0) {
		r.refuse(&ast.Null{}, "a string with a NUL in it")
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

// reserved reports the words that DuckDB reserves and Snowflake does not.
func reserved(word string) bool {
	switch word {
	case "ANALYSE", "ANALYZE", "ARRAY", "ASC", "ASYMMETRIC", "BOTH", "COLLATE", "DEFAULT", "DEFERRABLE",
		"DESC", "DESCRIBE", "DO", "END", "EXCEPT", "FETCH", "FOREIGN", "INITIALLY", "LAMBDA", "LEADING",
		"LIMIT", "OFFSET", "ONLY", "PIVOT", "PIVOT_LONGER", "PIVOT_WIDER", "PLACING", "PRIMARY",
		"REFERENCES", "RETURNING", "SHOW", "SUMMARIZE", "SYMMETRIC", "TRAILING", "UNPIVOT", "VARIADIC",
		"WINDOW", "ANTI", "ASOF", "AT", "AUTHORIZATION", "COLLATION", "COLUMNS", "CONCURRENTLY", "FREEZE",
		"GENERATED", "GLOB", "GROUPING", "INTERVAL", "ISNULL", "MAP", "NONE", "NOTNULL", "OUTER", "OVERLAPS",
		"OVERLAY", "POSITION", "POSITIONAL", "SEMI", "SIMILAR", "STRUCT", "UNPACK", "VERBOSE":
		return true
	}
	return false
}

// prepare looks at the whole tree before anything in it changes: what Snowflake
// calls the columns of results, and what are aliases.
func (r *rewriter) prepare(s ast.Statement) {
	if q, ok := s.(*ast.Query); ok {
		nameColumns(q)
		r.textOfNulls(q, r.info.Columns)
	}
	events := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Call:
			events = events || known(n) == "CONDITIONAL_CHANGE_EVENT"
		case *ast.Query:
			r.sortedByInput(n)
			r.seedRandom(n)
			if n.With != nil {
				for _, c := range n.With.CTEs {
					nameColumns(c.Query)
				}
			}
		case *ast.Derived:
			nameColumns(n.Query)
		case *ast.Pivot:
			for i := range n.In {
				namePivoted(&n.In[i])
			}
			for _, a := range n.Aggregates {
				if c, ok := a.X.(*ast.Call); ok {
					r.pivoted[c] = true
				}
			}
		case *ast.CreateTable:
			if n.Query != nil {
				nameColumns(n.Query)
				r.textOfNulls(n.Query, r.info.Made)
			}
		case *ast.CreateView:
			nameColumns(n.Query)
			r.textOfNulls(n.Query, r.info.Made)
		case *ast.Select:
			r.markAliases(n)
			nameInputs(n)
			r.numberInputs(n)
			r.countRows(n)
			r.mergedFirst(n)
		}
		return true
	})
	if events {
		ast.Inspect(s, func(n ast.Node) bool {
			if sel, ok := n.(*ast.Select); ok {
				r.changeEvents(sel)
			}
			return true
		})
	}
}

// sortedByInput notes a SELECT whose ORDER BY has what a table function shows of
// its input.
func (r *rewriter) sortedByInput(q *ast.Query) {
	sel, ok := q.Body.(*ast.Select)
	if !ok {
		return
	}
	for _, o := range q.OrderBy {
		if o.X != nil {
			ast.Inspect(o.X, func(n ast.Node) bool {
				r.sorted[sel] = r.sorted[sel] || names(n, "SEQ", "THIS")
				return true
			})
		}
	}
}

// markAliases notes the columns of a SELECT that may be its own aliases.
func (r *rewriter) markAliases(s *ast.Select) {
	names := map[string]bool{}
	for _, it := range s.Items {
		if it.Alias != nil {
			names[it.Alias.Name] = true
		}
	}
	if len(names) == 0 {
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok && len(c.Parts) == 1 && names[c.Parts[0].Name] {
			r.aliases[c] = true
		}
		_, nested := n.(*ast.Query)
		return !nested
	})
}

// nameColumns gives the columns of q that have no name the one that Snowflake
// gives them: the expression's text in upper case.
func nameColumns(q *ast.Query) {
	body := q.Body
	for {
		switch b := body.(type) {
		case *ast.ParenQuery:
			body = b.Query.Body
		case *ast.SetOp:
			body = b.Left
		case *ast.Select:
			for i := range b.Items {
				nameColumn(&b.Items[i])
			}
			return
		default:
			return
		}
	}
}

func nameColumn(it *ast.Item) {
	switch it.X.(type) {
	case *ast.Column, *ast.Star, *ast.Position, *ast.Identifier:
		return
	}
	if it.Alias == nil {
		it.Alias = &ast.Ident{Name: strings.ToUpper(print.Item(it)), Quoted: true}
	}
}

// node translates one node whose parts are translated already.
func (r *rewriter) node(n ast.Node) ast.Node {
	if r.err != nil {
		return n
	}
	switch n := n.(type) {
	case ast.Expr:
		out := r.expr(n)
		r.info.Replace(n, out)
		return out
	case ast.Table:
		return r.table(n)
	case *ast.Type:
		return r.dataType(n)
	case *ast.Name:
		return r.name(n)
	case *ast.Query:
		return r.query(n)
	case *ast.SetOp:
		r.setOp(n)
		return r.distinctSet(n)
	case *ast.Select:
		r.hoist(n)
		r.groupMoments(n)
		return r.distinctSelect(n)
	}
	return n
}

// numberBinds writes which value each question mark stands for: what is
// translated may have them in another order, or one of them twice.
func numberBinds(s ast.Statement) {
	var marks []*ast.Bind
	ast.Inspect(s, func(n ast.Node) bool {
		if b, ok := n.(*ast.Bind); ok && b.Name == "" {
			marks = append(marks, b)
		}
		return true
	})
	slices.SortStableFunc(marks, func(a, b *ast.Bind) int { return a.Pos().Offset - b.Pos().Offset })
	for i, b := range marks {
		b.Name = strconv.Itoa(i + 1)
	}
}

// spell writes what DuckDB spells in ways that no Snowflake tree has.
func spell(n ast.Node, sql func(ast.Node) string) (string, bool) {
	switch n := n.(type) {
	case *ast.Lambda:
		names := make([]string, len(n.Params))
		for i, p := range n.Params {
			names[i] = sql(&ast.Column{Parts: []ast.Ident{p.Name}})
		}
		return "LAMBDA " + strings.Join(names, ", ") + ": " + sql(n.Body), true
	case *ast.Call:
		return spellCall(n, sql)
	case *ast.Sample:
		return spellSample(n, sql), true
	case *ast.Bind:
		if n.Name != "" {
			return "$" + n.Name, true
		}
	}
	return "", false
}

// spellCall writes a call with an order or a treatment of nulls, which DuckDB
// wants among the arguments.
func spellCall(c *ast.Call, sql func(ast.Node) string) (string, bool) {
	name := c.Name.Last()
	ordered := c.WithinGroup != nil && (name == "STRING_AGG" || name == "LIST")
	if !ordered && c.Nulls == "" && name != "LIST" {
		return "", false
	}
	var b strings.Builder
	b.WriteString(name + "(")
	if c.Distinct {
		b.WriteString("DISTINCT ")
	}
	for i, a := range c.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(sql(a.Value))
	}
	for i := range c.WithinGroup {
		b.WriteString([]string{" ORDER BY ", ", "}[min(i, 1)] + sql(&c.WithinGroup[i]))
	}
	if c.Nulls != "" {
		b.WriteString(" " + c.Nulls + " NULLS")
	}
	b.WriteByte(')')
	if name == "LIST" {
		b.WriteString(" FILTER (WHERE " + sql(&ast.Is{X: c.Args[0].Value, Not: true, What: "NULL"}) + ")")
	}
	if c.Over != nil {
		b.WriteString(" " + sql(c.Over))
	}
	return b.String(), true
}

func spellSample(s *ast.Sample, sql func(ast.Node) string) string {
	what := "BERNOULLI(" + sql(s.Size) + " PERCENT)"
	switch {
	case s.Rows:
		what = "RESERVOIR(" + sql(s.Size) + " ROWS)"
	case s.Method == "SYSTEM":
		what = "SYSTEM(" + sql(s.Size) + " PERCENT)"
	}
	text := sql(s.Input) + " TABLESAMPLE " + what
	if s.Seed != nil {
		text += " REPEATABLE (" + sql(s.Seed) + ")"
	}
	return text
}

// name resolves identifier('…') and the empty middle of db..object.
func (r *rewriter) name(n *ast.Name) *ast.Name {
	if n.Dynamic != nil {
		text, ok := n.Dynamic.(*ast.String)
		if !ok {
			r.refuse(n, "IDENTIFIER of what is no text")
			return n
		}
		n = &ast.Name{At: n.At, Parts: r.parts(n, text.Value)}
	}
	for i := range n.Parts {
		switch {
		case n.Parts[i].Name == "":
			n.Parts[i].Name = "PUBLIC"
		case n.Parts[i].Name == "INFORMATION_SCHEMA" && i+1 < len(n.Parts) && r.cfg.InformationSchema != "":
			n.Parts[i].Name = r.cfg.InformationSchema
		}
	}
	return n
}

// known is the function's name if it is not qualified, as those of Snowflake's
// own are not; in upper case unless it was quoted.
func known(c *ast.Call) string {
	if len(c.Name.Parts) != 1 {
		return ""
	}
	return c.Name.Parts[0].Name
}
