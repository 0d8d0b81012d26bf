package jinja

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
)

// An Env is what templates are rendered with. The zero value has Jinja's own
// names only. Once it is filled, several goroutines may render with it, if its
// functions allow that.
type Env struct {
	Lookup  func(name string) (any, bool) // the host's names; nil for none
	Names   func() []string               // the names that Lookup knows, for suggestions; nil for none
	Advice  string                        // what to add where name.attr is refused as there is no such name; "" for nothing
	Filters map[string]Filter             // the host's filters; they go before Jinja's
	Tests   map[string]Test               // the host's tests; they go before Jinja's

	// HideMacros keeps a macro from being called by the template that defines
	// it, as dbt does for macros inside a model.
	HideMacros bool

	// Lenient lets what is undefined be called and asked for attributes and
	// items, which are undefined in turn, as dbt does while it reads a project.
	Lenient bool

	MaxDepth  int // calls of macros inside each other; 0 for 200
	MaxOutput int // bytes of output; 0 for 64 MiB
}

// A Filter is in | name(args).
type Filter func(in any, a *Args) (any, error)

// A Test is in is name(args).
type Test func(in any, a *Args) (bool, error)

// A Func is a function of the host. Its result is a value; see package value.
type Func func(a *Args) (any, error)

// TypeName is the Python type.
func (Func) TypeName() string { return "function" }

// String is how it prints.
func (Func) String() string { return "<function>" }

// A Caller is an object that can be called.
type Caller interface{ Call(a *Args) (any, error) }

// Return is the error with which a [Func] ends the macro that called it. V is
// what the macro's call then gives, instead of text.
type Return struct{ V any }

func (Return) Error() string { return "return() used outside of a macro" }

// Render renders a template. It ends early, with the context's error, when ctx
// is done. Other errors are an [*Error].
func (e *Env) Render(ctx context.Context, t *Template) (string, error) {
	f := e.frame(ctx, t.file.Source)
	if _, err := f.run(t.file.Body, &scope{}); err != nil {
		return "", final(err)
	}
	return string(f.r.buf), nil
}

// Value evaluates an expression given as text.
func (e *Env) Value(ctx context.Context, name, expr string) (any, error) {
	file, err := syntax.Parse(name, "{{ "+expr+"\n}}")
	if err != nil {
		return nil, err
	}
	p, ok := file.Body[0].(*syntax.Print)
	if !ok || len(file.Body) != 1 {
		return nil, fmt.Errorf("%s: %s is not one expression", name, expr)
	}
	v, err := e.frame(ctx, file.Source).eval(p.X, &scope{})
	return v, final(file.At(p.X.Pos(), err))
}

// Call calls a macro that [Bind] gave, a [Func] or a [Caller].
func (e *Env) Call(ctx context.Context, fn any, pos []any, kw *Dict) (any, error) {
	f := e.frame(ctx, nil)
	v, err := invoke(fn, &Args{Pos: pos, Kw: kw, r: f.r})
	return v, final(err)
}

// frame begins a render.
func (e *Env) frame(ctx context.Context, src *syntax.Source) *frame {
	r := &render{ctx: ctx, std: &builtins, maxDepth: e.MaxDepth, maxOutput: e.MaxOutput}
	r.lenient = e.Lenient
	if r.maxDepth <= 0 {
		r.maxDepth = 200
	}
	if r.maxOutput <= 0 {
		r.maxOutput = 64 << 20
	}
	r.budget = budget * int64(r.maxOutput)
	return &frame{r: r, env: e, src: src}
}

// final makes a return() that met no macro an error of the template.
func final(err error) error {
	var ret returning
	if errors.As(err, &ret) {
		return ret.at
	}
	return err
}

// returning is a Return on its way out of a macro, and what it is outside one.
type returning struct {
	Return
	at error
}
