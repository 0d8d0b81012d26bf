package value_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// object is an object of a host.
type object struct{ name string }

func (o object) String() string              { return o.name }
func (o object) HashKey() any                { return o.name }
func (o object) TypeName() string            { return "thing" }
func (o object) GetItem(key any) (any, bool) { return "item", key == "x" }
func (o object) Cmp(other any) (int, bool) {
	p, ok := other.(object)
	return strings.Compare(o.name, p.name), ok
}
func (o object) BinOp(op string, b any) (any, bool) {
	return o.name + op + value.Str(b), op == "+"
}

// closed refuses to be used.
type closed struct{}

func (closed) Refuse() error { return errors.New("closed") }

func list(items ...any) *value.List  { return value.NewList(items...) }
func tuple(items ...any) *value.List { return value.NewTuple(items...) }

func huge(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok {
		panic(text)
	}
	return n
}

// TestText is what Python 3.11's str() and repr() print.
func TestText(t *testing.T) {
	for _, test := range []struct {
		v         any
		str, repr string
	}{
		{nil, "None", "None"}, {true, "True", "True"}, {false, "False", "False"},
		{int64(-5), "-5", "-5"}, {huge("123456789012345678901"), "123456789012345678901", "123456789012345678901"},
		{1.0, "1.0", "1.0"}, {0.1, "0.1", "0.1"}, {1e16, "1e+16", "1e+16"}, {1e15, "1000000000000000.0", "1000000000000000.0"},
		{1e-5, "1e-05", "1e-05"}, {math.Inf(-1), "-inf", "-inf"}, {math.NaN(), "nan", "nan"}, {math.Copysign(0, -1), "-0.0", "-0.0"},
		{"it's", "it's", `"it's"`}, {`both ' and "`, `both ' and "`, `'both \' and "'`}, {"a\n\\\x00é\u200b", "a\n\\\x00é\u200b", `'a\n\\\x00é\u200b'`},
		{list(), "[]", "[]"}, {tuple("a"), "('a',)", "('a',)"}, {list(1.5, tuple(), nil), "[1.5, (), None]", "[1.5, (), None]"},
		{value.DictOf("a", int64(1), int64(2), list()), "{'a': 1, 2: []}", "{'a': 1, 2: []}"},
		{&value.Undefined{Name: "x"}, "", "Undefined"}, {object{"o"}, "o", "o"}, {list(object{"o"}), "[o]", "[o]"},
		{&value.Range{Stop: 3, Step: 1}, "range(0, 3)", "range(0, 3)"},
		{&value.View{Kind: "dict_keys", Of: value.DictOf("a", 1)}, "dict_keys(['a'])", "dict_keys(['a'])"},
		{value.NewIterator("generator", nil), "<generator object>", "<generator object>"},
	} {
		if got := value.Str(test.v); got != test.str {
			t.Errorf("Str: got %s, want %s", got, test.str)
		}
		if got := value.Repr(test.v); got != test.repr {
			t.Errorf("Repr: got %s, want %s", got, test.repr)
		}
	}
	if _, err := value.Text(list(closed{})); err == nil || err.Error() != "closed" {
		t.Errorf("a refuser: got error %v", err)
	}
	if _, err := value.Iterate(closed{}); err == nil || err.Error() != "closed" {
		t.Errorf("looping over a refuser: got error %v", err)
	}
}

// TestInsideItself prints containers that hold themselves.
func TestInsideItself(t *testing.T) {
	l, d := list(int64(1)), value.NewDict()
	l.Items = append(l.Items, l, d)
	if err := d.Set("l", l); err != nil {
		t.Fatal(err)
	}
	if got, want := value.Str(l), "[1, [...], {'l': [...]}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := value.ToGo(l); !errors.Is(err, value.ErrTooLarge) {
		t.Errorf("ToGo: got error %v", err)
	}
	if _, err := value.JSON(l, false, 0); !errors.Is(err, value.ErrTooLarge) {
		t.Errorf("JSON: got error %v", err)
	}
	m := list(int64(1))
	m.Items = append(m.Items, m, d)
	if _, err := value.Equal(l, m); !errors.Is(err, value.ErrTooLarge) {
		t.Errorf("Equal: got error %v", err)
	}
}

