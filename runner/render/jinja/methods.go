package jinja

import (
	"fmt"
	"math"
	"slices"
	"unicode"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// stringPredicates are the methods of str that ask what the letters are.
var stringPredicates = map[string]*builtin{
	"isdigit":   every(unicode.IsDigit),
	"isdecimal": every(unicode.IsDigit),
	"isnumeric": every(unicode.IsNumber),
	"isalpha":   every(unicode.IsLetter),
	"isalnum":   every(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
	"isspace":   every(unicode.IsSpace),
	"isascii": def("", func(c *call) (any, error) {
		return c.self() == "" || all(c.self(), func(r rune) bool { return r < 128 }), nil
	}),
	"isidentifier": def("", func(c *call) (any, error) { return isIdentifier(c.self()), nil }),
	"isupper":      def("", func(c *call) (any, error) { return isUpper(c.self()), nil }),
	"islower":      def("", func(c *call) (any, error) { return isLower(c.self()), nil }),
	"istitle":      def("", func(c *call) (any, error) { return titleLetters(c.self()) == c.self() && isCased(c.self()), nil }),
}

func every(is func(rune) bool) *builtin {
	return def("", func(c *call) (any, error) { return all(c.self(), is), nil })
}

func all(s string, is func(rune) bool) bool {
	for _, r := range s {
		if !is(r) {
			return false
		}
	}
	return s != ""
}

func isCased(s string) bool {
	return slices.ContainsFunc([]rune(s), func(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) })
}

func isIdentifier(s string) bool {
	first := true
	return all(s, func(r rune) bool {
		ok := r == '_' || unicode.IsLetter(r) || !first && unicode.IsDigit(r)
		first = false
		return ok
	})
}

var floatMethods = map[string]*builtin{
	"is_integer": def("", func(c *call) (any, error) { f := c.in.(float64); return f == math.Trunc(f), nil }),
}

var intMethods = map[string]*builtin{
	"bit_length": def("", func(c *call) (any, error) { n, _ := value.Big(c.in); return int64(n.BitLen()), nil }),
}

var tupleMethods = map[string]*builtin{
	"index": def("value start? stop?", indexMethod),
	"count": def("value", countItems),
}

// listMethods are those of Python's list.
var listMethods = map[string]*builtin{
	"append":  def("object", appendMethod),
	"extend":  def("iterable", extend),
	"insert":  def("index object", insert),
	"pop":     def("index?", pop),
	"remove":  def("value", remove),
	"index":   def("value start? stop?", indexMethod),
	"count":   def("value", countItems),
	"reverse": def("", func(c *call) (any, error) { slices.Reverse(c.list().Items); return nil, nil }),
	"sort":    def("key? reverse?", sortMethod),
	"copy":    def("", func(c *call) (any, error) { return value.NewList(slices.Clone(c.list().Items)...), nil }),
	"clear":   def("", func(c *call) (any, error) { c.list().Items = nil; return nil, nil }),
}

// list is the list that the method is called on.
func (c *call) list() *value.List { return c.in.(*value.List) }

// grow gives the list more items, unless it gets too large.
func (c *call) grow(items []any) (any, error) {
	l := c.list()
	if err := value.CheckItems(int64(len(l.Items) + len(items))); err != nil {
		return nil, err
	}
	c.f.r.budget -= 16 * int64(len(items))
	l.Items = append(l.Items, items...)
	return nil, nil
}

func appendMethod(c *call) (any, error) { return c.grow(c.args[:1]) }

func extend(c *call) (any, error) { return c.grow(slices.Clone(c.iterate(c.arg(0, nil)))) }

func insert(c *call) (any, error) {
	l, i := c.list(), c.int(0, 0)
	if i < 0 {
		i += len(l.Items)
	}
	if c.err != nil {
		return nil, nil
	}
	c.f.r.budget -= 16
	l.Items = slices.Insert(l.Items, max(0, min(i, len(l.Items))), c.arg(1, nil))
	return nil, nil
}

func pop(c *call) (any, error) {
	l, i := c.list(), c.int(0, -1)
	if i < 0 {
		i += len(l.Items)
	}
	switch {
	case len(l.Items) == 0:
		return nil, fmt.Errorf("IndexError: pop from empty list")
	case i < 0 || i >= len(l.Items):
		return nil, fmt.Errorf("IndexError: pop index out of range")
	}
	v := l.Items[i]
	l.Items = slices.Delete(l.Items, i, i+1)
	return v, nil
}

func remove(c *call) (any, error) {
	l := c.list()
	i, err := value.Index(l.Items, c.arg(0, nil))
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, fmt.Errorf("ValueError: list.remove(x): x not in list")
	}
	l.Items = slices.Delete(l.Items, i, i+1)
	return nil, nil
}

