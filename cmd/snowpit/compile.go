package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/report"
)

func (a *app) compile() *cobra.Command {
	var sel selection
	cmd := &cobra.Command{
		Use: "compile", Short: "Render templates to SQL, and run nothing", Args: cobra.NoArgs,
		Long:    "Renders models and tests to the SQL that would run, writes it to target/compiled and,\nfor a single node, shows it.\n\nExit status: 0, 1 when a template is wrong, 2 for wrong usage.",
		Example: "  snowpit compile\n  snowpit compile --select train_test_dataset",
		RunE: func(cmd *cobra.Command, _ []string) error {
			sel.types = []string{"model", "test"}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			nodes, err := sel.of(a, p)
			if err != nil {
				return err
			}
			var errs []error
			for _, n := range nodes {
				sql, err := p.Compile(cmd.Context(), n, runner.CompileOptions{})
				if err == nil {
					err = report.WriteCompiled(p.Dir, p.TargetPath, n, sql)
				}
				if err != nil {
					errs = append(errs, err)
				} else if len(nodes) == 1 {
					fmt.Fprintln(a.stdout, sql)
				}
			}
			if len(nodes) != 1 {
				fmt.Fprintf(a.stdout, "Compiled %d of %d nodes into %s/compiled\n", len(nodes)-len(errs), len(nodes), p.TargetPath)
			}
			return errors.Join(errs...)
		},
	}
	sel.flags(cmd)
	return cmd
}
