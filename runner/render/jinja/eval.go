package jinja

import (
	"errors"
	"fmt"
	"strings"
)

// Env is one rendering environment: globals plus per-template frames.
type Env struct {
	Lookup     func(name string) (any, bool) // globals
	Filters    map[string]FilterFn
	Tests      map[string]TestFn
	Undef      func(name string) any // optional: lenient undefined (parse phase)
	HideMacros bool                  // dbt: macros defined inside a model are not callable by name
	MaxDepth   int
	depth      int
}
type FilterFn func(e *Env, in any, a *Args) (any, error)
type TestFn func(e *Env, in any, a *Args) (bool, error)

type scope struct {
	vars map[string]any
	up   *scope
}

func (s *scope) get(n string) (any, bool) {
	for ; s != nil; s = s.up {
		if s.vars != nil {
			if v, ok := s.vars[n]; ok {
				return v, true
			}
		}
	}
	return nil, false
}
func (s *scope) set(n string, v any) {
	if s.vars == nil {
		s.vars = map[string]any{}
	}
	s.vars[n] = v
}

type Return struct{ V any }

func (Return) Error() string { return "return() used outside of a macro" }

var errBreak, errCont = errors.New("break outside loop"), errors.New("continue outside loop")

type frame struct {
	env *Env
	tpl *source
	out *strings.Builder
}

// Render runs a template and returns its text.
func (e *Env) Render(t *Template) (string, error) {
	var b strings.Builder
	f := &frame{e, t.src, &b}
	err := f.run(t.Body, &scope{})
	return b.String(), err
}

// wrap gives err a place in the template.
func (f *frame) wrap(p place, err error) error { return f.tpl.at(p, err) }

