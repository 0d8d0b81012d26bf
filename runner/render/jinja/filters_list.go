package jinja

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// listFilters work on sequences.
var listFilters = map[string]*builtin{
	"list":     def("", func(c *call) (any, error) { return value.NewList(slices.Clone(c.items())...), nil }),
	"length":   def("", length),
	"count":    def("", length),
	"join":     def("d? attribute?", join),
	"first":    def("", first),
	"last":     def("", last),
	"reverse":  def("", reverse),
	"sort":     def("reverse? case_sensitive? attribute?", sortFilter),
	"unique":   def("case_sensitive? attribute?", unique),
	"min":      def("case_sensitive? attribute?", func(c *call) (any, error) { return c.extreme(1) }),
	"max":      def("case_sensitive? attribute?", func(c *call) (any, error) { return c.extreme(-1) }),
	"sum":      def("attribute? start?", sum),
	"batch":    def("linecount fill_with?", batch),
	"slice":    def("slices fill_with?", sliceFilter),
	"groupby":  def("attribute default? case_sensitive?", groupby),
	"dictsort": def("case_sensitive? by? reverse?", dictsort),
	"items":    def("", items),
}

func length(c *call) (any, error) {
	n, err := value.Len(c.in)
	return int64(n), err
}

// attr is the attribute of v that argument i names, or v itself.
func (c *call) attr(v any, i int) any {
	path := c.arg(i, nil)
	if path == nil {
		return v
	}
	v, err := c.f.path(v, path)
	if err != nil {
		c.fail(err)
	}
	return v
}

func join(c *call) (any, error) {
	var b strings.Builder
	sep := c.text(0, "")
	for i, v := range c.items() {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(c.asText(c.attr(v, 1)))
		if err := value.CheckText(int64(b.Len())); err != nil {
			return nil, err
		}
	}
	return b.String(), nil
}

func first(c *call) (any, error) {
	if it, ok := c.in.(*value.Iterator); ok {
		if v, ok := it.Next(); ok {
			return v, nil
		}
		return &value.Undefined{Hint: "No first item, sequence was empty."}, nil
	}
	all := c.items()
	if len(all) == 0 {
		return &value.Undefined{Hint: "No first item, sequence was empty."}, nil
	}
	return all[0], nil
}

func last(c *call) (any, error) {
	if it, ok := c.in.(*value.Iterator); ok {
		return nil, fmt.Errorf("TypeError: '%s' object is not reversible", it.TypeName())
	}
	all := c.items()
	if len(all) == 0 {
		return &value.Undefined{Hint: "No last item, sequence was empty."}, nil
	}
	return all[len(all)-1], nil
}

func reverse(c *call) (any, error) {
	all := slices.Clone(c.items())
	slices.Reverse(all)
	if _, ok := c.in.(string); ok {
		var b strings.Builder
		for _, letter := range all {
			b.WriteString(letter.(string))
		}
		return b.String(), nil
	}
	return value.NewIterator("list_reverseiterator", all), nil
}

// keyOf is what v sorts by: an attribute or several, without regard to case
// unless told so.
func (c *call) keyOf(v any, path any, caseSensitive bool) any {
	fold := func(v any) any {
		if s, ok := v.(string); ok && !caseSensitive {
			return strings.ToLower(s)
		}
		return v
	}
	if path == nil {
		return fold(v)
	}
	text, ok := path.(string)
	if !ok || !strings.Contains(text, ",") {
		v, err := c.f.path(v, path)
		if err != nil {
			c.fail(err)
		}
		return fold(v)
	}
	key := value.NewList()
	for part := range strings.SplitSeq(text, ",") {
		item, err := c.f.path(v, part)
		if err != nil {
			c.fail(err)
		}
		key.Items = append(key.Items, fold(item))
	}
	return key
}

// sorted sorts items by their keys.
func (c *call) sorted(all []any, key func(any) any, reverse bool) []any {
	type keyed struct{ key, item any }
	list := make([]keyed, len(all))
	for i, item := range all {
		list[i] = keyed{key(item), item}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		if c.err != nil {
			return 0
		}
		n, err := value.Compare("<", a.key, b.key)
		if err == nil {
			err = c.f.r.step()
		}
		if err != nil {
			c.fail(err)
		}
		if reverse {
			return -n
		}
		return n
	})
	out := make([]any, len(list))
	for i, k := range list {
		out[i] = k.item
	}
	return out
}

func sortFilter(c *call) (any, error) {
	key := func(v any) any { return c.keyOf(v, c.arg(2, nil), c.truth(1)) }
	return value.NewList(c.sorted(c.items(), key, c.truth(0))...), nil
}

