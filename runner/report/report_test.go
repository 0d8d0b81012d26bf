package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/report"
)

var at = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func node(typ runner.ResourceType, name string) *runner.Node {
	n := &runner.Node{
		ID: string(typ) + ".f1." + name, Type: typ, Name: name, Package: "f1", Pos: runner.Pos{File: "models/" + name + ".sql"},
		Relation: runner.Relation{Database: "F1", Schema: "PUBLIC", Identifier: strings.ToUpper(name)},
		Config:   runner.Config{Materialized: runner.Table},
	}
	if typ == runner.Test {
		n.Test, n.Relation = &runner.TestSpec{}, runner.Relation{}
	}
	return n
}

// results are one of every outcome.
func results() []runner.NodeResult {
	model, trained := node(runner.Model, "podium"), node(runner.Model, "train_test_position")
	trained.Config.Plugin = &runner.PluginConfig{Name: "logreg", Action: "train"}
	return []runner.NodeResult{
		{Node: node(runner.Seed, "laps"), Status: runner.Success, Rows: 4},
		{Node: model, Status: runner.Success, Rows: 2, Compiled: "select 1", QueryID: "01"},
		{Node: trained, Status: runner.Success, Rows: 1872, Plugin: &runner.PluginResult{Artifact: "@F1.PUBLIC.M/m.json", SHA256: "ab", Metrics: map[string]any{"accuracy": 0.5}}},
		{Node: node(runner.Model, "broken"), Status: runner.Failed, Rows: -1, Message: "002003 (42S02): no such\x1b[31m table", Err: errors.New("x"), Compiled: "select 2"},
		{Node: node(runner.Model, "after"), Status: runner.Skipped, Rows: -1, Message: "skipped: needs broken"},
		{Node: node(runner.Test, "unique_laps"), Status: runner.Pass, Rows: -1},
		{Node: node(runner.Test, "not_null_laps"), Status: runner.Warn, Rows: -1, Failures: 3, Message: "Got 3 results, configured to warn if != 0"},
		{Node: node(runner.Test, "fast_laps"), Status: runner.Fail, Rows: -1, Failures: 1, Message: "Got 1 result, configured to fail if != 0"},
		{Node: node(runner.Snapshot, "podium_history"), Status: runner.Success, Rows: 2},
	}
}

// events are a run of them all.
func events() []runner.Event {
	var all []runner.Event
	rs := results()
	for i := range rs {
		e := runner.Event{Time: at, Node: rs[i].Node, Index: i + 1, Total: len(rs)}
		begin, end := e, e
		begin.Kind, end.Kind, end.Result = runner.Started, runner.Finished, &rs[i]
		all = append(all, begin, end)
	}
	hook := &runner.NodeResult{Node: runner.Operating(runner.Hook{Package: "f1", Name: "on-run-end.0"}), Status: runner.Success, Rows: -1}
	all = append(all,
		runner.Event{Kind: runner.Logged, Time: at, Node: rs[2].Node, Level: "warn", Message: "collinear \x07features"},
		runner.Event{Kind: runner.Logged, Time: at, Node: rs[2].Node, Level: "info", Message: "just so"})
	return append(all, runner.Event{Kind: runner.Started, Time: at, Node: hook.Node, Index: 1, Total: 1},
		runner.Event{Kind: runner.Finished, Time: at, Node: hook.Node, Index: 1, Total: 1, Result: hook})
}

const console = `
15:04:05  1 of 9 START seed file PUBLIC.LAPS ............................................. [RUN]
15:04:05  1 of 9 OK loaded seed file PUBLIC.LAPS ......................................... [INSERT 4 in 0.00s]
15:04:05  2 of 9 START sql table model PUBLIC.PODIUM ..................................... [RUN]
15:04:05  2 of 9 OK created sql table model PUBLIC.PODIUM ................................ [SUCCESS 2 in 0.00s]
15:04:05  3 of 9 START logreg train model PUBLIC.TRAIN_TEST_POSITION ..................... [RUN]
15:04:05  3 of 9 OK created logreg train model PUBLIC.TRAIN_TEST_POSITION ................ [SUCCESS 1872 in 0.00s]
15:04:05  4 of 9 START sql table model PUBLIC.BROKEN ..................................... [RUN]
15:04:05  4 of 9 ERROR creating sql table model PUBLIC.BROKEN ............................ [ERROR in 0.00s]
15:04:05  5 of 9 START sql table model PUBLIC.AFTER ...................................... [RUN]
15:04:05  5 of 9 SKIP relation PUBLIC.AFTER .............................................. [SKIP] needs broken
15:04:05  6 of 9 START test unique_laps .................................................. [RUN]
15:04:05  6 of 9 PASS unique_laps ........................................................ [PASS in 0.00s]
15:04:05  7 of 9 START test not_null_laps ................................................ [RUN]
15:04:05  7 of 9 WARN 3 not_null_laps .................................................... [WARN 3 in 0.00s]
15:04:05  8 of 9 START test fast_laps .................................................... [RUN]
15:04:05  8 of 9 FAIL 1 fast_laps ........................................................ [FAIL 1 in 0.00s]
15:04:05  9 of 9 START snapshot PUBLIC.PODIUM_HISTORY .................................... [RUN]
15:04:05  9 of 9 OK snapshotted PUBLIC.PODIUM_HISTORY .................................... [SUCCESS 2 in 0.00s]
15:04:05  train_test_position: warn: collinear features
15:04:05  train_test_position: info: just so
15:04:05  
15:04:05  1 of 1 START hook: f1.on-run-end.0 ............................................. [RUN]
15:04:05  1 of 1 OK hook: f1.on-run-end.0 ................................................ [OK in 0.00s]
`

