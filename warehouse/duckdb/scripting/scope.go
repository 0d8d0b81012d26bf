package scripting

import (
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A scope is the variables of a block or of a loop.
type scope struct {
	outer *scope
	vars  map[string]*variable
}

// A variable is what a name means: a value, or one of the things that scripting
// has besides.
type variable struct {
	declared *ast.Type  // nil without one
	inferred types.Type // of the first value, where none is declared
	value    Value

	resultSet bool
	rows      *Rows // of a RESULTSET, or the row of a FOR
	row       int   // from 1 of a FOR's variable, 0 for all else
	cursor    *cursor
	raised    *exception // that RAISE raises
}

// scalar reports a variable that has a value.
func (v *variable) scalar() bool {
	return !v.resultSet && v.row == 0 && v.cursor == nil && v.raised == nil
}

func (m *machine) open()  { m.scope = &scope{outer: m.scope, vars: map[string]*variable{}} }
func (m *machine) close() { m.scope = m.scope.outer }

// lookup is the variable that a name means, nil if none.
func (m *machine) lookup(name string) *variable {
	for s := m.scope; s != nil; s = s.outer {
		if v := s.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

// valueOf is the value of a name: a variable, one of the row of a FOR, or what
// Snowflake says of the last statement and of the exception that is handled.
func (m *machine) valueOf(parts []ast.Ident) (Value, bool) {
	v := m.lookup(parts[0].Name)
	switch {
	case v != nil && len(parts) == 1 && v.scalar():
		return v.value, true
	case v != nil && len(parts) == 2 && v.row > 0:
		for i, c := range v.rows.Columns {
			if c.Name == parts[1].Name {
				return v.rows.Cell(v.row-1, i), true
			}
		}
	case v == nil && len(parts) == 1:
		return m.builtin(parts[0].Name)
	}
	return Value{}, false
}

// builtin are the variables that every block has.
func (m *machine) builtin(name string) (Value, bool) {
	none := m.changed < 0
	switch name {
	case "SQLROWCOUNT":
		if none {
			return null(types.Whole), true
		}
		return whole(m.changed), true
	case "SQLFOUND", "SQLNOTFOUND":
		if none {
			return null(types.Boolean), true
		}
		return boolean((m.changed > 0) == (name == "SQLFOUND")), true
	case "SQLID":
		return m.sqlID, true
	case "SQLCODE", "SQLERRM", "SQLSTATE":
		e := m.handling
		if e == nil {
			return null(types.Text), true
		}
		return map[string]Value{"SQLCODE": whole(int64(e.code())), "SQLERRM": text(e.message()), "SQLSTATE": text(e.state())}[name], true
	}
	return Value{}, false
}

// let is LET, and a variable of DECLARE.
func (m *machine) let(s *ast.Let) error {
	v := &variable{declared: s.Type, resultSet: s.ResultSet, value: Value{Null: true}}
	if s.Type != nil {
		v.value.Type = types.Of(s.Type)
		if !v.value.Type.Known() {
			return mistake(s.At, 2040, "Unsupported data type '"+s.Type.Name+"'.")
		}
	}
	if s.Value == nil {
		m.scope.vars[s.Name.Name] = v
		return nil
	}
	if err := m.fillVariable(v, s.Name.Name, s.Value); err != nil {
		return err
	}
	m.scope.vars[s.Name.Name] = v
	return nil
}

// set is name := value.
func (m *machine) set(at ast.At, name ast.Ident, x ast.Expr) error {
	v := m.lookup(name.Name)
	if v == nil || !v.scalar() && !v.resultSet {
		return undefined(at, name.Name)
	}
	return m.fillVariable(v, name.Name, x)
}

// fillVariable gives a variable the value of an expression.
func (m *machine) fillVariable(v *variable, name string, x ast.Expr) error {
	if v.resultSet {
		rows, err := m.rowsOf(x)
		v.rows = rows
		return err
	}
	value, err := m.eval(x)
	if err != nil {
		return err
	}
	return m.assign(x, v, name, value)
}

// typeTree is a type as it is written.
func typeTree(t types.Type) *ast.Type {
	tree, err := parse.Type(t.String())
	if err != nil {
		return &ast.Type{Name: "VARCHAR"}
	}
	return tree
}

// fits reports a value that a variable of type t takes as it is.
func fits(v Value, t types.Type) bool {
	if v.Null || v.Type.Kind != t.Kind || v.Type.Structured() || t.Structured() {
		return v.Null
	}
	switch t.Kind {
	case warehouse.Number:
		n, ok := v.number()
		return ok && t.Scale == 0 && decimal{n: n}.digits() <= t.Precision
	case warehouse.Varchar:
		return t.Length == 0 || utf8.RuneCountInString(v.Text) <= t.Length
	case warehouse.Boolean, warehouse.Float, warehouse.Date, warehouse.Variant, warehouse.Array, warehouse.Object:
		return true
	}
	return false
}
