package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func (a *app) build() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "build", short: "Seeds, models, snapshots and tests, in the order of their needs",
		long: "Loads seeds, builds models and snapshots, and runs tests, each after what it needs. A\n" +
			"test that fails skips the models below what it tests.",
		example: "  snowpit build\n  snowpit build --select +predict_position\n  snowpit build --seed-path ~/ergast",
		among:   []string{"model", "seed", "snapshot", "test", "unit_test", "exposure"},
	})
}

func (a *app) run() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "run", short: "Models", among: []string{"model"},
		long:    "Builds models in the order of their needs, those that train and predict included.",
		example: "  snowpit run\n  snowpit run --select train_test_position\n  snowpit run --select tag:predict --exclude 'staging.*'",
	})
}

func (a *app) seed() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "seed", short: "Seeds: CSV files into tables", among: []string{"seed"},
		long: "Loads CSV files into tables. A column's type is found by looking at all its values;\n" +
			"the config column_types says otherwise, null_if names values that are null.",
		example: "  snowpit seed\n  snowpit seed --select races\n  snowpit seed --seed-path ~/formula1",
	})
}

func (a *app) test() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "test", short: "Data tests and unit tests", among: []string{"test", "unit_test"},
		long: "Runs tests on what is built. A data test finds rows that should not be; a unit test\n" +
			"runs a model's query on rows it gives and compares what comes out.",
		example: "  snowpit test\n  snowpit test --select stg_results\n  snowpit test --select test_type:unit",
	})
}

// A nodesCommand is a command that builds nodes.
type nodesCommand struct {
	use, short, long, example string
	among                     []string // types of resource
}

func (a *app) nodesCommand(c nodesCommand) *cobra.Command {
	sel := selection{among: c.among}
	opts := runOptions{command: c.use}
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Example: c.example, Args: cobra.NoArgs,
		Long: c.long + "\n\nExit status: 0 when all went well (warnings included), 1 when a node failed, 2 for\n" +
			"wrong usage or a project that cannot be read.",
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runCommand(cmd, sel, opts) },
	}
	sel.flags(cmd)
	sel.deferFlags(cmd)
	opts.flags(cmd)
	if c.use == "build" || c.use == "test" || c.use == "clone" {
		sel.typeFlags(cmd)
	}
	return cmd
}

// runCommand loads the project and runs the nodes selected.
func (a *app) runCommand(cmd *cobra.Command, sel selection, opts runOptions) error {
	p, err := a.loadProject(opts.seedPath)
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
	_, err = w.runNodes(cmd.Context(), nodes, sel, opts)
	return errors.Join(err, w.close())
}
