package emulator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/emulator"
)

// Every type survives being kept, read again and joined with.
func TestResultScan(t *testing.T) {
	for _, app := range []string{"JavaScript", "Go"} {
		c := login(t, emulator.Config{}, app)
		want := c.run(everyType)
		again := c.run(fmt.Sprintf("select * from table(result_scan('%s'))", want.Data.QueryID))
		if diff := cmp.Diff(want.Data.RowSet, again.Data.RowSet); diff != "" || fmt.Sprint(want.Data.RowType) != fmt.Sprint(again.Data.RowType) {
			t.Errorf("%s, whole: %s", app, diff)
		}
		if app == "Go" {
			c.query("alter session set go_query_result_format = 'JSON'", nil)
		}
		plain := c.run(everyType)
		within := c.run(fmt.Sprintf("SELECT * FROM ( SELECT  *  FROM  TABLE ( RESULT_SCAN('%s')))", want.Data.QueryID))
		if diff := cmp.Diff(plain.Data.RowSet, within.Data.RowSet); diff != "" {
			t.Errorf("%s, within a query: %s", app, diff)
		}
	}
}

func TestResultScanOfLists(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	c.run("create stage st")
	listed := c.run("ls @st")
	if got := c.run(fmt.Sprintf(`SELECT "name" FROM ( SELECT  *  FROM  TABLE ( RESULT_SCAN('%s')))`, listed.Data.QueryID)).rows(); got != "[]" {
		t.Errorf("got %s", got)
	}
	c.run("create table t (a int)")
	c.run("insert into t values (1), (2)")
	if got := c.run("select * from table(result_scan(last_query_id()))").rows(); got != "[2]" {
		t.Errorf("of an insert: %s", got)
	}
	for _, id := range []string{"nonsense", "01980000-0000-7000-8000-000000000000"} {
		if r := c.query("select * from table(result_scan('"+id+"'))", nil); r.Code != "000709" {
			t.Errorf("%s: %s %s", id, r.Code, r.Message)
		}
	}
}

// What the session's connection keeps is read there, what it has not from
// another session; neither leaves a table behind.
func TestResultScanLeavesNothing(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	first := c.run("select 1 as a")
	c.run("select 2 as a")
	if got := c.run("select a from table(result_scan(last_query_id(-2)))").rows(); got != "[1]" {
		t.Errorf("further back: %s", got)
	}
	session := *c
	other := &session
	if r := other.login(nil); !r.Success {
		t.Fatalf("login: %s %s", r.Code, r.Message)
	}
	if got := other.run("select a + 1 from table(result_scan('" + first.Data.QueryID + "'))").rows(); got != "[2]" {
		t.Errorf("another session's: %s", got)
	}
	if got := other.run("show tables").rows(); got != "[]" {
		t.Errorf("left behind: %s", got)
	}
}
