package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/snowpit-dev/snowpit/runner/report"
)

// An app is one run of the program: its streams and its global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	ran            bool           // whether a command began: what fails before is wrong usage
	command        string         // its name
	flags          map[string]any // and its flags, as templates have them

	projectDir, profilesDir, profile, target, vars, stateDir, memoryLimit, logFormat       string
	targetPath, logLevel, warnErrorOptions                                                 string
	threads                                                                                int
	noColor, quiet, warnError, debug, noPrint, noWriteJSON, noPartialParse, noVersionCheck bool
	warnings                                                                               warnRules
	logFile                                                                                logOptions

	file  *report.File // the log, once it is open
	runID string       // invocation_id, once it is asked for
}

const rootLong = `Snowpit develops, tests and runs machine-learning pipelines that live on
Snowflake. It runs a dbt project (SQL models, a training step that saves a
model on a stage, a prediction step that loads it) offline: an embedded DuckDB
is the warehouse, a folder is the stage.

Exit status:
  0    everything went well
  1    a node failed, or the command could not do its work
  2    wrong usage (an unknown command, flag, selection or target), or a project
       that cannot be read
  130  interrupted by Ctrl-C; running statements were cancelled, tables are whole`

const rootExample = `  snowpit demo                                    the Formula 1 project, from seeds to predictions
  snowpit build                                   seeds, models and tests of the project here
  snowpit run --select +predict_position          one model and all it needs
  snowpit show --inline "select * from {{ ref('predict_position') }}" --limit 10
  snowpit sql "list @modelstage"`

// root makes the command and all below it.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "snowpit", Short: "Run a Snowflake ML pipeline on a laptop", Long: rootLong, Example: rootExample,
		SilenceUsage: true, SilenceErrors: true, Args: knownCommand, SuggestionsMinimumDistance: 2,
	}
	own := false
	root.Flags().BoolVarP(&own, "version", "V", false, "what the command version says")
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if own {
			a.ran = true
			return a.version().RunE(cmd, args)
		}
		return cmd.Help()
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{explainFlag(cmd, err)} })
	a.globalFlags(root.PersistentFlags())
	root.AddCommand(
		a.demo(), a.init(), a.seed(), a.run(), a.test(), a.build(), a.snapshot(), a.clone(), a.ls(), a.compile(), a.show(), a.sql(),
		a.debugCommand(), a.promote(), a.parse(), a.deps(), a.runOperation(), a.docs(), a.retry(), a.source(), a.serve(),
		a.stage(), a.history(), a.plugin(), a.clean(), a.version(),
	)
	for _, name := range laterCommands {
		root.AddCommand(refused(name))
	}
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args, cmd.RunE = cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			cmd.Long += "\n\nExit status: 0, or 2 for a shell that is none of these."
			cmd.Example = "  source <(snowpit completion bash)\n  snowpit completion zsh > \"${fpath[1]}/_snowpit\""
		}
		a.mark(cmd)
	}
	return root
}

// knownCommand refuses a command that there is not, and suggests one like it.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		return fmt.Errorf("%w; did you mean %s?", err, strings.Join(like, " or "))
	}
	return fmt.Errorf("%w; see snowpit --help", err)
}

// mark has a command and those below it note that they began.
func (a *app) mark(cmd *cobra.Command) {
	if f := cmd.RunE; f != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(fromEnvironment(cmd), a.fromProject(cmd)); err != nil {
				return err
			}
			a.ran, a.command, a.flags = true, cmd.Name(), flagValues(cmd)
			return f(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		a.mark(sub)
	}
}

func (a *app) globalFlags(f *pflag.FlagSet) {
	f.StringVar(&a.projectDir, "project-dir", "", "folder of dbt_project.yml (default: here, or the nearest above)")
	f.StringVar(&a.profilesDir, "profiles-dir", "", "folder of profiles.yml (default: as dbt looks for it)")
	f.StringVar(&a.profile, "profile", "", "profile instead of the project's own")
	f.StringVarP(&a.target, "target", "t", "", "target of the profile instead of its default")
	f.StringVar(&a.vars, "vars", "", "vars over those of the project, as YAML or JSON, such as '{year: 2020}'")
	f.IntVar(&a.threads, "threads", 0, "nodes at a time (default: the target's, else 4)")
	f.StringVar(&a.stateDir, "state-dir", "", "folder of databases, stages and history (default: .snowpit in the project; :memory: for none)")
	f.StringVar(&a.memoryLimit, "memory-limit", "", "what the embedded DuckDB may hold, such as 2GB (default: 80 % of the memory)")
	f.StringVar(&a.targetPath, "target-path", "", "folder of compiled SQL and artifacts (default: target)")
	f.StringVar(&a.logFormat, "log-format", "text", "text, or json for one object a line")
	f.StringVar(&a.logLevel, "log-level", "info", "what to tell beside the run: debug, info, warn, error or none")
	f.StringVar(&a.logFile.path, "log-path", "", "folder of dbt.log (default: logs in the project)")
	f.StringVar(&a.logFile.level, "log-level-file", "debug", "what goes into the log: debug, info, warn, error or none")
	f.StringVar(&a.logFile.format, "log-format-file", "debug", "how it is written: debug, text or json")
	f.Int64Var(&a.logFile.maxBytes, "log-file-max-bytes", 10<<20, "how long it grows before a new one is begun; 0 for without an end")
	f.BoolVar(&a.noColor, "no-color", false, "no colour; so does the variable NO_COLOR")
	f.BoolVar(&a.noColor, "no-use-colors", false, "dbt's name of --no-color")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "only failures and warnings")
	f.BoolVarP(&a.debug, "debug", "d", false, "the same as --log-level debug")
	f.BoolVar(&a.warnError, "warn-error", false, "take warnings for errors")
	f.StringVar(&a.warnErrorOptions, "warn-error-options", "", "which of them, as YAML: '{error: all, warn: [NAME], silence: [NAME]}'")
	f.BoolVar(&a.noPartialParse, "no-partial-parse", false, "read every file anew, whatever target/partial_parse.bin has")
	f.BoolVar(&a.noVersionCheck, "no-version-check", false, "read projects whose require-dbt-version asks for another version, too")
	f.BoolVar(&a.noPrint, "no-print", false, "leave out what templates print()")
	f.BoolVar(&a.noWriteJSON, "no-write-json", false, "write no manifest.json and run_results.json")
	f.Lookup("no-use-colors").Hidden = true
	for _, name := range sameAnyway {
		f.Bool(name, false, "has no effect: it is so anyway")
		f.Lookup(name).Hidden = true
	}
}

