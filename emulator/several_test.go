package emulator_test

import (
	"encoding/json"
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

// RESULT_SCAN of the request's own id says that all ran. The Python connector
// comes back so to several statements that it sent off without waiting, and then
// asks for the ids of their results.
func TestSeveralByTheirID(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	r := c.query("select 1; select 'two'", map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": 0}})
	again := c.query("select * from table(result_scan('"+r.Data.QueryID+"'))", nil)
	if diff := cmp.Diff("[Multiple statements executed successfully.]", again.rows()); diff != "" || again.Data.ResultIDs != "" {
		t.Error(again.Data.ResultIDs, diff)
	}
	if diff := cmp.Diff([]string{"[1]", "[two]"}, c.results(c.get("/queries/"+r.Data.QueryID+"/result"))); diff != "" {
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

// What a statement changed stands beside its result, by the kind of change; a
// statement that changed nothing has no such part.
func TestStats(t *testing.T) {
	c := login(t, emulator.Config{}, "PythonConnector")
	c.run("create table t (a int)")
	for _, tt := range []struct {
		sql  string
		want map[string]int64
	}{
		{"insert into t values (1), (2), (3)", map[string]int64{"numRowsInserted": 3}},
		{"merge into t using (select 1 as a union select 9) s on t.a = s.a when matched then update set a = 5 when not matched then insert values (s.a)",
			map[string]int64{"numRowsInserted": 1, "numRowsUpdated": 1}},
		{"update t set a = a + b.n from (select 1 as n) b where a = 2", map[string]int64{"numRowsUpdated": 1}},
		{"update t set a = 0 where a = 77", nil},
		{"delete from t", map[string]int64{"numRowsDeleted": 4}},
		{"select 1", nil},
		{"create table u as select 1 as a union all select 2", map[string]int64{"numRowsInserted": 2}},
		{"create or replace transient table u as select 1 as a where false", nil},
		{"insert into u values (1), (2), (3)", map[string]int64{"numRowsInserted": 3}},
		{"truncate table u", map[string]int64{"numRowsDeleted": 3}},
		{"truncate table u", nil},
		{"insert overwrite into u values (1), (2)", map[string]int64{"numRowsInserted": 2}},
		{"insert overwrite into u values (1)", map[string]int64{"numRowsInserted": 1, "numRowsDeleted": 2}},
		{"insert all into t into u select 7 as a union all select 8", map[string]int64{"numRowsInserted": 4}},
		{"merge into u using (select 1 as a) s on u.a = s.a when matched then delete", map[string]int64{"numRowsDeleted": 1}},
	} {
		var answer struct {
			Data struct{ Stats map[string]int64 }
		}
		if err := json.Unmarshal(c.run(tt.sql).raw, &answer); err != nil {
			t.Fatal(err)
		}
		for name, n := range answer.Data.Stats {
			if n == 0 {
				delete(answer.Data.Stats, name)
			}
		}
		if diff := cmp.Diff(tt.want, answer.Data.Stats); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", tt.sql, diff)
		}
	}
}