func (f *frame) run(body []stmt, s *scope) error {
	for _, st := range body {
		if err := f.exec(st, s); err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) capture(body []stmt, s *scope) (string, error) {
	var b strings.Builder
	g := &frame{f.env, f.tpl, &b}
	err := g.run(body, s)
	return b.String(), err
}

func (f *frame) exec(st stmt, s *scope) error {
	switch n := st.(type) {
	case *sData:
		f.out.WriteString(n.s)
	case *sOut:
		v, err := f.eval(n.e, s)
		if err != nil {
			return f.wrap(n.e.ln(), err)
		}
		f.out.WriteString(Str(v))
	case *sIf:
		for i, c := range n.conds {
			v, err := f.eval(c, s)
			if err != nil {
				return f.wrap(c.ln(), err)
			}
			if Truthy(v) {
				return f.run(n.bodies[i], s)
			}
		}
		return f.run(n.els, s)
	case *sFor:
		return f.wrap(n.line, f.forLoop(n, nil, s, 0))
	case *sSet:
		v, err := f.eval(n.e, s)
		if err == nil {
			err = f.assign(n.target, v, s)
		}
		return f.wrap(n.line, err)
	case *sSetBlk:
		txt, err := f.capture(n.body, &scope{up: s})
		if err != nil {
			return err
		}
		var v any = txt
		for i := range n.filters {
			if v, err = f.applyFilter(&n.filters[i], v, s); err != nil {
				return f.wrap(n.filters[i].line, err)
			}
		}
		return f.assign(n.target, v, s)
	case *sMacro:
		name := n.m.Name
		if f.env.HideMacros || n.m.Kind != "macro" {
			name = "dbt_macro__" + name
		}
		s.set(name, &BoundMacro{n.m, f.tpl, s, f.env})
	case *sCall:
		c := n.call.(*eCall)
		call := &BoundMacro{&Macro{Name: "caller", Params: n.params, Body: n.body, at: n.line}, f.tpl, s, f.env}
		v, err := f.call(c, s, call)
		if err != nil {
			return f.wrap(n.line, err)
		}
		f.out.WriteString(Str(v))
	case *sFiltB:
		txt, err := f.capture(n.body, &scope{up: s})
		if err != nil {
			return err
		}
		var v any = txt
		for i := range n.filters {
			if v, err = f.applyFilter(&n.filters[i], v, s); err != nil {
				return f.wrap(n.filters[i].line, err)
			}
		}
		f.out.WriteString(Str(v))
	case *sDo:
		_, err := f.eval(n.e, s)
		return f.wrap(n.e.ln(), err)
	case *sWith:
		ns := &scope{up: s}
		for i := range n.names {
			v, err := f.eval(n.vals[i], s)
			if err == nil {
				err = f.assign(n.names[i], v, ns)
			}
			if err != nil {
				return f.wrap(n.names[i].ln(), err)
			}
		}
		return f.run(n.body, ns)
	case *sBreak:
		return errBreak
	case *sCont:
		return errCont
	}
	return nil
}

// Namespace is the mutable object made by namespace().
type Namespace struct{ D *Dict }

func (n *Namespace) GetAttr(name string) (any, bool) { return n.D.Get(name) }
func (n *Namespace) String() string                  { return "<Namespace " + Repr(n.D) + ">" }

func (f *frame) assign(t expr, v any, s *scope) error {
	switch n := t.(type) {
	case *eName:
		s.set(n.name, v)
	case *eAttr:
		o, err := f.eval(n.obj, s)
		if err != nil {
			return err
		}
		ns, ok := o.(*Namespace)
		if !ok {
			return fmt.Errorf("cannot assign attribute on non-namespace object")
		}
		return ns.D.Set(n.name, v)
	case *eTuple:
		it, err := iterate(v)
		if err != nil {
			return err
		}
		if len(it) != len(n.items) {
			if len(it) > len(n.items) {
				return fmt.Errorf("ValueError: too many values to unpack (expected %d)", len(n.items))
			}
			return fmt.Errorf("ValueError: not enough values to unpack (expected %d, got %d)", len(n.items), len(it))
		}
		for i := range it {
			if err := f.assign(n.items[i], it[i], s); err != nil {
				return err
			}
		}
	}
	return nil
}

type loopVar struct {
	items   []any
	i       int
	depth   int
	changed any
	hasChg  bool
	rec     func(any) (string, error)
}

func (l *loopVar) GetAttr(n string) (any, bool) {
	switch n {
	case "index":
		return int64(l.i + 1), true
	case "index0":
		return int64(l.i), true
	case "revindex":
		return int64(len(l.items) - l.i), true
	case "revindex0":
		return int64(len(l.items) - l.i - 1), true
	case "first":
		return l.i == 0, true
	case "last":
		return l.i == len(l.items)-1, true
	case "length":
		return int64(len(l.items)), true
	case "depth":
		return int64(l.depth + 1), true
	case "depth0":
		return int64(l.depth), true
	case "previtem":
		if l.i > 0 {
			return l.items[l.i-1], true
		}
		return &Undefined{Name: "previtem"}, true
	case "nextitem":
		if l.i+1 < len(l.items) {
			return l.items[l.i+1], true
		}
		return &Undefined{Name: "nextitem"}, true
	case "cycle":
		i := l.i
		return Func(func(a *Args) (any, error) { return a.Pos[i%len(a.Pos)], nil }), true
	case "changed":
		return Func(func(a *Args) (any, error) {
			v := &List{Items: a.Pos, Tuple: true}
			if l.hasChg && Equal(l.changed, v) {
				return false, nil
			}
			l.changed, l.hasChg = v, true
			return true, nil
		}), true
	}
	return nil, false
}
func (l *loopVar) Call(a *Args) (any, error) {
	if l.rec == nil {
		return nil, fmt.Errorf("TypeError: the loop must have the 'recursive' marker to be called recursively")
	}
	return l.rec(a.Pos[0])
}

func (f *frame) forLoop(n *sFor, over any, s *scope, depth int) error {
	if depth > 200 {
		return fmt.Errorf("RecursionError: loop recursed too deeply")
	}
	if depth == 0 || over == nil {
		v, err := f.eval(n.iter, s)
		if err != nil {
			return err
		}
		over = v
	}
	items, err := iterate(over)
	if err != nil {
		return err
	}
	if n.cond != nil {
		var keep []any
		for _, it := range items {
			ns := &scope{up: s}
			if err := f.assign(n.target, it, ns); err != nil {
				return err
			}
			v, err := f.eval(n.cond, ns)
			if err != nil {
				return err
			}
			if Truthy(v) {
				keep = append(keep, it)
			}
		}
		items = keep
	}
	if len(items) == 0 {
		return f.run(n.els, &scope{up: s})
	}
	items = append([]any{}, items...)
	lv := &loopVar{items: items, depth: depth}
	if n.rec {
		lv.rec = func(v any) (string, error) {
			var b strings.Builder
			g := &frame{f.env, f.tpl, &b}
			err := g.forLoop(n, v, s, depth+1)
			return b.String(), err
		}
	}
	for i, it := range items {
		lv.i = i
		ns := &scope{up: s}
		if err := f.assign(n.target, it, ns); err != nil {
			return err
		}
		ns.set("loop", lv)
		err := f.run(n.body, ns)
		if err == errBreak {
			break
		}
		if err == errCont {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// BoundMacro is a macro closed over the scope that defined it.
type BoundMacro struct {
	M   *Macro
	tpl *source
	s   *scope
	env *Env
}

// Bind makes a callable from a parsed macro: env supplies its globals (one per package in dbt).
func Bind(t *Template, m *Macro, env *Env) *BoundMacro {
	return &BoundMacro{m, t.src, &scope{}, env}
}

func (m *BoundMacro) String() string { return "<Macro '" + m.M.Name + "'>" }
func (m *BoundMacro) GetAttr(n string) (any, bool) {
	switch n {
	case "name":
		return m.M.Name, true
	case "arguments":
		l := &List{Tuple: true}
		for _, p := range m.M.Params {
			l.Items = append(l.Items, p.name)
		}
		return l, true
	}
	return nil, false
}

func (m *BoundMacro) Call(a *Args) (any, error) {
	ns := &scope{up: m.s, vars: map[string]any{}}
	var b strings.Builder
	f := &frame{m.env, m.tpl, &b}
	kw := a.Kw
	used := 0
	for i, p := range m.M.Params {
		if i < len(a.Pos) {
			if kw != nil {
				if _, dup := kw.Get(p.name); dup {
					return nil, fmt.Errorf("TypeError: macro '%s' got multiple values for argument '%s'", m.M.Name, p.name)
				}
			}
			ns.vars[p.name] = a.Pos[i]
			continue
		}
		if kw != nil {
			if v, ok := kw.Get(p.name); ok {
				ns.vars[p.name] = v
				used++
				continue
			}
		}
		if p.def != nil {
			v, err := f.eval(p.def, ns)
			if err != nil {
				return nil, err
			}
			ns.vars[p.name] = v
		} else {
			ns.vars[p.name] = &Undefined{Name: p.name, Hint: fmt.Sprintf("parameter '%s' was not provided", p.name)}
		}
	}
	var extra []any
	if len(a.Pos) > len(m.M.Params) {
		extra = a.Pos[len(m.M.Params):]
	}
	if m.M.usesVarargs {
		ns.vars["varargs"] = &List{Items: append([]any{}, extra...), Tuple: true}
	} else if len(extra) > 0 {
		return nil, fmt.Errorf("TypeError: macro '%s' takes not more than %d argument(s)", m.M.Name, len(m.M.Params))
	}
	rest := NewDict()
	if kw != nil {
		kw.Each(func(k, v any) {
			for _, p := range m.M.Params {
				if p.name == k {
					return
				}
			}
			rest.Set(k, v)
		})
	}
	if c, ok := rest.Get("caller"); ok && m.M.usesCaller {
		ns.vars["caller"] = c
		rest.Del("caller")
	} else if m.M.usesCaller {
		ns.vars["caller"] = &Undefined{Name: "caller", Hint: "No caller defined"}
	}
	if m.M.usesKwargs {
		ns.vars["kwargs"] = rest
	} else if rest.Len() > 0 {
		return nil, fmt.Errorf("TypeError: macro '%s' takes no keyword argument %s", m.M.Name, Repr(rest.keys[0]))
	}
	m.env.depth++
	defer func() { m.env.depth-- }()
	if m.env.MaxDepth > 0 && m.env.depth > m.env.MaxDepth {
		return nil, fmt.Errorf("RecursionError: macro '%s' recursed too deeply", m.M.Name)
	}
	err := f.run(m.M.Body, ns)
	if r, ok := err.(Return); ok {
		return r.V, nil
	}
	if err != nil {
		return nil, err
	}
	return b.String(), nil
}

func (f *frame) args(in []arg, s *scope) (*Args, error) {
	a := &Args{Env: f.env}
	for _, x := range in {
		v, err := f.eval(x.e, s)
		if err != nil {
			return nil, err
		}
		switch x.kind {
		case 0:
			a.Pos = append(a.Pos, v)
		case 'k':
			if a.Kw == nil {
				a.Kw = NewDict()
			}
			a.Kw.Set(x.name, v)
		case '*':
			it, err := iterate(v)
			if err != nil {
				return nil, err
			}
			a.Pos = append(a.Pos, it...)
		case 'd':
			if a.Kw == nil {
				a.Kw = NewDict()
			}
			if d, ok := v.(*Dict); ok {
				d.Each(func(k, v any) { a.Kw.Set(k, v) })
			} else {
				return nil, fmt.Errorf("TypeError: argument after ** must be a mapping, not %s", typeName(v))
			}
		}
	}
	if a.Kw == nil {
		a.Kw = NewDict()
	}
	return a, nil
}

// Call invokes any callable value.
func Call(fn any, a *Args) (v any, err error) {
	defer func() { // a host function indexing a missing argument must not take the runner down
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("TypeError: bad call: %v", r)
		}
	}()
	switch c := fn.(type) {
	case Func:
		return c(a)
	case Caller:
		return c.Call(a)
	case *Undefined:
		return nil, c.err()
	}
	return nil, fmt.Errorf("TypeError: '%s' object is not callable", typeName(fn))
}

func (f *frame) call(c *eCall, s *scope, caller any) (any, error) {
	fn, err := f.eval(c.fn, s)
	if err != nil {
		return nil, err
	}
	a, err := f.args(c.args, s)
	if err != nil {
		return nil, err
	}
	if caller != nil {
		a.Kw.Set("caller", caller)
	}
	a.src, a.at = f.tpl, c.fn.ln()
	v, err := Call(fn, a)
	return v, f.wrap(c.fn.ln(), err)
}

func (f *frame) applyFilter(n *eFilter, v any, s *scope) (out any, err error) {
	fn, ok := f.env.Filters[n.name]
	if !ok {
		if fn, ok = stdFilters[n.name]; !ok {
			return nil, fmt.Errorf("No filter named '%s'", n.name)
		}
	}
	a, err := f.args(n.args, s)
	if err != nil {
		return nil, err
	}
	defer recoverTo(&err)
	return fn(f.env, v, a)
}

func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("TypeError: %v", r)
	}
}

func (e *Env) test(name string, v any, a *Args) (res bool, err error) {
	defer recoverTo(&err)
	fn, ok := e.Tests[name]
	if !ok {
		if fn, ok = stdTests[name]; !ok {
			return false, fmt.Errorf("No test named '%s'", name)
		}
	}
	return fn(e, v, a)
}

func (f *frame) undef(name string) any {
	if f.env.Undef != nil {
		return f.env.Undef(name)
	}
	return &Undefined{Name: name}
}

func (f *frame) eval(x expr, s *scope) (any, error) {
	switch n := x.(type) {
	case *eConst:
		return n.v, nil
	case *eName:
		if v, ok := s.get(n.name); ok {
			return v, nil
		}
		if f.env.Lookup != nil {
			if v, ok := f.env.Lookup(n.name); ok {
				return v, nil
			}
		}
		if v, ok := stdGlobals[n.name]; ok {
			return v, nil
		}
		return f.undef(n.name), nil
	case *eList:
		l := &List{Items: make([]any, 0, len(n.items))}
		for _, e := range n.items {
			v, err := f.eval(e, s)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, v)
		}
		return l, nil
	case *eTuple:
		l := &List{Tuple: true}
		for _, e := range n.items {
			v, err := f.eval(e, s)
			if err != nil {
				return nil, err
			}
			l.Items = append(l.Items, v)
		}
		return l, nil
	case *eDict:
		d := NewDict()
		for i := range n.keys {
			k, err := f.eval(n.keys[i], s)
			if err != nil {
				return nil, err
			}
			v, err := f.eval(n.vals[i], s)
			if err != nil {
				return nil, err
			}
			if err := d.Set(k, v); err != nil {
				return nil, err
			}
		}
		return d, nil
	case *eAttr:
		o, err := f.eval(n.obj, s)
		if err != nil {
			return nil, err
		}
		return f.getAttr(o, n.name)
	case *eItem:
		o, err := f.eval(n.obj, s)
		if err != nil {
			return nil, err
		}
		if sl, ok := n.key.(*eSlice); ok {
			return f.slice(o, sl, s)
		}
		k, err := f.eval(n.key, s)
		if err != nil {
			return nil, err
		}
		return f.getItem(o, k)
	case *eCall:
		return f.call(n, s, nil)
	case *eFilter:
		v, err := f.eval(n.in, s)
		if err != nil {
			return nil, err
		}
		return f.applyFilter(n, v, s)
	case *eTest:
		v, err := f.eval(n.in, s)
		if err != nil {
			return nil, err
		}
		a, err := f.args(n.args, s)
		if err != nil {
			return nil, err
		}
		r, err := f.env.test(n.name, v, a)
		return r != n.not, err
	case *eUn:
		v, err := f.eval(n.x, s)
		if err != nil {
			return nil, err
		}
		switch n.op {
		case "not":
			return !Truthy(v), nil
		case "-":
			return binop("-", int64(0), v)
		}
		return binop("+", int64(0), v)
	case *eBin:
		l, err := f.eval(n.l, s)
		if err != nil {
			return nil, err
		}
		switch n.op {
		case "and":
			if !Truthy(l) {
				return l, nil
			}
			return f.eval(n.r, s)
		case "or":
			if Truthy(l) {
				return l, nil
			}
			return f.eval(n.r, s)
		}
		r, err := f.eval(n.r, s)
		if err != nil {
			return nil, err
		}
		return binop(n.op, l, r)
	case *eCmp:
		l, err := f.eval(n.first, s)
		if err != nil {
			return nil, err
		}
		for i, op := range n.ops {
			r, err := f.eval(n.rest[i], s)
			if err != nil {
				return nil, err
			}
			ok, err := cmpOp(op, l, r)
			if err != nil {
				return nil, err
			}
			if !ok {
				return false, nil
			}
			l = r
		}
		return true, nil
	case *eConcat:
		var b strings.Builder
		for _, e := range n.items {
			v, err := f.eval(e, s)
			if err != nil {
				return nil, err
			}
			b.WriteString(Str(v))
		}
		return b.String(), nil
	case *eCond:
		c, err := f.eval(n.test, s)
		if err != nil {
			return nil, err
		}
		if Truthy(c) {
			return f.eval(n.yes, s)
		}
		if n.no == nil {
			return &Undefined{Name: "inline if", Hint: "the inline if-expression evaluated to false and no else section was defined"}, nil
		}
		return f.eval(n.no, s)
	}
	return nil, fmt.Errorf("cannot evaluate %T", x)
}

