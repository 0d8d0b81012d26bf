package jinja

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A signal is how a block ended.
type signal uint8

const (
	goOn signal = iota
	breakLoop
	continueLoop
)

func (f *frame) run(body []syntax.Stmt, s *scope) (signal, error) {
	for _, st := range body {
		if sig, err := f.exec(st, s); err != nil || sig != goOn {
			return sig, err
		}
	}
	return goOn, nil
}

// exec runs one statement.
func (f *frame) exec(st syntax.Stmt, s *scope) (signal, error) {
	switch n := st.(type) {
	case *syntax.Data:
		return goOn, f.at(n.Pos(), f.r.print(n.Text))
	case *syntax.Print:
		return goOn, f.at(n.X.Pos(), f.print(n.X, s))
	case *syntax.If:
		return f.ifElse(n, s)
	case *syntax.For:
		return f.forLoop(n, s)
	case *syntax.Set:
		return goOn, f.at(n.Pos(), f.setTo(n, s))
	case *syntax.SetBlock:
		text, sig, err := f.filtered(n.Body, n.Filters, s)
		if err == nil && sig == goOn {
			err = f.at(n.Pos(), f.assign(n.Target, text, s))
		}
		return sig, err
	case *syntax.Macro:
		f.define(n, s)
	case *syntax.CallBlock:
		return goOn, f.callBlock(n, s)
	case *syntax.FilterBlock:
		text, sig, err := f.filtered(n.Body, n.Filters, s)
		if err == nil {
			err = f.at(n.Pos(), f.printValue(text))
		}
		return sig, err
	case *syntax.Do:
		_, err := f.eval(n.X, s)
		return goOn, f.at(n.X.Pos(), err)
	case *syntax.With:
		return f.with(n, s)
	case *syntax.Break:
		return breakLoop, nil
	case *syntax.Continue:
		return continueLoop, nil
	}
	return goOn, nil
}

func (f *frame) print(x syntax.Expr, s *scope) error {
	v, err := f.eval(x, s)
	if err != nil {
		return err
	}
	return f.printValue(v)
}

func (f *frame) printValue(v any) error {
	text, err := value.Text(v)
	if err != nil {
		return err
	}
	return f.r.print(text)
}

func (f *frame) ifElse(n *syntax.If, s *scope) (signal, error) {
	for i, test := range n.Tests {
		v, err := f.eval(test, s)
		if err != nil {
			return goOn, f.at(test.Pos(), err)
		}
		if value.Truthy(v) {
			return f.run(n.Then[i], s)
		}
	}
	return f.run(n.Else, s)
}

func (f *frame) setTo(n *syntax.Set, s *scope) error {
	v, err := f.eval(n.X, s)
	if err != nil {
		return err
	}
	return f.assign(n.Target, v, s)
}

// filtered renders a block and puts the text through filters.
func (f *frame) filtered(body []syntax.Stmt, filters []*syntax.Filter, s *scope) (any, signal, error) {
	text, sig, err := f.capture(body, &scope{up: s})
	if err != nil {
		return nil, sig, err
	}
	var v any = text
	for _, n := range filters {
		if v, err = f.filter(n, v, s); err != nil {
			return nil, sig, f.at(n.Pos(), err)
		}
	}
	return v, sig, nil
}

func (f *frame) with(n *syntax.With, s *scope) (signal, error) {
	inner := &scope{up: s}
	for i, target := range n.Targets {
		v, err := f.eval(n.Values[i], s)
		if err == nil {
			err = f.assign(target, v, inner)
		}
		if err != nil {
			return goOn, f.at(target.Pos(), err)
		}
	}
	return f.run(n.Body, inner)
}

// assign gives a target a value.
func (f *frame) assign(target syntax.Expr, v any, s *scope) error {
	switch n := target.(type) {
	case *syntax.Name:
		s.set(n.Name, v)
		return nil
	case *syntax.Attr:
		x, err := f.eval(n.X, s)
		if err != nil {
			return err
		}
		if u, ok := x.(*value.Undefined); ok {
			return u.Err()
		}
		ns, ok := x.(*namespace)
		if !ok {
			return fmt.Errorf("cannot assign attribute on non-namespace object: make it with namespace()")
		}
		return ns.vars.Set(n.Name, v)
	case *syntax.List:
		return f.unpack(n.Items, v, s)
	}
	return nil
}

func (f *frame) unpack(targets []syntax.Expr, v any, s *scope) error {
	items, err := value.Iterate(v)
	if err != nil {
		return fmt.Errorf("TypeError: cannot unpack non-iterable %s object", value.TypeName(v))
	}
	switch n := len(targets); {
	case len(items) > n:
		return fmt.Errorf("ValueError: too many values to unpack (expected %d)", n)
	case len(items) < n:
		return fmt.Errorf("ValueError: not enough values to unpack (expected %d, got %d)", n, len(items))
	}
	for i, target := range targets {
		if err := f.assign(target, items[i], s); err != nil {
			return err
		}
	}
	return nil
}