func TestConsole(t *testing.T) {
	var out bytes.Buffer
	c := &report.Console{Out: &out}
	for _, e := range events() {
		c.Report(e)
	}
	if diff := cmp.Diff(strings.TrimPrefix(console, "\n"), out.String()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestConsoleQuiet(t *testing.T) {
	var out bytes.Buffer
	c := &report.Console{Out: &out, Quiet: true, Color: true}
	for _, e := range events() {
		c.Report(e)
	}
	text := out.String()
	for _, want := range []string{"ERROR creating sql table", "FAIL 1", "\x1b[31mFAIL 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"START", "OK ", "PASS", "WARN 3", "collinear", "just so"} {
		if strings.Contains(text, not) {
			t.Errorf("it has %q:\n%s", not, text)
		}
	}
}

func TestSummary(t *testing.T) {
	var out bytes.Buffer
	res := &runner.Result{Nodes: results(), Duration: 62500 * time.Millisecond}
	report.Summary(&report.Console{Out: &out}, res, "target")
	want := `

Finished running 1 seed, 1 snapshot, 4 table models, 3 data tests in 0 hours 1 minutes and 2.50 seconds (62.50s).

Completed with 2 errors, 0 partial successes, and 1 warning:

Failure in model broken (models/broken.sql)
  Runtime Error in model broken (models/broken.sql)
  002003 (42S02): no such[31m table

  compiled code at target/compiled/f1/models/broken.sql

Failure in test fast_laps (models/fast_laps.sql)
  Got 1 result, configured to fail if != 0

Warning in test not_null_laps (models/not_null_laps.sql)
Got 3 results, configured to warn if != 0

Done. PASS=5 WARN=1 ERROR=2 SKIP=1 NO-OP=0 TOTAL=9
`
	got := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d  `).ReplaceAllString(out.String(), "")
	if diff := cmp.Diff(want[1:], got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	out.Reset()
	report.Summary(&report.Console{Out: &out, Quiet: true}, &runner.Result{Nodes: results()[:2]}, "target")
	if out.Len() > 0 {
		t.Errorf("a quiet run that went well ends with %q", out.String())
	}
}

// TestJSON checks that each event is one object a line, without control
// characters of a terminal in the way of who reads it.
func TestJSON(t *testing.T) {
	var out bytes.Buffer
	j := &report.JSON{Out: &out, RunID: "run"}
	for _, e := range events() {
		j.Report(e)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(events()) {
		t.Fatalf("%d lines for %d events", len(lines), len(events()))
	}
	var trained struct{ Info, Data map[string]any }
	if err := json.Unmarshal([]byte(lines[5]), &trained); err != nil {
		t.Fatal(err)
	}
	delete(trained.Info, "pid")
	info := map[string]any{
		"name": "LogModelResult", "code": "Q012", "level": "info", "invocation_id": "run", "ts": "2026-01-02T15:04:05Z", "thread": "MainThread", "category": "",
		"msg": "3 of 9 OK created logreg train model PUBLIC.TRAIN_TEST_POSITION ................ [SUCCESS 1872 in 0.00s]", "extra": map[string]any{},
	}
	data := map[string]any{
		"index": 3.0, "total": 9.0, "status": "success", "execution_time": 0.0, "description": "logreg train model PUBLIC.TRAIN_TEST_POSITION",
		"rows_affected": 1872.0, "artifact": "@F1.PUBLIC.M/m.json", "metrics": map[string]any{"accuracy": 0.5},
		"node_info": map[string]any{
			"unique_id": "model.f1.train_test_position", "node_name": "train_test_position", "resource_type": "model", "materialized": "table",
			"node_path": "models/train_test_position.sql", "node_status": "success", "node_started_at": "0001-01-01T00:00:00Z", "node_finished_at": "0001-01-01T00:00:00Z",
			"node_relation": map[string]any{"database": "F1", "schema": "PUBLIC", "alias": "TRAIN_TEST_POSITION", "relation_name": "F1.PUBLIC.TRAIN_TEST_POSITION"},
		},
	}
	if diff := cmp.Diff([]map[string]any{info, data}, []map[string]any{trained.Info, trained.Data}); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestLive draws a line for each node that runs, and takes it away again.
func TestLive(t *testing.T) {
	var out bytes.Buffer
	l := report.NewLive(&out, 60, false, false)
	n := node(runner.Model, "podium")
	l.Report(runner.Event{Kind: runner.Started, Time: at, Node: n, Index: 1, Total: 1})
	l.Report(runner.Event{Kind: runner.Progressed, Time: at, Node: n, Step: "load", Done: 1234567})
	l.Report(runner.Event{Kind: runner.Finished, Time: at, Node: n, Index: 1, Total: 1, Result: &runner.NodeResult{Node: n, Status: runner.Success, Rows: 2}})
	l.Stop()
	text := out.String()
	if !strings.Contains(text, "load 1,234,567 rows") && !strings.Contains(text, "load 1,234") {
		t.Errorf("no progress in %q", text)
	}
	shown := strings.Count(text, "\n") // lines drawn less lines taken back
	for _, part := range strings.Split(text, "\x1b[")[1:] {
		if part[0] >= '1' && part[1] == 'A' {
			shown -= int(part[0] - '0')
		}
	}
	if shown != 1 || !strings.HasSuffix(text, "[SUCCESS 2 in 0.00s]\n") {
		t.Errorf("%d lines are left of %q", shown, text)
	}
	for _, line := range strings.Split(text, "\n") {
		if i := strings.LastIndex(line, "\x1b[J"); i >= 0 {
			line = line[i+3:]
		}
		if n := len([]rune(line)); n >= 60 && !strings.Contains(line, "[SUCCESS") {
			t.Errorf("a line of %d columns on a terminal of 60: %q", n, line)
		}
	}
}
