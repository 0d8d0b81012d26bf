package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/graph"
	"github.com/snowpit-dev/snowpit/runner/project"
)

// A selection is which nodes a command is about.
type selection struct {
	include, exclude []string
	selector         string
	indirect         string
	types, without   []string // --resource-type and --exclude-resource-type
	among            []string // the types the command is about; nil for all
	state            string   // folder of an earlier run's artifacts

	defers, favorState bool
	deferState         string // instead of state, for deferring
}

// flags are the flags of every command that selects.
func (s *selection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVarP(&s.include, "select", "s", nil, "nodes: names, paths, tag:x, +x, x+, @x, *; a space is or, a comma and")
	f.StringArrayVarP(&s.include, "models", "m", nil, "dbt's other name of --select")
	f.StringArrayVar(&s.include, "model", nil, "dbt's other name of --select")
	f.StringArrayVar(&s.exclude, "exclude", nil, "nodes to leave out, written as for --select")
	f.StringVar(&s.selector, "selector", "", "a selection that selectors.yml defines, instead of --select and --exclude")
	f.StringVar(&s.indirect, "indirect-selection", "", "which tests come with their models: eager, cautious, buildable or empty (default eager)")
	f.StringVar(&s.state, "state", "", "folder of an earlier run's artifacts, for state:, result: and --defer")
	f.Lookup("models").Hidden, f.Lookup("model").Hidden = true, true
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RegisterFlagCompletionFunc("exclude", complete)
}

// typeFlags are those of the commands that run or list several types.
func (s *selection) typeFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&s.types, "resource-type", nil, "model, seed, snapshot, test, unit_test, source, ...; may be repeated")
	cmd.Flags().StringArrayVar(&s.types, "resource-types", nil, "dbt's other name of --resource-type")
	cmd.Flags().StringArrayVar(&s.without, "exclude-resource-type", nil, "types to leave out, as for --resource-type")
	cmd.Flags().StringArrayVar(&s.without, "exclude-resource-types", nil, "dbt's other name of --exclude-resource-type")
	cmd.Flags().Lookup("resource-types").Hidden, cmd.Flags().Lookup("exclude-resource-types").Hidden = true, true
}

// deferFlags are those of the commands that may use what another run built.
func (s *selection) deferFlags(cmd *cobra.Command) {
	toggle(cmd, &s.defers, "defer", "", "take models that are not selected, and not built here, from where --state has them")
	toggle(cmd, &s.favorState, "favor-state", "", "with --defer, take them from there even if they are built here")
	cmd.Flags().StringVar(&s.deferState, "defer-state", "", "folder for --defer instead of that of --state")
}

// toggle is a flag that is on or off, with dbt's --no-NAME beside it.
func toggle(cmd *cobra.Command, to *bool, name, short, usage string) {
	cmd.Flags().BoolVarP(to, name, short, *to, usage)
	cmd.Flags().BoolFunc("no-"+name, "not --"+name, func(string) error { *to = false; return nil })
	cmd.Flags().Lookup("no-" + name).Hidden = true
}

// of gives the nodes selected, in order, with a warning for criteria that
// match none.
func (s selection) of(a *app, p *project.Project) ([]*runner.Node, error) {
	g, err := s.graph(p)
	if err != nil {
		return nil, usageError{err}
	}
	ids, unmatched, err := p.Graph.Select(g)
	if err != nil {
		return nil, usageError{err}
	}
	for _, word := range unmatched {
		if err := a.warn("NoNodesForSelectionCriteria", fmt.Sprintf("The selection criterion '%s' does not match any enabled nodes", word)); err != nil {
			return nil, err
		}
	}
	var nodes []*runner.Node
	for _, id := range ids {
		if n := p.Nodes[id]; s.among == nil || slices.Contains(s.among, string(n.Type)) {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

// graph is the selection as the graph takes it, with what earlier runs left.
func (s selection) graph(p *project.Project) (graph.Selection, error) {
	out := graph.Selection{
		Select: s.include, Exclude: s.exclude, Selector: s.selector, Types: splitTypes(s.types), ExcludeTypes: splitTypes(s.without),
		Indirect: s.indirect, Package: p.Name, Selectors: p.Selectors,
	}
	switch {
	case s.selector != "" && len(s.include)+len(s.exclude) > 0:
		return out, fmt.Errorf("--selector %s says what to choose: leave out --select and --exclude", s.selector)
	case s.selector == "" && len(s.include)+len(s.exclude) == 0:
		out.Selector = p.DefaultSelector
	}
	return out, s.earlier(p, &out)
}

// splitTypes takes types apart that stand in one argument, and dbt's words for
// all of them.
func splitTypes(args []string) []string {
	var out []string
	for _, arg := range args {
		out = append(out, strings.FieldsFunc(arg, func(r rune) bool { return r == ' ' || r == ',' })...)
	}
	if slices.Contains(out, "all") || slices.Contains(out, "default") {
		return nil
	}
	return out
}

// stateDir is the folder of an earlier run's artifacts, "" if none was named.
func (s selection) stateDir() string { return cmp.Or(s.state, os.Getenv("DBT_STATE")) }

// asks reports whether any criterion uses a method.
func (s selection) asks(p *project.Project, method string) bool {
	for _, arg := range slices.Concat(s.include, s.exclude) {
		if x, err := graph.ParseExpr(arg); err == nil && x.Uses(method) {
			return true
		}
	}
	for _, x := range p.Selectors {
		if x.Uses(method) {
			return true
		}
	}
	return false
}

// earlier reads what the criteria compare with, as far as they do.
func (s selection) earlier(p *project.Project, out *graph.Selection) error {
	dir := s.stateDir()
	if dir == "" {
		return nil
	}
	if s.asks(p, "state") {
		state, err := artifact.ReadState(dir)
		if err != nil {
			return fmt.Errorf("--state: %w", err)
		}
		if out.State, err = state.Changes(p.Project); err != nil {
			return err
		}
	}
	if s.asks(p, "result") {
		var err error
		if out.Results, err = artifact.Results(dir); err != nil {
			return fmt.Errorf("--state: %w", err)
		}
	}
	if s.asks(p, "source_status") {
		var err error
		if out.Fresher, err = artifact.Fresher(dir, artifact.Folder(p.Dir, p.TargetPath)); err != nil {
			return fmt.Errorf("--state: %w", err)
		}
	}
	return nil
}

// cloned is where the nodes of the earlier run stand, for clone.
func (s selection) cloned() (map[string]runner.Relation, error) {
	if s.stateDir() == "" && s.deferState == "" {
		return nil, usage("clone needs the artifacts of the run to clone: name their folder with --state")
	}
	s.defers = true
	return s.deferred()
}

// deferred is where the nodes of the earlier run stand, nil without --defer.
func (s selection) deferred() (map[string]runner.Relation, error) {
	if !s.defers {
		return nil, nil
	}
	dir := cmp.Or(s.deferState, os.Getenv("DBT_DEFER_STATE"), s.stateDir())
	if dir == "" {
		return nil, usage("--defer needs the artifacts of an earlier run: name their folder with --state")
	}
	state, err := artifact.ReadState(filepath.Clean(dir))
	if err != nil {
		return nil, usage("--defer: %w", err)
	}
	return state.Relations(), nil
}
