package report

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/runner"
)

// width is how wide dbt's lines are, before what is in brackets.
const width = 80

// An outcome is what a node's line says, under the name and code of dbt's
// event for it.
type outcome struct {
	name, code, level string
	what, how, after  string
	color             text.Color
}

// told is the message of a run's event.
func told(e runner.Event) Message {
	switch e.Kind {
	case runner.Started:
		o := outcome{name: "LogStartLine", code: "Q011", level: "info", what: "START " + describe(e.Node), how: "RUN"}
		if e.Node.Type == runner.Operation {
			o.name, o.code = "LogHookStartLine", "Q032"
		}
		return o.message(e, map[string]any{"description": describe(e.Node), "status": "started"})
	case runner.Finished:
		return ended(e.Result).message(e, resultData(e.Result))
	}
	m := said("NodeLog", "S001", e.Level, fmt.Sprintf("%s: %s: %s", e.Node.Name, e.Level, Clean(e.Message)), map[string]any{"node_info": nodeInfo(e), "message": Clean(e.Message)})
	m.at = e.Time
	return m
}

// message is dbt's line: count, what, dots, [how].
func (o outcome) message(e runner.Event, data map[string]any) Message {
	left := fmt.Sprintf("%d of %d %s ", e.Index, e.Total, o.what)
	left += strings.Repeat(".", max(0, width-len([]rune(left))))
	data["node_info"], data["index"], data["total"] = nodeInfo(e), e.Index, e.Total
	return Message{
		Name: o.name, Code: o.code, Level: o.level, Data: data, at: e.Time,
		parts: []part{{text: left + " ["}, {o.how, o.color}, {text: "]" + o.after}},
	}
}

// describe is a node as dbt's lines name it.
func describe(n *runner.Node) string {
	switch n.Type {
	case runner.Operation:
		return "hook: " + n.Package + "." + n.Hook
	case runner.Test:
		return "test " + n.Name
	case runner.UnitTest:
		return "unit_test " + unitName(n)
	case runner.Exposure:
		return "exposure " + n.Name
	case runner.Snapshot:
		return "snapshot " + place(n)
	case runner.Source:
		return "freshness of " + strings.Join(n.FQN[max(0, len(n.FQN)-2):], ".")
	case runner.Seed:
		return "seed file " + place(n)
	}
	how := string(n.Config.Materialized)
	if p := n.Config.Plugin; p != nil {
		return fmt.Sprintf("%s %s model %s", p.Name, p.Action, place(n))
	}
	if n.Python {
		return fmt.Sprintf("python %s model %s", how, place(n))
	}
	return fmt.Sprintf("sql %s model %s", how, place(n))
}

func unitName(n *runner.Node) string {
	return strings.ReplaceAll(strings.TrimPrefix(n.ID, "unit_test."+n.Package+"."), ".", "::")
}

func place(n *runner.Node) string { return n.Spelt().Schema + "." + n.Spelt().Identifier }

// verbs are how dbt's lines of nodes begin when all went well and when not.
var verbs = map[runner.ResourceType]outcome{
	runner.Model:     {name: "LogModelResult", code: "Q012", what: "created "},
	runner.Seed:      {name: "LogSeedResult", code: "Q016", what: "loaded "},
	runner.Snapshot:  {name: "LogSnapshotResult", code: "Q015", what: "snapshotted "},
	runner.Test:      {name: "LogTestResult", code: "Q007"},
	runner.UnitTest:  {name: "LogTestResult", code: "Q007"},
	runner.Source:    {name: "LogFreshnessResult", code: "Q018"},
	runner.Operation: {name: "LogHookEndLine", code: "Q033"},
}

// failing are the verbs of nodes that failed.
var failing = map[runner.ResourceType]string{runner.Model: "creating ", runner.Seed: "loading ", runner.Snapshot: "snapshotting "}

// ended is what a finished node's line says.
func ended(r *runner.NodeResult) outcome {
	took := fmt.Sprintf(" in %.2fs", r.Duration.Seconds())
	o := verbs[r.Node.Type]
	verb := o.what
	name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(describe(r.Node), "test "), "unit_test "), "snapshot ")
	set := func(level, what, how string, color text.Color) outcome {
		o.level, o.what, o.how, o.color = level, what, how, color
		return o
	}
	switch r.Status {
	case runner.Pass:
		return set("info", "PASS "+name, "PASS"+took, text.FgGreen)
	case runner.Warn:
		found := foundBy(r)
		return set("warn", "WARN"+found+" "+name, "WARN"+found+took, text.FgYellow)
	case runner.Fail:
		word := "FAIL" + foundBy(r)
		if r.Node.Type == runner.Source {
			word = "ERROR STALE"
		}
		return set("error", word+" "+name, word+took, text.FgRed)
	case runner.Failed:
		return set("error", "ERROR "+failing[r.Node.Type]+name, "ERROR"+took, text.FgRed)
	case runner.Skipped:
		return skipped(r)
	case runner.NoOp:
		o.name, o.code = "LogNodeNoOpResult", "Q019"
		return set("info", "NO-OP "+name, "NO-OP"+took, text.FgYellow)
	}
	return set("info", "OK "+verb+name, success(r)+took, text.FgGreen)
}

// foundBy is how many rows a test found.
func foundBy(r *runner.NodeResult) string {
	if r.Node.Type == runner.Source {
		return ""
	}
	return fmt.Sprintf(" %d", r.Failures)
}

// skipped is the line of a node that was not run, and why.
func skipped(r *runner.NodeResult) outcome {
	o := outcome{name: "SkippingDetails", code: "Q034", level: "info", how: "SKIP", color: text.FgYellow, after: " " + strings.TrimPrefix(Clean(r.Message), "skipped: ")}
	switch r.Node.Type {
	case runner.Model, runner.Seed, runner.Snapshot:
		o.what = "SKIP relation " + place(r.Node)
	case runner.Operation:
		o.what = "SKIP " + describe(r.Node)
	default:
		o.what = fmt.Sprintf("SKIP %s %s", r.Node.Type, r.Node.Name)
	}
	return o
}

// success is what the database said, in dbt's words.
func success(r *runner.NodeResult) string {
	switch {
	case r.Node.Type == runner.Operation:
		return "OK"
	case r.Node.Type == runner.Seed:
		return fmt.Sprintf("INSERT %d", r.Rows)
	case r.Rows >= 0:
		return fmt.Sprintf("SUCCESS %d", r.Rows)
	}
	return "SUCCESS 1"
}
