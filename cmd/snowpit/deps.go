package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/project"
)

func (a *app) deps() *cobra.Command {
	lock := false
	cmd := &cobra.Command{
		Use: "deps", Short: "Install the packages of packages.yml from this machine", Args: cobra.NoArgs,
		Long: "Installs the packages that packages.yml or dependencies.yml name into dbt_packages: those with\n" +
			"local:, a folder or a .tar.gz file, and those with tarball: file://. Packages of the hub and of git\n" +
			"need the network and are refused, unless they are in dbt_packages already. What was installed is noted\n" +
			"in package-lock.yml; every run looks anew, as with --upgrade.\n\n" +
			"Exit status: 0, 1 when a package cannot be installed, 2 for wrong usage.",
		Example: "  snowpit deps\n  snowpit deps --project-dir shop",
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := a.projectDir
			if dir == "" {
				found, err := project.Find(".")
				if err != nil {
					return usageError{err}
				}
				dir = found
			}
			vars, err := project.ParseVars(a.vars)
			if err != nil {
				return usageError{fmt.Errorf("--vars: %w", err)}
			}
			install := project.Install
			if lock {
				install = project.Lock
			}
			done, err := install(dir, project.Options{Vars: vars.Fields, Env: os.LookupEnv})
			for _, p := range done {
				if lock {
					continue
				}
				a.say("%s %s from %s", map[bool]string{true: "Kept", false: "Installed"}[p.Kept], p.Name, p.From)
			}
			if err == nil && lock && len(done) > 0 {
				a.say("Updating lock file in file path: %s", here(filepath.Join(dir, project.LockFile)))
			}
			if err == nil && len(done) == 0 {
				a.say("Warning: No packages were found in packages.yml")
			}
			if errors.Is(err, project.ErrNoProject) {
				return usageError{err}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&lock, "lock", false, "write package-lock.yml, and install nothing")
	cmd.Flags().Bool("upgrade", false, "look for packages anew, which is done in any case")
	cmd.Flags().Lookup("upgrade").Hidden = true
	return cmd
}
