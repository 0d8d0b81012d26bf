package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/report"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) show() *cobra.Command {
	var sel selection
	var inline, direct, output string
	var limit int
	cmd := &cobra.Command{
		Use: "show", Short: "Rows of a model, or of a query that may ref models", Args: cobra.NoArgs,
		Long: "Runs a model's query, or the one given inline, and prints its rows. Of a model with a\n" +
			"plugin and of a seed it shows the table. Nothing is built.\n\nExit status: 0, 1 when the query fails, 2 for wrong usage.",
		Example: "  snowpit show --select train_test_dataset\n" +
			"  snowpit show --inline \"select * from {{ ref('predict_position') }} order by position_predicted\" --limit 10\n" +
			"  snowpit show --select predict_position --output csv --limit 0 > predictions.csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output == "text" {
				output = "table" // dbt's word
			}
			if err := checkOutput(output); err != nil {
				return err
			}
			if (inline+direct == "") == (len(sel.include) == 0) || inline != "" && direct != "" {
				return usage("show needs either --select NAME or --inline \"select ...\"")
			}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			if direct != "" {
				err = w.showQuery(cmd.Context(), direct, output, limit)
			} else {
				err = w.show(cmd.Context(), sel, inline, output, limit)
			}
			return errors.Join(err, w.close())
		},
	}
	sel.flags(cmd)
	cmd.Flags().StringVar(&inline, "inline", "", "a query, with templates, instead of a model")
	cmd.Flags().StringVar(&direct, "inline-direct", "", "a query that is run as it stands, without templates")
	outputFlags(cmd, &output, &limit, 5)
	return cmd
}

// outputFlags are --output and --limit.
func outputFlags(cmd *cobra.Command, output *string, limit *int, usual int) {
	cmd.Flags().StringVar(output, "output", "table", strings.Join(report.Formats, ", "))
	if limit != nil {
		cmd.Flags().IntVar(limit, "limit", usual, "how many rows; 0 for all")
	}
}

func checkOutput(output string) error {
	if !slices.Contains(report.Formats, output) {
		return usage("--output %q: it is %s", output, strings.Join(report.Formats, ", "))
	}
	return nil
}

// show prints the rows of the node selected, or of the query given inline.
func (w *workspace) show(ctx context.Context, sel selection, inline, output string, limit int) error {
	s, err := w.session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	opts := runner.CompileOptions{Session: s}
	var text, name string
	if inline != "" {
		text, err = w.project.Inline(ctx, inline, opts)
	} else {
		text, name, err = w.queryOf(ctx, sel, opts)
	}
	if err != nil {
		return err
	}
	return w.app.preview(ctx, s, text, name, output, limit)
}

// showQuery prints the rows of a query as it stands.
func (w *workspace) showQuery(ctx context.Context, sql, output string, limit int) error {
	s, err := w.session(ctx)
	if err != nil {
		return err
	}
	return errors.Join(w.app.preview(ctx, s, sql, "", output, limit), s.Close())
}

// preview prints the rows of a node, or of a query for "", in dbt's words.
func (a *app) preview(ctx context.Context, s warehouse.Session, sql, name, output string, limit int) error {
	switch {
	case output == "json":
		output = "show"
	case output == "table" && !a.quiet && name != "":
		fmt.Fprintf(a.stdout, "Previewing node '%s':\n", name)
	case output == "table" && !a.quiet:
		fmt.Fprintln(a.stdout, "Previewing inline node:")
	}
	return a.printShown(ctx, s, sql, name, output, limit)
}

// queryOf is the query that shows the one node selected.
func (w *workspace) queryOf(ctx context.Context, sel selection, opts runner.CompileOptions) (sql, name string, err error) {
	sel.among = []string{"model", "seed", "snapshot", "analysis"}
	nodes, err := sel.of(w.app, w.project)
	if err != nil {
		return "", "", err
	}
	if len(nodes) != 1 {
		return "", "", usage("show needs one model or seed, and the selection has %d", len(nodes))
	}
	n := nodes[0]
	if n.Type == runner.Seed || n.Config.Plugin != nil {
		return "select * from " + n.Relation.String(), n.Name, nil
	}
	sql, err = w.project.Compile(ctx, n, opts)
	return sql, n.Name, err
}

// print runs one statement and prints what it gives.
func (w *workspace) print(ctx context.Context, sql, output string, limit int) error {
	s, err := w.session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return w.app.printResult(ctx, s, sql, output, limit)
}

func (a *app) printResult(ctx context.Context, s warehouse.Session, sql, output string, limit int) error {
	return a.printShown(ctx, s, sql, "", output, limit)
}

// printShown prints the rows of a node, or of a query for "". The output show
// is dbt's JSON: an object with the node's name and the rows.
func (a *app) printShown(ctx context.Context, s warehouse.Session, sql, name, output string, limit int) error {
	res, err := s.Query(ctx, sql)
	if err != nil {
		return err
	}
	n := 0
	if output == "show" {
		n, err = report.Shown(a.stdout, name, res, limit)
	} else {
		n, err = report.Rows(a.stdout, output, res, limit)
	}
	if err == nil && output == "table" && !a.quiet {
		fmt.Fprintf(a.stdout, "%d %s\n", n, map[bool]string{true: "row", false: "rows"}[n == 1])
	}
	return errors.Join(err, res.Close())
}
