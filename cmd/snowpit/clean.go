package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/project"
)

func (a *app) clean() *cobra.Command {
	var state bool
	cmd := &cobra.Command{
		Use: "clean", Short: "Delete what runs have written: the clean-targets of dbt_project.yml", Args: cobra.NoArgs,
		Long: "Deletes the folders that dbt_project.yml lists under clean-targets (target, unless it\n" +
			"says otherwise), and with --state also the local databases, stages and history.\n\nExit status: 0, or 1 when something cannot be deleted.",
		Example: "  snowpit clean\n  snowpit clean --state",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			if err := checkClean(p); err != nil {
				return err
			}
			root, err := os.OpenRoot(p.Dir)
			if err != nil {
				return err
			}
			defer root.Close()
			for _, dir := range p.CleanTargets {
				a.say("Checking %s/*", dir)
				if err := root.RemoveAll(dir); err != nil {
					return err
				}
				a.say("Cleaned %s/*", dir)
			}
			a.say("Finished cleaning all paths.")
			if !state {
				return nil
			}
			// Opening takes the lock: a state in use is not pulled away.
			w, err := a.openLocal(cmd.Context(), p)
			if err != nil {
				return err
			}
			if err := w.close(); err != nil || w.state == memory {
				return err
			}
			a.say("Deleted %s", here(w.state))
			return os.RemoveAll(w.state)
		},
	}
	cmd.Flags().BoolVar(&state, "state", false, "delete the state folder too: databases, stages, history")
	return cmd
}

// checkClean refuses to clean what the project is made of.
func checkClean(p *project.Project) error {
	for _, dir := range p.CleanTargets {
		for _, source := range p.SourcePaths {
			if dir == "." || source == dir || strings.HasPrefix(source, dir+"/") {
				return fmt.Errorf("%s: clean-targets has %s, where the project's own files are: nothing was deleted", project.File, dir)
			}
		}
	}
	return nil
}
