package value

import "fmt"

// A Set is Python's set. It goes over its members in the order they came, so
// that a template gives the same text each time.
type Set struct{ members Dict }

// NewSet makes a set of its arguments. One that cannot be a key of a dict is an
// error.
func NewSet(items ...any) (*Set, error) {
	s := &Set{}
	return s, s.Add(items...)
}

// Add takes in what is not there yet.
func (s *Set) Add(items ...any) error {
	for _, item := range items {
		if err := s.members.Set(item, true); err != nil {
			return err
		}
	}
	return CheckItems(int64(s.Len()))
}

// Remove takes a member out. It reports false for one that is not there.
func (s *Set) Remove(item any) bool {
	_, ok := s.members.Delete(item)
	return ok
}

// Pop takes out the first member.
func (s *Set) Pop() (any, bool) {
	if s.Len() == 0 {
		return nil, false
	}
	first := s.members.Keys()[0]
	return first, s.Remove(first)
}

// Clear takes out every member.
func (s *Set) Clear() { s.members.Clear() }

// Copy is a set of the same members.
func (s *Set) Copy() *Set { return s.where(func(any) bool { return true }) }

// Has reports whether item is a member.
func (s *Set) Has(item any) bool {
	_, ok := s.members.Get(item)
	return ok
}

// Within reports whether t has every member of s.
func (s *Set) Within(t *Set) bool { return s.Minus(t).Len() == 0 }

// Minus is what s has and t has not.
func (s *Set) Minus(t *Set) *Set { return s.where(func(v any) bool { return !t.Has(v) }) }

// Both is what s and t have.
func (s *Set) Both(t *Set) *Set { return s.where(t.Has) }

// where is a set of some members.
func (s *Set) where(keep func(any) bool) *Set {
	out := &Set{}
	s.members.Each(func(k, _ any) {
		if keep(k) {
			_ = out.members.Set(k, true) // it was a key before
		}
	})
	return out
}

// Iterate lists the members.
func (s *Set) Iterate() []any { return s.members.Keys() }

// Len is how many members there are.
func (s *Set) Len() int { return s.members.Len() }

// Truth reports whether there are members.
func (s *Set) Truth() bool { return s.Len() > 0 }

// TypeName is the Python type.
func (s *Set) TypeName() string { return "set" }

// BinOp is s - t, the only one of Python's operators on sets that templates have.
func (s *Set) BinOp(op string, right any) (any, bool) {
	t := asSet(right)
	if op != "-" || t == nil {
		return nil, false
	}
	return s.Minus(t), true
}

// BinOp is d.keys() - t.
func (v *View) BinOp(op string, right any) (any, bool) {
	if s := asSet(v); s != nil {
		return s.BinOp(op, right)
	}
	return nil, false
}

// asSet is a set, or a dict's keys as one, or nil.
func asSet(v any) *Set {
	switch x := v.(type) {
	case *Set:
		return x
	case *View:
		if x.Kind == "dict_keys" {
			s := &Set{}
			x.Of.Each(func(k, _ any) { _ = s.members.Set(k, true) }) // it is a key already
			return s
		}
	}
	return nil
}

// compareSets orders a set within another: where op does not hold, the answer
// is one for which it is false.
func compareSets(op string, s *Set, other any) (int, error) {
	t := asSet(other)
	if t == nil {
		return 0, fmt.Errorf("TypeError: '%s' not supported between instances of 'set' and '%s'", op, TypeName(other))
	}
	low, high := s.Within(t), t.Within(s)
	switch {
	case low && high:
		return 0, nil
	case low:
		return -1, nil
	case high:
		return 1, nil
	case op == "<" || op == "<=":
		return 1, nil
	}
	return -1, nil
}
