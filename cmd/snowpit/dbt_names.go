package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// variables are the flags that dbt also takes from the environment, as
// DBT_WARN_ERROR for --warn-error.
var variables = []string{
	"debug", "defer", "empty", "exclude-resource-type", "fail-fast", "favor-state", "full-refresh", "indirect-selection", "log-format", "log-level",
	"profile", "project-dir", "quiet", "resource-type", "store-failures", "target", "target-path", "warn-error", "warn-error-options",
	"partial-parse", "print", "use-colors", "version-check", "write-json",
}

// fromEnvironment gives flags that the command line does not set the values of
// their variables.
func fromEnvironment(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := strings.TrimPrefix(f.Name, "no-")
		if f.Changed || err != nil || !slices.Contains(variables, name) {
			return
		}
		variable := "DBT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if f.Name == "resource-type" || f.Name == "exclude-resource-type" {
			variable += "S"
		}
		text := os.Getenv(variable)
		if text == "" {
			return
		}
		if f.Value.Type() == "bool" {
			on := !slices.Contains([]string{"0", "false", "f", "n", "no", "off"}, strings.ToLower(text))
			text = fmt.Sprint(on == (f.Name == name))
		}
		if wrong := f.Value.Set(text); wrong != nil {
			err = usage("%s=%q: %w", variable, text, wrong)
		}
	})
	return err
}

// laterCommands are dbt's commands that are not there.
var laterCommands = []string{"clone", "cloud", "environment", "invocation", "login", "rpc", "sl"}

// refused is a command of dbt's that is there only to say that it is not.
func refused(use string) *cobra.Command {
	return &cobra.Command{
		Use: use, Hidden: true, DisableFlagParsing: true, Short: "not supported", Long: "A command of dbt's that Snowpit has not.\n\nExit status: 2.",
		Example: "  snowpit --help",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage("%s: known dbt command, not supported by Snowpit", strings.TrimPrefix(cmd.CommandPath(), "snowpit "))
		},
	}
}
