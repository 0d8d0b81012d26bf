package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) runOperation() *cobra.Command {
	var args string
	cmd := &cobra.Command{
		Use: "run-operation MACRO", Short: "Call a macro", Args: cobra.ExactArgs(1),
		Long: "Calls a macro of the project, or package.macro. What it runs with run_query and statement is\n" +
			"committed; what it says with print() and log(info=true) is told.\n\n" +
			"Exit status: 0, 1 when the macro fails, 2 for wrong usage or a macro that is not there.",
		Example: "  snowpit run-operation grant_select --args '{role: reporter}'\n  snowpit run-operation dbt_utils.log_info --args 'message: hello'",
		RunE: func(cmd *cobra.Command, names []string) error {
			kwargs, err := project.ParseVars(args)
			if err != nil {
				return usageError{fmt.Errorf("--args: %w", err)}
			}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			w, err := a.open(cmd.Context(), p)
			if err != nil {
				return err
			}
			s, err := w.session(cmd.Context())
			if err == nil {
				err = p.Operation(cmd.Context(), names[0], kwargs.Fields, project.OperationOptions{Session: s, RunID: a.invocation()})
				if err == nil {
					_, err = warehouse.Exec(cmd.Context(), s, "commit")
				}
				err = errors.Join(err, s.Close())
			}
			if errors.Is(err, project.ErrNoMacro) {
				err = usageError{err}
			}
			return errors.Join(err, w.close())
		},
	}
	cmd.Flags().StringVar(&args, "args", "", "the macro's arguments, as YAML or JSON, such as '{days: 7}'")
	return cmd
}
