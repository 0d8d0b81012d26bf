package value

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
