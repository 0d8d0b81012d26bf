package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
)

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "The program's version and those of what it is made of", Args: cobra.NoArgs, Example: "  snowpit version",
		Long: "Prints the program's version, the plugin protocol's, and those of the engines in it.\n\nExit status: 0, or 2 for wrong usage.",
		RunE: func(*cobra.Command, []string) error {
			deps := map[string]string{}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, d := range info.Deps {
					deps[d.Path] = d.Version
				}
			}
			fmt.Fprintf(a.stdout, "snowpit %s (%s, %s/%s)\n", ownVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			fmt.Fprintf(a.stdout, "runs projects as dbt %s\n", runner.DBTVersion)
			fmt.Fprintf(a.stdout, "plugin protocol %d\n", plugins.ProtocolVersion)
			for _, d := range []struct{ name, path string }{
				{"duckdb-go", "github.com/duckdb/duckdb-go/v2"},
				{"go-plugin", "github.com/hashicorp/go-plugin"},
				{"arrow-go", "github.com/apache/arrow-go/v18"},
				{"gonum", "gonum.org/v1/gonum"},
			} {
				if v := deps[d.path]; v != "" {
					fmt.Fprintf(a.stdout, "%s %s\n", d.name, v)
				}
			}
			return nil
		},
	}
}
