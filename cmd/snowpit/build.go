package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/graph"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func (a *app) build() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "build", short: "Seeds, models and tests, in the order of their needs",
		long: "Loads seeds, builds models and runs data tests, each after what it needs. A test\n" +
			"that fails skips the models below what it tests.",
		example: "  snowpit build\n  snowpit build --select +predict_position\n  snowpit build --seed-path ../shared/data/formula1/raw",
	})
}

func (a *app) run() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "run", short: "Models", types: []string{"model"},
		long:    "Builds models in the order of their needs, those that train and predict included.",
		example: "  snowpit run\n  snowpit run --select train_test_position\n  snowpit run --select tag:predict --exclude stg_*",
	})
}

func (a *app) seed() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "seed", short: "Seeds: CSV files into tables", types: []string{"seed"},
		long: "Loads CSV files into tables. A column's type is found by looking at all its values;\n" +
			"the config column_types says otherwise, null_if names values that are null.",
		example: "  snowpit seed\n  snowpit seed --select races\n  snowpit seed --seed-path ~/formula1",
	})
}

func (a *app) test() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "test", short: "Data tests", types: []string{"test"},
		long:    "Runs data tests on what is built. A test finds rows that should not be.",
		example: "  snowpit test\n  snowpit test --select stg_results\n  snowpit test --select test_type:singular",
	})
}

// A nodesCommand is a command that builds nodes.
type nodesCommand struct {
	use, short, long, example string
	types                     []string // of resource; nil for all
}

func (a *app) nodesCommand(c nodesCommand) *cobra.Command {
	var sel selection
	var opts runOptions
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Example: c.example, Args: cobra.NoArgs,
		Long: c.long + "\n\nExit status: 0 when all went well (warnings included), 1 when a node failed, 2 for\nwrong usage.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts.command, sel.types = c.use, c.types
			p, err := a.loadProject(opts.seedPath)
			if err != nil {
				return err
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			_, err = w.runNodes(cmd.Context(), sel, opts)
			return errors.Join(err, w.close())
		},
	}
	sel.flags(cmd)
	if c.use != "test" {
		cmd.Flags().BoolVarP(&opts.fullRefresh, "full-refresh", "f", false, "rebuild incremental models from nothing")
	}
	if c.use == "build" || c.use == "seed" {
		cmd.Flags().StringVar(&opts.seedPath, "seed-path", "", "folder of CSV files instead of the project's seeds")
	}
	cmd.Flags().BoolVarP(&opts.failFast, "fail-fast", "x", false, "start nothing more once a node has failed")
	return cmd
}

// A selection is which nodes a command is about.
type selection struct {
	include, exclude []string
	types            []string
}

func (s *selection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&s.include, "select", "s", nil, "nodes: names, paths, tag:x, +x, x+, @x, *; a space is or, a comma and")
	f.StringArrayVarP(&s.include, "models", "m", nil, "dbt's other name of --select")
	f.StringArrayVar(&s.exclude, "exclude", nil, "nodes to leave out, written likewise")
	f.Lookup("models").Hidden = true
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RegisterFlagCompletionFunc("exclude", complete)
}

// of gives the nodes selected, in order, with a warning for criteria that
// match none.
func (s selection) of(a *app, p *project.Project) ([]*runner.Node, error) {
	ids, unmatched, err := p.Graph.Select(graph.Selection{Select: s.include, Exclude: s.exclude, Types: s.types})
	if err != nil {
		return nil, usageError{err}
	}
	for _, word := range unmatched {
		a.log("warning", fmt.Sprintf("the selection %q matches nothing", word))
	}
	var nodes []*runner.Node
	for _, id := range ids {
		nodes = append(nodes, p.Nodes[id])
	}
	return nodes, nil
}

// runOptions are how nodes are run.
type runOptions struct {
	command, seedPath     string
	fullRefresh, failFast bool
}

// runNodes runs the nodes selected and tells how it went. Failed nodes are
// errReported.
func (w *workspace) runNodes(ctx context.Context, sel selection, opts runOptions) (*runner.Result, error) {
	nodes, err := sel.of(w.app, w.project)
	if err != nil {
		return nil, err
	}
	reporter, stop, err := w.app.reporter()
	if err != nil {
		return nil, err
	}
	env, err := w.env(reporter)
	if err != nil {
		return nil, err
	}
	env.FullRefresh, env.FailFast = opts.fullRefresh, opts.failFast
	if !w.app.quiet && w.app.logFormat == "text" {
		fmt.Fprintf(w.app.stdout, "%s\n\n", found(w.project))
	}
	res, err := runner.Run(ctx, runner.Plan{Project: w.project.Project, Nodes: nodes}, env)
	stop()
	if res == nil {
		return nil, err
	}
	w.app.summary(res)
	args := map[string]any{"which": opts.command, "select": sel.include, "exclude": sel.exclude, "full_refresh": opts.fullRefresh}
	if fileErr := report.WriteRun(w.project.Dir, w.project.TargetPath, res, args); fileErr != nil {
		return res, errors.Join(err, fmt.Errorf("write what was run: %w", fileErr))
	}
	if err == nil && !res.OK() {
		err = errReported
	}
	return res, err
}

// found is dbt's line on what a project has.
func found(p *project.Project) string {
	n := map[runner.ResourceType]int{}
	for _, node := range p.Nodes {
		n[node.Type]++
	}
	line := "Found"
	for i, t := range []struct {
		typ  runner.ResourceType
		noun string
	}{{runner.Model, "model"}, {runner.Seed, "seed"}, {runner.Test, "data test"}, {runner.Source, "source"}} {
		if n[t.typ] == 0 {
			continue
		}
		if i > 0 && line != "Found" {
			line += ","
		}
		line += fmt.Sprintf(" %d %s", n[t.typ], t.noun)
		if n[t.typ] != 1 {
			line += "s"
		}
	}
	return line + fmt.Sprintf(" (target=%q, %s)", p.Target.Name, p.Target.Type)
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
func (a *app) summary(res *runner.Result) {
	if a.logFormat == "json" {
		counts := res.Counts()
		json.NewEncoder(a.stdout).Encode(map[string]any{
			"ts": res.Start.Add(res.Duration).UTC(), "event": "run_finish", "run_id": res.RunID, "execution_time": res.Duration.Seconds(),
			"success": counts[runner.Success], "pass": counts[runner.Pass], "warn": counts[runner.Warn],
			"error": counts[runner.Failed], "fail": counts[runner.Fail], "skipped": counts[runner.Skipped], "total": len(res.Nodes),
		})
		return
	}
	report.Summary(a.stdout, res, a.color())
}
