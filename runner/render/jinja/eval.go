package jinja

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// eval is the value of an expression.
func (f *frame) eval(x syntax.Expr, s *scope) (any, error) {
	switch n := x.(type) {
	case *syntax.Const:
		return n.Value, nil
	case *syntax.Name:
		return f.lookup(n.Name, s), nil
	case *syntax.Attr:
		v, err := f.eval(n.X, s)
		if err != nil {
			return nil, err
		}
		v, err = f.attribute(v, n.Name)
		return v, f.at(n.Pos(), err)
	case *syntax.Item:
		return f.item(n, s)
	case *syntax.Call:
		return f.call(n, s, nil)
	case *syntax.Filter:
		v, err := f.eval(n.X, s)
		if err != nil {
			return nil, err
		}
		v, err = f.filter(n, v, s)
		return v, f.at(n.Pos(), err)
	case *syntax.Test:
		return f.test(n, s)
	case *syntax.List:
		items, err := f.all(n.Items, s)
		if err != nil {
			return nil, err
		}
		l := &value.List{Items: items, Tuple: n.Tuple}
		return l, f.r.charge(l)
	case *syntax.Dict:
		return f.dict(n, s)
	case *syntax.Unary:
		return f.unary(n, s)
	case *syntax.Binary:
		return f.binary(n, s)
	case *syntax.Compare:
		return f.compare(n, s)
	case *syntax.Concat:
		return f.concat(n, s)
	case *syntax.Cond:
		return f.cond(n, s)
	}
	return nil, fmt.Errorf("a slice stands between brackets only")
}

func (f *frame) all(xs []syntax.Expr, s *scope) ([]any, error) {
	out := make([]any, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = f.eval(x, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *frame) dict(n *syntax.Dict, s *scope) (any, error) {
	d := value.NewDict()
	for i := range n.Keys {
		k, err := f.eval(n.Keys[i], s)
		if err != nil {
			return nil, err
		}
		v, err := f.eval(n.Values[i], s)
		if err != nil {
			return nil, err
		}
		if err := d.Set(k, v); err != nil {
			return nil, f.at(n.Keys[i].Pos(), err)
		}
	}
	return d, f.r.charge(d)
}

func (f *frame) unary(n *syntax.Unary, s *scope) (any, error) {
	v, err := f.eval(n.X, s)
	if err != nil {
		return nil, err
	}
	switch n.Op {
	case syntax.Not:
		return !value.Truthy(v), nil
	case syntax.Sub:
		v, err = value.Negate(v)
	default:
		v, err = value.Positive(v)
	}
	return v, f.at(n.Pos(), err)
}

// operators are the names that package value knows arithmetic by.
var operators = [...]string{
	syntax.Add: "+", syntax.Sub: "-", syntax.Mul: "*", syntax.Div: "/", syntax.FloorDiv: "//", syntax.Mod: "%", syntax.Pow: "**",
}

func (f *frame) binary(n *syntax.Binary, s *scope) (any, error) {
	x, err := f.eval(n.X, s)
	if err != nil {
		return nil, err
	}
	switch n.Op {
	case syntax.And:
		if !value.Truthy(x) {
			return x, nil
		}
		return f.eval(n.Y, s)
	case syntax.Or:
		if value.Truthy(x) {
			return x, nil
		}
		return f.eval(n.Y, s)
	}
	y, err := f.eval(n.Y, s)
	if err != nil {
		return nil, err
	}
	v, err := value.Binary(operators[n.Op], x, y)
	if err == nil {
		err = f.r.charge(v)
	}
	return v, f.at(n.Pos(), err)
}

func (f *frame) compare(n *syntax.Compare, s *scope) (any, error) {
	x, err := f.eval(n.First, s)
	if err != nil {
		return nil, err
	}
	for i, op := range n.Ops {
		y, err := f.eval(n.Rest[i], s)
		if err != nil {
			return nil, err
		}
		holds, err := compare(op, x, y)
		if err != nil {
			return nil, f.at(n.Pos(), err)
		}
		if !holds {
			return false, nil
		}
		x = y
	}
	return true, nil
}

func compare(op syntax.Op, x, y any) (bool, error) {
	switch op {
	case syntax.Eq:
		return value.Equal(x, y)
	case syntax.Ne:
		same, err := value.Equal(x, y)
		return !same, err
	case syntax.In:
		return value.Contains(y, x)
	case syntax.NotIn:
		in, err := value.Contains(y, x)
		return !in, err
	case syntax.Lt:
		c, err := value.Compare("<", x, y)
		return c < 0, err
	case syntax.Le:
		c, err := value.Compare("<=", x, y)
		return c <= 0, err
	case syntax.Gt:
		c, err := value.Compare(">", x, y)
		return c > 0, err
	}
	c, err := value.Compare(">=", x, y)
	return c >= 0, err
}

func (f *frame) concat(n *syntax.Concat, s *scope) (any, error) {
	var buf [8]string
	texts, size := buf[:0], 0
	for _, x := range n.Items {
		v, err := f.eval(x, s)
		if err != nil {
			return nil, err
		}
		text, err := value.Text(v)
		if err != nil {
			return nil, f.at(x.Pos(), err)
		}
		texts, size = append(texts, text), size+len(text)
	}
	err := value.CheckText(int64(size))
	if err != nil {
		return nil, f.at(n.Pos(), err)
	}
	joined := make([]byte, 0, size)
	for _, text := range texts {
		joined = append(joined, text...)
	}
	text := string(joined)
	return text, f.at(n.Pos(), f.r.charge(text))
}

func (f *frame) cond(n *syntax.Cond, s *scope) (any, error) {
	v, err := f.eval(n.Test, s)
	switch {
	case err != nil:
		return nil, err
	case value.Truthy(v):
		return f.eval(n.Yes, s)
	case n.No == nil:
		return &value.Undefined{Hint: "the inline if-expression evaluated to false and no else section was defined."}, nil
	}
	return f.eval(n.No, s)
}

func (f *frame) test(n *syntax.Test, s *scope) (any, error) {
	v, err := f.eval(n.X, s)
	if err != nil {
		return nil, err
	}
	a, err := f.arguments(n.Args, s)
	if err != nil {
		return nil, err
	}
	holds, err := f.applyTest(n.Name, v, a)
	if f.env.Tests == nil {
		f.r.free(a)
	}
	return holds != n.Not, f.at(n.Pos(), err)
}

func (f *frame) filter(n *syntax.Filter, v any, s *scope) (any, error) {
	a, err := f.arguments(n.Args, s)
	if err != nil {
		return nil, err
	}
	if v, err = f.applyFilter(n.Name, v, a); err != nil {
		return nil, err
	}
	if _, hosts := f.env.Filters[n.Name]; !hosts {
		f.r.free(a)
	}
	return v, f.r.charge(v)
}
