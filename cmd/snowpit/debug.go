package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner/artifact"
)

func (a *app) debugCommand() *cobra.Command {
	return &cobra.Command{
		Use: "debug", Short: "Check the project, the target and the connection", Args: cobra.NoArgs,
		Long: "Reads the project and its profile, opens the target's warehouse and runs select 1. No\n" +
			"secret is shown.\n\nExit status: 0 when the connection works, 1 when it does not, 2 when the project or\nprofile cannot be read.",
		Example: "  snowpit debug\n  snowpit debug --target prod",
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintf(a.stdout, "snowpit version: %s, as dbt %s\n", ownVersion(), artifact.DBTVersion)
			fmt.Fprintf(a.stdout, "os info: %s/%s\n", runtime.GOOS, runtime.GOARCH)
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			t := p.Target
			profile := t.Profile
			if profile == "" {
				profile = "(none: the embedded DuckDB)"
			}
			fmt.Fprintf(a.stdout, "project: %s in %s\n", p.Name, here(p.Dir))
			fmt.Fprintf(a.stdout, "profile: %s\ntarget: %s\n", profile, t.Name)
			for _, line := range [][2]string{
				{"type", t.Type}, {"database", t.Database}, {"schema", t.Schema}, {"role", t.Role}, {"warehouse", t.Compute},
				{"threads", fmt.Sprint(t.Threads)},
			} {
				if line[1] != "" {
					fmt.Fprintf(a.stdout, "  %s: %s\n", line[0], line[1])
				}
			}
			if err := a.connect(cmd); err != nil {
				fmt.Fprintln(a.stdout, "connection test: [ERROR]")
				return err
			}
			fmt.Fprintln(a.stdout, "connection test: [OK connection ok]")
			return nil
		},
	}
}

// connect opens the target's warehouse and runs a statement there.
func (a *app) connect(cmd *cobra.Command) error {
	w, err := a.openHere(cmd.Context())
	if err != nil {
		return err
	}
	s, err := w.session(cmd.Context())
	if err != nil {
		return errors.Join(err, w.close())
	}
	res, err := s.Query(cmd.Context(), "select 1")
	if err == nil {
		err = res.Close()
	}
	return errors.Join(err, s.Close(), w.close())
}

// ownVersion is the program's version, as its build noted it.
func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
