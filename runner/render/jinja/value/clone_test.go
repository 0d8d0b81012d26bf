package value

import "testing"

// A lazy copy is what the dict is, and what is done to it, or to what is in it,
// is not done to the dict, however deep.
func TestLazyClone(t *testing.T) {
	inner := DictOf("k", int64(1), "list", NewList(DictOf("deep", "x")))
	of := DictOf("a", inner, "b", "text")
	for i := range int64(20) {
		if err := of.Set(i, DictOf("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	want := Repr(of)
	c := LazyClone(of)
	if c.Len() != of.Len() || Repr(LazyClone(of)) != want {
		t.Errorf("the copy is %s, want %s", Repr(LazyClone(of)), want)
	}
	a, _ := c.Get("a")
	list, _ := a.(*Dict).Get("list")
	first := list.(*List).Items[0].(*Dict)
	for _, change := range []func() error{
		func() error { return first.Set("deep", "y") },
		func() error { return a.(*Dict).Set("new", nil) },
		func() error { return c.Set("b", "other") },
		func() error { return c.Set(int64(99), "more") },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
	}
	c.Delete(int64(3))
	list.(*List).Items = append(list.(*List).Items, "end")
	if got := Repr(of); got != want {
		t.Errorf("the dict became %s", got)
	}
	if again, _ := c.Get("a"); Repr(again) != "{'k': 1, 'list': [{'deep': 'y'}, 'end'], 'new': None}" {
		t.Errorf("the copy has %s", Repr(again))
	}
	if v, ok := c.Get(int64(3)); ok {
		t.Errorf("a key that was deleted has %v", v)
	}
}
