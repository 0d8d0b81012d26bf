package macros

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// pieces are what arguments of the native functions are made of, good and bad.
var pieces = []string{"", "1", "-1", "9223372036854775807", "1e400", "null", "\x1f", "|", "(a", "(b)*", "[", "]", "{", "}", `"`, `"k":`, ":", ",", "999.99", "$", "FM", "xX",
	"ä", "\xff", "\x00", "日本", " ", "\\", `\u12`, "true", "NUMBER", "(38,0)", "VARCHAR", "ARRAY", "OBJECT(a INT)", "MAP", "abc", "'"}

// TestNative gives the functions that DuckDB calls whatever a statement might
// bring: an error is one, and no fault ends the process.
func TestNative(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	argument := func() string {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	for _, n := range native {
		t.Run(n.name, func(t *testing.T) {
			worked := 0
			for range 3000 {
				f, first, second := n.f, "", argument()
				if n.of != nil {
					var err error
					first = argument()
					if n.name == "__sf_re_instr" {
						first = strings.Join([]string{pieces[random.IntN(4)], pieces[1+random.IntN(3)], pieces[random.IntN(3)], pieces[random.IntN(3)], first}, "\x1f")
					}
					if f, err = n.of(first); err != nil {
						continue
					}
				}
				before := []byte("before")
				out, ok, err := f(before, []byte(second))
				if err == nil && ok && !strings.HasPrefix(string(out), "before") {
					t.Fatalf("of %q, %q: %q lost what stood before", first, second, out)
				}
				if err == nil {
					worked++
				}
			}
			t.Logf("%d of 3000 gave no error", worked)
		})
	}
}

// TestGroupPosition gives REGEXP_INSTR numbers that mean nothing.
func TestGroupPosition(t *testing.T) {
	for first, want := range map[string]string{
		"1\x1f1\x1f0\x1f1\x1f(b)":             "2",
		"1\x1f1\x1f1\x1f1\x1f(b)":             "3",
		"1\x1f1\x1f0\x1f2\x1f(b)":             "0",
		"1\x1f0\x1f0\x1f1\x1f(b)":             "0",
		"1000000000000\x1f1\x1f0\x1f1\x1f(b)": "0",
		"1\x1f1000000000000\x1f0\x1f1\x1f(b)": "0",
		"2\x1f1\x1f0\x1f0\x1fb|\x1f":          "2",
		"1\x1f1\x1f5\x1f1\x1f(b)":             "",
		"1\x1f1\x1f0\x1f-1\x1f(b)":            "",
		"1\x1f1\x1f0\x1f1\x1f(b":              "",
		"1\x1f1\x1f0\x1f(b)":                  "",
	} {
		got := ""
		f, err := groupPosition(first)
		if err == nil {
			out, _, failed := f(nil, []byte("abc"))
			got, err = string(out), failed
		}
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%q: got %q, error %v, want %q", first, got, err, want)
		}
	}
}