// TestBinary is Python 3.11's arithmetic.
func TestBinary(t *testing.T) {
	const most = math.MaxInt64
	for _, test := range []struct {
		a    any
		op   string
		b    any
		want string
	}{
		{int64(2), "+", int64(3), "5"}, {int64(most), "+", int64(1), "9223372036854775808"}, {int64(-most), "-", int64(2), "-9223372036854775809"},
		{int64(math.MinInt64), "*", int64(-1), "9223372036854775808"}, {int64(3037000500), "*", int64(3037000500), "9223372037000250000"},
		{int64(math.MinInt64), "-", int64(0), "-9223372036854775808"}, {int64(0), "-", int64(math.MinInt64), "9223372036854775808"},
		{int64(most), "+", int64(0), "9223372036854775807"}, {int64(most), "*", int64(0), "0"},
		{huge("9223372036854775808"), "-", int64(1), "9223372036854775807"}, {huge("100000000000000000000"), "//", int64(-3), "-33333333333333333334"},
		{huge("100000000000000000000"), "%", int64(-3), "-2"}, {huge("100000000000000000000"), "/", huge("200000000000000000000"), "0.5"},
		{int64(7), "//", int64(-2), "-4"}, {int64(-7), "//", int64(2), "-4"}, {int64(-7), "%", int64(3), "2"}, {int64(7), "%", int64(-3), "-2"},
		{int64(7), "/", int64(2), "3.5"}, {7.5, "//", int64(2), "3.0"}, {-7.5, "%", 2.0, "0.5"}, {7.5, "%", -2.0, "-0.5"}, {int64(-6), "%", 3.0, "0.0"},
		{int64(2), "**", int64(10), "1024"}, {int64(2), "**", int64(-1), "0.5"}, {int64(-1), "**", huge("100000000000000000001"), "-1"},
		{int64(0), "**", int64(0), "1"}, {int64(0), "**", huge("100000000000000000000"), "0"}, {int64(1), "**", huge("100000000000000000000"), "1"},
		{4.0, "**", 0.5, "2.0"}, {true, "+", true, "2"}, {true, "*", 1.5, "1.5"},
		{"a", "+", "b", "'ab'"}, {"ab", "*", int64(2), "'abab'"}, {int64(2), "*", "ab", "'abab'"}, {"ab", "*", int64(-1), "''"}, {"ab", "*", true, "'ab'"},
		{list(int64(1)), "+", list("a"), "[1, 'a']"}, {tuple(int64(1)), "*", int64(2), "(1, 1)"}, {list(), "*", int64(most), "[]"},
		{"%s-%d", "%", tuple("a", int64(1)), "'a-1'"}, {object{"o"}, "+", int64(1), "'o+1'"},

		{int64(1), "/", int64(0), "ZeroDivisionError: division by zero"}, {int64(1), "%", int64(0), "ZeroDivisionError: integer division or modulo by zero"},
		{1.0, "//", int64(0), "ZeroDivisionError: float floor division by zero"}, {0.0, "**", int64(-1), "ZeroDivisionError: 0.0 cannot be raised to a negative power"},
		{10.0, "**", 400.0, "OverflowError: (34, 'Numerical result out of range')"}, {-8.0, "**", 0.5, "ValueError: -8.0 ** 0.5 is a complex number, which is not supported"},
		{int64(1), "+", "a", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"}, {"a", "+", int64(1), `TypeError: can only concatenate str (not "int") to str`},
		{"a", "-", "b", "TypeError: unsupported operand type(s) for -: 'str' and 'str'"}, {nil, "**", int64(1), "TypeError: unsupported operand type(s) for ** or pow(): 'NoneType' and 'int'"},
		{list(), "+", tuple(), `TypeError: can only concatenate list (not "tuple") to list`}, {object{"o"}, "-", int64(1), "TypeError: unsupported operand type(s) for -: 'thing' and 'int'"},
		{int64(1), "+", &value.Undefined{Name: "x"}, "'x' is undefined"}, {&value.Undefined{Name: "x"}, "*", int64(1), "'x' is undefined"}, {"a", "+", &value.Undefined{Name: "x"}, "'x' is undefined"},
	} {
		v, err := value.Binary(test.op, test.a, test.b)
		got := value.Repr(v)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s %s %s\ngot  %s\nwant %s", value.Repr(test.a), test.op, value.Repr(test.b), got, test.want)
		}
	}
}

