package value

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// A Dict is a Python dict: it keeps the order in which keys came. A nil *Dict
// is empty and must not be written to.
type Dict struct {
	entries []entry
	index   map[any]int // of hashes; nil while there are few entries
	dead    int         // entries that were deleted

	from *Dict // what it is a copy of, while it has no entries of its own
}

type entry struct {
	key, hash, val any
	dead           bool
}

// few is up to how many entries are searched one by one.
const few = 8

// NewDict makes an empty dict.
func NewDict() *Dict { return &Dict{} }

// DictOf makes a dict of keys and values that take turns. The keys must be
// strings or other values that can be keys.
func DictOf(pairs ...any) *Dict {
	d := &Dict{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := d.Set(pairs[i], pairs[i+1]); err != nil {
			panic(err) // the caller's bug
		}
	}
	return d
}

// find is the entry of a hash, or -1.
func (d *Dict) find(hash any) int {
	if d == nil {
		return -1
	}
	if d.index != nil {
		if i, ok := d.index[hash]; ok {
			return i
		}
		return -1
	}
	for i := range d.entries {
		if e := &d.entries[i]; !e.dead && e.hash == hash {
			return i
		}
	}
	return -1
}

// Get is the value of a key.
func (d *Dict) Get(key any) (any, bool) {
	if d != nil && d.from != nil {
		if v, ok := d.from.Get(key); !ok || !contains(v) {
			return v, ok
		}
		d.own()
	}
	if d == nil || len(d.entries) == 0 {
		return nil, false
	}
	hash, err := hashKey(key, 0)
	if err != nil {
		return nil, false
	}
	if i := d.find(hash); i >= 0 {
		return d.entries[i].val, true
	}
	return nil, false
}

// Set gives a key a value. A key that Python cannot hash is an error.
func (d *Dict) Set(key, val any) error {
	d.own()
	hash, err := hashKey(key, 0)
	if err != nil {
		return err
	}
	if i := d.find(hash); i >= 0 {
		d.entries[i].val = val
		return nil
	}
	d.entries = append(d.entries, entry{key: key, hash: hash, val: val})
	if d.index != nil {
		d.index[hash] = len(d.entries) - 1
	} else if len(d.entries) > few {
		d.reindex()
	}
	return nil
}

// Delete takes a key out and gives the value it had.
func (d *Dict) Delete(key any) (any, bool) {
	d.own()
	hash, err := hashKey(key, 0)
	if err != nil {
		return nil, false
	}
	i := d.find(hash)
	if i < 0 {
		return nil, false
	}
	val := d.entries[i].val
	d.entries[i] = entry{dead: true}
	delete(d.index, hash)
	if d.dead++; d.dead > len(d.entries)/2 {
		d.compact()
	}
	return val, true
}

func (d *Dict) compact() {
	kept := make([]entry, 0, d.Len())
	for _, e := range d.entries {
		if !e.dead {
			kept = append(kept, e)
		}
	}
	d.entries, d.index, d.dead = kept, nil, 0
	if len(kept) > few {
		d.reindex()
	}
}

func (d *Dict) reindex() {
	d.index = make(map[any]int, 2*len(d.entries))
	for i, e := range d.entries {
		if !e.dead {
			d.index[e.hash] = i
		}
	}
}

// Len is how many keys there are.
func (d *Dict) Len() int {
	if d == nil {
		return 0
	}
	if d.from != nil {
		return d.from.Len()
	}
	return len(d.entries) - d.dead
}

// Each calls f for every key, in order. f must not change the dict.
func (d *Dict) Each(f func(key, val any)) {
	if d == nil {
		return
	}
	d.own()
	for _, e := range d.entries {
		if !e.dead {
			f(e.key, e.val)
		}
	}
}

// Keys lists the keys.
func (d *Dict) Keys() []any {
	out := make([]any, 0, d.Len())
	d.Each(func(k, _ any) { out = append(out, k) })
	return out
}

// Values lists the values.
func (d *Dict) Values() []any {
	out := make([]any, 0, d.Len())
	d.Each(func(_, v any) { out = append(out, v) })
	return out
}

// Pairs lists tuples of key and value.
func (d *Dict) Pairs() []any {
	out := make([]any, 0, d.Len())
	d.Each(func(k, v any) { out = append(out, NewTuple(k, v)) })
	return out
}

// Copy makes a dict of the same keys and values.
func (d *Dict) Copy() *Dict {
	out := &Dict{}
	out.Merge(d)
	return out
}

// Merge sets the keys of another dict too.
func (d *Dict) Merge(from *Dict) {
	from.Each(func(k, v any) { d.Set(k, v) }) // the key is one already, so it can be hashed
}

// Update sets keys from a dict or from a sequence of pairs.
func (d *Dict) Update(from any) error {
	if other, ok := from.(*Dict); ok {
		d.Merge(other.Copy()) // a copy: it may be d
		return nil
	}
	items, err := Iterate(from)
	if err != nil {
		return err
	}
	for i, item := range items {
		pair, err := Iterate(item)
		if err != nil {
			return fmt.Errorf("TypeError: cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return fmt.Errorf("ValueError: dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := d.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// Clear takes every key out.
func (d *Dict) Clear() { *d = Dict{} }

// A View is what d.keys(), d.values() and d.items() give: it follows the dict.
type View struct {
	Kind string // dict_keys, dict_values or dict_items
	Of   *Dict
}

// Iterate lists what the view shows.
func (v *View) Iterate() []any {
	switch v.Kind {
	case "dict_keys":
		return v.Of.Keys()
	case "dict_values":
		return v.Of.Values()
	}
	return v.Of.Pairs()
}

// Len is the dict's.
func (v *View) Len() int { return v.Of.Len() }

// Truth is whether the dict has keys.
func (v *View) Truth() bool { return v.Of.Len() > 0 }

// TypeName is the Python type.
func (v *View) TypeName() string { return v.Kind }

// A tuple's hash, and that of a large integer.
type textHash string

// All that is undefined is equal.
type undefinedHash struct{}

// hashKey is what equal keys have in common.
func hashKey(key any, depth int) (any, error) {
	switch x := key.(type) {
	case nil, string, int64:
		return key, nil
	case bool:
		if x {
			return int64(1), nil
		}
		return int64(0), nil
	case int:
		return int64(x), nil
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<62 {
			return int64(x), nil
		}
		return x, nil
	case *big.Int:
		return textHash("b" + x.String()), nil
	case *List:
		return hashTuple(x, depth)
	case Hasher:
		return x.HashKey(), nil
	case *Undefined:
		return undefinedHash{}, nil
	case *Dict, *View, *Set:
		return nil, fmt.Errorf("TypeError: unhashable type: '%s'", TypeName(key))
	}
	if !comparable(key) {
		return nil, fmt.Errorf("TypeError: unhashable type: '%s'", TypeName(key))
	}
	return key, nil
}

func hashTuple(l *List, depth int) (any, error) {
	if !l.Tuple {
		return nil, fmt.Errorf("TypeError: unhashable type: 'list'")
	}
	var b strings.Builder
	for _, item := range l.Items {
		h, err := hashKey(item, depth+1)
		if err != nil {
			return nil, err
		}
		if depth > maxDepth || b.Len() > maxText {
			return nil, fmt.Errorf("a key is %w", ErrTooLarge)
		}
		text := fmt.Sprintf("%T:%v", h, h)
		fmt.Fprintf(&b, "%d %s,", len(text), text)
	}
	return textHash(b.String()), nil
}
