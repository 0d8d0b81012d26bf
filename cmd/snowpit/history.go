package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/report"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) history() *cobra.Command {
	var output, node string
	var limit int
	var failed bool
	cmd := &cobra.Command{
		Use: "history", Short: "Statements that ran, the newest first", Args: cobra.NoArgs,
		Long: "Shows the query history: every statement of every run, kept across runs, with the\n" +
			"node it ran for, its duration, rows and error. JSON has the full text, and what ran\non the local engine.\n\nExit status: 0, 1 when the history cannot be read, 2 for wrong usage.",
		Example: "  snowpit history\n  snowpit history --failed --limit 5\n  snowpit history --node train_test_position --output json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			w, err := a.openHere(cmd.Context())
			if err != nil {
				return err
			}
			list, err := w.statements(cmd.Context(), limit, node, failed)
			if err == nil {
				err = a.printHistory(list, output)
			}
			return errors.Join(err, w.close())
		},
	}
	outputFlags(cmd, &output, &limit, 20)
	cmd.Flags().StringVar(&node, "node", "", "statements of one node, by its name")
	cmd.Flags().BoolVar(&failed, "failed", false, "statements that failed or were cancelled")
	return cmd
}

func (w *workspace) statements(ctx context.Context, limit int, node string, failed bool) ([]warehouse.Statement, error) {
	var list []warehouse.Statement
	for s, err := range warehouse.History(ctx, w.warehouse, warehouse.HistoryFilter{}) {
		if err != nil {
			return nil, err
		}
		if node != "" && nodeOf(s) != node || failed && s.Status == warehouse.Success {
			continue
		}
		list = append(list, s)
		if limit > 0 && len(list) == limit {
			break
		}
	}
	return list, nil
}

// nodeOf is the name of the node a statement ran for, from its tag.
func nodeOf(s warehouse.Statement) string {
	var tag struct{ Node string }
	if json.Unmarshal([]byte(s.Tag), &tag) != nil {
		return ""
	}
	// An id is the type, the package, the name and, of a test, a hash.
	if parts := strings.Split(tag.Node, "."); len(parts) > 2 {
		return parts[2]
	}
	return tag.Node
}

func (a *app) printHistory(list []warehouse.Statement, output string) error {
	if output == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		if list == nil {
			list = []warehouse.Statement{}
		}
		return enc.Encode(list)
	}
	header := []string{"START", "SECONDS", "STATUS", "ROWS", "NODE", "STATEMENT"}
	rows := make([][]string, len(list))
	for i, s := range list {
		what := oneLine(s.Text)
		if s.Message != "" {
			what += " -- " + oneLine(s.Message)
		}
		rows[i] = []string{
			s.Start.UTC().Format(time.DateTime), fmt.Sprintf("%.3f", s.Duration.Seconds()), string(s.Status),
			fmt.Sprint(s.Rows), nodeOf(s), what,
		}
	}
	if output == "csv" {
		w := csv.NewWriter(a.stdout)
		return w.WriteAll(append([][]string{header}, rows...))
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(toRow(header))
	for _, r := range rows {
		if runes := []rune(report.Clean(r[5])); len(runes) > 70 {
			r[5] = string(runes[:69]) + "…"
		}
		t.AppendRow(toRow(r))
	}
	fmt.Fprintln(a.stdout, t.Render())
	return nil
}

func toRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}
