package scripting

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A cursor is a query whose rows come one by one.
type cursor struct {
	query *ast.SQL
	of    *variable // the RESULTSET in place of a query, or nil
	rows  *Rows     // nil while it is closed
	next  int       // from 0
}

// cursorStatement runs a statement about a cursor.
func (m *machine) cursorStatement(s ast.Statement) error {
	switch s := s.(type) {
	case *ast.LetCursor:
		c := &cursor{query: s.Query}
		if s.Of != nil {
			c.of = m.lookup(s.Of.Name)
			if c.of == nil || !c.of.resultSet {
				return undefined(s.Of.At, s.Of.Name)
			}
		}
		m.scope.vars[s.Name.Name] = &variable{cursor: c}
		return nil
	case *ast.Open:
		c, err := m.cursorNamed(s.At, s.Cursor)
		if err != nil {
			return err
		}
		return m.openCursor(s.At, c, s.Using)
	case *ast.Fetch:
		return m.fetch(s)
	case *ast.Close:
		c, err := m.opened(s.At, s.Cursor)
		if err == nil {
			c.rows = nil
		}
		return err
	}
	return nil
}

func (m *machine) cursorNamed(at ast.At, name ast.Ident) (*cursor, error) {
	v := m.lookup(name.Name)
	if v == nil || v.cursor == nil {
		return nil, undefined(at, name.Name)
	}
	return v.cursor, nil
}

// opened is a cursor that is open.
func (m *machine) opened(at ast.At, name ast.Ident) (*cursor, error) {
	c, err := m.cursorNamed(at, name)
	if err == nil && c.rows == nil {
		err = &exception{name: statementError, at: at.Position, err: &warehouse.Error{Code: 90235, State: "P0000", Message: "Cursor '" + name.Name + "' is not open."}}
	}
	return c, err
}

// openCursor is OPEN, with values for the question marks of the query.
func (m *machine) openCursor(at ast.At, c *cursor, using []ast.Expr) error {
	c.next = 0
	if c.of != nil {
		c.rows = c.of.rows
		if c.rows == nil {
			c.rows = &Rows{}
		}
		return nil
	}
	values, err := m.values(using)
	if err != nil {
		return err
	}
	c.rows, err = m.execute(at, c.query, values)
	return err
}

// fetch is FETCH: behind the last row, variables get null.
func (m *machine) fetch(s *ast.Fetch) error {
	c, err := m.opened(s.At, s.Cursor)
	if err != nil {
		return err
	}
	defer func() { c.next++ }()
	if c.next >= c.rows.Count {
		return m.take(s.At, s.Into, func(int) Value { return null(types.Type{}) })
	}
	names := s.Into[:min(len(s.Into), len(c.rows.Columns))] // the others stay as they are
	return m.take(s.At, names, func(i int) Value { return c.rows.Cell(c.next, i) })
}

// take gives variables their values.
func (m *machine) take(at ast.At, names []ast.Ident, value func(i int) Value) error {
	for i, name := range names {
		v := m.lookup(name.Name)
		if v == nil || !v.scalar() {
			return undefined(name.At, name.Name)
		}
		if err := m.assign(at, v, name.Name, value(i)); err != nil {
			return err
		}
	}
	return nil
}

// overRows is FOR over the rows of a cursor or RESULTSET. A cursor is opened for
// it unless it is; it fetches each row, so that a FETCH in the loop takes one away.
func (m *machine) overRows(s *ast.For) (signal, error) {
	v := m.lookup(s.Rows.Name)
	if v == nil || v.cursor == nil && !v.resultSet {
		return signal{}, undefined(s.Rows.At, s.Rows.Name)
	}
	c := v.cursor
	if c == nil {
		c = &cursor{of: v}
	}
	if c.rows == nil {
		if err := m.openCursor(s.Rows.At, c, nil); err != nil {
			return signal{}, err
		}
		defer func() { c.rows = nil }()
	}
	m.open()
	defer m.close()
	row := &variable{rows: c.rows}
	m.scope.vars[s.Name.Name] = row
	for c.rows != nil && c.next < c.rows.Count {
		c.next++
		row.row = c.next
		if sig, ends, err := m.once(s.Label, s.Body); ends {
			return sig, err
		}
	}
	return signal{}, nil
}

// rowsOf are the rows that a RESULTSET is set to.
func (m *machine) rowsOf(x ast.Expr) (*Rows, error) {
	switch x := x.(type) {
	case *ast.ResultOf:
		return m.rowsOfStatement(x.Statement)
	case *ast.Column:
		if v := m.lookup(x.Parts[0].Name); v != nil && v.resultSet && len(x.Parts) == 1 {
			return v.rows, nil
		}
	case *ast.Call:
		return m.rowsOfCursor(x)
	}
	return nil, unsupported(x.Pos(), "a RESULTSET that is set to no statement in parentheses")
}

// rowsOfCursor is RESULTSET_FROM_CURSOR.
func (m *machine) rowsOfCursor(x *ast.Call) (*Rows, error) {
	if len(x.Args) == 1 && x.Name.Last() == "RESULTSET_FROM_CURSOR" {
		if c, ok := x.Args[0].Value.(*ast.Column); ok && len(c.Parts) == 1 {
			cur, err := m.opened(c.At, c.Parts[0])
			if err != nil {
				return nil, err
			}
			return cur.rows, nil
		}
	}
	return nil, unsupported(x.Pos(), "TABLE("+x.Name.Last()+"(…)) as what a block returns")
}

// table are the rows of RETURN TABLE(…).
func (m *machine) table(s *ast.Return) (*Rows, error) {
	rows, err := m.rowsOf(s.Value)
	if err == nil && rows == nil {
		err = &exception{name: statementError, at: s.Position, err: &warehouse.Error{Code: 90235, State: "P0000", Message: "The RESULTSET has no rows: no query was assigned to it."}}
	}
	return rows, err
}
