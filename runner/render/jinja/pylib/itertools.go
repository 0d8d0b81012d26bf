package pylib

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// itertools are the functions of Python's module that give finite lists.
var itertools = map[string]any{
	"chain":        jinja.Func(chain),
	"product":      jinja.Func(product),
	"combinations": jinja.Func(func(a *jinja.Args) (any, error) { return choices(a, "combinations", false) }),
	"permutations": jinja.Func(func(a *jinja.Args) (any, error) { return choices(a, "permutations", true) }),
	"islice":       jinja.Func(islice),
}

func chain(a *jinja.Args) (any, error) {
	var out []any
	for _, v := range a.Pos {
		items, err := value.Iterate(v)
		if err != nil {
			return nil, err
		}
		if err := value.CheckItems(int64(len(out) + len(items))); err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return value.NewIterator("itertools.chain", out), nil
}

func product(a *jinja.Args) (any, error) {
	rows := [][]any{nil}
	for _, v := range a.Pos {
		items, err := value.Iterate(v)
		if err != nil {
			return nil, err
		}
		if err := value.CheckItems(int64(len(rows)) * int64(len(items)) * int64(len(a.Pos))); err != nil {
			return nil, err
		}
		var next [][]any
		for _, row := range rows {
			for _, item := range items {
				next = append(next, append(row[:len(row):len(row)], item))
			}
		}
		rows = next
	}
	return tuples("itertools.product", rows), nil
}

// choices are the ways to take n of some items, in the order of their places.
func choices(a *jinja.Args, kind string, ordered bool) (any, error) {
	items, err := value.Iterate(a.Arg(0, "iterable", nil))
	if err != nil {
		return nil, err
	}
	n := a.Int(1, "r", len(items))
	if n < 0 {
		return nil, fmt.Errorf("ValueError: r must be non-negative")
	}
	var rows [][]any
	used := make([]bool, len(items))
	var take func(row []any, from int) error
	take = func(row []any, from int) error {
		if len(row) == n {
			rows = append(rows, append([]any(nil), row...))
			return value.CheckItems(int64(len(rows)) * int64(n+1))
		}
		for i := range items {
			if used[i] || !ordered && i < from {
				continue
			}
			used[i] = true
			if err := take(append(row, items[i]), i+1); err != nil {
				return err
			}
			used[i] = false
		}
		return nil
	}
	if n <= len(items) {
		err = take(nil, 0)
	}
	return tuples("itertools."+kind, rows), err
}

func islice(a *jinja.Args) (any, error) {
	items, err := value.Iterate(a.Arg(0, "iterable", nil))
	if err != nil {
		return nil, err
	}
	low, high := 0, a.Int(1, "stop", len(items))
	if len(a.Pos) > 2 {
		low, high = high, a.Int(2, "stop", len(items))
	}
	step := a.Int(3, "step", 1)
	if low < 0 || high < 0 || step < 1 {
		return nil, fmt.Errorf("ValueError: islice() takes numbers from 0 up, and a step from 1")
	}
	var out []any
	for i := low; i < min(high, len(items)); i += step {
		out = append(out, items[i])
	}
	return value.NewIterator("itertools.islice", out), nil
}

func tuples(kind string, rows [][]any) any {
	out := make([]any, len(rows))
	for i, row := range rows {
		out[i] = value.NewTuple(row...)
	}
	return value.NewIterator(kind, out)
}
