package catalog

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
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
	columns := strings.Join(ast.Names(act.Columns), "\x00")
	var kept []ConstraintMeta
	for _, c := range m.Constraints {
		drop := c.Kind == act.Kind && (columns == "" || columns == strings.Join(c.Columns, "\x00")) ||
			act.Kind == "CONSTRAINT" && act.Name != nil && c.Name == act.Name.Name
		if !drop {
			kept = append(kept, c)
		}
	}
	if len(kept) == len(m.Constraints) {
		if act.Name != nil {
			return noConstraint("'" + act.Name.Name + "'")
		}
		return noConstraint(act.Kind)
	}
	m.Constraints = kept
	return nil
}
