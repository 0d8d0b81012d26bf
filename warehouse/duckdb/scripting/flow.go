package scripting

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// flow runs a branch or a loop.
func (m *machine) flow(s ast.Statement) (signal, error) {
	switch s := s.(type) {
	case *ast.If:
		return m.branches(s.Branches, s.Else, m.truth)
	case *ast.Switch:
		return m.choose(s)
	case *ast.For:
		if s.Rows != nil {
			return m.overRows(s)
		}
		return m.overNumbers(s)
	case *ast.While:
		return m.loop(s.Label, s.Body, s.Cond, nil)
	case *ast.Repeat:
		return m.loop(s.Label, s.Body, nil, s.Until)
	case *ast.Loop:
		return m.loop(s.Label, s.Body, nil, nil)
	case *ast.Leave:
		sig := signal{kind: breaks}
		if s.Continue {
			sig.kind = continues
		}
		if s.Label != nil {
			sig.label = s.Label.Name
		}
		return sig, nil
	}
	return signal{}, unsupported(s.Pos(), "this statement in a block")
}

// branches runs the first branch that holds.
func (m *machine) branches(all []ast.Branch, otherwise []ast.Statement, holds func(ast.Expr) (bool, error)) (signal, error) {
	for _, b := range all {
		yes, err := holds(b.Cond)
		if err != nil {
			return signal{}, err
		}
		if yes {
			return m.inside(b.Body)
		}
	}
	return m.inside(otherwise)
}

// inside runs the statements of a branch, behind which a handler that continues
// goes on.
func (m *machine) inside(body []ast.Statement) (signal, error) {
	for _, s := range body {
		if sig, err := m.statement(s); err != nil || sig.kind != goesOn {
			return sig, err
		}
	}
	return signal{}, nil
}

// choose is CASE.
func (m *machine) choose(s *ast.Switch) (signal, error) {
	if s.Operand == nil {
		return m.branches(s.Branches, s.Else, m.truth)
	}
	operand, err := m.eval(s.Operand)
	if err != nil {
		return signal{}, err
	}
	return m.branches(s.Branches, s.Else, func(x ast.Expr) (bool, error) {
		m.open()
		defer m.close()
		const name = "case operand" // which nobody can write
		m.scope.vars[name] = &variable{value: operand}
		return m.truth(&ast.Binary{At: ast.At{Position: x.Pos()}, Op: "=", Left: &ast.Column{Parts: []ast.Ident{{Name: name}}}, Right: &ast.Parens{X: x}})
	})
}

// loop runs body while cond holds, until the other does, or for ever.
func (m *machine) loop(label *ast.Ident, body []ast.Statement, cond, until ast.Expr) (signal, error) {
	for {
		if cond != nil {
			if yes, err := m.truth(cond); err != nil || !yes {
				return signal{}, err
			}
		}
		if sig, ends, err := m.once(label, body); ends {
			return sig, err
		}
		if until != nil {
			if yes, err := m.truth(until); err != nil || yes {
				return signal{}, err
			}
		}
	}
}

// once runs a loop's body and says whether the loop ends with that.
func (m *machine) once(label *ast.Ident, body []ast.Statement) (sig signal, ends bool, err error) {
	if m.ctx.Err() != nil {
		return sig, true, context.Cause(m.ctx)
	}
	sig, err = m.inside(body)
	if err != nil {
		sig, err = m.resume(err)
	}
	own := sig.label == "" || label != nil && label.Name == sig.label
	switch {
	case err != nil || sig.kind == returns:
		return sig, true, err
	case sig.kind == breaks && own:
		return signal{}, true, nil
	case sig.kind == breaks, sig.kind == continues && !own:
		return sig, true, nil
	}
	return signal{}, false, nil
}

// overNumbers is FOR over whole numbers.
func (m *machine) overNumbers(s *ast.For) (signal, error) {
	from, err := m.bound(s.From)
	if err != nil {
		return signal{}, err
	}
	to, err := m.bound(s.To)
	if err != nil {
		return signal{}, err
	}
	m.open()
	defer m.close()
	counter := &variable{inferred: types.Whole}
	m.scope.vars[s.Name.Name] = counter
	for i := int64(0); i <= to-from; i++ {
		counter.value = whole(from + i)
		if s.Reverse {
			counter.value = whole(to - i)
		}
		if sig, ends, err := m.once(s.Label, s.Body); ends {
			return sig, err
		}
	}
	return signal{}, nil
}

// bound is one end of a FOR.
func (m *machine) bound(x ast.Expr) (int64, error) {
	v, err := m.eval(x)
	if err != nil {
		return 0, err
	}
	n, ok := v.number()
	if !ok && !v.Null {
		if v, err = m.compute(x, &ast.Cast{X: v.Literal(), Type: &ast.Type{Name: "INTEGER"}}); err != nil {
			return 0, err
		}
		n, ok = v.number()
	}
	if !ok {
		return 0, &exception{name: expressionError, at: start(x), err: &warehouse.Error{Code: 2004, State: "42601", Message: "the bounds of a FOR loop are whole numbers"}}
	}
	return n, nil
}
