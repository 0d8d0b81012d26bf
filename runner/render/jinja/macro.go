package jinja

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A BoundMacro is a macro that can be called: one that knows its template and
// the names it sees.
type BoundMacro struct {
	def   *Macro
	src   *syntax.Source
	scope *scope
	env   *Env
	block bool // of a call block, which return() leaves together with what is called
}

// Bind makes a macro of a template callable. env has the names that it sees,
// whoever calls it.
func Bind(t *Template, m *Macro, env *Env) *BoundMacro {
	return &BoundMacro{def: m, src: t.file.Source, scope: &scope{}, env: env}
}

// String is how it prints.
func (m *BoundMacro) String() string { return "<Macro " + value.Repr(m.def.Name) + ">" }

// TypeName is the Python type.
func (m *BoundMacro) TypeName() string { return "Macro" }

// GetAttr is a fact about the macro.
func (m *BoundMacro) GetAttr(name string) (any, bool) {
	switch name {
	case "name":
		return m.def.Name, true
	case "arguments":
		names := &value.List{Tuple: true}
		for _, p := range m.def.Params {
			names.Items = append(names.Items, p.Name)
		}
		return names, true
	case "catch_kwargs":
		return m.def.Kwargs, true
	case "catch_varargs":
		return m.def.Varargs, true
	case "caller":
		return m.def.Caller, true
	}
	return nil, false
}

// define makes a macro known where it stands. dbt's other blocks, and hidden
// macros, go by a name that no template can say by accident.
func (f *frame) define(m *Macro, s *scope) {
	name := m.Name
	if f.env.HideMacros || m.Kind != "macro" {
		name = "dbt_macro__" + name
	}
	s.set(name, &BoundMacro{def: m, src: f.src, scope: s, env: f.env})
}

func (f *frame) callBlock(n *syntax.CallBlock, s *scope) error {
	caller := &BoundMacro{def: n.Caller, src: f.src, scope: s, env: f.env, block: true}
	v, err := f.call(n.Call, s, caller)
	if err == nil {
		err = f.printValue(v)
	}
	return f.at(n.Pos(), err)
}

// Call renders the macro. It gives the text, or what return() was called with.
func (m *BoundMacro) Call(a *Args) (any, error) {
	r := a.r
	if r == nil {
		return nil, fmt.Errorf("macro '%s' was called outside of a render", m.def.Name)
	}
	f := &frame{r, m.env, m.src}
	s, err := m.arguments(f, a)
	if err != nil {
		return nil, err
	}
	if err := r.step(); err != nil {
		return nil, err
	}
	if r.depth++; r.depth > r.maxDepth {
		r.depth--
		return nil, f.at(m.def.Pos(), fmt.Errorf("RecursionError: macro '%s' is called more than %d deep; does it call itself without an end?", m.def.Name, r.maxDepth))
	}
	start := len(r.buf)
	_, err = f.run(m.def.Body, s)
	r.depth--
	if ret, ok := err.(returning); ok && !m.block {
		r.buf = r.buf[:start]
		return ret.V, nil
	}
	if err != nil {
		return nil, err
	}
	text := r.since(start)
	return text, r.charge(text)
}

// arguments makes the scope of a call.
func (m *BoundMacro) arguments(f *frame, a *Args) (*scope, error) {
	params := m.def.Params
	s := &scope{up: m.scope, vars: make([]variable, 0, len(params)+1)}
	used := 0
	for i, p := range params {
		byName, named := a.Kw.Get(p.Name)
		switch {
		case i < len(a.Pos) && named:
			return nil, fmt.Errorf("TypeError: macro '%s' got multiple values for argument '%s'", m.def.Name, p.Name)
		case i < len(a.Pos):
			byName = a.Pos[i]
		case named:
			used++
		case p.Default != nil:
			v, err := f.eval(p.Default, s)
			if err != nil {
				return nil, f.at(p.Default.Pos(), err)
			}
			byName = v
		default:
			byName = &value.Undefined{Name: p.Name, Hint: fmt.Sprintf("parameter '%s' was not provided", p.Name)}
		}
		s.vars = append(s.vars, variable{p.Name, byName})
	}
	return s, m.extra(s, a, used)
}

// extra gives the macro the arguments that it has no parameters for.
func (m *BoundMacro) extra(s *scope, a *Args, used int) error {
	n := len(m.def.Params)
	if m.def.Varargs {
		s.set("varargs", value.NewTuple(a.Pos[min(n, len(a.Pos)):]...))
	} else if len(a.Pos) > n {
		return fmt.Errorf("TypeError: macro '%s' takes not more than %d argument(s)", m.def.Name, n)
	}
	if a.Kw.Len() == used && !m.def.Caller && !m.def.Kwargs {
		return nil
	}
	rest := a.Kw.Copy()
	for _, p := range m.def.Params {
		rest.Delete(p.Name)
	}
	if m.def.Caller {
		caller, ok := rest.Delete("caller")
		if !ok {
			caller = &value.Undefined{Name: "caller", Hint: "No caller defined"}
		}
		s.set("caller", caller)
	}
	if m.def.Kwargs {
		s.set("kwargs", rest)
		return nil
	}
	if rest.Len() > 0 {
		return m.unexpected(value.Str(rest.Keys()[0]))
	}
	return nil
}

func (m *BoundMacro) unexpected(name string) error {
	var params []string
	for _, p := range m.def.Params {
		params = append(params, p.Name)
	}
	msg := fmt.Sprintf("TypeError: macro '%s' takes no keyword argument '%s'", m.def.Name, name)
	if near := value.Nearest(name, params); near != "" {
		msg += "; did you mean '" + near + "'?"
	}
	return fmt.Errorf("%s", msg)
}
