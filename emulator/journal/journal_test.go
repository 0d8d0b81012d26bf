package journal_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/journal"
)

func open(t *testing.T, path string, limits journal.Limits) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What was noted is known to the next process, whichever way this one ends.
func TestRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.jsonl")
	j := open(t, path, journal.Limits{})
	done := json.RawMessage(`{"rows":3}`)
	must(t, j.Note("done", journal.Request{QueryID: "1"}), j.Note("done", journal.Request{QueryID: "1", Outcome: done}),
		j.Note("on its way", journal.Request{QueryID: "2"}), j.Note("undone", journal.Request{QueryID: "3"}), j.Forget("undone"),
		j.LoggedOut(7), j.Transaction(8, true), j.Transaction(9, true), j.Transaction(9, false))
	torn, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = torn.WriteString(`{"t":99999999999999,"k":"torn","r":{"q`)
	must(t, err, torn.Close())

	j = open(t, path, journal.Limits{}) // the first one is as good as killed
	if r, ok := j.Earlier("done"); !ok || r.QueryID != "1" || string(r.Outcome) != string(done) {
		t.Errorf("what was done: %v, %v", r, ok)
	}
	if r, ok := j.Earlier("on its way"); !ok || r.Outcome != nil {
		t.Errorf("what was on its way: %v, %v", r, ok)
	}
	for _, key := range []string{"undone", "torn"} {
		if r, ok := j.Earlier(key); ok {
			t.Errorf("%s: %v", key, r)
		}
	}
	if got := fmt.Sprint(j.Gone()); got != "[7]" {
		t.Errorf("gone: %s, want [7]", got)
	}
	if !j.Lost(8) || j.Lost(8) || j.Lost(9) {
		t.Error("the transaction of 8 alone is lost, which is told once")
	}
	must(t, j.Note("new", journal.Request{QueryID: "4", Outcome: done}))
	j = open(t, path, journal.Limits{})
	if _, ok := j.Earlier("new"); !ok || j.Lost(8) {
		t.Error("the third process does not know what the second has noted")
	}
}

// A journal does not grow with what it is told.
func TestBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.jsonl")
	j := open(t, path, journal.Limits{Requests: 10, Size: 4 << 10})
	for i := range 1000 {
		must(t, j.Note(fmt.Sprint("request ", i), journal.Request{QueryID: fmt.Sprint(i), Outcome: json.RawMessage(`{}`)}))
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > 8<<10 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	j = open(t, path, journal.Limits{Requests: 10})
	if _, ok := j.Earlier("request 999"); !ok {
		t.Error("the newest request is forgotten")
	}
	if _, ok := j.Earlier("request 900"); ok {
		t.Error("an old request is kept")
	}
	must(t, j.Close())
	time.Sleep(20 * time.Millisecond)
	if _, ok := open(t, path, journal.Limits{Keep: time.Millisecond}).Earlier("request 999"); ok {
		t.Error("a request is kept for longer than it is to be")
	}
}
