package jinja

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// attribute is x.name: an attribute or, failing that, an item.
func (f *frame) attribute(x any, name string) (any, error) {
	if u, ok := x.(*value.Undefined); ok {
		if f.env.Advice != "" && u.Hint == "" && u.Near != nil && value.Nearest(u.Name, u.Near()) == "" {
			u = &value.Undefined{Name: u.Name, Hint: u.Err().Error() + "; " + f.env.Advice}
		}
		return f.undefined(u)
	}
	if v, ok := f.member(x, name); ok {
		return v, nil
	}
	if v, ok := value.Item(x, name); ok {
		return v, nil
	}
	return f.missing(x, name), nil
}

// undefined is an attribute or item of what is undefined.
func (f *frame) undefined(u *value.Undefined) (any, error) {
	if f.r.lenient {
		return u, nil
	}
	return nil, u.Err()
}

// element is x[key]: an item or, failing that, an attribute.
func (f *frame) element(x, key any) (any, error) {
	switch k := key.(type) {
	case *value.Undefined:
		if u, ok := x.(*value.Undefined); ok {
			return f.undefined(u)
		}
		return &value.Undefined{Hint: k.Err().Error()}, nil
	case string:
		if v, ok := value.Item(x, k); ok {
			return v, nil
		}
		if v, ok := f.member(x, k); ok {
			return v, nil
		}
	default:
		if v, ok := value.Item(x, key); ok {
			return v, nil
		}
	}
	if u, ok := x.(*value.Undefined); ok {
		return f.undefined(u)
	}
	return f.missing(x, key), nil
}

// member is an attribute or a method.
func (f *frame) member(x any, name string) (any, bool) {
	if a, ok := x.(value.Attrer); ok {
		if v, ok := a.GetAttr(name); ok {
			return v, true
		}
	}
	m, ok := f.r.std.methodsOf(x)[name]
	if !ok {
		return nil, false
	}
	return Func(func(a *Args) (any, error) { return m.apply(f, name, x, a) }), true
}

// missing is what stands for an attribute or item that is not there.
func (f *frame) missing(x, key any) *value.Undefined {
	object := value.TypeName(x) + " object"
	if x == nil {
		object = "None"
	}
	name, ok := key.(string)
	if !ok {
		return &value.Undefined{Hint: fmt.Sprintf("'%s' has no element %s", object, value.Repr(key))}
	}
	if strings.HasPrefix(name, "__") {
		return &value.Undefined{Name: name, Hint: fmt.Sprintf("SecurityError: access to attribute '%s' of '%s' object is unsafe.", name, value.TypeName(x))}
	}
	return &value.Undefined{
		Name: name, Hint: fmt.Sprintf("'%s' has no attribute %s", object, value.Repr(name)),
		Near: func() []string { return f.attributes(x) },
	}
}

// attributes are the names that x.name knows.
func (f *frame) attributes(x any) []string {
	var names []string
	for name := range f.r.std.methodsOf(x) {
		names = append(names, name)
	}
	switch x := x.(type) {
	case *value.Dict:
		for _, k := range x.Keys() {
			if name, ok := k.(string); ok {
				names = append(names, name)
			}
		}
	case value.Namer:
		names = append(names, x.Names()...)
	}
	return names
}

func (f *frame) item(n *syntax.Item, s *scope) (any, error) {
	x, err := f.eval(n.X, s)
	if err != nil {
		return nil, err
	}
	if sl, ok := n.Key.(*syntax.Slice); ok {
		v, err := f.slice(x, sl, s)
		return v, f.at(n.Pos(), err)
	}
	key, err := f.eval(n.Key, s)
	if err != nil {
		return nil, err
	}
	v, err := f.element(x, key)
	return v, f.at(n.Pos(), err)
}

func (f *frame) slice(x any, n *syntax.Slice, s *scope) (any, error) {
	if u, ok := x.(*value.Undefined); ok {
		return nil, u.Err()
	}
	var bounds [3]any
	for i, e := range []syntax.Expr{n.Low, n.High, n.Step} {
		if e == nil {
			continue
		}
		var err error
		if bounds[i], err = f.eval(e, s); err != nil {
			return nil, err
		}
	}
	v, err := value.Slice(x, bounds[0], bounds[1], bounds[2])
	if err != nil {
		return nil, err
	}
	return v, f.r.charge(v)
}

// path is the attribute that a filter's argument names: "a.b.0", or an index.
func (f *frame) path(x, path any) (any, error) {
	text, ok := path.(string)
	if !ok {
		return f.element(x, path)
	}
	for part := range strings.SplitSeq(text, ".") {
		var key any = part
		if n, ok := decimal(part); ok {
			key = n
		}
		var err error
		if x, err = f.element(x, key); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// decimal reads an index made of digits.
func decimal(s string) (int64, bool) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n := int64(0)
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n, true
}
