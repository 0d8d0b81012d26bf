package jinja

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Args are the arguments of a call. Kw may be nil.
type Args struct {
	Pos []any
	Kw  *Dict

	r    *render
	call *syntax.Call
}

// Arg is positional argument i, or the keyword name, or else def.
func (a *Args) Arg(i int, name string, def any) any {
	if i < len(a.Pos) {
		return a.Pos[i]
	}
	if v, ok := a.Kw.Get(name); ok {
		return v
	}
	return def
}

// Has reports whether [Args.Arg] finds something.
func (a *Args) Has(i int, name string) bool {
	_, named := a.Kw.Get(name)
	return named || i < len(a.Pos)
}

// Str is an argument as text; None, like one that is not there, is def.
func (a *Args) Str(i int, name, def string) string {
	v := a.Arg(i, name, nil)
	if v == nil {
		return def
	}
	return value.Str(v)
}

// Int is an argument as an integer; one that is none is def.
func (a *Args) Int(i int, name string, def int) int {
	if n, ok := value.Int(a.Arg(i, name, nil)); ok {
		return int(n)
	}
	return def
}

// Context is the render's.
func (a *Args) Context() context.Context {
	if a.r == nil {
		return context.Background()
	}
	return a.r.ctx
}

// Position is the place in a template that makes the call, or "" and zeros for
// a call made from Go. Line and column count from 1.
func (a *Args) Position() (file string, line, col int) {
	if a.call == nil {
		return "", 0, 0
	}
	return a.call.Position()
}

// Call calls fn within the render that made the call a belongs to.
func (a *Args) Call(fn any, pos ...any) (any, error) {
	return invoke(fn, &Args{Pos: pos, r: a.r, call: a.call})
}

// Pass calls fn with the arguments of a, within the same render.
func (a *Args) Pass(fn any) (any, error) { return invoke(fn, a) }

// invoke calls whatever can be called.
func invoke(fn any, a *Args) (any, error) {
	switch fn := fn.(type) {
	case Func:
		v, err := fn(a)
		if ret, ok := err.(returning); ok { // of the call block that it was given
			return ret.V, nil
		}
		return v, err
	case Caller:
		return fn.Call(a)
	case *value.Undefined:
		if a.r != nil && a.r.lenient {
			return fn, nil
		}
		return nil, fn.Err()
	}
	return nil, fmt.Errorf("TypeError: '%s' object is not callable", value.TypeName(fn))
}

// call evaluates a call. caller is the body of a call block, or nil.
func (f *frame) call(n *syntax.Call, s *scope, caller any) (any, error) {
	if attr, ok := n.Fn.(*syntax.Attr); ok {
		return f.callMember(n, attr, s, caller)
	}
	fn, err := f.eval(n.Fn, s)
	if err != nil {
		return nil, f.at(n.Fn.Pos(), err)
	}
	a, err := f.callArguments(n, s, caller)
	if err != nil {
		return nil, err
	}
	v, err := invoke(fn, a)
	if _, ours := fn.(*BoundMacro); ours {
		f.r.free(a)
	}
	return v, f.at(n.Fn.Pos(), err)
}

// callMember calls x.name(...), a method without making a value of it first.
func (f *frame) callMember(n *syntax.Call, attr *syntax.Attr, s *scope, caller any) (any, error) {
	x, err := f.eval(attr.X, s)
	if err != nil {
		return nil, err
	}
	m := f.r.std.methodsOf(x)[attr.Name]
	var fn any
	if m == nil {
		if fn, err = f.attribute(x, attr.Name); err != nil {
			return nil, f.at(attr.Pos(), err)
		}
	}
	a, err := f.callArguments(n, s, caller)
	if err != nil {
		return nil, err
	}
	var v any
	if m == nil {
		v, err = invoke(fn, a)
	} else if v, err = m.apply(f, attr.Name, x, a); err == nil {
		f.r.free(a)
		err = f.r.charge(v)
	}
	return v, f.at(attr.Pos(), err)
}

func (f *frame) callArguments(n *syntax.Call, s *scope, caller any) (*Args, error) {
	a, err := f.arguments(n.Args, s)
	if err != nil {
		return nil, f.at(n.Fn.Pos(), err)
	}
	a.call = n
	if caller != nil {
		return a, a.setKeyword("caller", caller)
	}
	return a, nil
}

func (a *Args) setKeyword(name string, v any) error {
	if a.Kw == nil {
		a.Kw = value.NewDict()
	} else if _, ok := a.Kw.Get(name); ok {
		return fmt.Errorf("TypeError: got multiple values for keyword argument '%s'", name)
	}
	return a.Kw.Set(name, v)
}

// arguments evaluates the arguments of a call, a filter or a test.
func (f *frame) arguments(in []syntax.Arg, s *scope) (*Args, error) {
	a := f.r.newArgs()
	if len(in) > 0 {
		a.Pos = make([]any, 0, len(in))
	}
	for _, arg := range in {
		v, err := f.eval(arg.Value, s)
		if err == nil {
			err = a.add(arg, v)
		}
		if err != nil {
			return nil, f.at(arg.Value.Pos(), err)
		}
	}
	return a, nil
}

func (a *Args) add(arg syntax.Arg, v any) error {
	switch arg.Kind {
	case syntax.Positional:
		a.Pos = append(a.Pos, v)
	case syntax.Keyword:
		return a.setKeyword(arg.Name, v)
	case syntax.Star:
		items, err := value.Iterate(v)
		if err != nil {
			return fmt.Errorf("TypeError: argument after * must be an iterable, not %s", value.TypeName(v))
		}
		a.Pos = append(a.Pos, items...)
	case syntax.DoubleStar:
		return a.addAll(v)
	}
	return nil
}

func (a *Args) addAll(v any) error {
	d, ok := v.(*value.Dict)
	if !ok {
		return fmt.Errorf("TypeError: argument after ** must be a mapping, not %s", value.TypeName(v))
	}
	for _, k := range d.Keys() {
		name, ok := k.(string)
		if !ok {
			return fmt.Errorf("TypeError: keywords must be strings")
		}
		item, _ := d.Get(k)
		if err := a.setKeyword(name, item); err != nil {
			return err
		}
	}
	return nil
}
