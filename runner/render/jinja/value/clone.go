package value

import "maps"

// Clone is a value whose dicts and lists are its own, all the way down; what is
// neither is the same.
func Clone(v any) any { return clone(v, map[any]any{}) }

// clone takes what it has made from made, as a value may be a part of itself.
func clone(v any, made map[any]any) any {
	switch x := v.(type) {
	case *Dict:
		if c, ok := made[x]; ok {
			return c
		}
		c := NewDict()
		made[x] = c
		x.Each(func(k, val any) { _ = c.Set(k, clone(val, made)) }) // it is a key already
		return c
	case *List:
		if c, ok := made[x]; ok {
			return c
		}
		c := &List{Items: make([]any, len(x.Items)), Tuple: x.Tuple, names: x.names}
		made[x] = c
		for i, item := range x.Items {
			c.Items[i] = clone(item, made)
		}
		return c
	}
	return v
}

// LazyClone is Clone of a dict that does the work for the parts that are used.
// The dict must not change as long as the copy is used, and must itself be no
// such copy. Several goroutines may make copies of one dict, and use each its own.
func LazyClone(d *Dict) *Dict { return &Dict{from: d} }

// own makes a lazy copy's entries its own.
func (d *Dict) own() {
	if d == nil || d.from == nil {
		return
	}
	from := d.from
	d.from = nil
	d.entries = make([]entry, len(from.entries))
	for i, e := range from.entries {
		e.val = later(e.val)
		d.entries[i] = e
	}
	d.index, d.dead = maps.Clone(from.index), from.dead
}

// later is a copy of a value whose dicts are lazy.
func later(v any) any {
	switch x := v.(type) {
	case *Dict:
		return LazyClone(x)
	case *List:
		c := &List{Items: make([]any, len(x.Items)), Tuple: x.Tuple, names: x.names}
		for i, item := range x.Items {
			c.Items[i] = later(item)
		}
		return c
	}
	return v
}

// contains reports whether a value has others in it.
func contains(v any) bool {
	switch v.(type) {
	case *Dict, *List:
		return true
	}
	return false
}
