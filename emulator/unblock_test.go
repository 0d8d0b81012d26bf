package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
)

// https://docs.snowflake.com/en/sql-reference/transactions#aborting-transactions:
// a transaction that blocks another one and has been idle for 5 minutes is
// rolled back. Its client, if it is there after all, is told so.
func TestIdleTransactionsBlockNobody(t *testing.T) {
	c := login(t, emulator.Config{Times: emulator.Times{Blocking: 300 * time.Millisecond}}, "JavaScript")
	gone := *c
	for _, holder := range []*client{c, &gone} {
		if r := holder.login(nil); !r.Success {
			t.Fatalf("%s", r.raw)
		}
	}
	c.run("create table t as select 1::int as a")
	c.run("alter session set lock_timeout = 0")
	for _, last := range []string{"commit", "update t set a = a + 100", "rollback"} {
		gone.run("begin")
		gone.run("update t set a = a + 10")
		if r := c.query("update t set a = a + 1", nil); r.Code != "000625" {
			t.Errorf("while it is busy: %s", r.raw)
		}
		if r := c.query("select a from t", nil); r.rows() != "[1]" {
			t.Errorf("it has committed: %s", r.raw)
		}
		time.Sleep(350 * time.Millisecond)
		if r := c.query("update t set a = a + 1", nil); r.Code != "000625" {
			t.Errorf("when it has been idle: %s", r.raw)
		}
		deadline := time.Now().Add(10 * time.Second)
		for r := c.query("update t set a = a + 1", nil); !r.Success; r = c.query("update t set a = a + 1", nil) {
			if time.Now().After(deadline) {
				t.Fatalf("it is blocked for ever: %s", r.raw)
			}
		}
		if r := gone.query(last, nil); r.Success != (last == "rollback") || !r.Success && !strings.Contains(r.Message, "transaction was rolled back") {
			t.Errorf("%s of whoever comes back: %s", last, r.raw)
		}
		if r := gone.query("select a from t", nil); r.rows() != "[2]" {
			t.Errorf("after %s: %s", last, r.raw)
		}
		c.run("update t set a = 1")
	}
}
