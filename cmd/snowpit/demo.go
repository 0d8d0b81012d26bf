package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/fixtures"
	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
)

func (a *app) demo() *cobra.Command {
	var opts runOptions
	cmd := &cobra.Command{
		Use: "demo [DIR]", Short: "The Formula 1 project, from seeds to predictions", Args: cobra.MaximumNArgs(1),
		Long: "Writes the Formula 1 sample project into a new folder (./formula1-demo unless told\n" +
			"otherwise), loads its seeds, builds its models, trains a logistic regression, stores it\n" +
			"on @MODELSTAGE, predicts the 2020 season, runs the data tests, and shows what came out.\n" +
			"The race results in it are simulated. It never overwrites anything.\n\n" +
			"Exit status: 0, 1 when the folder is there already or a node failed, 2 for wrong usage.",
		Example: "  snowpit demo\n  snowpit demo /tmp/f1 --seed-path ~/ergast",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "formula1-demo"
			if len(args) == 1 {
				dir = args[0]
			}
			return a.runDemo(cmd.Context(), dir, opts)
		},
	}
	cmd.Flags().StringVar(&opts.seedPath, "seed-path", "", "folder of CSV files instead of the simulated ones")
	return cmd
}

func (a *app) runDemo(ctx context.Context, dir string, opts runOptions) error {
	files := map[string][]byte{}
	err := fs.WalkDir(fixtures.F1(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(fixtures.F1(), name)
		return err
	})
	if err != nil {
		return fmt.Errorf("the sample project: %w", err)
	}
	if opts.seedPath != "" {
		if opts.seedPath, err = filepath.Abs(opts.seedPath); err != nil {
			return err
		}
		if _, err := os.Stat(opts.seedPath); err != nil {
			return fmt.Errorf("--seed-path: %w", err)
		}
	}
	if err := writeProject(dir, files); err != nil {
		return err
	}
	if !a.quiet && a.logFormat == "text" {
		fmt.Fprintf(a.stdout, "Wrote the Formula 1 project into %s.\n\n", dir)
	}
	a.projectDir = dir
	p, err := a.loadProject(opts.seedPath)
	if err != nil {
		return err
	}
	w, err := a.open(ctx, p)
	if err != nil {
		return err
	}
	opts.command = "build"
	all := selection{among: []string{"model", "seed", "test"}}
	nodes, err := all.of(a, p)
	if err != nil {
		return errors.Join(err, w.close())
	}
	res, err := w.runNodes(ctx, nodes, all, opts)
	if err == nil && a.logFormat == "text" {
		err = w.demoSummary(ctx, dir, res, opts.seedPath == "")
	}
	return errors.Join(err, w.close())
}

// demoSummary shows what a person wants to see of the run.
func (w *workspace) demoSummary(ctx context.Context, dir string, res *runner.Result, simulated bool) error {
	out := w.app.stdout
	heading := func(format string, args ...any) {
		title := fmt.Sprintf(format, args...)
		if w.app.color() {
			title = text.Bold.Sprint(title)
		}
		fmt.Fprintf(out, "\n%s\n", title)
	}
	heading("What ran")
	w.whatRan(res)
	for _, n := range res.Nodes {
		if n.Plugin != nil && n.Plugin.Metrics[plugins.MetricConfusionMatrix] != nil {
			heading("How good %s is, on the rows it did not see", n.Node.Name)
			w.metrics(n.Plugin.Metrics)
		}
	}
	queries := []struct{ title, sql string }{
		{"list @modelstage", "list @modelstage"},
		{"The first predictions", "select * from " + w.project.Nodes["model.formula1.predict_position"].Relation.String() + " order by POSITION_PREDICTED limit 8"},
	}
	for _, q := range queries {
		heading("%s", q.title)
		if err := w.print(ctx, q.sql, "table", 0); err != nil {
			return err
		}
	}
	if simulated {
		fmt.Fprintln(out, "\nThe circuits, teams and drivers are real; the results are simulated.")
	}
	heading("Next")
	say := func(command string) { fmt.Fprintf(out, "  %s\n", inProject(dir, command)) }
	if !goRun() {
		fmt.Fprintf(out, "  cd %s\n", dir)
	}
	say("show --inline \"select * from {{ ref('predict_position') }} order by position_predicted\" --limit 20")
	say("run --select train_test_position+")
	say("history --limit 10")
	return nil
}

// goRun reports whether go run made the program, to be gone when it ends.
func goRun() bool {
	self, err := os.Executable()
	return err == nil && strings.Contains(filepath.ToSlash(self), "/go-build")
}

// inProject is a command line to try next, from the project's folder or, with
// go run, from here.
func inProject(dir, command string) string {
	if !goRun() {
		return "snowpit " + command
	}
	name, rest, _ := strings.Cut(command, " ")
	return fmt.Sprintf("go run ./cmd/snowpit %s --project-dir %s %s", name, dir, rest)
}

// whatRan sums the run up by kind of node.
func (w *workspace) whatRan(res *runner.Result) {
	type sum struct {
		n    int
		time time.Duration
	}
	sums, order := map[string]*sum{}, []string{}
	for _, n := range res.Nodes {
		kind := string(n.Node.Type) + "s"
		if p := n.Node.Config.Plugin; p != nil {
			kind = fmt.Sprintf("%s (%s %s)", n.Node.Name, p.Name, p.Action)
		}
		if sums[kind] == nil {
			sums[kind] = &sum{}
			order = append(order, kind)
		}
		sums[kind].n++
		sums[kind].time += n.Duration
	}
	for _, kind := range order {
		fmt.Fprintf(w.app.stdout, "  %4d  %-44s %6.2fs\n", sums[kind].n, kind, sums[kind].time.Seconds())
	}
	fmt.Fprintf(w.app.stdout, "  %4d  %-44s %6.2fs on the clock\n", len(res.Nodes), "in all", res.Duration.Seconds())
}

// metrics prints a classifier's figures and its confusion matrix.
func (w *workspace) metrics(m map[string]any) {
	out := w.app.stdout
	for _, f := range []struct{ name, label string }{
		{plugins.MetricAccuracy, "accuracy"},
		{plugins.MetricBalancedAccuracy, "balanced accuracy"},
		{plugins.MetricLogLoss, "log loss"},
		{plugins.MetricLabBalancedAccuracy, "the lab's own figure, not meaningful for three classes"},
	} {
		if v, ok := m[f.name].(json.Number); ok {
			x, err := v.Float64()
			if err == nil {
				fmt.Fprintf(out, "  %.4f  %s\n", x, f.label)
			}
		}
	}
	classes, _ := m[plugins.MetricClasses].([]any)
	matrix, _ := m[plugins.MetricConfusionMatrix].([]any)
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	head := table.Row{"true \\ predicted"}
	for _, c := range classes {
		head = append(head, fmt.Sprint(c))
	}
	t.AppendHeader(head)
	for i, r := range matrix {
		cells, _ := r.([]any)
		if i < len(classes) {
			t.AppendRow(append(table.Row{fmt.Sprint(classes[i])}, cells...))
		}
	}
	fmt.Fprintln(out, strings.TrimRight(t.Render(), "\n"))
}
