package structure_test

import (
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/structure"
)

var (
	whole  = warehouse.Column{Type: warehouse.Number, Precision: 38, Nullable: true}
	text   = warehouse.Column{Type: warehouse.Varchar, Nullable: true}
	zoned  = warehouse.Column{Type: warehouse.TimestampTZ, Precision: 9, Nullable: true}
	local  = warehouse.Column{Type: warehouse.TimestampLTZ, Precision: 9, Nullable: true}
	short  = warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 3, Nullable: true}
	number = warehouse.Column{Type: warehouse.Number, Precision: 5, Scale: 2, Nullable: true}
)

func arrayOf(c warehouse.Column) warehouse.Column {
	return warehouse.Column{Type: warehouse.Array, Nullable: true, Fields: []warehouse.Column{c}}
}

func mapOf(key, value warehouse.Column) warehouse.Column {
	return warehouse.Column{Type: warehouse.Map, Nullable: true, Fields: []warehouse.Column{key, value}}
}

// The rules are those of Snowflake's documentation, "Structured data types".
func TestCast(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		to         warehouse.Column
		from, want string // want is "" for a refusal
	}{
		{arrayOf(whole), `[1, "2", 2.5, true, null]`, `[1,2,3,1,"\f\r\fu"]`},
		{arrayOf(whole), `["x"]`, ""},
		{arrayOf(whole), `{"a":1}`, ""},
		{arrayOf(number), `[1.005, -1.005, 1e2]`, `[1.01,-1.01,100]`},
		{arrayOf(number), `[1000]`, ""},
		{arrayOf(text), `[1, true, "a\"b", [1]]`, `["1","true","a\"b","[1]"]`},
		{mapOf(whole, text), `{"10": "a", "9": "b"}`, `{"9":"b","10":"a"}`},
		{mapOf(whole, text), `{"1": "a", "1.0": "b"}`, ""},
		{mapOf(whole, text), `{"x": "a"}`, ""},
		{arrayOf(local), `["2024-07-01 12:00:00.000000044"]`, `["2024-07-01 10:00:00.000000044Z"]`},
		{arrayOf(zoned), `["2024-07-01T12:00:00-0500"]`, `["2024-07-01 12:00:00-05:00"]`},
		{arrayOf(short), `["2024-07-01 12:00:00.123456"]`, `["2024-07-01 12:00:00.123"]`},
	} {
		got, _, err := structure.NewCaster(tt.to, berlin).Cast(nil, []byte(tt.from))
		var refused *warehouse.Error
		switch {
		case tt.want == "" && (!errors.As(err, &refused) || refused.Code != 100071):
			t.Errorf("%s as %s: %s, %v; want a refusal", tt.from, tt.to.SQL(), got, err)
		case tt.want != "" && (err != nil || string(got) != tt.want):
			t.Errorf("%s as %s: %s, %v; want %s", tt.from, tt.to.SQL(), got, err, tt.want)
		}
	}
}

// Values are in the order of their keys.
func TestKey(t *testing.T) {
	for _, tt := range []struct {
		c      warehouse.Column
		values []string // from the least
	}{
		{arrayOf(whole), []string{`[]`, `[-10]`, `[-9]`, `[0]`, `[1]`, `[1,0]`, `[2]`, `[10]`, `[null]`}},
		{arrayOf(number), []string{`[-0.5]`, `[0.25]`, `[0.3]`, `[1]`}},
		{arrayOf(text), []string{`[""]`, `["a"]`, `["a","b"]`, `["a\u0001"]`, `["ab"]`}},
		{arrayOf(zoned), []string{`["2024-01-01 00:00:00+02:00"]`, `["2024-01-01 00:00:00Z"]`, `["2024-01-01 00:00:00-02:00"]`}},
		{mapOf(text, whole), []string{`{}`, `{"d":4}`, `{"a":1}`, `{"a":1,"b":2}`, `{"a":2}`}},
	} {
		last := ""
		for i, v := range tt.values {
			key, err := structure.Key(tt.c, []byte(v))
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 && key <= last {
				t.Errorf("%s: %s comes before %s", tt.c.SQL(), v, tt.values[i-1])
			}
			last = key
		}
	}
}

// No text breaks it.
func FuzzCast(f *testing.F) {
	f.Add(`{"a":[1,null,"x"]}`)
	f.Add(`[{"b":"2020-01-01"}]`)
	to := mapOf(text, arrayOf(number))
	f.Fuzz(func(t *testing.T, src string) {
		out, ok, err := structure.NewCaster(to, time.UTC).Cast(nil, []byte(src))
		if err != nil || !ok {
			return
		}
		again, _, err := structure.NewCaster(to, time.UTC).Cast(nil, out)
		if err != nil || string(again) != string(out) {
			t.Errorf("%q is cast to %s, and that to %s: %v", src, out, again, err)
		}
	})
}
