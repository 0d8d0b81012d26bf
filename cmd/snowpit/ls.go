package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
)

func (a *app) ls() *cobra.Command {
	var sel selection
	var output string
	cmd := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List nodes, as a selection sees them", Args: cobra.NoArgs,
		Long:    "Lists the nodes that a selection chooses, in the order of their needs, without\nrunning anything.\n\nExit status: 0, or 2 for wrong usage.",
		Example: "  snowpit ls\n  snowpit ls --select +predict_position --output path\n  snowpit ls --resource-type test --output json",
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"selector", "name", "path", "json"}, output) {
				return usage("--output %q: it is selector, name, path or json", output)
			}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			nodes, err := sel.of(a, p)
			if err != nil {
				return err
			}
			for _, n := range nodes {
				fmt.Fprintln(a.stdout, listed(n, output))
			}
			return nil
		},
	}
	sel.flags(cmd)
	sel.typeFlags(cmd)
	cmd.Flags().StringVar(&output, "output", "selector", "selector, name, path or json")
	return cmd
}

// listed is one node's line.
func listed(n *runner.Node, output string) string {
	switch output {
	case "name":
		return n.Name
	case "path":
		return n.Pos.File
	case "json":
		needs := []string{}
		for _, e := range n.Parents {
			needs = append(needs, e.To)
		}
		text, err := json.Marshal(map[string]any{
			"name": n.Name, "resource_type": n.Type, "package_name": n.Package, "original_file_path": n.Pos.File, "unique_id": n.ID,
			"alias": n.Relation.Identifier, "relation_name": n.Relation.String(), "tags": n.Config.Tags, "config": n.Config.All,
			"depends_on": map[string]any{"nodes": needs},
		})
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	name := strings.Join(n.FQN, ".")
	switch n.Type {
	case runner.Source, runner.Exposure, runner.UnitTest:
		return string(n.Type) + ":" + name
	}
	return name
}
