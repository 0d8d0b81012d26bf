package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

func (a *app) ls() *cobra.Command {
	var sel selection
	var output string
	var keys []string
	cmd := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List nodes, as a selection sees them", Args: cobra.NoArgs,
		Long: "Lists the nodes that a selection chooses, by their unique ids, without running\nanything. JSON has of each what manifest.json has; --output-keys says which of\n" +
			"it.\n\nExit status: 0, or 2 for wrong usage.",
		Example: "  snowpit ls\n  snowpit ls --select +predict_position --output path\n  snowpit ls --resource-type test --output json\n" +
			"  snowpit ls --output json --output-keys name config.materialized",
		RunE: func(*cobra.Command, []string) error {
			if !slices.Contains([]string{"selector", "name", "path", "json"}, output) {
				return usage("--output %q: it is selector, name, path or json", output)
			}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			if types := strings.Join(sel.types, " "); types == "" || types == "default" {
				sel.without = append(sel.without, "analysis") // which dbt lists when it is asked for them
			}
			nodes, err := sel.of(a, p)
			if err != nil {
				return err
			}
			slices.SortFunc(nodes, func(x, y *runner.Node) int { return strings.Compare(x.ID, y.ID) })
			for _, n := range nodes {
				line, err := listed(p, n, output, keys)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, line)
			}
			return nil
		},
	}
	sel.flags(cmd)
	sel.typeFlags(cmd)
	cmd.Flags().StringVar(&output, "output", "selector", "selector, name, path or json")
	cmd.Flags().StringArrayVar(&keys, "output-keys", nil, "with --output json, the keys to give, dotted to go down; may be repeated")
	return cmd
}

// listedKeys are what JSON has of a node unless --output-keys says otherwise.
var listedKeys = []string{
	"alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id",
}

// listed is one node's line.
func listed(p *project.Project, n *runner.Node, output string, keys []string) (string, error) {
	switch output {
	case "name":
		return searchName(n), nil
	case "path":
		return n.Pos.File, nil
	case "json":
		return listedJSON(artifact.Entry(p.Project, n), keys)
	}
	name := strings.Join(n.FQN, ".")
	switch n.Type {
	case runner.Source:
		return "source:" + n.Package + "." + strings.Join(n.FQN[max(0, len(n.FQN)-2):], "."), nil
	case runner.Exposure:
		return "exposure:" + n.Package + "." + n.Name, nil
	case runner.UnitTest:
		return "unit_test:" + n.Package + "." + versioned(n.Name, "_v", n.UnitTest.Version), nil
	}
	return name, nil
}

// searchName is the name that --output name gives: of a model with its version,
// of a table with its source.
func searchName(n *runner.Node) string {
	switch n.Type {
	case runner.Source:
		return strings.Join(n.FQN[max(0, len(n.FQN)-2):], ".")
	case runner.Model:
		return versioned(n.Name, ".v", n.Version)
	}
	return n.Name
}

// versioned is a name with a version behind it, if it has one.
func versioned(name, between, version string) string {
	if version == "" {
		return name
	}
	return name + between + version
}

// listedJSON is some keys of a node's entry. One that it has not is left out.
func listedJSON(entry map[string]any, keys []string) (string, error) {
	out := map[string]any{}
	if keys == nil {
		keys = listedKeys
	}
	for _, arg := range keys {
		for _, key := range strings.FieldsFunc(arg, func(r rune) bool { return r == ' ' || r == ',' }) {
			var at any = entry
			for part := range strings.SplitSeq(key, ".") {
				at = value.Fields(at)[part]
			}
			if at != nil {
				out[key] = at
			}
		}
	}
	text, err := json.Marshal(out)
	return string(text), err
}
