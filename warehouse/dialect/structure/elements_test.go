package structure_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/structure"
)

func of(typ warehouse.Type) warehouse.Column { return warehouse.Column{Type: typ, Nullable: true} }

func named(name string, c warehouse.Column) warehouse.Column {
	c.Name = name
	return c
}

func objectOf(fields ...warehouse.Column) warehouse.Column {
	return warehouse.Column{Type: warehouse.Object, Nullable: true, Fields: fields}
}

func never(c warehouse.Column) warehouse.Column {
	c.Nullable = false
	return c
}

// TestCastElements casts single values as the cast of an element does: TO_BOOLEAN,
// TO_DOUBLE, TO_BINARY, TO_DATE and TO_TIMESTAMP say which texts they take.
func TestCastElements(t *testing.T) {
	day, clock, moment := of(warehouse.Date), of(warehouse.Time), of(warehouse.TimestampNTZ)
	clock.Precision, moment.Precision = 9, 9
	blob, letters := of(warehouse.Binary), of(warehouse.Varchar)
	blob.Length, letters.Length = 2, 3
	for _, c := range []struct {
		to     warehouse.Column
		values map[string]string // "" for a refusal
	}{
		{of(warehouse.Boolean), map[string]string{`true`: `true`, `"yes"`: `true`, `"N"`: `false`, `"Off"`: `false`, `"1"`: `true`, `0`: `false`, `2.5`: `true`,
			`"2"`: "", `"maybe"`: "", `"nan"`: "", `"0x1"`: "", `""`: "", `[]`: "", `{}`: ""}},
		{of(warehouse.Float), map[string]string{`1`: `1`, `"0.5"`: `0.5`, `-0.0`: `0`, `1e300`: `1e+300`, `"NaN"`: `"NaN"`, `"-inf"`: `"-inf"`, `"INF"`: `"inf"`, `true`: `1`,
			`"1e400"`: "", `"0x10"`: "", `"1_000"`: "", `"x"`: "", `[1]`: ""}},
		{blob, map[string]string{`"ab"`: `"AB"`, `""`: `""`, `"00FF"`: `"00FF"`, `"abc"`: "", `"zz"`: "", `"000000"`: "", `12`: ""}},
		{letters, map[string]string{`"abc"`: `"abc"`, `"äöü"`: `"äöü"`, `"<&>"`: `"<&>"`, `123`: `"123"`, `"abcd"`: "", `1234`: ""}},
		{day, map[string]string{`"2024-02-29"`: `"2024-02-29"`, `"2024-02-29 13:00:00"`: `"2024-02-29"`, `"2023-02-29"`: "", `"12:00:00"`: "", `"x"`: "", `20240229`: ""}},
		{clock, map[string]string{`"12:34:56.789"`: `"12:34:56.789"`, `"12:34"`: `"12:34:00"`, `"24:00:00"`: "", `12`: ""}},
		{moment, map[string]string{`"2024-02-29"`: `"2024-02-29 00:00:00"`, `"2024-02-29T01:02:03.5"`: `"2024-02-29 01:02:03.5"`, `"12:00:00"`: "", `1709164800`: ""}},
	} {
		for from, want := range c.values {
			got, _, err := structure.NewCaster(arrayOf(c.to), time.UTC).Cast(nil, []byte("["+from+"]"))
			var refused *warehouse.Error
			switch {
			case want == "" && (!errors.As(err, &refused) || refused.Code != 100071 || refused.State != "22000"):
				t.Errorf("%s as %s: %s, %v; want a refusal", from, c.to.SQL(), got, err)
			case want != "" && (err != nil || string(got) != "["+want+"]"):
				t.Errorf("%s as %s: %s, %v; want %s", from, c.to.SQL(), got, err, want)
			}
		}
	}
}

// TestCastObjects: the keys are those of the type and no others, in its order,
// unless ADD FIELDS or RENAME FIELDS stand in the cast.
func TestCastObjects(t *testing.T) {
	point := objectOf(named("b", whole), named("a", text))
	deep := objectOf(named("in", never(objectOf(named("x", never(whole))))), named("free", of(warehouse.Variant)))
	for _, c := range []struct {
		to         warehouse.Column
		from, want string
		how        func(*structure.Caster)
	}{
		{to: point, from: `{"a": "x", "b": 1}`, want: `{"b":1,"a":"x"}`},
		{to: point, from: `{"a": null, "b": null}`, want: `{"b":null,"a":null}`},
		{to: point, from: `null`, want: `null`},
		{to: point, from: `{"a": "x"}`},
		{to: point, from: `{"a": "x", "b": 1, "c": 2}`},
		{to: point, from: `{"A": "x", "B": 1}`},
		{to: point, from: `["x", 1]`},
		{to: point, from: `{"a": "x"}`, want: `{"b":null,"a":"x"}`, how: (*structure.Caster).AddFields},
		{to: point, from: `{"a": "x", "c": 1}`, how: (*structure.Caster).AddFields},
		{to: point, from: `{"n": 1, "s": "x"}`, want: `{"b":1,"a":"x"}`,
			how: func(c *structure.Caster) { c.RenameFields(objectOf(named("n", whole), named("s", text))) }},
		{to: deep, from: `{"in": {"x": "7"}, "free": {"k": [1.50, null]}}`, want: `{"in":{"x":7},"free":{"k": [1.50, null]}}`},
		{to: deep, from: `{"in": {"x": null}, "free": 1}`},
		{to: deep, from: `{"in": null, "free": 1}`},
		{to: deep, from: `{"in": {"x": 1}, "free": null}`, want: `{"in":{"x":1},"free":null}`},
		{to: arrayOf(of(warehouse.Object)), from: `[{"a":1},null]`, want: `[{"a":1},"\f\r\fu"]`},
		{to: arrayOf(of(warehouse.Object)), from: `[1]`},
		{to: arrayOf(of(warehouse.Array)), from: `[{}]`},
		{to: arrayOf(never(of(warehouse.Array))), from: `[null]`},
	} {
		caster := structure.NewCaster(c.to, time.UTC)
		if c.how != nil {
			c.how(caster)
		}
		got, ok, err := caster.Cast(nil, []byte(c.from))
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s as %s: %s; want a refusal", c.from, c.to.SQL(), got)
		case c.want != "" && (err != nil || string(got) != c.want || ok == (c.want == "null")):
			t.Errorf("%s as %s: %s, %v, %v; want %s", c.from, c.to.SQL(), got, ok, err, c.want)
		}
	}
}

