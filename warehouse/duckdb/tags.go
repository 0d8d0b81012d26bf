package duckdb

import (
	"context"
	"fmt"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tag"
)

// nameTags completes the names of the tags that a statement sets and takes away,
// and refuses those that are not there.
func (s *session) nameTags(stmt ast.Statement) error {
	for _, n := range tagNames(stmt) {
		t, err := s.tagNamed(n)
		if err != nil {
			return err
		}
		n.Parts = t.Tree().Parts
	}
	return nil
}

// tagNamed is the full name of a tag that is there.
func (s *session) tagNamed(n *ast.Name) (catalog.Name, error) {
	t, err := s.resolveName(n)
	if err == nil {
		t = t.Permanent()
		if now := s.w.account.Now(); now.Find("TAG", catalog.Written(t, true)) < 0 {
			err = refusal.Missing("Tag", warehouse.FoldIdent(print.SQL(n)))
		}
	}
	return t, err
}

// tagNames are the names of the tags in a statement.
func tagNames(stmt ast.Statement) (names []*ast.Name) {
	add := func(tags []ast.Tag) {
		for _, t := range tags {
			names = append(names, t.Name)
		}
	}
	columns := func(all []ast.ColumnDef) {
		for _, c := range all {
			add(c.Tags)
		}
	}
	switch stmt := stmt.(type) {
	case *ast.CreateTable:
		add(stmt.Tags)
		columns(stmt.Columns)
	case *ast.CreateView:
		add(stmt.Tags)
	case *ast.CreateObject:
		add(stmt.Tags)
	case *ast.Alter:
		for _, action := range stmt.Actions {
			switch act := action.(type) {
			case *ast.SetOptions:
				add(act.Tags)
			case *ast.UnsetOptions:
				names = append(names, act.Tags...)
			case *ast.AddColumn:
				columns(act.Columns)
			case *ast.AlterColumns:
				for _, c := range act.Changes {
					add(c.Tags)
					names = append(names, c.Unset...)
				}
			}
		}
	}
	return names
}

// tagKey is what a tag is kept by: its full name.
func tagKey(n *ast.Name) string {
	if parts := ast.Names(n.Parts); len(parts) == 3 {
		return catalog.Written(catalog.NameOf(parts[0], parts[1], parts[2]), true)
	}
	return n.Last()
}

func tagsOf(tags []ast.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, t := range tags {
		out[tagKey(t.Name)] = t.Value.Value
	}
	return out
}

// changeTags is SET TAG and UNSET TAG of a column.
func changeTags(m *catalog.ColumnMeta, change ast.ColumnChange) {
	m.Tags = tag.Set(m.Tags, tagsOf(change.Tags))
	for _, n := range change.Unset {
		m.Tags = tag.Unset(m.Tags, tagKey(n))
	}
}

// tagColumn is SET TAG and UNSET TAG, of a view's column, too.
func (a *alteration) tagColumn(ctx context.Context, change ast.ColumnChange) error {
	names, err := a.s.columnNames(ctx, a.o.At)
	if err != nil {
		return err
	}
	if !slices.Contains(names, change.Column.Name) {
		return invalidIdentifier(change.Column)
	}
	changeTags(a.meta.Column(change.Column.Name), change)
	return nil
}

// tagged is an object with the levels that its tags come from.
type tagged struct {
	object catalog.Name // parts that mean nothing to its domain are ""
	meta   catalog.Meta
	levels []tag.Level
}

// taggedObject is what a text names, of a domain.
func (s *session) taggedObject(ctx context.Context, text, domain string) (t tagged, err error) {
	parts := parse.Name(text)
	if parts == nil {
		return t, refusal.NotExist(text, nil)
	}
	n := &ast.Name{Parts: parts}
	switch domain {
	case "DATABASE":
		if !s.w.hasDatabase(n.Last()) || len(parts) != 1 {
			return t, refusal.Missing("Database", text)
		}
		t.object.Database = n.Last()
	case "SCHEMA":
		if t.object.Database, t.object.Schema, err = s.schemaName(n); err == nil {
			err = s.checkSchema(ctx, t.object.Database, t.object.Schema)
		}
	case "TABLE":
		var o *catalog.Object
		if o, err = s.mustFind(ctx, n, "TABLE", "VIEW"); err == nil {
			t.object, t.meta = o.At.Permanent(), o.Meta
			t.levels = []tag.Level{{Domain: domain, Tags: t.meta.Tags}}
		}
	default:
		err = refusal.Unsupported("tags of the domain " + domain)
	}
	if err != nil {
		return t, err
	}
	return t, s.levelsAround(ctx, &t)
}

// levelsAround adds the schema and the database that an object is in, or is.
func (s *session) levelsAround(ctx context.Context, t *tagged) error {
	for _, at := range [][2]string{{"SCHEMA", t.object.Schema}, {"DATABASE", t.object.Database}} {
		if at[1] == "" {
			continue
		}
		m, err := catalog.MetaOf(ctx, s.conn, t.object.Database, at[0], at[1])
		if err != nil {
			return err
		}
		t.levels = append(t.levels, tag.Level{Domain: at[0], Tags: m.Tags})
	}
	return nil
}

// ofColumn are the levels of a column of a table.
func (t *tagged) ofColumn(name string) []tag.Level {
	var own map[string]string
	for _, m := range t.meta.Columns {
		if m.Name == name {
			own = m.Tags
		}
	}
	return append([]tag.Level{{Domain: "COLUMN", Tags: own}}, t.levels...)
}

// taggedColumn is the table of a column, table.column, and the column's name.
func (s *session) taggedColumn(ctx context.Context, text string) (t tagged, column string, err error) {
	parts := parse.Name(text)
	if len(parts) < 2 {
		return t, "", refusal.NotExist(text, nil)
	}
	last := len(parts) - 1
	column = parts[last].Name
	if t, err = s.taggedObject(ctx, print.SQL(&ast.Name{Parts: parts[:last]}), "TABLE"); err != nil {
		return t, column, err
	}
	names, err := s.columnNames(ctx, t.object)
	if err == nil && !slices.Contains(names, column) {
		err = &warehouse.Error{Code: 904, State: "42000", Message: fmt.Sprintf("SQL compilation error:\ninvalid identifier '%s'", text)}
	}
	return t, column, err
}
