package variant_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

func TestShown(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"\f\r\f 1.5","b":["\f\r\f  0.00000001","x"]}`:                                                `{"a":1.500000000000000e+00,"b":[0.00000001,"x"]}`,
		`["\f\r\f 3.0","\f\r\f nan","\f\r\f -inf"]`:                                                        `[3.000000000000000e+00,NaN,-Infinity]`,
		`["\f\r\fd2024-01-01","\f\r\fbAB","\f\r\ft01:02:03.45","\f\r\fz2024-01-01 01:02:03.456789 +0100"]`: `["2024-01-01","AB","01:02:03","2024-01-01 01:02:03.456 +0100"]`,
		`["\f\r\fva\"b","\f\r\fv\f\r\fd"]`:                                                                 `["a\"b","\f\r\fd"]`,
		`["\"\f\r\fd2024"]`:                                                                                `["\"\f\r\fd2024"]`,
		`{"\f\r\fda":1}`:                                                                                   `{"\f\r\fda":1}`,
		`[1,"\f\r\fu","u"]`:                                                                                `[1,undefined,"u"]`,
		`"\f\r\f"`:                                                                                         `"\f\r\f"`,
		`"\f\r\fd2024`:                                                                                     `"2024"`,
	} {
		if got := variant.Shown([]byte("before"), []byte(in)); string(got) != "before"+want {
			t.Errorf("%s is shown as %s, want %s", in, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		`"x\ny"`:               "x\ny",
		`1.5`:                  "1.5",
		`true`:                 "true",
		`"\f\r\f 2.0"`:         "2",
		`"\f\r\f nan"`:         "NaN",
		`"\f\r\f  0.00000001"`: "0.00000001",
		`"\f\r\fd2024-01-01"`:  "2024-01-01",
		`"\f\r\fv\f\r\fd"`:     "\f\r\fd",
		`["\f\r\fd2024"]`:      `["2024"]`,
	} {
		if got, ok := variant.Plain([]byte("before"), []byte(in)); !ok || string(got) != "before"+want {
			t.Errorf("%s is the text %q, want %q", in, got, want)
		}
	}
	if got, ok := variant.Plain(nil, []byte("null")); ok {
		t.Errorf("null is the text %q, want none", got)
	}
}

// FuzzShown holds both against bytes that are no kept value.
func FuzzShown(f *testing.F) {
	for _, seed := range []string{`"\f\r\f`, `"\f\r\f"`, `["\f\r\f 1.5","\f\r\fd\`, `"\f\r\f "`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		variant.Shown(nil, in)
		variant.Plain(nil, in)
	})
}
