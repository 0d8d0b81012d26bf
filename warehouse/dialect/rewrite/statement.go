package rewrite

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// statement changes what belongs to a statement as a whole, before its parts
// are translated.
func (r *rewriter) statement(s ast.Statement) ast.Statement {
	switch s := s.(type) {
	case *ast.Query, *ast.Delete:
	case *ast.Insert:
		if s.Overwrite {
			r.refuse(s, "INSERT OVERWRITE in one statement")
		}
	case *ast.Update:
		for i, a := range s.Set {
			s.Set[i].Column = a.Column[len(a.Column)-1:]
		}
	case *ast.Merge:
		r.merge(s)
	case *ast.Truncate:
		if s.IfExists {
			r.refuse(s, "TRUNCATE TABLE IF EXISTS")
		}
	case *ast.CreateTable:
		r.createTable(s)
	case *ast.CreateView:
		r.createView(s)
	case *ast.CreateSequence:
		s.Options, s.Order = nil, ""
		r.temporary(s, &s.Create)
	case *ast.Alter:
		r.alter(s)
	default:
		r.refuse(s, "translating %s", strings.ReplaceAll(ast.Kind(s), "_", " "))
	}
	return s
}

func (r *rewriter) merge(s *ast.Merge) {
	for i := range s.Whens {
		if s.Whens[i].ByName {
			r.refuse(s.Whens[i], "MERGE by name")
		}
		for j, a := range s.Whens[i].Set {
			s.Whens[i].Set[j].Column = a.Column[len(a.Column)-1:]
		}
	}
}

// temporary leaves out what DuckDB does not distinguish.
func (r *rewriter) temporary(s ast.Statement, c *ast.Create) {
	if c.OrAlter {
		r.refuse(s, "CREATE OR ALTER")
	}
	c.Scoped, c.Transient = false, false
}

// createTable leaves out what Snowflake keeps and does not enforce: all
// constraints but NOT NULL, clustering, comments and tags. Of a hybrid table it
// enforces the keys.
func (r *rewriter) createTable(s *ast.CreateTable) {
	r.temporary(s, &s.Create)
	switch {
	case s.Like != nil:
		r.refuse(s, "CREATE TABLE LIKE")
	case s.Clone != nil:
		r.refuse(s, "CREATE TABLE CLONE")
	case s.Template != nil:
		r.refuse(s, "CREATE TABLE USING TEMPLATE")
	}
	keys := enforced(s)
	s.Hybrid, s.Indexes = false, nil
	s.Constraints, s.ClusterBy, s.Options, s.Tags, s.CopyGrants = keys, nil, nil, nil, false
	for i := range s.Columns {
		r.columnDef(&s.Columns[i])
	}
	if s.Query != nil && s.Columns != nil {
		s.Query = r.castColumns(s.Query, s.Columns, r.info.Made)
		s.Columns = nil
	}
}

// enforced are the constraints of a table that hold its rows to something.
func enforced(s *ast.CreateTable) (keys []ast.Constraint) {
	if !s.Hybrid || s.Query != nil { // which DuckDB takes no constraints with
		return nil
	}
	all := slices.Clone(s.Constraints)
	for _, c := range s.Columns {
		for _, own := range c.Constraints {
			own.Columns = []ast.Ident{c.Name}
			all = append(all, own)
		}
	}
	for _, c := range all {
		if c.Kind == "PRIMARY KEY" || c.Kind == "UNIQUE" {
			keys = append(keys, ast.Constraint{Kind: c.Kind, Columns: c.Columns})
		}
	}
	return keys
}

func (r *rewriter) columnDef(c *ast.ColumnDef) {
	switch {
	case c.Identity != nil:
		r.refuse(c, "AUTOINCREMENT")
	case c.Virtual != nil:
		r.refuse(c, "virtual columns")
	case c.Collate != nil && c.Collate.Value != "" && !strings.EqualFold(c.Collate.Value, "utf8"):
		r.refuse(c, "COLLATE %s", c.Collate.Value)
	}
	if s, ok := c.Default.(*ast.String); c.Type != nil && types.Of(c.Type).MayBeFine() && (r.isFine(c.Default) || ok && HasNanos(s.Value)) {
		r.refuse(c, "the default of %s, which has nine digits of a second", c.Name.Name)
	}
	c.Collate, c.Comment, c.Constraints, c.Tags = nil, nil, nil, nil
	if c.Default != nil && c.Type != nil && types.Of(c.Type).Is(warehouse.TimestampTZ) {
		c.Default = r.typed(&ast.Cast{X: c.Default, Type: c.Type}, types.Of(c.Type))
	}
	if c.Type == nil || duckType(c.Type.Name) != "VARCHAR" {
		return
	}
	if most := types.LengthOf(c.Type); most != "" {
		length := call("LENGTH", &ast.Column{Parts: []ast.Ident{{Name: c.Name.Name, Quoted: true}}})
		c.Constraints = []ast.Constraint{{Kind: "CHECK", Check: &ast.Binary{Op: "<=", Left: length, Right: &ast.Number{Text: most}}}}
	}
}

