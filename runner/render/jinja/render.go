package jinja

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A render is one rendering under way, with what it has used up.
type render struct {
	ctx       context.Context
	std       *registry
	depth     int // macros and loops around
	maxDepth  int
	maxOutput int
	lenient   bool
	budget    int64 // bytes that values may still take, counted when they are made
	steps     uint
	buf       []byte  // what is printed; a block that is captured takes its own end off
	calls     []*call // for reuse
	args      []*Args // for reuse
}

// budget is how much more than its output a template's values may take.
const budget = 16

// step is called for every turn of a loop and every call. It gives up when the
// context is done.
func (r *render) step() error {
	if r.steps++; r.steps%64 == 0 {
		if err := r.ctx.Err(); err != nil {
			return fmt.Errorf("rendering stopped: %w", context.Cause(r.ctx))
		}
	}
	return nil
}

// charge counts what a new value takes.
func (r *render) charge(v any) error {
	n := int64(32)
	switch x := v.(type) {
	case string:
		n = int64(len(x))
	case *value.List:
		n += 16 * int64(len(x.Items))
	case *value.Dict:
		n += 64 * int64(x.Len())
	case *value.Iterator, nil, bool, int64, float64:
		return nil
	}
	if r.budget -= n; r.budget < 0 {
		return fmt.Errorf("MemoryError: the values that the template makes are %w: over %d MiB in all", value.ErrTooLarge, budget*int64(r.maxOutput)>>20)
	}
	return nil
}

// print writes text, up to the limit.
func (r *render) print(text string) error {
	if len(r.buf)+len(text) > r.maxOutput {
		return fmt.Errorf("the output is %w: over %d bytes", value.ErrTooLarge, r.maxOutput)
	}
	r.buf = append(r.buf, text...)
	return nil
}

// since takes off what was printed since the output was start bytes long.
func (r *render) since(start int) string {
	text := string(r.buf[start:])
	r.buf = r.buf[:start]
	return text
}

// newArgs are empty arguments. Who knows that nobody keeps them frees them.
func (r *render) newArgs() *Args {
	if n := len(r.args); n > 0 {
		a := r.args[n-1]
		r.args = r.args[:n-1]
		return a
	}
	return &Args{r: r}
}

func (r *render) free(a *Args) {
	*a = Args{r: r}
	r.args = append(r.args, a)
}

func (r *render) newCall() *call {
	if n := len(r.calls); n > 0 {
		c := r.calls[n-1]
		r.calls = r.calls[:n-1]
		return c
	}
	return &call{}
}

func (r *render) freeCall(c *call) {
	*c = call{}
	r.calls = append(r.calls, c)
}

// A frame is a template or a macro that is being rendered.
type frame struct {
	r   *render
	env *Env
	src *syntax.Source
}

// capture renders statements into a text.
func (f *frame) capture(body []syntax.Stmt, s *scope) (string, signal, error) {
	start := len(f.r.buf)
	sig, err := f.run(body, s)
	if err != nil {
		return "", sig, err
	}
	text := f.r.since(start)
	return text, sig, f.r.charge(text)
}

// at gives err a place in the frame's template.
func (f *frame) at(p syntax.Pos, err error) error {
	switch e := err.(type) {
	case nil, *Error, returning:
		return err
	case Return:
		return returning{e, f.src.At(p, e)}
	}
	return f.src.At(p, err)
}

// A scope holds the variables of a block. Looking one up goes outwards.
type scope struct {
	vars []variable
	up   *scope
}

type variable struct {
	name string
	val  any
}

func (s *scope) get(name string) (any, bool) {
	for ; s != nil; s = s.up {
		for i := range s.vars {
			if s.vars[i].name == name {
				return s.vars[i].val, true
			}
		}
	}
	return nil, false
}

func (s *scope) set(name string, v any) {
	for i := range s.vars {
		if s.vars[i].name == name {
			s.vars[i].val = v
			return
		}
	}
	s.vars = append(s.vars, variable{name, v})
}

// lookup finds a variable, a name of the host or one of Jinja's.
func (f *frame) lookup(name string, s *scope) any {
	if v, ok := s.get(name); ok {
		return v
	}
	if f.env.Lookup != nil {
		if v, ok := f.env.Lookup(name); ok {
			return v
		}
	}
	if v, ok := f.r.std.globals[name]; ok {
		return v
	}
	return &value.Undefined{Name: name, Near: func() []string { return f.names(s) }}
}

// names are all the names there are, for suggestions.
func (f *frame) names(s *scope) []string {
	var names []string
	for ; s != nil; s = s.up {
		for _, v := range s.vars {
			names = append(names, v.name)
		}
	}
	for name := range f.r.std.globals {
		names = append(names, name)
	}
	if f.env.Names != nil {
		names = append(names, f.env.Names()...)
	}
	return names
}
