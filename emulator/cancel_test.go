package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
)

// cancelled waits until a statement that was started for later is cancelled.
func cancelled(t *testing.T, c *client, id string) {
	t.Helper()
	for range 200 {
		if r := c.get("/monitoring/queries/" + id); len(r.Data.Queries) == 1 && r.Data.Queries[0].Status == "ABORTED" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("statement %s is not cancelled", id)
}

// A session cancels what runs by SQL: one statement of its own, or all of a
// session, even of itself, which is busy.
func TestCancelBySQL(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	start := func() string { return c.query(slow, map[string]any{"asyncExec": true}).Data.QueryID }
	id := start()
	if got, want := c.run(fmt.Sprintf("select system$cancel_query('%s')", id)).rows(), "[query ["+id+"] terminated.]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	cancelled(t, c, id)
	if got := c.run(fmt.Sprintf("select system$cancel_query('%s');", id)).rows(); !strings.Contains(got, "not currently executing") {
		t.Errorf("a second time it says %s", got)
	}
	one, two := start(), start()
	r := c.query("call system$cancel_all_queries(?)", map[string]any{"bindings": map[string]any{"1": map[string]any{"type": "FIXED", "value": fmt.Sprint(c.session)}}})
	if r.rows() != "[2 cancelled.]" {
		t.Errorf("%s", r.raw)
	}
	cancelled(t, c, one)
	cancelled(t, c, two)
	if got := c.run("select 1").rows(); got != "[1]" {
		t.Errorf("afterwards %s", got)
	}
	if r := c.query("select system$cancel_all_queries('mine')", nil); r.Code != "100038" {
		t.Errorf("%s", r.raw)
	}
}

// CURRENT_SESSION is the id that the login gave.
func TestCurrentSession(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	if got, want := c.run("select current_session()").rows(), fmt.Sprintf("[%d]", c.session); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Nobody cancels what another user runs.
func TestCancelOfAnother(t *testing.T) {
	users := []emulator.User{{Name: emulator.DefaultUser, Password: emulator.DefaultPassword}, {Name: "other", Password: "other"}}
	c := login(t, emulator.Config{Users: users}, "JavaScript")
	id := c.query(slow, map[string]any{"asyncExec": true}).Data.QueryID
	thief := &client{t: t, url: c.url, app: "JavaScript"}
	if r := thief.login(map[string]any{"LOGIN_NAME": "other", "PASSWORD": "other"}); !r.Success {
		t.Fatalf("%s", r.raw)
	}
	for sql, want := range map[string]string{
		"select system$cancel_query('" + id + "')":                     "[Identified SQL statement is not currently executing.]",
		fmt.Sprintf("select system$cancel_all_queries(%d)", c.session): "[0 cancelled.]",
	} {
		if got := thief.run(sql).rows(); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
	if r := c.get("/monitoring/queries/" + id); len(r.Data.Queries) != 1 || r.Data.Queries[0].Status != "RUNNING" {
		t.Errorf("%s", r.raw)
	}
}
