package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
)

// Summary tells what dbt tells when a run has ended: what ran and how long,
// every failure once, and how many of each. Target is the folder of the
// artifacts, as messages name it.
func Summary(t Teller, res *runner.Result, target string) {
	counts := res.Counts()
	bad, warned := counts[runner.Failed]+counts[runner.Fail], counts[runner.Warn]
	t.Tell(blank())
	t.Tell(finished(res))
	t.Tell(blank())
	t.Tell(completed(res, counts))
	for _, warnings := range []bool{false, true} {
		for i := range res.Nodes {
			if (res.Nodes[i].Status == runner.Warn) == warnings {
				failure(t, &res.Nodes[i], target)
			}
		}
	}
	t.Tell(blank())
	stats := map[string]any{
		"pass": counts[runner.Success] + counts[runner.Pass], "warn": warned, "error": bad, "skip": counts[runner.Skipped],
		"noop": counts[runner.NoOp], "total": len(res.Nodes),
	}
	t.Tell(said("StatsLine", "Z023", "info", fmt.Sprintf("Done. PASS=%d WARN=%d ERROR=%d SKIP=%d NO-OP=%d TOTAL=%d",
		stats["pass"], warned, bad, stats["skip"], stats["noop"], stats["total"]), map[string]any{"stats": stats, "run_id": res.RunID}))
}

// FreshnessSummary tells what dbt tells when sources have been asked.
func FreshnessSummary(t Teller, res *runner.Result, target string) {
	t.Tell(blank())
	t.Tell(finished(res))
	for i := range res.Nodes {
		failure(t, &res.Nodes[i], target)
	}
	t.Tell(said("FreshnessCheckComplete", "Q003", "info", "Done.", nil))
}

// finished is dbt's line of what ran and how long it took.
func finished(res *runner.Result) Message {
	n := map[string]int{}
	for _, r := range res.Nodes {
		kind := string(r.Node.Type)
		switch r.Node.Type {
		case runner.Model:
			kind = string(r.Node.Config.Materialized) + " model"
		case runner.Operation:
			kind = "project hook"
		}
		n[kind]++
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		kinds = append(kinds, counted(n[kind], runner.ResourceType(kind)))
	}
	took := res.Duration
	hours, minutes, seconds := int(took.Hours()), int(took.Minutes())%60, (took % time.Minute).Seconds()
	line := fmt.Sprintf("in %d hours %d minutes and %.2f seconds", hours, minutes, seconds)
	return said("FinishedRunningStats", "E047", "info", fmt.Sprintf("Finished running %s %s (%.2fs).", strings.Join(kinds, ", "), line, took.Seconds()),
		map[string]any{"stat_line": strings.Join(kinds, ", "), "execution": " " + line, "execution_time": took.Seconds()})
}

// completed is dbt's line on how it went as a whole.
func completed(res *runner.Result, counts map[runner.Status]int) Message {
	bad, warned := counts[runner.Failed]+counts[runner.Fail], counts[runner.Warn]
	line, color := "Completed successfully", text.FgGreen
	switch {
	case bad > 0:
		line, color = fmt.Sprintf("Completed with %s, 0 partial successes, and %s:", counted(bad, "error"), counted(warned, "warning")), text.FgRed
	case warned > 0:
		line, color = fmt.Sprintf("Completed with %s:", counted(warned, "warning")), text.FgYellow
	case counts[runner.Skipped] > 0:
		line, color = fmt.Sprintf("Exited because of keyboard interrupt: %s not run", counted(counts[runner.Skipped], "node")), text.FgYellow
	}
	return said("EndOfRunSummary", "Z030", "info", line, map[string]any{"num_errors": bad, "num_warnings": warned, "num_partial_success": 0}).painted(color)
}

// failure tells one failure or warning, if it is one.
func failure(t Teller, r *runner.NodeResult, target string) {
	if !r.Status.Bad() && r.Status != runner.Warn {
		return
	}
	data := map[string]any{"node_name": r.Node.Name, "path": r.Node.Pos.File, "resource_type": string(r.Node.Type), "unique_id": r.Node.ID}
	where := fmt.Sprintf("in %s %s (%s)", r.Node.Type, r.Node.Name, r.Node.Pos)
	t.Tell(blank())
	if r.Status.Bad() {
		t.Tell(said("RunResultFailure", "Z022", "error", "Failure "+where, data).painted(text.FgRed))
		t.Tell(said("RunResultError", "Z024", "error", "  "+Clean(r.Told()), data))
	} else {
		t.Tell(said("RunResultWarning", "Z021", "warn", "Warning "+where, data).painted(text.FgYellow))
		t.Tell(said("RunResultWarningMessage", "Z046", "warn", Clean(r.Message), data))
	}
	if r.Compiled != "" && r.Node.Type != runner.Operation {
		t.Tell(blank())
		t.Tell(said("SQLCompiledPath", "Z026", "info", "  compiled code at "+artifact.CompiledPath(target, "compiled", r.Node), data))
	}
	if r.Stored != (runner.Relation{}) {
		query := "select * from " + r.Stored.Spelt(r.Node.Test.Spelling)
		border := strings.Repeat("-", len(query))
		t.Tell(blank())
		t.Tell(said("CheckNodeTestFailure", "Z027", "info", fmt.Sprintf("  See test failures:\n  %s\n  %s\n  %s", border, query, border), data))
	}
}
