package param_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/param"
)

func TestAll(t *testing.T) {
	all := param.All()
	if !slices.IsSortedFunc(all, func(a, b param.Param) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not in the order that Lookup needs")
	}
	for _, p := range all {
		found, ok := param.Lookup(p.Name)
		if !ok || found.Name != p.Name {
			t.Errorf("%s: not found", p.Name)
		}
		if got, ok := p.Read(p.Default); p.Default != "" && (!ok || got != p.Default) {
			t.Errorf("%s: its default %q reads as %q, %v", p.Name, p.Default, got, ok)
		}
		if !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s: no description", p.Name)
		}
	}
	if all[0].Name = "CHANGED"; param.All()[0].Name == "CHANGED" {
		t.Error("a caller can change the list")
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		ok               bool
	}{
		{"AUTOCOMMIT", "False", "false", true},
		{"AUTOCOMMIT", "maybe", "", false},
		{"WEEK_START", "7", "7", true},
		{"WEEK_START", "8", "", false},
		{"WEEK_START", "-1", "", false},
		{"WEEK_START", "x", "", false},
		{"TIMEZONE", "Europe/Berlin", "Europe/Berlin", true},
		{"TIMESTAMP_TYPE_MAPPING", "timestamp_ltz", "TIMESTAMP_LTZ", true},
		{"TIMESTAMP_TYPE_MAPPING", "DATE", "", false},
		{"QUERY_TAG", strings.Repeat("x", 2000), strings.Repeat("x", 2000), true},
		{"QUERY_TAG", strings.Repeat("x", 2001), "", false},
		{"JDBC_QUERY_RESULT_FORMAT", "JSON", "JSON", true},
	} {
		p, ok := param.Lookup(c.name)
		if !ok {
			t.Errorf("%s: not found", c.name)
			continue
		}
		if got, ok := p.Read(c.text); ok != c.ok || ok && got != c.want {
			t.Errorf("%s = %.20q: got %.20q, %v", c.name, c.text, got, ok)
		}
	}
	for _, name := range []string{"", "FOO", "CLIENT_", "timezone"} {
		if _, ok := param.Lookup(name); ok {
			t.Errorf("%q: found", name)
		}
	}
}
