package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// DropColumn forgets a column.
func (m *Meta) DropColumn(name string) {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			m.Columns = append(m.Columns[:i:i], m.Columns[i+1:]...)
			return
		}
	}
}

// RenameColumn renames a column in all that is known of its table.
func (m *Meta) RenameColumn(from, to string) {
	for i := range m.Columns {
		if m.Columns[i].Name == from {
			m.Columns[i].Name = to
		}
	}
	for i := range m.Constraints {
		for j, c := range m.Constraints[i].Columns {
			if c == from {
				m.Constraints[i].Columns[j] = to
			}
		}
	}
	for _, x := range m.Indexes {
		replaceName(x.Columns, from, to)
		replaceName(x.Include, from, to)
	}
}

func replaceName(names []string, from, to string) {
	if i := slices.Index(names, from); i >= 0 {
		names[i] = to
	}
}

// RenameConstraint gives a constraint another name.
func (m *Meta) RenameConstraint(act *ast.RenameConstraint) error {
	at := func(name string) int {
		return slices.IndexFunc(m.Constraints, func(c ConstraintMeta) bool { return c.Name == name })
	}
	i := at(act.From.Name)
	if i < 0 {
		return noConstraint("'" + act.From.Name + "'")
	}
	if j := at(act.To.Name); j >= 0 && j != i {
		return refusal.Exists(act.To.Name, nil)
	}
	m.Constraints[i].Name = act.To.Name
	return nil
}

// noConstraint refuses a constraint that a table does not have.
func noConstraint(which string) error {
	return &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist, Message: "SQL compilation error:\nConstraint " + which + " does not exist."}
}

// DropConstraint forgets the constraints that act means.
func (m *Meta) DropConstraint(act *ast.DropConstraint) error {
	meant, err := m.meant(act.ConstraintRef)
	if err != nil {
		return err
	}
	m.Constraints = slices.DeleteFunc(slices.Clone(m.Constraints), meant)
	return nil
}

// ModifyConstraint changes whether the optimizer may rely on the constraints
// that act means. The other properties it may name are those they have.
func (m *Meta) ModifyConstraint(act *ast.ModifyConstraint) error {
	meant, err := m.meant(act.ConstraintRef)
	if err != nil {
		return err
	}
	m.Constraints = slices.Clone(m.Constraints)
	for i, c := range m.Constraints {
		if meant(c) {
			m.Constraints[i].Rely = Relies(act.Properties, c.Rely)
		}
	}
	return nil
}

// Relies reports whether properties say RELY, or what holds where they say
// neither that nor NORELY.
func Relies(properties []string, otherwise bool) bool {
	for _, p := range properties {
		switch p {
		case "RELY":
			otherwise = true
		case "NORELY":
			otherwise = false
		}
	}
	return otherwise
}

// meant tells the constraints that ref means, of which there must be one.
func (m *Meta) meant(ref ast.ConstraintRef) (func(ConstraintMeta) bool, error) {
	columns := strings.Join(ast.Names(ref.Columns), "\x00")
	meant := func(c ConstraintMeta) bool {
		return c.Kind == ref.Kind && (columns == "" || columns == strings.Join(c.Columns, "\x00")) ||
			ref.Kind == "CONSTRAINT" && ref.Name != nil && c.Name == ref.Name.Name
	}
	switch {
	case slices.ContainsFunc(m.Constraints, meant):
		return meant, nil
	case ref.Name != nil:
		return nil, noConstraint("'" + ref.Name.Name + "'")
	}
	return nil, noConstraint(ref.Kind)
}

// MoveReferences has the foreign keys that refer to tables of a schema or a database,
// and the tags that are in it, go by its new name, and reports whether there are any.
func (m *Meta) MoveReferences(from, to Area) (changed bool) {
	for i, k := range m.Constraints {
		if len(k.References) != 3 || !from.Has(NameOf(k.References[0], k.References[1], k.References[2])) {
			continue
		}
		t := NameOf(k.References[0], k.References[1], k.References[2]).In(to)
		m.Constraints[i].References, changed = []string{t.Database, t.Schema, t.Table}, true
	}
	changed = moveTags(m.Tags, from, to) || changed
	for _, c := range m.Columns {
		changed = moveTags(c.Tags, from, to) || changed
	}
	return changed
}

func moveTags(tags map[string]string, from, to Area) (changed bool) {
	for name, value := range maps.Clone(tags) {
		parts := parse.Name(name)
		if len(parts) != 3 || !from.Has(NameOf(parts[0].Name, parts[1].Name, parts[2].Name)) {
			continue
		}
		delete(tags, name)
		tags[Written(NameOf(parts[0].Name, parts[1].Name, parts[2].Name).In(to), true)], changed = value, true
	}
	return changed
}
