package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/report"
)

// runOptions are how nodes are run.
type runOptions struct {
	command, seedPath, junit                    string
	fullRefresh, failFast, storeFailures, empty bool
}

// flags are those that the command has.
func (o *runOptions) flags(cmd *cobra.Command) {
	toggle(cmd, &o.failFast, "fail-fast", "x", "start nothing more once a node has failed")
	cmd.Flags().StringVar(&o.junit, "junit", "", "file to write the results to as JUnit's XML, for CI")
	if o.command != "test" && o.command != "snapshot" {
		toggle(cmd, &o.fullRefresh, "full-refresh", "f", "rebuild incremental models from nothing")
	}
	if o.command == "build" || o.command == "seed" {
		cmd.Flags().StringVar(&o.seedPath, "seed-path", "", "folder of CSV files instead of the project's seeds")
	}
	if o.command == "build" || o.command == "test" {
		toggle(cmd, &o.storeFailures, "store-failures", "", "keep the rows that tests find in tables of the schema ..._dbt_test__audit")
	}
	if o.command == "build" || o.command == "run" || o.command == "snapshot" {
		toggle(cmd, &o.empty, "empty", "", "build everything without rows: every ref and source gives none")
	}
}

// runNodes runs nodes and tells how it went. Failed nodes are errReported.
func (w *workspace) runNodes(ctx context.Context, nodes []*runner.Node, sel selection, opts runOptions) (*runner.Result, error) {
	reporter, stop, err := w.app.reporter()
	if err != nil {
		return nil, err
	}
	env, err := w.env(reporter)
	if err != nil {
		return nil, err
	}
	env.FullRefresh, env.FailFast, env.StoreFailures, env.Empty = opts.fullRefresh, opts.failFast, opts.storeFailures, opts.empty
	env.FavorState, env.WarnError = sel.favorState, w.app.warnings.isError
	if env.Defer, err = sel.deferred(); err != nil {
		return nil, err
	}
	if !w.app.quiet && w.app.logFormat == "text" {
		fmt.Fprintf(w.app.stdout, "%s\n\n%s\n\n", found(w.project), concurrency(w.project.Target, env.Threads))
	}
	w.project.Select(nodes)
	res, err := runner.Run(ctx, runner.Plan{Project: w.project.Project, Nodes: nodes}, env)
	stop()
	if res == nil {
		return nil, err
	}
	w.summary(res)
	if fileErr := w.write(res, w.app.args(sel, opts), opts.junit); fileErr != nil {
		return res, errors.Join(err, fmt.Errorf("write what was run: %w", fileErr))
	}
	if err == nil && !res.OK() {
		err = errReported
	}
	return res, err
}

// write writes the artifacts of a run.
func (w *workspace) write(res *runner.Result, args map[string]any, junit string) error {
	var errs []error
	if junit != "" {
		errs = append(errs, report.WriteJUnit(junit, w.project.Name, res))
	}
	if w.app.noWriteJSON {
		return errors.Join(errs...)
	}
	compiled := artifact.Compiled{}
	for _, n := range res.Nodes {
		if n.Compiled != "" {
			compiled[n.Node.ID] = n.Compiled
		}
	}
	folder := artifact.Folder(w.project.Dir, w.project.TargetPath)
	manifest := artifact.NewManifest(w.project.Project, res.RunID, res.Start, compiled, nil)
	return errors.Join(append(errs, manifest.Write(folder), artifact.WriteRun(w.project.Dir, w.project.TargetPath, res, args))...)
}

// args are what the command was called with, as run_results.json keeps them
// and retry reads them.
func (a *app) args(sel selection, opts runOptions) map[string]any {
	vars, _ := project.ParseVars(a.vars) // read without error before
	return map[string]any{
		"which": opts.command, "select": orEmptyList(sel.include), "exclude": orEmptyList(sel.exclude), "selector": sel.selector,
		"resource_types": orEmptyList(sel.types), "exclude_resource_types": orEmptyList(sel.without), "indirect_selection": sel.indirect,
		"full_refresh": opts.fullRefresh, "fail_fast": opts.failFast, "store_failures": opts.storeFailures, "empty": opts.empty,
		"seed_path": opts.seedPath, "vars": vars, "threads": a.threads, "target": a.target, "profile": a.profile, "profiles_dir": a.profilesDir,
		"target_path": a.targetPath, "state": sel.state, "defer": sel.defers, "favor_state": sel.favorState, "defer_state": sel.deferState,
		"warn_error": a.warnError, "warn_error_options": a.warnErrorOptions, "state_dir": a.stateDir,
	}
}

func orEmptyList(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}

// found is dbt's line on what a project has.
func found(p *project.Project) string {
	n := map[runner.ResourceType]int{}
	for _, node := range p.Nodes {
		n[node.Type]++
	}
	line := "Found"
	for _, t := range []struct {
		typ  runner.ResourceType
		noun string
	}{
		{runner.Model, "model"}, {runner.Seed, "seed"}, {runner.Snapshot, "snapshot"}, {runner.Analysis, "analysis"}, {runner.Test, "data test"},
		{runner.UnitTest, "unit test"}, {runner.Source, "source"}, {runner.Exposure, "exposure"},
	} {
		if n[t.typ] == 0 {
			continue
		}
		if line != "Found" {
			line += ","
		}
		line += " " + counted(n[t.typ], t.noun)
	}
	if n := len(p.Macros); n > 0 {
		line += fmt.Sprintf(", %d macros", n)
	}
	return line + fmt.Sprintf(" (target=%q, %s)", p.Target.Name, p.Target.Type)
}

// counted is a number of things.
func counted(n int, noun string) string {
	stem, irregular := strings.CutSuffix(noun, "is")
	switch {
	case n == 1:
		return "1 " + noun
	case irregular:
		return fmt.Sprintf("%d %ses", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// concurrency is dbt's line on how much runs at once, and where.
func concurrency(t runner.Target, threads int) string {
	n := cmp.Or(max(threads, 0), t.Threads, 4)
	if n == 1 {
		return fmt.Sprintf("Concurrency: 1 thread (target='%s')", t.Name)
	}
	return fmt.Sprintf("Concurrency: %d threads (target='%s')", n, t.Name)
}

// reporter is how a run is told, and what ends it.
func (a *app) reporter() (runner.Reporter, func(), error) {
	columns, tty := terminal(a.stdout)
	switch {
	case a.logFormat == "json":
		return &report.JSON{Out: a.stdout}, func() {}, nil
	case a.logFormat != "text":
		return nil, nil, usage("--log-format %q: it is text or json", a.logFormat)
	case tty:
		live := report.NewLive(a.stdout, columns, a.color(), a.quiet)
		return live, live.Stop, nil
	}
	return &report.Console{Out: a.stdout, Color: a.color(), Quiet: a.quiet}, func() {}, nil
}

// summary tells how a run went as a whole.
func (w *workspace) summary(res *runner.Result) {
	a := w.app
	if a.logFormat == "json" {
		counts := res.Counts()
		json.NewEncoder(a.stdout).Encode(map[string]any{
			"ts": res.Start.Add(res.Duration).UTC(), "event": "run_finish", "run_id": res.RunID, "execution_time": res.Duration.Seconds(),
			"success": counts[runner.Success], "pass": counts[runner.Pass], "warn": counts[runner.Warn], "no_op": counts[runner.NoOp],
			"error": counts[runner.Failed], "fail": counts[runner.Fail], "skipped": counts[runner.Skipped], "total": len(res.Nodes),
		})
		return
	}
	report.Summary(a.stdout, res, here(artifact.Folder(w.project.Dir, w.project.TargetPath)), a.color())
}
