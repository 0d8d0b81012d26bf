package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
)

// A Console writes a line when a node starts and one when it ends.
type Console struct {
	Out   io.Writer
	Color bool
	Quiet bool // only failures and warnings
}

// width is how wide dbt's lines are.
const width = 80

// Report writes the event's line.
func (c *Console) Report(e runner.Event) {
	switch e.Kind {
	case runner.Started:
		if !c.Quiet {
			c.line(e, "START "+describe(e.Node), "RUN", 0)
		}
	case runner.Logged:
		if !c.Quiet || e.Level == "warn" || e.Level == "error" {
			fmt.Fprintf(c.Out, "%s  %s: %s: %s\n", stamp(e), e.Node.Name, e.Level, Clean(e.Message))
		}
	case runner.Finished:
		if c.Quiet && e.Result.Status != runner.Warn && !e.Result.Status.Bad() {
			return
		}
		what, how, color := outcome(e.Result)
		c.line(e, what, how, color)
	}
}

func stamp(e runner.Event) string { return e.Time.Format("15:04:05") }

// line writes dbt's line: time, count, what, dots, [how].
func (c *Console) line(e runner.Event, what, how string, color text.Color) {
	left := fmt.Sprintf("%s  %d of %d %s ", stamp(e), e.Index, e.Total, what)
	fmt.Fprintf(c.Out, "%s%s [%s]\n", left, strings.Repeat(".", max(3, width-len(left))), c.paint(color, how))
}

func (c *Console) paint(color text.Color, s string) string {
	if !c.Color || color == 0 {
		return s
	}
	return color.EscapeSeq() + s + text.EscapeReset
}

// describe is a node as dbt's lines name it.
func describe(n *runner.Node) string {
	switch n.Type {
	case runner.Test:
		return "test " + n.Name
	case runner.UnitTest:
		return "unit_test " + strings.ReplaceAll(strings.TrimPrefix(n.ID, "unit_test."+n.Package+"."), ".", "::")
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

func place(n *runner.Node) string { return n.Spelt().Schema + "." + n.Spelt().Identifier }

// outcome is what a finished node's line says.
func outcome(r *runner.NodeResult) (what, how string, color text.Color) {
	took := fmt.Sprintf("in %.2fs", r.Duration.Seconds())
	n := r.Node
	name := strings.TrimPrefix(describe(n), "test ")
	if n.Type == runner.UnitTest {
		name = strings.TrimPrefix(name, "unit_test ")
	}
	if n.Type == runner.Source {
		return stale(r, name, took)
	}
	switch r.Status {
	case runner.Pass:
		return "PASS " + name, "PASS " + took, text.FgGreen
	case runner.Warn:
		return fmt.Sprintf("WARN %d %s", r.Failures, name), fmt.Sprintf("WARN %d %s", r.Failures, took), text.FgYellow
	case runner.Fail:
		return fmt.Sprintf("FAIL %d %s", r.Failures, name), fmt.Sprintf("FAIL %d %s", r.Failures, took), text.FgRed
	case runner.Failed:
		return "ERROR " + describe(n), "ERROR " + took, text.FgRed
	case runner.Skipped:
		return "SKIP " + describe(n), Clean(r.Message), text.FgYellow
	case runner.NoOp:
		return "NO-OP " + describe(n), "NO-OP " + took, text.FgYellow
	}
	verb, count := "OK created ", ""
	switch {
	case n.Type == runner.Snapshot:
		verb, count = "OK snapshotted ", fmt.Sprintf("SUCCESS %d ", r.Rows)
	case n.Type == runner.Seed:
		verb, count = "OK loaded ", fmt.Sprintf("INSERT %d ", r.Rows)
	case r.Rows >= 0:
		count = fmt.Sprintf("SUCCESS %d ", r.Rows)
	default:
		count = "SUCCESS 1 "
	}
	return verb + describe(n), count + took, text.FgGreen
}

// stale is what the line of a source's freshness says.
func stale(r *runner.NodeResult, name, took string) (what, how string, color text.Color) {
	switch r.Status {
	case runner.Pass:
		return "PASS " + name, "PASS " + took, text.FgGreen
	case runner.Warn:
		return "WARN " + name, "WARN " + took, text.FgYellow
	case runner.Fail:
		return "ERROR STALE " + name, "ERROR STALE " + took, text.FgRed
	case runner.Skipped:
		return "SKIP " + name, Clean(r.Message), text.FgYellow
	}
	return "ERROR " + name, "ERROR " + took, text.FgRed
}

// Clean makes text from outside fit for a terminal: control characters but
// line ends and tabs are gone.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, s)
}

// Summary writes what dbt writes when a run has ended: how many of each, and
// every failure once. Target is the folder of the artifacts, as messages name
// it.
func Summary(w io.Writer, res *runner.Result, target string, color bool) {
	c := &Console{Out: w, Color: color}
	counts := res.Counts()
	bad, warned := counts[runner.Failed]+counts[runner.Fail], counts[runner.Warn]
	total := len(res.Nodes)
	if res.EndHooks != nil {
		bad, total = bad+1, total+1
	}
	fmt.Fprintln(w)
	switch {
	case bad > 0:
		fmt.Fprintln(w, c.paint(text.FgRed, fmt.Sprintf("Completed with %s, %s:", count(bad, "error"), count(warned, "warning"))))
	case warned > 0:
		fmt.Fprintln(w, c.paint(text.FgYellow, fmt.Sprintf("Completed with %s:", count(warned, "warning"))))
	case counts[runner.Skipped] > 0:
		fmt.Fprintln(w, c.paint(text.FgYellow, fmt.Sprintf("Interrupted: %s not run", count(counts[runner.Skipped], "node"))))
	default:
		fmt.Fprintln(w, c.paint(text.FgGreen, "Completed successfully"))
	}
	for i := range res.Nodes {
		failure(w, &res.Nodes[i], target)
	}
	if res.EndHooks != nil {
		fmt.Fprintf(w, "\nError in on-run-end\n  %s\n", strings.ReplaceAll(Clean(res.EndHooks.Error()), "\n", "\n  "))
	}
	fmt.Fprintln(w)
	fmt.Fprintf(w, "Done. PASS=%d WARN=%d ERROR=%d SKIP=%d NO-OP=%d TOTAL=%d\n",
		counts[runner.Success]+counts[runner.Pass], warned, bad, counts[runner.Skipped], counts[runner.NoOp], total)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// failure writes one failure or warning, if it is one.
func failure(w io.Writer, r *runner.NodeResult, target string) {
	head := ""
	switch r.Status {
	case runner.Failed:
		head = "Error in "
	case runner.Fail:
		head = "Failure in "
	case runner.Warn:
		head = "Warning in "
	default:
		return
	}
	fmt.Fprintf(w, "\n%s%s %s (%s)\n", head, r.Node.Type, r.Node.Name, r.Node.Pos)
	for line := range strings.SplitSeq(Clean(r.Message), "\n") {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if r.Compiled != "" {
		fmt.Fprintf(w, "  compiled code at %s\n", artifact.CompiledPath(target, "compiled", r.Node))
	}
	if r.Stored != (runner.Relation{}) {
		fmt.Fprintf(w, "  see the rows found with: select * from %s\n", r.Stored)
	}
}