func unique(c *call) (any, error) {
	seen, out := value.NewDict(), []any(nil)
	c.each(c.items(), func(v any) error {
		key := c.keyOf(v, c.arg(1, nil), c.truth(0))
		if _, ok := seen.Get(key); ok {
			return nil
		}
		out = append(out, v)
		return seen.Set(key, true)
	})
	return value.NewIterator("generator", out), nil
}

// extreme is the first of the least items, or of the greatest for sign -1.
func (c *call) extreme(sign int) (any, error) {
	var best, bestKey any
	all := c.items()
	if len(all) == 0 {
		return &value.Undefined{Hint: "No aggregated item, sequence was empty."}, nil
	}
	op := map[int]string{1: "<", -1: ">"}[sign]
	for i, v := range all {
		key := c.keyOf(v, c.arg(1, nil), c.truth(0))
		if i > 0 {
			n, err := value.Compare(op, key, bestKey)
			if err != nil {
				return nil, err
			}
			if n*sign >= 0 {
				continue
			}
		}
		best, bestKey = v, key
	}
	return best, nil
}

func sum(c *call) (any, error) {
	total := c.arg(1, int64(0))
	c.each(c.items(), func(v any) error {
		var err error
		if total, err = value.Binary("+", total, c.attr(v, 0)); err != nil {
			return err
		}
		return c.f.r.charge(total)
	})
	return total, nil
}

func batch(c *call) (any, error) {
	n, all := c.int(0, 1), c.items()
	if n < 1 {
		return nil, fmt.Errorf("ValueError: batch takes a count of 1 or more, not %d", n)
	}
	var out []any
	for i := 0; i < len(all); i += n {
		row := value.NewList(slices.Clone(all[i:min(i+n, len(all))])...)
		for c.arg(1, nil) != nil && len(row.Items) < n {
			if err := value.CheckItems(int64(n)); err != nil {
				return nil, err
			}
			row.Items = append(row.Items, c.arg(1, nil))
		}
		out = append(out, row)
	}
	return value.NewIterator("generator", out), nil
}

func sliceFilter(c *call) (any, error) {
	n, all := c.int(0, 1), c.items()
	if n < 1 {
		return nil, fmt.Errorf("ZeroDivisionError: slice takes a count of 1 or more, not %d", n)
	}
	if err := value.CheckItems(int64(n)); err != nil {
		return nil, err
	}
	size, longer, from := len(all)/n, len(all)%n, 0
	out := make([]any, n)
	for i := range n {
		to := from + size
		if i < longer {
			to++
		}
		row := value.NewList(slices.Clone(all[from:to])...)
		if fill := c.arg(1, nil); fill != nil && i >= longer {
			row.Items = append(row.Items, fill)
		}
		out[i], from = row, to
	}
	return value.NewIterator("generator", out), nil
}

func groupby(c *call) (any, error) {
	key := func(v any) any {
		k, err := c.f.path(v, c.arg(0, nil))
		if err != nil {
			c.fail(err)
		}
		if _, ok := k.(*value.Undefined); ok && c.has(1) {
			k = c.arg(1, nil)
		}
		return k
	}
	fold := func(v any) any {
		k := key(v)
		if s, ok := k.(string); ok && !c.truth(2) {
			return strings.ToLower(s)
		}
		return k
	}
	out, lastKey := value.NewList(), any(nil)
	var group *value.List
	c.each(c.sorted(c.items(), fold, false), func(v any) error {
		k := fold(v)
		same, err := value.Equal(k, lastKey)
		if group == nil || !same {
			group, lastKey = value.NewList(), k
			out.Items = append(out.Items, value.Named([]string{"grouper", "list"}, key(v), group))
		}
		group.Items = append(group.Items, v)
		return err
	})
	return out, nil
}

func dictsort(c *call) (any, error) {
	d, ok := c.in.(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("TypeError: dictsort takes a dict, not %s", value.TypeName(c.in))
	}
	var at int64
	switch by := c.text(1, "key"); by {
	case "key":
	case "value":
		at = 1
	default:
		return nil, fmt.Errorf(`FilterArgumentError: You can only sort by either "key" or "value"`)
	}
	key := func(v any) any { return c.keyOf(v, at, c.truth(0)) }
	return value.NewList(c.sorted(d.Pairs(), key, c.truth(2))...), nil
}

func items(c *call) (any, error) {
	switch in := c.in.(type) {
	case *value.Dict:
		return value.NewIterator("generator", in.Pairs()), nil
	case *value.Undefined:
		return value.NewIterator("generator", nil), nil
	}
	return nil, fmt.Errorf("TypeError: Can only get item pairs from a mapping.")
}