// TestSmallAgrees checks the fast way of doing sums against the slow one.
func TestSmallAgrees(t *testing.T) {
	edges := []int64{0, 1, -1, 2, -2, 3, 7, -7, 1 << 31, -1 << 31, 1<<31 + 1, 3037000499, 3037000500, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1}
	for _, op := range []string{"+", "-", "*", "//", "%"} {
		for _, x := range edges {
			for _, y := range edges {
				got, err := value.Binary(op, x, y)
				a, b, want := big.NewInt(x), big.NewInt(y), new(big.Int)
				switch op {
				case "+":
					want.Add(a, b)
				case "-":
					want.Sub(a, b)
				case "*":
					want.Mul(a, b)
				default:
					if y == 0 {
						if err == nil {
							t.Errorf("%d %s 0: got %v", x, op, got)
						}
						continue
					}
					floor, _ := new(big.Float).Quo(new(big.Float).SetPrec(200).SetInt(a), new(big.Float).SetPrec(200).SetInt(b)).Int(nil)
					if new(big.Int).Mul(floor, b).Cmp(a) != 0 && (x < 0) != (y < 0) {
						floor.Sub(floor, big.NewInt(1))
					}
					if want.Set(floor); op == "%" {
						want.Sub(a, floor.Mul(floor, b))
					}
				}
				if err != nil || value.Str(got) != want.String() {
					t.Errorf("%d %s %d: got %v, error %v, want %v", x, op, y, got, err, want)
				}
			}
		}
	}
}

func TestUnary(t *testing.T) {
	for _, test := range []struct {
		v           any
		minus, plus string
	}{
		{int64(5), "-5", "5"}, {int64(math.MinInt64), "9223372036854775808", "-9223372036854775808"}, {1.5, "-1.5", "1.5"}, {0.0, "-0.0", "0.0"},
		{true, "-1", "1"}, {huge("9223372036854775808"), "-9223372036854775808", "9223372036854775808"},
		{"a", "TypeError: bad operand type for unary -: 'str'", "TypeError: bad operand type for unary +: 'str'"},
		{&value.Undefined{Name: "x"}, "'x' is undefined", "'x' is undefined"},
	} {
		for i, want := range []string{test.minus, test.plus} {
			v, err := []func(any) (any, error){value.Negate, value.Positive}[i](test.v)
			got := value.Repr(v)
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%s: got %s, want %s", value.Repr(test.v), got, want)
			}
		}
	}
}

func TestEqual(t *testing.T) {
	same := [][]any{
		{nil}, {int64(1), 1.0, true, big.NewInt(1)}, {int64(0), false, 0.0, math.Copysign(0, -1)}, {"1"}, {"a"}, {"A"}, {list(int64(1)), list(1.0)}, {tuple(int64(1)), tuple(true)},
		{value.DictOf("a", int64(1), "b", nil), value.DictOf("b", nil, "a", 1.0)}, {value.DictOf("a", int64(2))}, {&value.Undefined{Name: "a"}, &value.Undefined{Name: "b"}},
		{object{"o"}, object{"o"}}, {object{"p"}}, {huge("9007199254740993")}, {9007199254740992.0, int64(9007199254740992)}, {list()}, {value.NewDict()},
	}
	for i, xs := range same {
		for j, ys := range same {
			for _, x := range xs {
				for _, y := range ys {
					if got, err := value.Equal(x, y); got != (i == j) || err != nil {
						t.Errorf("%s == %s: got %v, error %v", value.Repr(x), value.Repr(y), got, err)
					}
				}
			}
		}
	}
	if got, _ := value.Equal(math.NaN(), math.NaN()); got {
		t.Error("not a number is equal to itself")
	}
	uncomparable := func() {}
	if got, err := value.Equal(uncomparable, uncomparable); got || err != nil {
		t.Errorf("Go functions: got %v, error %v", got, err)
	}
}

