package scripting

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// A Database runs the statements of a block, one after another. Its errors can be
// caught by the block if they are a [*warehouse.Error] of another kind than
// [warehouse.ErrUnsupported], and its context has not ended.
type Database interface {
	// Execute runs one statement and gives all its rows. What is to be changed in
	// the statement before it runs, fill changes; nil changes nothing. It may be
	// called more than once, each time with the tree that text is.
	Execute(ctx context.Context, text string, fill func(ast.Statement)) (*Rows, error)

	// Compute is the value of an expression, of which the history does not tell.
	Compute(ctx context.Context, x ast.Expr) (Value, error)
}

// Rows is what a statement gave, all of it.
type Rows struct {
	QueryID string
	Kind    string // what QUERY_HISTORY calls the statement
	Columns []warehouse.Column
	Count   int                         // of rows
	Changed int64                       // how many rows a change has changed
	Cell    func(row, column int) Value // both from 0
	Kept    any                         // the database's own
}

// A Result is what a block returned.
type Result struct {
	Value Value
	Rows  *Rows // of RETURN TABLE(…), else nil
}

// A Param is a variable that is there before a block begins: a procedure's
// argument.
type Param struct {
	Name  string
	Type  *ast.Type
	Value Value
}

// Run runs a block. An exception that nobody caught is a [*warehouse.Error] with
// the number and state of what was raised; so is a mistake in the block. When ctx
// ends, so does the block, with its cause as the error.
func Run(ctx context.Context, b *ast.Block, params []Param, db Database) (Result, error) {
	if err := check(b, params); err != nil {
		return Result{}, err
	}
	m := &machine{ctx: ctx, db: db, sqlID: Value{Type: types.Text, Null: true}}
	m.open()
	for _, p := range params {
		m.scope.vars[p.Name] = &variable{declared: p.Type, value: p.Value}
	}
	sig, err := m.block(b)
	if err != nil {
		return Result{}, uncaught(err)
	}
	if sig.kind != returns {
		return Result{Value: Value{Null: true}}, nil
	}
	return sig.result, nil
}

// A machine runs one block.
type machine struct {
	ctx      context.Context
	db       Database
	scope    *scope
	handlers []ast.Handler // of the innermost block, while its body runs
	handling *exception    // that the innermost handler handles, or nil
	changed  int64         // rows of the last change; -1 where the last statement was none
	sqlID    Value
}

// A signal is how a statement ended.
type signal struct {
	kind   int
	label  string // of BREAK and CONTINUE, "" for the innermost loop
	result Result
}

const (
	goesOn = iota
	breaks
	continues
	returns
)

// block runs a block in a scope of its own.
func (m *machine) block(b *ast.Block) (signal, error) {
	m.open()
	outer := m.handlers
	defer func() { m.handlers = outer; m.close() }()
	m.handlers = nil
	if sig, err := m.run(b.Declare); err != nil {
		return sig, err
	}
	m.handlers = b.Handlers
	sig, err := m.run(b.Body)
	m.handlers = nil
	if err == nil {
		return sig, nil
	}
	h, e := m.handlerOf(b.Handlers, err)
	if h == nil {
		return sig, err
	}
	return m.handle(h, e)
}

// run runs statements up to one that goes elsewhere.
func (m *machine) run(all []ast.Statement) (signal, error) {
	for _, s := range all {
		sig, err := m.statement(s)
		if err != nil {
			sig, err = m.resume(err)
		}
		if err != nil || sig.kind != goesOn {
			return sig, err
		}
	}
	return signal{}, nil
}

// statement runs one.
func (m *machine) statement(s ast.Statement) (sig signal, err error) {
	if m.ctx.Err() != nil {
		return sig, context.Cause(m.ctx)
	}
	switch s := s.(type) {
	case *ast.Block:
		return m.block(s)
	case *ast.SQL:
		return sig, m.sql(s)
	case *ast.Let:
		return sig, m.let(s)
	case *ast.SetVariable:
		return sig, m.set(s.At, s.Name, s.Value)
	case *ast.LetException:
		m.scope.vars[s.Name.Name] = &variable{raised: newException(s)}
	case *ast.LetCursor, *ast.Open, *ast.Fetch, *ast.Close:
		return sig, m.cursorStatement(s)
	case *ast.Return:
		return m.returned(s)
	case *ast.Raise:
		return sig, m.raise(s)
	case *ast.Nothing:
	default:
		return m.flow(s)
	}
	return sig, nil
}

// returned is RETURN.
func (m *machine) returned(s *ast.Return) (signal, error) {
	sig := signal{kind: returns}
	var err error
	switch {
	case s.Table:
		sig.result.Rows, err = m.table(s)
	case s.Value == nil:
		sig.result.Value = Value{Null: true}
	default:
		sig.result.Value, err = m.eval(s.Value)
	}
	if err != nil {
		return signal{}, err
	}
	return sig, nil
}
