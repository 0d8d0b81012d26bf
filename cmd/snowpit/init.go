package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// starter is the project that init writes; NAME stands for its name.
var starter = map[string]string{
	"dbt_project.yml": `name: NAME
version: "1.0"
config-version: 2

models:
  NAME:
    +materialized: view
`,
	"seeds/laps.csv": "driver,lap,seconds\nHamilton,1,91.4\nHamilton,2,90.8\nVettel,1,91.9\nVettel,2,91.1\n",
	"models/fastest_laps.sql": `select driver, min(seconds) as seconds
from {{ ref('laps') }}
group by driver
`,
	"models/properties.yml": `models:
  - name: fastest_laps
    description: The best lap of each driver.
    columns:
      - name: driver
        data_tests: [unique, not_null]
`,
	".gitignore": ".snowpit/\ntarget/\nlogs/\n",
	"README.md":  "# NAME\n\nA dbt project. `snowpit build` builds it offline, `snowpit show --select fastest_laps` shows a model.\n",
}

func (a *app) init() *cobra.Command {
	cmd := &cobra.Command{
		Use: "init NAME", Short: "Write a small project of one's own", Args: cobra.ExactArgs(1),
		Long:    "Writes a project with one seed, one model and its tests into a new folder. It never\noverwrites anything.\n\nExit status: 0, 1 when the folder is there already, 2 for wrong usage.",
		Example: "  snowpit init laps\n  cd laps && snowpit build",
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.NewReplacer("-", "_", " ", "_").Replace(filepath.Base(args[0]))
			for i, c := range name {
				if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
					return usage("a project's name has letters, digits and underscores: %q does not fit", name)
				}
			}
			files := map[string][]byte{}
			for file, text := range starter {
				files[file] = []byte(strings.ReplaceAll(text, "NAME", name))
			}
			if err := writeProject(args[0], files); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "Wrote the project %s. Next:\n\n  cd %s\n  snowpit build\n", name, args[0])
			return nil
		},
	}
	cmd.Flags().BoolP("skip-profile-setup", "s", false, "has no effect: no profile is written anyway")
	cmd.Flags().Lookup("skip-profile-setup").Hidden = true
	return cmd
}

// writeProject writes files into a folder that must be new or empty.
func writeProject(dir string, files map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is there already and not empty: name another folder, or delete this one first", dir)
	}
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}
