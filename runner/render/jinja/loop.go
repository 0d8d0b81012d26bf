package jinja

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A loop is the name loop inside a for block.
type loop struct {
	items   []any
	live    *value.List // whose items they are; nil for items that nothing can change
	i       int
	depth   int
	last    *value.List               // what changed() was last asked for
	recurse func(any) (string, error) // of a recursive loop
}

// forLoop runs a loop.
func (f *frame) forLoop(n *syntax.For, s *scope) (signal, error) {
	over, err := f.eval(n.Over, s)
	if err != nil {
		return goOn, f.at(n.Over.Pos(), err)
	}
	return f.loopOver(n, over, s, 0)
}

func (f *frame) loopOver(n *syntax.For, over any, s *scope, depth int) (signal, error) {
	all, err := value.Iterate(over)
	if err != nil {
		return goOn, f.at(n.Over.Pos(), err)
	}
	items, err := f.kept(n, all, s)
	if err != nil {
		return goOn, err
	}
	if len(items) == 0 {
		return f.run(n.Else, &scope{up: s})
	}
	l := &loop{items: items, depth: depth}
	if list, ok := over.(*value.List); ok && n.Filter == nil {
		l.live = list
	}
	if n.Recursive {
		l.recurse = func(v any) (string, error) { return f.recurse(n, v, s, depth+1) }
	}
	inner := &scope{up: s, vars: make([]variable, 0, 4)}
	for ; l.i < len(l.items); l.next() {
		if n.Captured && l.i > 0 {
			inner = &scope{up: s}
		}
		inner.vars = inner.vars[:0]
		if err := f.turn(n, l.items[l.i], inner); err != nil {
			return goOn, f.at(n.Pos(), err)
		}
		inner.set("loop", l)
		sig, err := f.run(n.Body, inner)
		if err != nil {
			return goOn, err
		}
		if sig == breakLoop {
			break
		}
	}
	return goOn, nil
}

// next goes on to the next item. As in Python, a loop over a list sees what its
// body adds to the list.
func (l *loop) next() {
	l.i++
	if l.live != nil {
		l.items = l.live.Items
	}
}

// turn begins one turn of the loop.
func (f *frame) turn(n *syntax.For, item any, s *scope) error {
	if err := f.r.step(); err != nil {
		return err
	}
	return f.assign(n.Target, item, s)
}

// kept are the items that the loop's if lets through.
func (f *frame) kept(n *syntax.For, all []any, s *scope) ([]any, error) {
	if n.Filter == nil {
		return all, nil
	}
	var items []any
	for _, item := range all {
		inner := &scope{up: s}
		if err := f.turn(n, item, inner); err != nil {
			return nil, f.at(n.Pos(), err)
		}
		v, err := f.eval(n.Filter, inner)
		if err != nil {
			return nil, f.at(n.Filter.Pos(), err)
		}
		if value.Truthy(v) {
			items = append(items, item)
		}
	}
	return items, nil
}

// recurse is what loop(v) prints.
func (f *frame) recurse(n *syntax.For, v any, s *scope, depth int) (string, error) {
	if depth > f.r.maxDepth {
		return "", fmt.Errorf("RecursionError: the loop calls itself more than %d deep", f.r.maxDepth)
	}
	start := len(f.r.buf)
	if _, err := f.loopOver(n, v, s, depth); err != nil {
		return "", err
	}
	text := f.r.since(start)
	return text, f.r.charge(text)
}

// TypeName is the Python type.
func (l *loop) TypeName() string { return "LoopContext" }

// String is how it prints.
func (l *loop) String() string { return fmt.Sprintf("<LoopContext %d/%d>", l.i+1, len(l.items)) }

// Names are its attributes.
func (l *loop) Names() []string {
	return []string{"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0",
		"previtem", "nextitem", "cycle", "changed"}
}

// GetAttr is a fact about the loop, or one of its functions.
func (l *loop) GetAttr(name string) (any, bool) {
	if l.live != nil {
		l.items = l.live.Items
	}
	n := len(l.items)
	switch name {
	case "index":
		return int64(l.i + 1), true
	case "index0":
		return int64(l.i), true
	case "revindex":
		return int64(n - l.i), true
	case "revindex0":
		return int64(n - l.i - 1), true
	case "first":
		return l.i == 0, true
	case "last":
		return l.i == n-1, true
	case "length":
		return int64(n), true
	case "depth":
		return int64(l.depth + 1), true
	case "depth0":
		return int64(l.depth), true
	case "previtem":
		return l.item(l.i-1, "there is no previous item"), true
	case "nextitem":
		return l.item(l.i+1, "there is no next item"), true
	case "cycle":
		return Func(l.cycle), true
	case "changed":
		return Func(l.changed), true
	}
	return nil, false
}

func (l *loop) item(i int, none string) any {
	if i < 0 || i >= len(l.items) {
		return &value.Undefined{Hint: none}
	}
	return l.items[i]
}

func (l *loop) cycle(a *Args) (any, error) {
	if len(a.Pos) == 0 {
		return nil, fmt.Errorf("TypeError: no items for cycling given")
	}
	return a.Pos[l.i%len(a.Pos)], nil
}

func (l *loop) changed(a *Args) (any, error) {
	now := value.NewTuple(a.Pos...)
	if l.last != nil {
		same, err := value.Equal(l.last, now)
		if err != nil || same {
			return false, err
		}
	}
	l.last = now
	return true, nil
}

// Call is loop(items) of a recursive loop.
func (l *loop) Call(a *Args) (any, error) {
	if l.recurse == nil {
		return nil, fmt.Errorf("TypeError: The loop must have the 'recursive' marker to be called recursively.")
	}
	if len(a.Pos) != 1 {
		return nil, fmt.Errorf("TypeError: loop() takes the items to go over, not %d arguments", len(a.Pos))
	}
	return l.recurse(a.Pos[0])
}
