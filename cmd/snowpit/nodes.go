package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/report"
)

// runOptions are how nodes are run.
type runOptions struct {
	command, seedPath, junit                    string
	sample, eventStart, eventEnd                string // accepted, and without effect
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
	if o.command == "build" || o.command == "run" {
		cmd.Flags().StringVar(&o.sample, "sample", "", "accepted, and has no effect")
		cmd.Flags().StringVar(&o.eventStart, "event-time-start", "", "accepted, and has no effect")
		cmd.Flags().StringVar(&o.eventEnd, "event-time-end", "", "accepted, and has no effect")
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
	for _, x := range [][2]string{{"sample", opts.sample}, {"event-time-start", opts.eventStart}, {"event-time-end", opts.eventEnd}} {
		if x[1] != "" {
			w.app.log("warning", "--"+x[0]+" is accepted and has no effect: models are built of all their rows")
		}
	}
	id := w.app.invocation()
	teller, stop, err := w.app.teller(id)
	if err != nil {
		return nil, err
	}
	env, err := w.env(teller)
	if err != nil {
		return nil, err
	}
	env.RunID, env.SkipOnStartFailure = id, w.project.SkipOnStartFailure
	env.FullRefresh, env.FailFast, env.StoreFailures, env.Empty = opts.fullRefresh, opts.failFast, opts.storeFailures, opts.empty
	env.FavorState, env.WarnError = sel.favorState, w.app.warnings.isError
	if env.Defer, err = sel.deferred(); err != nil {
		return nil, err
	}
	plan := runner.Plan{Project: w.project.Project, Nodes: nodes}
	if opts.command == "clone" {
		env.Reporter = cloning{teller}
		if plan.Clone, err = sel.cloned(); err != nil {
			return nil, err
		}
	}
	w.header(teller, env.Threads, nodes)
	if len(nodes) == 0 {
		stop()
		return &runner.Result{RunID: id, Start: time.Now()}, nil
	}
	w.project.Select(nodes)
	res, err := runner.Run(ctx, plan, env)
	stop()
	if res == nil {
		return nil, err
	}
	report.Summary(teller, res, w.artifacts())
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
	for n, sql := range res.Drawn {
		compiled[n.ID] = sql
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

// header tells what nodes are run with.
func (w *workspace) header(t report.Teller, threads int, nodes []*runner.Node) {
	report.Header(t, runner.DBTVersion, ownVersion(), w.project.Project, len(w.project.Macros), cmp.Or(max(threads, 0), w.project.Target.Threads, 4), len(nodes))
}

// artifacts is the folder of the artifacts, as messages name it.
func (w *workspace) artifacts() string {
	return here(artifact.Folder(w.project.Dir, w.project.TargetPath))
}

// say tells a line of a command that runs no nodes, unless it is to be quiet.
func (a *app) say(format string, args ...any) {
	line := report.Line(fmt.Sprintf(format, args...))
	(&report.Console{Out: a.stdout, Quiet: a.quiet}).Tell(line)
	if a.file != nil {
		a.file.Tell(line)
	}
}

// teller is how a run is told, in the log, too, and what ends that.
func (a *app) teller(runID string) (report.Teller, func(), error) {
	teller, stop, err := a.shown(runID)
	if err == nil && a.file != nil {
		teller = report.Both{teller, a.file}
	}
	return teller, stop, err
}

// shown is how a run is told on the console.
func (a *app) shown(runID string) (report.Teller, func(), error) {
	columns, tty := terminal(a.stdout)
	switch {
	case a.logFormat == "json":
		return &report.JSON{Out: a.stdout, RunID: runID, Quiet: a.quiet}, func() {}, nil
	case a.logFormat != "text":
		return nil, nil, usage("--log-format %q: it is text or json", a.logFormat)
	case tty:
		live := report.NewLive(a.stdout, columns, a.color(), a.quiet)
		return live, live.Stop, nil
	}
	return &report.Console{Out: a.stdout, Color: a.color(), Quiet: a.quiet}, func() {}, nil
}
