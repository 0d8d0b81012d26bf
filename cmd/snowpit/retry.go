package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

func (a *app) retry() *cobra.Command {
	var state string
	opts := runOptions{}
	cmd := &cobra.Command{
		Use: "retry", Short: "What failed or was skipped last time, once more", Args: cobra.NoArgs,
		Long: "Runs the nodes that failed or were skipped in the last run again, with that run's\n" +
			"flags. --vars, --threads and --full-refresh may be given anew.\n\nExit status: 0 when all went well, or when nothing is left to do; 1 when a node failed;\n" +
			"2 when there is no last run.",
		Example: "  snowpit retry\n  snowpit retry --threads 1 --vars '{year: 2020}'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.retried(cmd, state, opts)
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "folder of the run_results.json to go by (default: that of the project)")
	toggle(cmd, &opts.fullRefresh, "full-refresh", "f", "rebuild incremental models from nothing, whatever the last run did")
	cmd.Flags().StringVar(&opts.junit, "junit", "", "file to write the results to as JUnit's XML, for CI")
	return cmd
}

// earlierArgs are the arguments of a run, as run_results.json keeps them.
type earlierArgs struct {
	Which            string        `json:"which"`
	Vars             value.Ordered `json:"vars"`
	Threads          int           `json:"threads"`
	Target           string        `json:"target"`
	Profile          string        `json:"profile"`
	ProfilesDir      string        `json:"profiles_dir"`
	StateDir         string        `json:"state_dir"`
	SeedPath         string        `json:"seed_path"`
	FullRefresh      bool          `json:"full_refresh"`
	FailFast         bool          `json:"fail_fast"`
	StoreFailures    bool          `json:"store_failures"`
	Empty            bool          `json:"empty"`
	State            string        `json:"state"`
	Defer            bool          `json:"defer"`
	FavorState       bool          `json:"favor_state"`
	DeferState       string        `json:"defer_state"`
	WarnError        bool          `json:"warn_error"`
	WarnErrorOptions string        `json:"warn_error_options"`
}

// again are the statuses that retry runs again.
var again = []string{"error", "fail", "skipped", "runtime error", "partial success"}

func (a *app) retried(cmd *cobra.Command, state string, given runOptions) error {
	p, err := a.loadProject("")
	if err != nil {
		return err
	}
	folder := state
	if folder == "" {
		folder = artifact.Folder(p.Dir, p.TargetPath)
	}
	last, err := artifact.ReadRunResults(folder)
	if err != nil {
		return usage("there is no earlier run to go by: %w", err)
	}
	args, err := a.takeOver(cmd, last.Args)
	if err != nil {
		return err
	}
	if p, err = a.loadProject(args.SeedPath); err != nil { // once more, with that run's target and vars
		return err
	}
	var nodes []*runner.Node
	for _, id := range p.Graph.Order() {
		i := slices.IndexFunc(last.Results, func(o artifact.Outcome) bool { return o.ID == id })
		if i >= 0 && slices.Contains(again, last.Results[i].Status) {
			nodes = append(nodes, p.Nodes[id])
		}
	}
	if len(nodes) == 0 {
		fmt.Fprintln(a.stdout, "Nothing to do: every node of the last run went well.")
		return nil
	}
	w, err := a.open(cmd.Context(), p)
	if err != nil {
		return err
	}
	sel := selection{defers: args.Defer, favorState: args.FavorState, deferState: args.DeferState, state: args.State}
	opts := runOptions{
		command: args.Which, seedPath: args.SeedPath, junit: given.junit, fullRefresh: args.FullRefresh || given.fullRefresh, failFast: args.FailFast,
		storeFailures: args.StoreFailures, empty: args.Empty,
	}
	_, err = w.runNodes(cmd.Context(), nodes, sel, opts)
	return errors.Join(err, w.close())
}

// takeOver sets the program's flags to those of the earlier run, but for
// those given anew.
func (a *app) takeOver(cmd *cobra.Command, args value.Ordered) (earlierArgs, error) {
	var e earlierArgs
	text, err := json.Marshal(args)
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		return e, usage("the arguments of the earlier run: %w", err)
	}
	vars, err := json.Marshal(e.Vars)
	if err != nil {
		return e, usage("the vars of the earlier run: %w", err)
	}
	for _, x := range []struct {
		name, value string
		to          *string
	}{
		{"vars", string(vars), &a.vars}, {"target", e.Target, &a.target}, {"profile", e.Profile, &a.profile},
		{"profiles-dir", e.ProfilesDir, &a.profilesDir}, {"state-dir", e.StateDir, &a.stateDir},
		{"warn-error-options", e.WarnErrorOptions, &a.warnErrorOptions},
	} {
		if !cmd.Flags().Changed(x.name) {
			*x.to = x.value
		}
	}
	if !cmd.Flags().Changed("threads") {
		a.threads = e.Threads
	}
	a.warnError = a.warnError || e.WarnError
	return e, nil
}
