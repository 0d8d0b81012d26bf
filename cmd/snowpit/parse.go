package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func (a *app) parse() *cobra.Command {
	return &cobra.Command{
		Use: "parse", Short: "Read the project, and run nothing", Args: cobra.NoArgs,
		Long: "Reads the whole project, tells what is wrong with it, and writes target/manifest.json. What was\n" +
			"read is kept in target/partial_parse.bin: the next command reads only what changed.\n\n" +
			"Exit status: 0, or 2 when the project cannot be read or the usage is wrong.",
		Example: "  snowpit parse\n  snowpit parse --no-partial-parse --vars '{year: 2020}'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			start := time.Now()
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			if !a.noWriteJSON {
				manifest := artifact.NewManifest(p.Project, a.invocation(), start, nil, nil)
				if err := manifest.Write(artifact.Folder(p.Dir, p.TargetPath)); err != nil {
					return err
				}
			}
			if !a.quiet {
				fmt.Fprintf(a.stdout, "%s\nRead %d files and tests, %d were as before\n", report.Found(p.Project, len(p.Macros)), p.Read.Parsed, p.Read.Kept)
			}
			return nil
		},
	}
}
