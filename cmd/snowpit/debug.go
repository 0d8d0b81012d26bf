package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/runner/report"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) debugCommand() *cobra.Command {
	connection, configDir := false, false
	cmd := &cobra.Command{
		Use: "debug", Short: "Check the target step by step: settings, connection, privileges, stage", Args: cobra.NoArgs,
		Long: "Reads the project and its profile and checks all that a build needs of the target, one\n" +
			"step after another: settings, connection, role and virtual warehouse, database and\n" +
			"schema, the privileges to make tables and views, a load, and a round trip of a file over\n" +
			"a stage. What is made for it is dropped again. A step that fails says what to do.\n" +
			"Passwords, keys and tokens are never shown.\n\n" +
			"Exit status: 0 when every step went well, 1 when one failed, 2 when the project or profile\ncannot be read.",
		Example: "  snowpit debug\n  snowpit debug --target prod",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.logFormat != "text" && a.logFormat != "json" {
				return usage("--log-format %q: it is text or json", a.logFormat)
			}
			a.tellProgram()
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			if configDir {
				return a.tellProfiles(p)
			}
			a.tellTarget(p)
			d := &debugging{app: a, project: p}
			steps := d.steps()
			if connection {
				steps = slices.DeleteFunc(steps, func(s step) bool { return s.name != "settings" && s.name != "connection" })
			}
			failed := d.run(cmd.Context(), steps)
			err = d.close()
			if len(failed) > 0 {
				err = errors.Join(fmt.Errorf("target %s: failed: %s", p.Target.Name, strings.Join(failed, ", ")), err)
			}
			a.tellVerdict(err)
			return err
		},
	}
	cmd.Flags().BoolVar(&connection, "connection", false, "settings and connection alone")
	cmd.Flags().BoolVar(&configDir, "config-dir", false, "tell the folder of profiles.yml, and check nothing")
	return cmd
}

// tellProgram tells what runs, and where.
func (a *app) tellProgram() {
	if a.logFormat == "text" {
		fmt.Fprintf(a.stdout, "snowpit version: %s, as dbt %s\n", ownVersion(), runner.DBTVersion)
		fmt.Fprintf(a.stdout, "os info: %s/%s\n", runtime.GOOS, runtime.GOARCH)
	}
}

// tellProfiles tells the folder of profiles.yml.
func (a *app) tellProfiles(p *project.Project) error {
	if p.ProfilesFile == "" {
		return usage("there is no profiles.yml, and none is needed for the embedded DuckDB: it would be beside %s or in ~/.dbt", project.File)
	}
	fmt.Fprintf(a.stdout, "To view your profiles.yml file, run:\n\nopen %s\n", filepath.Dir(p.ProfilesFile))
	return nil
}

// tellTarget tells what is to be checked.
func (a *app) tellTarget(p *project.Project) {
	if a.logFormat != "text" {
		return
	}
	t := p.Target
	fmt.Fprintf(a.stdout, "project: %s in %s\n", p.Name, here(p.Dir))
	fmt.Fprintf(a.stdout, "profile: %s\ntarget: %s\n", cmp.Or(t.Profile, "(none: the embedded DuckDB)"), t.Name)
	for _, line := range [][2]string{
		{"type", t.Type}, {"database", t.Database}, {"schema", t.Schema}, {"role", t.Role}, {"warehouse", t.Compute},
		{"threads", fmt.Sprint(t.Threads)},
	} {
		if line[1] != "" {
			fmt.Fprintf(a.stdout, "  %s: %s\n", line[0], line[1])
		}
	}
}

// tellVerdict tells, in dbt's words, how it went as a whole.
func (a *app) tellVerdict(err error) {
	switch {
	case a.logFormat != "text":
	case err != nil:
		fmt.Fprintln(a.stdout, "connection test: [ERROR]")
	default:
		fmt.Fprintln(a.stdout, "connection test: [OK connection ok]\nAll checks passed!")
	}
}

