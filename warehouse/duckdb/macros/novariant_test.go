package macros

import "testing"

func TestNoVariant(t *testing.T) {
	for _, c := range []struct{ to, value, want string }{
		{"FIXED", `"a"`, `[100071:22000] Failed to cast variant value "a" to FIXED`},
		{"REAL", `{"d":"\f\r\fd2024-01-01"}`, `[100071:22000] Failed to cast variant value {"d":"2024-01-01"} to REAL`},
		{"FIXED", `123456`, `[100039:22003] Numeric value '123456' is out of range`},
		{"FIXED", `true`, `1`},
		{"FIXED", `false`, `0`},
		{"BOOLEAN", `"\f\r\f 0.0"`, `false`},
		{"BOOLEAN", `7`, `true`},
		{"BOOLEAN", `null`, ``},
	} {
		of, err := noVariant(c.to)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := of(nil, []byte(c.value))
		if string(got) != c.want || ok == (c.want == "") || err != nil {
			t.Errorf("%s to %s: %s (%v), want %s", c.value, c.to, got, err, c.want)
		}
	}
}
