package emulator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/emulator"
)

// results are the rows of each statement of an answer to several.
func (c *client) results(r reply) (got []string) {
	c.t.Helper()
	if !r.Success {
		c.t.Fatalf("%s %s", r.Code, r.Message)
	}
	for _, id := range strings.Split(r.Data.ResultIDs, ",") {
		got = append(got, c.get("/queries/"+id+"/result").rows())
	}
	return got
}

// The values of several statements stand in one list, in the order of their
// question marks. The Python connector binds so with num_statements.
func TestSeveralTakeTheirBindings(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	value := func(v string) map[string]any { return map[string]any{"type": "TEXT", "value": v} }
	more := map[string]any{
		"parameters": map[string]any{"MULTI_STATEMENT_COUNT": 4},
		"bindings":   map[string]any{"1": value("a"), "2": value("b"), "3": value("c"), "4": value("d")},
	}
	r := c.query("select ?; select ?, ?; select 'none'; select ?", more)
	if diff := cmp.Diff([]string{"[a]", "[b,c]", "[none]", "[d]"}, c.results(r)); diff != "" {
		t.Error(diff)
	}
	r = c.query("select :2; select :1, :2; select 'none'; select :4", more)
	if diff := cmp.Diff([]string{"[b]", "[a,b]", "[none]", "[d]"}, c.results(r)); diff != "" {
		t.Error(diff)
	}
	more["bindings"] = map[string]any{"1": value("a"), "2": value("b")}
	if r = c.query("select ?; select ?, ?; select 'none'; select ?", more); r.Success || r.Code != "002049" {
		t.Errorf("values are missing: %s %s", r.Code, r.Message)
	}
}

// RESULT_SCAN of the request's own id is how the Python connector comes back to
// several statements that it sent off without waiting.
func TestSeveralByTheirID(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	r := c.query("select 1; select 'two'", map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": 0}})
	again := c.query("select * from table(result_scan('"+r.Data.QueryID+"'))", nil)
	if diff := cmp.Diff([]string{"[1]", "[two]"}, c.results(again)); diff != "" {
		t.Error(diff)
	}
}

// The parameter says how many statements there have to be, one included.
func TestStatementCount(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	c.run("alter session set multi_statement_count = 3")
	for sql, want := range map[string]string{"select 1; select 2; select 3": "", "select 1;": "000008", "select 1; select 2": "000008"} {
		if r := c.query(sql, nil); r.Success != (want == "") || !r.Success && r.Code != want {
			t.Errorf("%s: %s %s, want %q", sql, r.Code, r.Message, want)
		}
	}
}