// castColumns is a query with the names and types that CREATE TABLE gives its
// columns; DuckDB takes one or the other, not both. Of the query's own types,
// given are those that are known.
func (r *rewriter) castColumns(q *ast.Query, columns []ast.ColumnDef, given []types.Column) *ast.Query {
	derived := &ast.Derived{Query: q, Alias: &ast.Alias{Name: ast.Ident{Name: "_QUERY", Quoted: true}}}
	outer := &ast.Select{From: []ast.Table{derived}}
	for i, c := range columns {
		name := ast.Ident{Name: c.Name.Name, Quoted: true}
		derived.Alias.Columns = append(derived.Alias.Columns, name)
		var x ast.Expr = &ast.Column{Parts: []ast.Ident{name}}
		if i < len(given) {
			r.info.Set(x, given[i].Type)
		}
		if c.Type != nil {
			x = &ast.Cast{X: x, Type: c.Type}
			t := types.Of(c.Type)
			t.Fine = (r.isFine(x.(*ast.Cast).X) || r.cfg.Fine) && t.MayBeFine()
			r.info.Set(x, t)
		}
		outer.Items = append(outer.Items, ast.Item{X: x, Alias: &name})
	}
	return &ast.Query{Body: outer}
}

func (r *rewriter) createView(s *ast.CreateView) {
	r.temporary(s, &s.Create)
	if s.Materialized {
		r.refuse(s, "CREATE MATERIALIZED VIEW")
	}
	if s.Recursive {
		r.refuse(s, "CREATE RECURSIVE VIEW")
	}
	s.Secure, s.CopyGrants, s.ClusterBy, s.Options, s.Tags = false, false, nil, nil, nil
	for i := range s.Columns {
		s.Columns[i].Comment = nil
	}
}

// alter lets through the changes of tables that DuckDB has, one a statement.
func (r *rewriter) alter(s *ast.Alter) {
	if s.Object != "TABLE" && s.Object != "VIEW" || len(s.Actions) != 1 {
		r.refuse(s, "ALTER %s of this form", s.Object)
		return
	}
	switch a := s.Actions[0].(type) {
	case *ast.RenameTo:
		if len(a.Name.Parts) != 1 {
			r.refuse(a, "moving a table by renaming it")
		}
	case *ast.RenameColumn:
	case *ast.DropColumn:
		if len(a.Columns) != 1 {
			r.refuse(a, "dropping several columns at once")
		}
	case *ast.AddColumn:
		if len(a.Columns) != 1 {
			r.refuse(a, "adding several columns at once")
		}
		r.columnDef(&a.Columns[0])
	case *ast.AlterColumns:
		if len(a.Changes) != 1 || strings.HasSuffix(a.Changes[0].Change, "COMMENT") {
			r.refuse(a, "altering several columns at once, or their comments")
		}
	default:
		r.refuse(a, "ALTER %s of this form", s.Object)
	}
}

// parts reads the text of identifier('…') as a name.
func (r *rewriter) parts(n ast.Node, text string) []ast.Ident {
	var out []ast.Ident
	toks := parse.Tokens(text)
	for i := 0; i+1 < len(toks); i += 2 {
		name, behind := toks[i], toks[i+1]
		isName := name.Kind == token.Quoted || name.Kind == token.Word && !token.Reserved(name.Value)
		if !isName || behind.Kind != token.Dot && behind.Kind != token.EOF {
			break
		}
		out = append(out, ast.Ident{Name: name.Value, Quoted: name.Kind == token.Quoted})
		if behind.Kind == token.EOF {
			return out
		}
	}
	r.refuse(n, "IDENTIFIER(%q)", text)
	return out
}