func cmpOp(op string, l, r any) (bool, error) {
	switch op {
	case "==":
		return Equal(l, r), nil
	case "!=":
		return !Equal(l, r), nil
	case "in":
		return contains(r, l)
	case "notin":
		ok, err := contains(r, l)
		return !ok, err
	}
	if u, ok := l.(*Undefined); ok {
		return false, u.err()
	}
	if u, ok := r.(*Undefined); ok {
		return false, u.err()
	}
	c, err := Compare(l, r)
	if err != nil {
		return false, err
	}
	switch op {
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	}
	return c >= 0, nil
}

func (f *frame) getAttr(o any, name string) (any, error) {
	switch x := o.(type) {
	case *Undefined:
		return nil, x.err()
	case Attrer:
		if v, ok := x.GetAttr(name); ok {
			return v, nil
		}
	}
	if m, ok := method(o, name); ok {
		return m, nil
	}
	switch x := o.(type) {
	case *Dict:
		if v, ok := x.Get(name); ok {
			return v, nil
		}
	case Itemer:
		if v, ok := x.GetItem(name); ok {
			return v, nil
		}
	}
	return &Undefined{Name: name, Hint: fmt.Sprintf("'%s object' has no attribute '%s'", typeName(o), name)}, nil
}

func (f *frame) getItem(o, k any) (any, error) {
	switch x := o.(type) {
	case *Undefined:
		return nil, x.err()
	case *Dict:
		if v, ok := x.Get(k); ok {
			return v, nil
		}
	case *List:
		if i, ok := k.(int64); ok {
			if i < 0 {
				i += int64(len(x.Items))
			}
			if i >= 0 && i < int64(len(x.Items)) {
				return x.Items[i], nil
			}
		}
	case string:
		if i, ok := k.(int64); ok {
			r := []rune(x)
			if i < 0 {
				i += int64(len(r))
			}
			if i >= 0 && i < int64(len(r)) {
				return string(r[i]), nil
			}
		}
	case Itemer:
		if v, ok := x.GetItem(k); ok {
			return v, nil
		}
	case Seq:
		if i, ok := k.(int64); ok {
			it := x.Iterate()
			if i >= 0 && i < int64(len(it)) {
				return it[i], nil
			}
		}
	}
	if s, ok := k.(string); ok {
		if at, ok := o.(Attrer); ok {
			if v, ok := at.GetAttr(s); ok {
				return v, nil
			}
		}
		if m, ok := method(o, s); ok {
			return m, nil
		}
	}
	return &Undefined{Name: Str(k), Hint: fmt.Sprintf("'%s object' has no attribute %s", typeName(o), Repr(k))}, nil
}

