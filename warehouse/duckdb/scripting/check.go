package scripting

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// A checker finds names that mean nothing before a block begins, as Snowflake does
// when it compiles one.
type checker struct {
	names []map[string]bool // by scope, the innermost last
	err   error
}

// check is the first name in a block that means nothing. Words that are whole
// arguments of calls may be units of time, and names with a dot in them sequences:
// these are left to what runs.
func check(b *ast.Block, params []Param) error {
	c := &checker{names: []map[string]bool{{}}}
	for _, p := range params {
		c.declare(p.Name)
	}
	c.block(b)
	return c.err
}

func (c *checker) open()               { c.names = append(c.names, map[string]bool{}) }
func (c *checker) close()              { c.names = c.names[:len(c.names)-1] }
func (c *checker) declare(name string) { c.names[len(c.names)-1][name] = true }

// need notes that a name is used.
func (c *checker) need(id ast.Ident) {
	for _, names := range c.names {
		if names[id.Name] {
			return
		}
	}
	if c.err == nil {
		c.err = undefined(id.At, id.Name)
	}
}

func (c *checker) all(ids ...ast.Ident) {
	for _, id := range ids {
		c.need(id)
	}
}

func (c *checker) block(b *ast.Block) {
	c.open()
	defer c.close()
	c.statements(b.Declare)
	c.statements(b.Body)
	for _, h := range b.Handlers {
		for _, name := range h.Names {
			if name.Name != "OTHER" && name.Name != statementError && name.Name != expressionError {
				c.need(name)
			}
		}
		c.statements(h.Body)
	}
}

func (c *checker) statements(all []ast.Statement) {
	for _, s := range all {
		c.statement(s)
	}
}

func (c *checker) statement(s ast.Statement) {
	switch s := s.(type) {
	case *ast.Block:
		c.block(s)
	case *ast.SQL:
		c.sql(s)
	case *ast.Let:
		c.value(s.Value)
		c.declare(s.Name.Name)
	case *ast.LetCursor:
		if s.Of != nil {
			c.need(*s.Of)
		}
		c.declare(s.Name.Name)
	case *ast.LetException:
		c.declare(s.Name.Name)
	case *ast.SetVariable:
		c.need(s.Name)
		c.value(s.Value)
	case *ast.Raise:
		if s.Name != nil {
			c.need(*s.Name)
		}
	case *ast.Return:
		c.value(s.Value)
	case *ast.Open:
		c.need(s.Cursor)
	case *ast.Fetch:
		c.need(s.Cursor)
		c.all(s.Into...)
	case *ast.Close:
		c.need(s.Cursor)
	default:
		c.flow(s)
	}
}

func (c *checker) flow(s ast.Statement) {
	switch s := s.(type) {
	case *ast.If:
		c.branches(s.Branches, s.Else)
	case *ast.Switch:
		c.value(s.Operand)
		c.branches(s.Branches, s.Else)
	case *ast.While:
		c.value(s.Cond)
		c.statements(s.Body)
	case *ast.Repeat:
		c.statements(s.Body)
		c.value(s.Until)
	case *ast.Loop:
		c.statements(s.Body)
	case *ast.For:
		if s.Rows != nil {
			c.need(*s.Rows)
		}
		c.value(s.From)
		c.value(s.To)
		c.open()
		c.declare(s.Name.Name)
		c.statements(s.Body)
		c.close()
	}
}

func (c *checker) branches(all []ast.Branch, otherwise []ast.Statement) {
	for _, b := range all {
		c.value(b.Cond)
		c.statements(b.Body)
	}
	c.statements(otherwise)
}

// sql looks at the variables that a statement names.
func (c *checker) sql(s *ast.SQL) {
	c.all(intoOf(s.Statement)...)
	if _, ok := s.Statement.(*ast.ExecuteImmediate); ok {
		return
	}
	ast.Inspect(s.Statement, c.bind)
}

// bind looks at one variable with a colon.
func (c *checker) bind(n ast.Node) bool {
	b, ok := n.(*ast.Bind)
	if !ok || b.Name == "" || b.Name[0] >= '0' && b.Name[0] <= '9' || builtins[b.Name] {
		return true
	}
	for _, names := range c.names {
		if names[b.Name] {
			return true
		}
	}
	if c.err == nil {
		c.err = notSet(b)
	}
	return false
}

// value looks at the variables in an expression, nil for none.
func (c *checker) value(x ast.Expr) {
	if x == nil {
		return
	}
	calls := map[ast.Node]bool{}
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Query:
			ast.Inspect(n, c.bind)
			return false
		case *ast.ResultOf:
			c.sql(n.Statement)
			return false
		case *ast.Call:
			for _, a := range n.Args {
				calls[a.Value] = true
			}
		case *ast.Lambda, *ast.Extract:
			return false
		case *ast.Column:
			if len(n.Parts) == 1 && !calls[n] && !builtins[n.Parts[0].Name] {
				c.need(n.Parts[0])
			}
		}
		return c.bind(n)
	})
}

// builtins are the variables that every block has.
var builtins = map[string]bool{"SQLROWCOUNT": true, "SQLFOUND": true, "SQLNOTFOUND": true, "SQLID": true, "SQLCODE": true, "SQLERRM": true, "SQLSTATE": true}
