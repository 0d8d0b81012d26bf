package variant_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		` { "b" : 1 , "a" : [ ] , "aa":{} } `:            `{"a":[],"aa":{},"b":1}`,
		`{"b":{"d":1,"c":2},"a":[3,{"z":1,"y":2}]}`:      `{"a":[3,{"y":2,"z":1}],"b":{"c":2,"d":1}}`,
		`[null, true, false, "x"]`:                       `[null,true,false,"x"]`,
		`"\u00e4\/\n\u0001\ud83d\ude00\""`:               `"ä/\n\u0001😀\""`,
		`[1.50, 1.0, -0, 0.0, 100, 1e2, 12.5e-1, 0.001]`: `[1.5,1,0,0,100,"\f\r\f 100","\f\r\f 1.25",0.001]`,
		`12345678901234567890123456789012345678`:         `12345678901234567890123456789012345678`,
		`1e20`:                                           `"\f\r\f 1e+20"`,
		`1e40`:                                           `"\f\r\f 1e+40"`,
		`5e-41`:                                          `"\f\r\f 5e-41"`,
		`-2.5`:                                           `-2.5`,
		`[-1234567890.123456, 0.00000001]`:               `["\f\r\f  -1234567890.123456","\f\r\f  0.00000001"]`,
		`["\f\r\fd", "\f\r\t"]`:                          `["\f\r\fv\f\r\fd","\f\r\t"]`,
		`{_a1:1, $b:[TRUE,,NULL,]}`:                      `{"$b":[true,"\f\r\fu",null,"\f\r\fu"],"_a1":1}`,
		`{'it\'s': 'a "b" c', "x": ''}`:                  `{"it's":"a \"b\" c","x":""}`,
	} {
		got, err := variant.Canonical([]byte("before"), []byte(in))
		if err != nil || string(got) != "before"+want {
			t.Errorf("%s is %s (%v), want %s", in, got, err, want)
		}
	}
}

// The special values of a FLOAT are in no JSON, and in what functions make.
func TestMade(t *testing.T) {
	const in, want = `{"b": [NaN, -Infinity], "a": Infinity, "c": -1}`, `{"a":Infinity,"b":[NaN,-Infinity],"c":-1}`
	got, err := variant.Made(nil, []byte(in))
	if err != nil || string(got) != want {
		t.Errorf("%s is %s (%v), want %s", in, got, err, want)
	}
	if got, err := variant.Canonical(nil, []byte(in)); err == nil {
		t.Errorf("%s is %s, want an error", in, got)
	}
	var twice *variant.SyntaxError
	if _, err := variant.Made(nil, []byte(`{"a":1,"a":2}`)); !errors.As(err, &twice) || twice.Twice != "a" {
		t.Errorf("a key twice: %v", err)
	}
}

func TestCanonicalLast(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":1,"a":2}`:                         `{"a":2}`,
		`{"b":1,"a":2,"b":3,"c":{"x":1,"x":2}}`: `{"a":2,"b":3,"c":{"x":2}}`,
		`{"a":1,"b":2}`:                         `{"a":1,"b":2}`,
	} {
		got, err := variant.CanonicalLast(nil, []byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s is %s (%v), want %s", in, got, err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for in, want := range map[string]string{
		``:                       "incomplete document, pos 1",
		`{"a":1,"a":2}`:          `duplicate object attribute "a", pos 14`,
		`{"a" 1}`:                `missing colon, pos 6`,
		`'abc"`:                  "unfinished string, pos 6",
		`{1:1}`:                  "missing key of an object, pos 2",
		`[1 2]`:                  "missing comma or ']', pos 4",
		`{"a":1,}`:               "missing key of an object, pos 8",
		`[1`:                     "incomplete array value, pos 3",
		`1 2`:                    "more than one document in the input, pos 3",
		`nul`:                    "unexpected 'n', pos 1",
		`01`:                     "malformed number, pos 3",
		`1.`:                     "malformed number, pos 3",
		`"abc`:                   "unfinished string, pos 5",
		`"\x"`:                   "unknown escape in a string, pos 3",
		"\"a\nb\"":               "control character in a string, pos 3",
		`1e999`:                  "number out of range, pos 6",
		strings.Repeat("[", 600): "more than 500 levels of objects and arrays, pos 502",
	} {
		_, err := variant.Canonical(nil, []byte(in))
		var syntax *variant.SyntaxError
		if !errors.As(err, &syntax) || err.Error() != want {
			t.Errorf("%.20s: %v, want %s", in, err, want)
		}
	}
}

// elided are elements that are left out, as in [1,,2].
var elided = regexp.MustCompile(`[\[,]\s*,|,\s*\]`)

// FuzzCanonical holds the form against Go's own reader of JSON: it takes no
// more than that, but for elements left out, the value stays, and once canonical
// it stays as it is.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"b":1.50,"a":[null,"\u00e4"]}`, `[1e3,-0.5,"\ud83d\ude00"]`, `{"a":{"a":{}}}`, `1e-7`, `"\ud800"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := variant.Canonical(nil, in)
		if err != nil || bytes.ContainsRune(in, '\'') || elided.Match(in) || bytes.Contains(in, []byte("undefined")) { // which Go does not take
			return
		}
		var before, after any
		if err := json.Unmarshal(in, &before); err != nil {
			t.Fatalf("%q is taken, and is no JSON: %v", in, err)
		}
		if err := json.Unmarshal(variant.JSON(nil, out), &after); err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q", in, out)
		}
		if again, err := variant.Made(nil, out); err != nil || string(again) != string(out) {
			t.Fatalf("%q became %q (%v)", out, again, err)
		}
	})
}