func indexMethod(c *call) (any, error) {
	all := c.list().Items
	at := func(i, def int) int {
		k := c.int(i, def)
		if k < 0 {
			k += len(all)
		}
		return max(0, min(k, len(all)))
	}
	from, to := at(1, 0), at(2, len(all))
	if from < to {
		i, err := value.Index(all[from:to], c.arg(0, nil))
		if i >= 0 || err != nil {
			return int64(from + i), err
		}
	}
	if c.list().Tuple {
		return nil, fmt.Errorf("ValueError: tuple.index(x): x not in tuple")
	}
	return nil, fmt.Errorf("ValueError: %s is not in list", value.Repr(c.arg(0, nil)))
}

func countItems(c *call) (any, error) {
	n := int64(0)
	c.each(c.list().Items, func(v any) error {
		same, err := value.Equal(v, c.arg(0, nil))
		if same {
			n++
		}
		return err
	})
	return n, nil
}

func sortMethod(c *call) (any, error) {
	if c.arg(0, nil) != nil {
		return nil, fmt.Errorf("list.sort with a key is not supported: use the filter sort(attribute=...)")
	}
	sorted := c.sorted(c.list().Items, func(v any) any { return v }, c.truth(1))
	if c.err == nil {
		c.list().Items = sorted
	}
	return nil, nil
}

// dictMethods are those of Python's dict.
var dictMethods = map[string]*builtin{
	"items":      def("", func(c *call) (any, error) { return &value.View{Kind: "dict_items", Of: c.dict()}, nil }),
	"keys":       def("", func(c *call) (any, error) { return &value.View{Kind: "dict_keys", Of: c.dict()}, nil }),
	"values":     def("", func(c *call) (any, error) { return &value.View{Kind: "dict_values", Of: c.dict()}, nil }),
	"get":        def("key default?", getMethod),
	"update":     def("other? **", update),
	"setdefault": def("key default?", setdefault),
	"pop":        def("key default?", popKey),
	"popitem":    def("", popitem),
	"copy":       def("", func(c *call) (any, error) { return c.dict().Copy(), nil }),
	"clear":      def("", func(c *call) (any, error) { c.dict().Clear(); return nil, nil }),
}

// dict is the dict that the method is called on.
func (c *call) dict() *value.Dict { return c.in.(*value.Dict) }

func getMethod(c *call) (any, error) {
	if v, ok := c.dict().Get(c.arg(0, nil)); ok {
		return v, nil
	}
	return c.arg(1, nil), nil
}

func update(c *call) (any, error) {
	if c.has(0) {
		if err := c.dict().Update(c.arg(0, nil)); err != nil {
			return nil, err
		}
	}
	c.dict().Merge(c.kw)
	c.f.r.budget -= 64 * int64(c.kw.Len()+1)
	return nil, nil
}

func setdefault(c *call) (any, error) {
	key, v := c.arg(0, nil), c.arg(1, nil)
	if old, ok := c.dict().Get(key); ok {
		return old, nil
	}
	c.f.r.budget -= 64
	return v, c.dict().Set(key, v)
}

func popKey(c *call) (any, error) {
	if v, ok := c.dict().Delete(c.arg(0, nil)); ok {
		return v, nil
	}
	if c.has(1) {
		return c.arg(1, nil), nil
	}
	return nil, fmt.Errorf("KeyError: %s", value.Repr(c.arg(0, nil)))
}

func popitem(c *call) (any, error) {
	keys := c.dict().Keys()
	if len(keys) == 0 {
		return nil, fmt.Errorf("KeyError: 'popitem(): dictionary is empty'")
	}
	key := keys[len(keys)-1]
	v, _ := c.dict().Delete(key)
	return value.NewTuple(key, v), nil
}