// sameAnyway are flags of dbt's that ask for what is so in any case.
var sameAnyway = []string{
	"partial-parse", "no-send-anonymous-usage-stats", "no-static-parser", "no-use-experimental-parser", "no-log-cache-events",
	"no-cache-selected-only", "use-colors", "print", "write-json", "no-warn-error", "no-quiet", "no-debug", "version-check",
	"populate-cache", "no-populate-cache", "no-macro-debugging", "no-single-threaded", "no-use-colors-file", "no-partial-parse-file-diff",
	"inject-ephemeral-ctes", "introspect", "no-export-saved-queries", "no-include-saved-query", "no-show-resource-report",
}

// laterFlags are dbt's flags that are not there.
var laterFlags = []string{
	"cache-selected-only", "cache-events", "fail-fast-tests",
	"log-cache-events", "macro-debugging",
	"no-inject-ephemeral-ctes", "no-introspect",
	"partial-parse-file-diff", "partial-parse-file-path", "printer-width", "record-timing-info",
	"send-anonymous-usage-stats", "show", "show-all-deprecations", "single-threaded", "static", "static-parser",
	"upload-to-artifacts-ingest-api", "use-colors-file", "use-experimental-parser", "use-fast-test-edges",
	"add-package", "clean-project-files-only", "export-saved-queries",
	"include-saved-query",
	"show-resource-report", "source",
	"host", "port", "browser", "show-output-format",
}

// laterOf are flags that dbt has for a command, and Snowpit only for others.
var laterOf = map[string][]string{
	"docs generate": {"defer", "favor-state"},
	"seed":          {"empty"},
}

// explainFlag says of a flag that is refused whether dbt has it.
func explainFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	name, ok := "", false
	if errors.As(err, &unknown) {
		name, ok = unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames() == ""
	}
	path := strings.TrimPrefix(cmd.CommandPath(), "snowpit ")
	if ok && (slices.Contains(laterFlags, name) || slices.Contains(laterOf[path], name)) {
		return fmt.Errorf("--%s: known dbt flag, not supported by Snowpit", name)
	}
	if ok && slices.Contains(dbtFlags, name) {
		return fmt.Errorf("--%s is a flag of other commands, not of snowpit %s", name, path)
	}
	return fmt.Errorf("%w; see snowpit %s --help", err, path)
}

// dbtFlags are flags that some commands have and others do not.
var dbtFlags = []string{
	"defer", "defer-state", "empty", "exclude", "exclude-resource-type", "fail-fast", "favor-state", "full-refresh", "indirect-selection",
	"inline", "limit", "output", "output-keys", "resource-type", "select", "selector", "state", "store-failures", "args",
}

// terminal reports whether a stream is a terminal that takes control codes, and
// how wide it is.
func terminal(w any) (columns int, ok bool) {
	if os.Getenv("TERM") == "dumb" || !isTerminal(w) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(w.(*os.File).Fd()))
	return columns, err == nil && columns > 0
}

// isTerminal reports whether a stream is a terminal of any kind.
func isTerminal(stream any) bool {
	f, isFile := stream.(*os.File)
	return isFile && term.IsTerminal(int(f.Fd()))
}

// color reports whether to colour what goes to stdout.
func (a *app) color() bool {
	_, tty := terminal(a.stdout)
	return tty && !a.noColor && os.Getenv("NO_COLOR") == ""
}

// here is a path relative to the working folder where that is shorter.
func here(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// flagValues are a command's flags as dbt's templates have them, by names such
// as fail_fast.
func flagValues(cmd *cobra.Command) map[string]any {
	out := map[string]any{}
	command := []string{"dbt", cmd.Name()}
	cmd.Flags().Visit(func(f *pflag.Flag) { command = append(command, "--"+f.Name, f.Value.String()) })
	out["invocation_command"] = strings.Join(command, " ")
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := strings.ReplaceAll(f.Name, "-", "_")
		if list, ok := f.Value.(pflag.SliceValue); ok {
			out[name] = list.GetSlice()
			return
		}
		switch text := f.Value.String(); f.Value.Type() {
		case "bool":
			out[name] = text == "true"
		case "int", "int64":
			out[name] = json.Number(text)
		default:
			out[name] = text
		}
	})
	return out
}
