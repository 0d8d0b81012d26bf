package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func (a *app) snapshot() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "snapshot", short: "Snapshots: what rows were, and from when until when", among: []string{"snapshot"},
		long: "Takes snapshots. A row that has changed since the last one gets an end, and its new\n" +
			"form is added; the strategy of the snapshot says when a row has changed.",
		example: "  snowpit snapshot\n  snowpit snapshot --select drivers_history",
	})
}

func (a *app) source() *cobra.Command {
	cmd := &cobra.Command{
		Use: "source", Short: "Sources: how fresh they are", Args: cobra.NoArgs,
		Long:    "What there is to do with sources.\n\nExit status: that of the command below.",
		Example: "  snowpit source freshness",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.freshness())
	return cmd
}

func (a *app) freshness() *cobra.Command {
	sel := selection{among: []string{"source"}}
	output := ""
	cmd := &cobra.Command{
		Use: "freshness", Aliases: []string{"snapshot-freshness"}, Short: "Hold the newest rows of sources against their bounds", Args: cobra.NoArgs,
		Long: "Asks every source with freshness for its newest row and holds that against warn_after\n" +
			"and error_after. Writes target/sources.json.\n\nExit status: 0 (warnings included), 1 when a source is too old or cannot be asked, 2 for\nwrong usage.",
		Example: "  snowpit source freshness\n  snowpit source freshness --select source:ergast",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			nodes, err := sel.of(a, p)
			if err != nil {
				return err
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			return errors.Join(w.freshness(cmd.Context(), nodes, output), w.close())
		},
	}
	sel.flags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write the results to (default: sources.json among the project's artifacts)")
	return cmd
}

// freshness asks how fresh sources are and tells it.
func (w *workspace) freshness(ctx context.Context, sources []*runner.Node, output string) error {
	id := w.app.invocation()
	teller, stop, err := w.app.teller(id)
	if err != nil {
		return err
	}
	env, err := w.env(teller)
	if err != nil {
		return err
	}
	env.RunID = id
	w.header(teller, env.Threads, sources)
	res, err := runner.Run(ctx, runner.Plan{Project: w.project.Project, Nodes: sources, Freshness: true}, env)
	stop()
	if res == nil {
		return err
	}
	if len(sources) > 0 {
		report.FreshnessSummary(teller, res, w.artifacts())
	}
	if output == "" {
		output = filepath.Join(artifact.Folder(w.project.Dir, w.project.TargetPath), artifact.SourcesFile)
	}
	if err := artifact.NewSources(res).WriteFile(output); err != nil {
		return fmt.Errorf("write what was found: %w", err)
	}
	if err == nil && !res.OK() {
		err = errReported
	}
	return err
}
