package main

import (
	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func (a *app) clone() *cobra.Command {
	return a.nodesCommand(nodesCommand{
		use: "clone", short: "Tables of another run, cloned into the target's schemas", among: []string{"model", "seed", "snapshot"},
		long: "Makes clones of what the run whose artifacts --state names built: of a table a clone, which\n" +
			"takes no copy of its rows on Snowflake, of a view a view of it. What is there already stays,\n" +
			"unless --full-refresh makes it anew. Nothing is built, and no hooks run.",
		example: "  snowpit clone --state prod-artifacts\n  snowpit clone --state prod-artifacts --select tag:marts --full-refresh",
	})
}

// cloning tells of clones just what dbt does: which were left as they are.
type cloning struct{ to report.Teller }

func (c cloning) Report(e runner.Event) {
	if e.Kind == runner.Finished && e.Result.Status == runner.Success && e.Result.Message != "" {
		c.to.Tell(report.Line(e.Result.Message))
	}
}