// A step is one check. It says what it found, or why it failed.
type step struct {
	name  string
	needs []string // steps that must have gone well
	check func(context.Context) (found string, err error)
}

// A fixable is a failed check that knows what to do about it.
type fixable struct {
	error
	fix string
}

func (f fixable) Unwrap() error { return f.error }

func fix(err error, format string, args ...any) error {
	return fixable{err, fmt.Sprintf(format, args...)}
}

// run takes the steps one after another and tells each; it gives the names of
// those that failed.
func (d *debugging) run(ctx context.Context, steps []step) (failed []string) {
	var good []string
	for _, s := range steps {
		i := slices.IndexFunc(s.needs, func(need string) bool { return !slices.Contains(good, need) })
		if i >= 0 {
			d.app.tellStep(s.name, "skipped", "needs "+s.needs[i], "")
			continue
		}
		began := time.Now()
		found, err := s.check(ctx)
		if err == nil {
			good = append(good, s.name)
			d.app.tellStep(s.name, "ok", fmt.Sprintf("%s (%.2f s)", found, time.Since(began).Seconds()), "")
			continue
		}
		failed = append(failed, s.name)
		var f fixable
		errors.As(err, &f)
		d.app.tellStep(s.name, "failed", err.Error(), f.fix)
		if ctx.Err() != nil {
			return failed
		}
	}
	return failed
}

// tellStep tells how a step went.
func (a *app) tellStep(name, status, detail, fix string) {
	detail = report.Clean(detail)
	if a.logFormat == "json" {
		line := map[string]string{"event": "check", "check": name, "status": status, "detail": detail}
		if fix != "" {
			line["fix"] = fix
		}
		json.NewEncoder(a.stdout).Encode(line)
		return
	}
	if a.quiet && status == "ok" {
		return
	}
	indent := strings.Repeat(" ", 22)
	fmt.Fprintf(a.stdout, "%-8s %-12s %s\n", status, name, strings.ReplaceAll(strings.TrimSpace(detail), "\n", "\n"+indent))
	if fix != "" {
		fmt.Fprintf(a.stdout, "%s-> %s\n", indent, fix)
	}
}

// loginFixes say what to do about the numbers with which Snowflake refuses a
// login.
var loginFixes = map[int]string{
	390100: "check user and password; a user that is locked, disabled or without a password gets this answer too",
	390144: "the public key registered for the user is not this private key's: as an administrator, alter user ... set rsa_public_key = '...'; account and user must be spelt as Snowflake has them",
	390186: "the role is not granted to the user: grant role ... to user ..., or name another role in the target",
	390189: "there is no such role, or it is not granted to the user: grant role ... to user ..., or name another role in the target",
	390201: "the database, schema or warehouse of the target is not there, or the role may not use it",
	390303: "the OAuth token is not valid for this account: fetch another",
	390318: "the OAuth token has expired: fetch another",
	390432: "a network policy keeps this machine's address out: ask the account's administrator",
	394400: "the programmatic access token is not valid: make another in Snowsight, under the user's settings",
	394401: "the programmatic access token is not valid: make another in Snowsight, under the user's settings",
}

// loginFix says what to do about a login that failed.
func loginFix(err error) string {
	var refused *warehouse.Error
	switch {
	case !errors.As(err, &refused):
		return "check account (or host and port), and whether this machine reaches it; a proxy is taken from HTTPS_PROXY"
	case loginFixes[refused.Code] != "":
		return loginFixes[refused.Code]
	case refused.Code >= 394300 && refused.Code <= 394306:
		return loginFixes[390144]
	case refused.Code >= 260000:
		return "check account (or host and port), and whether this machine reaches it; a proxy is taken from HTTPS_PROXY"
	}
	return "see what Snowflake says of this number in its documentation of error messages"
}

// ownVersion is the program's version, as its build noted it.
func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