func (f *frame) slice(o any, sl *eSlice, s *scope) (any, error) {
	var items []any
	str, isStr := o.(string)
	if isStr {
		items, _ = iterate(str)
	} else {
		it, err := iterate(o)
		if err != nil {
			return nil, err
		}
		items = it
	}
	get := func(e expr) (int, bool, error) {
		if e == nil {
			return 0, false, nil
		}
		v, err := f.eval(e, s)
		if err != nil || v == nil {
			return 0, false, err
		}
		_, i, ok, _ := num(v)
		if !ok {
			return 0, false, fmt.Errorf("TypeError: slice indices must be integers")
		}
		return int(i), true, nil
	}
	step, has, err := get(sl.step)
	if err != nil {
		return nil, err
	}
	if !has {
		step = 1
	}
	if step == 0 {
		return nil, fmt.Errorf("ValueError: slice step cannot be zero")
	}
	n := len(items)
	lo, hasLo, err := get(sl.lo)
	if err != nil {
		return nil, err
	}
	hi, hasHi, err := get(sl.hi)
	if err != nil {
		return nil, err
	}
	clamp := func(v, a, b int) int { return max(a, min(v, b)) }
	var out []any
	if step > 0 {
		if !hasLo {
			lo = 0
		} else if lo < 0 {
			lo += n
		}
		if !hasHi {
			hi = n
		} else if hi < 0 {
			hi += n
		}
		lo, hi = clamp(lo, 0, n), clamp(hi, 0, n)
		for i := lo; i < hi; i += step {
			out = append(out, items[i])
		}
	} else {
		if !hasLo {
			lo = n - 1
		} else if lo < 0 {
			lo += n
		}
		if !hasHi {
			hi = -1
		} else if hi < 0 {
			hi += n
		}
		lo, hi = clamp(lo, -1, n-1), clamp(hi, -1, n-1)
		for i := lo; i > hi; i += step {
			out = append(out, items[i])
		}
	}
	if isStr {
		var b strings.Builder
		for _, c := range out {
			b.WriteString(c.(string))
		}
		return b.String(), nil
	}
	l, _ := o.(*List)
	return &List{Items: out, Tuple: l != nil && l.Tuple}, nil
}
