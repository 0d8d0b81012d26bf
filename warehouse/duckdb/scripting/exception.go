package scripting

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// The exceptions that Snowflake has itself.
const (
	statementError  = "STATEMENT_ERROR"
	expressionError = "EXPRESSION_ERROR"
)

// An exception is one that was raised, or can be.
type exception struct {
	name   string
	at     token.Pos        // where it was raised
	err    *warehouse.Error // of a statement or expression
	own    *exception       // the declaration that was raised, or nil
	number int
	words  string
}

func newException(s *ast.LetException) *exception {
	e := &exception{name: s.Name.Name, number: -20000}
	if s.Message != nil {
		e.number, _ = strconv.Atoi(s.Number)
		e.words = s.Message.Value
	}
	return e
}

func (e *exception) code() int {
	if e.err != nil {
		return e.err.Code
	}
	return e.number
}

func (e *exception) message() string {
	if e.err != nil {
		return e.err.Text()
	}
	return e.words
}

func (e *exception) state() string {
	if e.err != nil {
		return e.err.State
	}
	return "P0001"
}

// Error is what a client gets where nobody caught the exception.
func (e *exception) Error() string { return e.uncaught().Error() }

func (e *exception) uncaught() *warehouse.Error {
	message := fmt.Sprintf("Uncaught exception of type '%s' on line %d at position %d", e.name, e.at.Line, e.at.Column)
	if words := e.message(); words != "" {
		message += " : " + words
	}
	return &warehouse.Error{Code: e.code(), State: e.state(), Message: message, Line: e.at.Line, Column: e.at.Column}
}

// uncaught is an error as a block ends with it.
func uncaught(err error) error {
	var e *exception
	if errors.As(err, &e) {
		return e.uncaught()
	}
	return err
}

// raise is RAISE: of an exception by its name, or again of the one that is being
// handled.
func (m *machine) raise(s *ast.Raise) error {
	if s.Name == nil {
		if m.handling == nil {
			return mistake(s.At, 1003, "RAISE without a name stands in no exception handler.")
		}
		return m.handling
	}
	v := m.lookup(s.Name.Name)
	if v == nil || v.raised == nil {
		return undefined(s.Name.At, s.Name.Name)
	}
	e := *v.raised
	e.at, e.own = s.Position, v.raised
	return &e
}

// handlerOf is the handler that an error goes to, nil if to none.
func (m *machine) handlerOf(handlers []ast.Handler, err error) (*ast.Handler, *exception) {
	var e *exception
	if !errors.As(err, &e) {
		return nil, nil
	}
	for i := range handlers {
		for _, name := range handlers[i].Names {
			if m.catches(name.Name, e) {
				return &handlers[i], e
			}
		}
	}
	return nil, nil
}

// catches reports whether a handler of a name is one for an exception.
func (m *machine) catches(name string, e *exception) bool {
	if v := m.lookup(name); v != nil && v.raised != nil {
		return v.raised == e.own
	}
	return name == "OTHER" || e.own == nil && name == e.name
}

// handle runs a handler. What goes wrong in it is none of its own block's.
func (m *machine) handle(h *ast.Handler, e *exception) (signal, error) {
	handling, handlers := m.handling, m.handlers
	defer func() { m.handling, m.handlers = handling, handlers }()
	m.handling, m.handlers = e, nil
	return m.run(h.Body)
}

// resume runs the handler of the innermost block that continues behind err, and
// is err where there is none.
func (m *machine) resume(err error) (signal, error) {
	h, e := m.handlerOf(m.handlers, err)
	if h == nil || !h.Continue {
		return signal{}, err
	}
	return m.handle(h, e)
}

// mistake is an error in the block itself.
func mistake(at ast.At, code int, words string) error {
	return &warehouse.Error{Code: code, State: "42601", Line: at.Position.Line, Column: at.Position.Column,
		Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\n%s", at.Position.Line, at.Position.Column, words)}
}

// undefined is a name that means nothing, or nothing of that kind.
func undefined(at ast.At, name string) error {
	return &warehouse.Error{Code: 904, State: "42000", Line: at.Position.Line, Column: at.Position.Column,
		Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '%s'", at.Position.Line, at.Position.Column, name)}
}

// notSet is a variable in a statement that is none.
func notSet(b *ast.Bind) error { return mistake(b.At, 2049, "Bind variable :"+b.Name+" not set.") }

func unsupported(at token.Pos, what string) error {
	e := warehouse.Unsupported(fmt.Sprintf("%s (line %d)", what, at.Line))
	e.Line, e.Column = at.Line, at.Column
	return e
}