// A refusal shows the value, but not all of a long one.
func TestCastRefusal(t *testing.T) {
	_, _, err := structure.NewCaster(arrayOf(whole), time.UTC).Cast(nil, []byte(`["`+strings.Repeat("long ", 100_000)+`"]`))
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), `value "long long`) || !strings.Contains(err.Error(), "to FIXED") {
		t.Errorf("%.500v", err)
	}
}

func TestDecode(t *testing.T) {
	pair := objectOf(named("a", whole), named("b", text))
	for _, c := range []struct {
		c     warehouse.Column
		value string
		want  []structure.Part
	}{
		{arrayOf(whole), `[1,null,[2]]`, []structure.Part{{Column: whole, Value: json.RawMessage("1")}, {Column: whole, Value: json.RawMessage("null")}, {Column: whole, Value: json.RawMessage("[2]")}}},
		{arrayOf(whole), `[]`, nil},
		{mapOf(text, whole), `{"k":1,"a":2}`, []structure.Part{{Key: "k", Column: whole, Value: json.RawMessage("1")}, {Key: "a", Column: whole, Value: json.RawMessage("2")}}},
		{pair, `{"a":1,"b":"x"}`, []structure.Part{{Key: "a", Column: pair.Fields[0], Value: json.RawMessage("1")}, {Key: "b", Column: pair.Fields[1], Value: json.RawMessage(`"x"`)}}},
	} {
		got, err := structure.Decode(c.c, []byte(c.value))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v, want -, got +:\n%s", c.value, err, diff)
		}
	}
	for _, bad := range []string{"", "[1", `[1,`, "{", `{"a"`, `{"a":`, `{1:2}`} {
		c := arrayOf(whole)
		if strings.HasPrefix(bad, "{") {
			c = mapOf(text, whole)
		}
		if parts, err := structure.Decode(c, []byte(bad)); err == nil || !strings.Contains(err.Error(), c.SQL()) {
			t.Errorf("%q: %v, %v; want an error that names the type", bad, parts, err)
		}
	}
}

// TestKeysOrderNumbers compares the order of keys with that of the numbers.
func TestKeysOrderNumbers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []warehouse.Column{number, of(warehouse.Float)} {
		var hundredths []int
		for range 200 {
			hundredths = append(hundredths, rng.IntN(199_999)-99_999)
		}
		slices.Sort(hundredths)
		last, lastText := "", ""
		for i, n := range hundredths {
			text := fmt.Sprintf("%v", float64(n)/100)
			key, err := structure.Key(c, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 && (key < last || key == last && n != hundredths[i-1]) {
				t.Errorf("%s: the key of %s does not come after that of %s", c.SQL(), text, lastText)
			}
			last, lastText = key, text
		}
	}
	for _, bad := range []struct {
		c     warehouse.Column
		value string
	}{{whole, `"x"`}, {of(warehouse.Float), `"x"`}, {of(warehouse.Date), `"x"`}, {arrayOf(whole), `{}`}, {mapOf(whole, whole), `{"x":1}`}, {objectOf(named("a", whole)), `[]`}} {
		if key, err := structure.Key(bad.c, []byte(bad.value)); err == nil {
			t.Errorf("%s as %s has the key %q", bad.value, bad.c.SQL(), key)
		}
	}
}

// TestJSON puts null where users see undefined, and nowhere else.
func TestJSON(t *testing.T) {
	for shown, want := range map[string]string{
		`[1,undefined]`:                         `[1,null]`,
		`{"undefined":[undefined],"b":null}`:    `{"undefined":[null],"b":null}`,
		`["undefined","\"undefined",undefined]`: `["undefined","\"undefined",null]`,
		`["\\",undefined]`:                      `["\\",null]`,
		`"a"`:                                   `"a"`,
	} {
		if got := string(structure.JSON(nil, []byte(shown))); got != want {
			t.Errorf("%s: %s, want %s", shown, got, want)
		}
	}
	parts, err := structure.Decode(arrayOf(of(warehouse.Varchar)), []byte(`["x",undefined]`))
	if err != nil || len(parts) != 2 || string(parts[1].Value) != "null" {
		t.Errorf("%v, %v", parts, err)
	}
}