func TestCompare(t *testing.T) {
	for _, ascending := range [][]any{
		{math.Inf(-1), huge("-100000000000000000000"), int64(-2), -1.5, false, 0.5, true, int64(2), 9007199254740992.0, int64(9007199254740993), huge("100000000000000000000"), math.Inf(1)},
		{"", "A", "B", "a", "aa", "é"}, {list(), list(int64(1)), list(int64(1), int64(0)), list(int64(2))}, {tuple("a", nil), tuple("b", nil)}, {object{"a"}, object{"b"}},
	} {
		for i, x := range ascending {
			for j, y := range ascending {
				c, err := value.Compare("<", x, y)
				if err != nil || (c < 0) != (i < j) || (c > 0) != (i > j) {
					t.Errorf("%s, %s: got %d, error %v", value.Repr(x), value.Repr(y), c, err)
				}
			}
		}
	}
	for _, test := range []struct {
		x, y any
		want string
	}{
		{int64(1), "a", "TypeError: '<' not supported between instances of 'int' and 'str'"}, {nil, nil, "TypeError: '<' not supported between instances of 'NoneType' and 'NoneType'"},
		{list(int64(1)), list("a"), "TypeError: '<' not supported between instances of 'int' and 'str'"}, {list(), tuple(), "TypeError: '<' not supported between instances of 'list' and 'tuple'"},
		{&value.Undefined{Name: "x"}, int64(1), "'x' is undefined"}, {int64(1), &value.Undefined{Name: "x"}, "'x' is undefined"},
	} {
		if _, err := value.Compare("<", test.x, test.y); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

// TestDict sets, deletes and finds keys in a dict of many sizes.
func TestDict(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 100} {
		d := value.NewDict()
		for i := range n {
			if err := d.Set(int64(i), i); err != nil {
				t.Fatal(err)
			}
		}
		for i := 0; i < n; i += 2 {
			if v, ok := d.Delete(float64(i)); !ok || v != i {
				t.Errorf("%d keys: deleting %d gave %v, %v", n, i, v, ok)
			}
		}
		if _, ok := d.Delete(int64(0)); ok {
			t.Errorf("%d keys: a key is deleted twice", n)
		}
		for i := range n {
			if v, ok := d.Get(int64(i)); ok != (i%2 == 1) || ok && v != i {
				t.Errorf("%d keys: %d is %v, %v", n, i, v, ok)
			}
		}
		if err := d.Set("last", 1); err != nil {
			t.Fatal(err)
		}
		keys := d.Keys()
		if len(keys) != n/2+1 || d.Len() != len(keys) || keys[len(keys)-1] != "last" {
			t.Errorf("%d keys: left are %v", n, keys)
		}
	}
	var none *value.Dict
	if _, ok := none.Get("a"); ok || none.Len() != 0 || len(none.Keys()) != 0 || none.Copy().Len() != 0 {
		t.Error("a nil dict is not empty")
	}
}

func TestDictKeys(t *testing.T) {
	d := value.DictOf(tuple("a", int64(1)), "tuple", nil, "none", 1.5, "float", object{"o"}, "object", huge("100000000000000000000"), "huge")
	for key, want := range map[any]string{
		tuple("a", 1.0): "tuple", nil: "none", 1.5: "float", object{"o"}: "object", huge("100000000000000000000"): "huge",
	} {
		if v, ok := d.Get(key); !ok || v != want {
			t.Errorf("%s: got %v, %v", value.Repr(key), v, ok)
		}
	}
	if _, ok := d.Get(tuple("a", "1")); ok {
		t.Error("('a', '1') is found under ('a', 1)")
	}
	for _, key := range []any{list(), value.NewDict(), tuple(list()), func() {}} {
		if err := d.Set(key, 1); err == nil {
			t.Errorf("%s became a key", value.TypeName(key))
		}
	}
}

func TestDictUpdate(t *testing.T) {
	d := value.DictOf("a", int64(1))
	for _, from := range []any{value.DictOf("b", int64(2)), list(tuple("c", int64(3))), list("de"), d} {
		if err := d.Update(from); err != nil {
			t.Error(err)
		}
	}
	if got, want := value.Str(d), "{'a': 1, 'b': 2, 'c': 3, 'd': 'e'}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for from, want := range map[any]string{
		int64(5): "TypeError: 'int' object is not iterable", "ab": "ValueError: dictionary update sequence element #0 has length 1; 2 is required",
		list(int64(1)): "TypeError: cannot convert dictionary update sequence element #0 to a sequence", list(tuple(list(), 1)): "TypeError: unhashable type: 'list'",
	} {
		if err := d.Update(from); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestGo goes to Go's values and back.
func TestGo(t *testing.T) {
	dec := json.NewDecoder(strings.NewReader(`{"z": 1, "a": [1.0, 1e3, null, true, "x", 12345678901234567890], "m": {}}`))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	got := value.FromGo(v)
	if text, want := value.Str(got), "{'a': [1.0, 1000.0, None, True, 'x', 12345678901234567890], 'm': {}, 'z': 1}"; text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	back, err := value.ToGo(got)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(back)
	if want := `{"a":[1.0,1000.0,null,true,"x",12345678901234567890],"m":{},"z":1}`; err != nil || string(text) != want {
		t.Errorf("got  %s, error %v\nwant %s", text, err, want)
	}
	if got := value.FromGo([]string{"a"}); value.Str(got) != "['a']" || value.FromGo(5) != any(int64(5)) || value.FromGo(float32(1)) != 1.0 {
		t.Errorf("got %v", got)
	}
	if got, err := value.ToGo(object{"o"}); got != "o" || err != nil {
		t.Errorf("an object: got %v, error %v", got, err)
	}
	for _, v := range []any{&value.Undefined{Name: "x"}, list(closed{}), value.DictOf("a", closed{})} {
		if got, err := value.ToGo(v); err == nil {
			t.Errorf("%s: got %v, want an error", value.TypeName(v), got)
		}
	}
}

func TestJSON(t *testing.T) {
	v := value.DictOf("b", list(int64(1), 1.5, nil, true, "é\"\n\U0001F600"), int64(2), object{"o"}, "e", value.NewDict(), "f", list())
	for _, test := range []struct {
		indent int
		want   string
	}{
		{0, `{"b": [1, 1.5, null, true, "\u00e9\"\n\ud83d\ude00"], "2": "o", "e": {}, "f": []}`},
		{1, "{\n \"b\": [\n  1,\n  1.5,\n  null,\n  true,\n  \"\\u00e9\\\"\\n\\ud83d\\ude00\"\n ],\n \"2\": \"o\",\n \"e\": {},\n \"f\": []\n}"},
	} {
		if got, err := value.JSON(v, false, test.indent); err != nil || got != test.want {
			t.Errorf("got  %s, error %v\nwant %s", got, err, test.want)
		}
	}
	if got, err := value.JSON(value.DictOf("b", 1.0, "a", math.Inf(1)), true, 0); err != nil || got != `{"a": Infinity, "b": 1.0}` {
		t.Errorf("got %s, error %v", got, err)
	}
	for v, want := range map[any]string{
		&value.Undefined{Name: "x"}: "TypeError: Object of type Undefined is not JSON serializable", value.DictOf(tuple(), 1): "TypeError: keys must be str, int, float, bool or None, not tuple",
		closed{}: "TypeError: Object of type object is not JSON serializable",
	} {
		if got, err := value.JSON(v, false, 0); err == nil || err.Error() != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
	if _, err := value.JSON(v, true, 0); err == nil {
		t.Error("texts and numbers are sorted together")
	}
}

func TestNearest(t *testing.T) {
	for _, test := range []struct {
		name       string
		candidates []string
		want       string
	}{
		{"totl", []string{"cycler", "total", "toll"}, "toll"}, {"rfe", []string{"ref", "source"}, "ref"}, {"surogate_key", []string{"surrogate_key"}, "surrogate_key"},
		{"x", []string{"y", "abc"}, "y"}, {"nothing", []string{"like", "it"}, ""}, {"same", []string{"same"}, ""}, {"", []string{"a"}, "a"}, {"a", nil, ""},
	} {
		if got := value.Nearest(test.name, test.candidates); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestUndefined(t *testing.T) {
	for want, u := range map[string]*value.Undefined{
		"'x' is undefined":                          {Name: "x"},
		"parameter 'x' was not provided":            {Name: "x", Hint: "parameter 'x' was not provided"},
		"'nmae' is undefined; did you mean 'name'?": {Name: "nmae", Near: func() []string { return []string{"name", "shame"} }},
	} {
		if got := u.Err().Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestSequences loops over, measures, searches and cuts what can be.
func TestSequences(t *testing.T) {
	d := value.DictOf("a", int64(1), "b", int64(2))
	gen := func() any { return value.NewIterator("generator", []any{int64(1), "x"}) }
	for _, test := range []struct {
		v            any
		items        string
		length       int // -1 for none
		holds, lacks any
	}{
		{list(int64(1), "x"), "[1, 'x']", 2, 1.0, "y"}, {tuple(), "[]", 0, nil, int64(1)}, {"éa", "['é', 'a']", 2, "é", "x"}, {d, "['a', 'b']", 2, "a", int64(1)},
		{&value.View{Kind: "dict_values", Of: d}, "[1, 2]", 2, int64(2), "a"}, {&value.View{Kind: "dict_items", Of: d}, "[('a', 1), ('b', 2)]", 2, tuple("a", int64(1)), "a"},
		{&value.View{Kind: "dict_keys", Of: d}, "['a', 'b']", 2, "b", int64(2)}, {&value.Range{Start: 5, Stop: 0, Step: -2}, "[5, 3, 1]", 3, int64(3), int64(2)},
		{&value.Range{Start: 5, Stop: 5, Step: 1}, "[]", 0, nil, int64(5)}, {&value.Undefined{Name: "x"}, "[]", 0, nil, "a"}, {gen(), "[1, 'x']", -1, nil, nil},
	} {
		n, err := value.Len(test.v)
		if err == nil && n != test.length || err != nil && test.length != -1 {
			t.Errorf("%s has %d items, error %v", value.Repr(test.v), n, err)
		}
		for _, want := range []bool{true, false} {
			x := map[bool]any{true: test.holds, false: test.lacks}[want]
			if x == nil {
				continue
			}
			if got, err := value.Contains(test.v, x); got != want || err != nil {
				t.Errorf("%s in %s: got %v, error %v", value.Repr(x), value.Repr(test.v), got, err)
			}
		}
		items, err := value.Iterate(test.v)
		if got := value.Str(list(items...)); got != test.items || err != nil {
			t.Errorf("%s goes over %s, error %v; want %s", value.Repr(test.v), got, err, test.items)
		}
	}
	it := value.NewIterator("generator", []any{int64(1), int64(2)})
	if v, ok := it.Next(); v != any(int64(1)) || !ok {
		t.Errorf("the first item is %v", v)
	}
	if rest := it.Iterate(); len(rest) != 1 || len(it.Iterate()) != 0 {
		t.Errorf("the rest are %v, and then there are more", rest)
	}
	for _, f := range []func() error{
		func() error { _, err := value.Iterate(int64(5)); return err }, func() error { _, err := value.Len(nil); return err },
		func() error { _, err := value.Contains("a", int64(5)); return err }, func() error { _, err := value.Contains(int64(5), "a"); return err },
		func() error { _, err := value.Contains(d, list()); return err },
	} {
		if err := f(); err == nil || !strings.HasPrefix(err.Error(), "TypeError: ") {
			t.Errorf("got error %v", err)
		}
	}
}

func TestItem(t *testing.T) {
	for _, test := range []struct {
		x, key any
		want   string // or "" for none
	}{
		{list("a", "b"), int64(-1), "'b'"}, {list("a"), int64(1), ""}, {list("a"), int64(-2), ""}, {list("a", "b"), true, "'b'"}, {list("a"), "0", ""},
		{"éa", int64(1), "'a'"}, {"éa", int64(-3), ""}, {value.DictOf("a", int64(1)), "a", "1"}, {value.DictOf("a", int64(1)), list(), ""},
		{&value.Range{Start: 2, Stop: 10, Step: 3}, int64(-1), "8"}, {object{"o"}, "x", "'item'"}, {object{"o"}, "y", ""}, {int64(5), int64(0), ""}, {nil, "a", ""},
	} {
		got := ""
		if v, ok := value.Item(test.x, test.key); ok {
			got = value.Repr(v)
		}
		if got != test.want {
			t.Errorf("%s[%s]: got %s, want %s", value.Repr(test.x), value.Repr(test.key), got, test.want)
		}
	}
}

// TestSlice cuts every way against a slow but simple definition.
func TestSlice(t *testing.T) {
	bounds := []any{nil, int64(-9), int64(-4), int64(-2), int64(-1), int64(0), int64(1), int64(3), int64(4), int64(9), int64(math.MaxInt64), huge("-99999999999999999999")}
	clip := func(v any, def, low, high int) int {
		n, ok := value.Int(v)
		if b, isBig := v.(*big.Int); isBig {
			return map[int]int{-1: low, 1: high}[b.Sign()]
		}
		if !ok {
			return def
		}
		if n < 0 {
			n += 4
		}
		return int(max(int64(low), min(n, int64(high))))
	}
	for _, low := range bounds {
		for _, high := range bounds {
			for _, step := range []int{1, 2, -1, -2, 3} {
				want := []any{}
				if step > 0 {
					for i := clip(low, 0, 0, 4); i < clip(high, 4, 0, 4); i += step {
						want = append(want, string("abcd"[i]))
					}
				} else {
					for i := clip(low, 3, -1, 3); i > clip(high, -1, -1, 3); i += step {
						want = append(want, string("abcd"[i]))
					}
				}
				got, err := value.Slice(list("a", "b", "c", "d"), low, high, int64(step))
				if diff := cmp.Diff(value.Repr(list(want...)), value.Repr(got)); err != nil || diff != "" {
					t.Errorf("[%s:%s:%d]: error %v, want -, got +:\n%s", value.Repr(low), value.Repr(high), step, err, diff)
				}
			}
		}
	}
	if got, err := value.Slice("héllo", int64(1), int64(-1), nil); got != "éll" || err != nil {
		t.Errorf("a text: got %v, error %v", got, err)
	}
	if _, err := value.Slice(int64(5), nil, nil, nil); err == nil || err.Error() != "TypeError: 'int' object cannot be sliced" {
		t.Errorf("a number: got error %v", err)
	}
	if _, err := value.Slice("abc", "x", nil, nil); err == nil || !strings.HasPrefix(err.Error(), "TypeError: slice indices") {
		t.Errorf("a text as a bound: got error %v", err)
	}
}

// TestLimits refuses what would not fit the memory.
func TestLimits(t *testing.T) {
	full := strings.Repeat("x", 1<<26)
	for name, f := range map[string]func() error{
		"add":         func() error { _, err := value.Binary("+", full, "x"); return err },
		"repeat":      func() error { _, err := value.Binary("*", "ab", int64(1<<40)); return err },
		"repeat list": func() error { _, err := value.Binary("*", list(nil), int64(math.MaxInt64)); return err },
		"power":       func() error { _, err := value.Binary("**", int64(3), int64(1<<40)); return err },
		"huge power":  func() error { _, err := value.Binary("**", int64(2), huge("99999999999999999999999")); return err },
		"width":       func() error { _, err := value.Format(int64(1), "99999999999"); return err },
		"precision":   func() error { _, err := value.Percent("%.9999999f", 1.0); return err },
		"print":       func() error { _, err := value.Text(list(full[:1<<24])); return err },
	} {
		if err := f(); !errors.Is(err, value.ErrTooLarge) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}
