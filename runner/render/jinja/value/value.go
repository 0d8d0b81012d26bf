package value

import (
	"errors"
	"fmt"
	"math/big"
)

// An Attrer has attributes, as in x.name. It reports false for a name that it
// does not know.
type Attrer interface{ GetAttr(name string) (any, bool) }

// An Itemer has items, as in x[key].
type Itemer interface{ GetItem(key any) (any, bool) }

// A Seq can be looped over.
type Seq interface{ Iterate() []any }

// A Hasher can be a key of a dict: equal values have equal, comparable keys.
type Hasher interface{ HashKey() any }

// A Mapping says whether it passes for a dict in the test mapping.
type Mapping interface{ IsMapping() bool }

// A Truther says whether it counts as true. Other objects do.
type Truther interface{ Truth() bool }

// An Orderer compares with other values: below 0, 0 or above 0.
type Orderer interface{ Cmp(other any) (int, bool) }

// An Operator takes part in arithmetic, on the left of op (+, - and so on).
type Operator interface {
	BinOp(op string, right any) (any, bool)
}

// A Refuser stands for something that templates may not use yet. Printing it
// or looping over it is the error that Refuse gives.
type Refuser interface{ Refuse() error }

// A Namer lists its attributes, for suggestions.
type Namer interface{ Names() []string }

// ErrTooLarge is a value that would take too much memory.
var ErrTooLarge = errors.New("too large")

const (
	maxText  = 64 << 20 // bytes of a string
	maxRepr  = 16 << 20 // bytes of a list's or dict's text
	maxItems = 8 << 20  // items of a list
	maxDepth = 500      // lists in lists
)

// CheckText refuses a string of that many bytes if it is too large.
func CheckText(n int64) error {
	if n > maxText {
		return fmt.Errorf("MemoryError: a text of %d bytes is %w: %d are the limit", n, ErrTooLarge, maxText)
	}
	return nil
}

// CheckItems refuses a list of that many items if it is too large.
func CheckItems(n int64) error {
	if n > maxItems {
		return fmt.Errorf("MemoryError: a list of %d items is %w: %d are the limit", n, ErrTooLarge, maxItems)
	}
	return nil
}

// A List is a Python list or, where Tuple says so, a tuple.
type List struct {
	Items []any
	Tuple bool
	names []string // of a named tuple's fields
}

// NewList makes a list of its arguments.
func NewList(items ...any) *List { return &List{Items: items} }

// NewTuple makes a tuple of its arguments.
func NewTuple(items ...any) *List { return &List{Items: items, Tuple: true} }

// Named makes a tuple whose items have names too.
func Named(names []string, items ...any) *List { return &List{items, true, names} }

// Texts makes a list of strings.
func Texts(texts []string) *List {
	l := &List{Items: make([]any, len(texts))}
	for i, s := range texts {
		l.Items[i] = s
	}
	return l
}

// GetAttr is a field of a named tuple.
func (l *List) GetAttr(name string) (any, bool) {
	for i, n := range l.names {
		if n == name {
			return l.Items[i], true
		}
	}
	return nil, false
}

// An Iterator is a Python generator or iterator: its items come once.
type Iterator struct {
	kind  string
	items []any
}

// NewIterator makes an iterator of items; kind is its Python type.
func NewIterator(kind string, items []any) *Iterator { return &Iterator{kind, items} }

// Iterate takes all items that are left.
func (it *Iterator) Iterate() []any {
	items := it.items
	it.items = nil
	return items
}

// Next takes one item.
func (it *Iterator) Next() (any, bool) {
	if len(it.items) == 0 {
		return nil, false
	}
	v := it.items[0]
	it.items = it.items[1:]
	return v, true
}

// String is how Python prints an iterator, less its address in memory.
func (it *Iterator) String() string {
	if it.kind == "generator" {
		return "<generator object>"
	}
	return "<" + it.kind + " object>"
}

// TypeName is the Python type.
func (it *Iterator) TypeName() string { return it.kind }

// A Range is Python's range, which is never longer than a list.
type Range struct{ Start, Stop, Step int64 }

// Len is how many numbers there are.
func (r *Range) Len() int {
	lo, hi, step := big.NewInt(r.Start), big.NewInt(r.Stop), big.NewInt(r.Step)
	if r.Step < 0 {
		lo, hi, step = hi, lo, step.Neg(step)
	}
	n := hi.Sub(hi, lo)
	n.Add(n, step).Sub(n, big.NewInt(1)).Div(n, step)
	if n.Sign() < 0 {
		return 0
	}
	if !n.IsInt64() {
		return 1<<63 - 1
	}
	return int(n.Int64())
}

// Iterate lists the numbers.
func (r *Range) Iterate() []any {
	out := make([]any, r.Len())
	for i := range out {
		out[i] = r.Start + int64(i)*r.Step
	}
	return out
}

// String is how Python prints it.
func (r *Range) String() string {
	if r.Step != 1 {
		return fmt.Sprintf("range(%d, %d, %d)", r.Start, r.Stop, r.Step)
	}
	return fmt.Sprintf("range(%d, %d)", r.Start, r.Stop)
}

// TypeName is the Python type.
func (r *Range) TypeName() string { return "range" }

// Truth reports whether there are numbers.
func (r *Range) Truth() bool { return r.Len() > 0 }

// HashKey makes ranges keys of a dict.
func (r *Range) HashKey() any { return *r }

// Truthy is Python's bool().
func Truthy(v any) bool {
	switch x := v.(type) {
	case nil, *Undefined:
		return false
	case bool:
		return x
	case int64:
		return x != 0
	case float64:
		return x != 0
	case *big.Int:
		return x.Sign() != 0
	case string:
		return x != ""
	case *List:
		return len(x.Items) > 0
	case *Dict:
		return x.Len() > 0
	case Truther:
		return x.Truth()
	}
	return true
}

// TypeName is the name of a value's Python type.
func TypeName(v any) string {
	switch x := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *List:
		if x.Tuple {
			return "tuple"
		}
		return "list"
	case *Dict:
		return "dict"
	case *Undefined:
		return "Undefined"
	case interface{ TypeName() string }:
		return x.TypeName()
	}
	return "object"
}
