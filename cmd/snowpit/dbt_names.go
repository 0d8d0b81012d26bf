package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// variables are the flags that dbt also takes from the environment, as
// DBT_WARN_ERROR for --warn-error.
var variables = []string{
	"debug", "defer", "empty", "exclude-resource-type", "fail-fast", "favor-state", "full-refresh", "indirect-selection", "log-format", "log-level",
	"log-path", "log-level-file", "log-format-file", "log-file-max-bytes",
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
		variable := variableOf(f.Name)
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

// projectFlags are the flags that dbt also takes from flags: in
// dbt_project.yml, as warn_error for --warn-error.
var projectFlags = []string{
	"debug", "fail-fast", "indirect-selection", "log-format", "log-level", "log-path", "log-level-file", "log-format-file", "log-file-max-bytes", "partial-parse", "quiet", "store-failures", "target-path",
	"use-colors", "version-check", "warn-error", "warn-error-options", "write-json",
}

// fromProject gives flags that neither the command line nor a variable sets
// the values that dbt_project.yml has for them. A file that cannot be read is
// left to whoever reads the project.
func (a *app) fromProject(cmd *cobra.Command) error {
	dir, err := project.Find(cmp.Or(a.projectDir, "."))
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(dir, project.File))
	if err != nil {
		return nil
	}
	file, err := yamldoc.Parse(project.File, string(text))
	if err != nil {
		return nil
	}
	if path := file.Get("log-path").Text(); a.logFile.path == "" {
		a.logFile.path = logPath(dir, path)
	}
	flags := file.Get("flags")
	for _, key := range flags.Keys {
		name, v := strings.ReplaceAll(key, "_", "-"), flags.Fields[key]
		if !slices.Contains(projectFlags, name) || v.IsNull() {
			continue
		}
		f, value := cmd.Flags().Lookup(name), v.Text()
		if no := cmd.Flags().Lookup("no-" + name); no != nil && (f == nil || slices.Contains(sameAnyway, name)) {
			f, value = no, fmt.Sprint(v.Plain() != true)
		}
		if f == nil || f.Changed || os.Getenv(variableOf(f.Name)) != "" {
			continue
		}
		if v.Keys != nil {
			text, err := json.Marshal(v.Plain())
			if err != nil {
				return usage("%s: flags: %s: %w", v.Pos, key, err)
			}
			value = string(text)
		}
		if err := f.Value.Set(value); err != nil {
			return usage("%s: flags: %s: %w", v.Pos, key, err)
		}
	}
	return nil
}

// variableOf is the variable of the environment that a flag is also taken from.
func variableOf(flag string) string {
	variable := "DBT_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(flag, "no-"), "-", "_"))
	if flag == "resource-type" || flag == "exclude-resource-type" {
		variable += "S"
	}
	return variable
}

// laterCommands are dbt's commands that are not there.
var laterCommands = []string{"cloud", "environment", "invocation", "login", "rpc", "sl"}

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
