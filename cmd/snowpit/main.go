// Command snowpit develops, tests and runs machine-learning pipelines that
// live on Snowflake: a dbt project with models that train and predict, on an
// embedded DuckDB and a folder, or on Snowflake.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/snowpit-dev/snowpit/runner/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses; root.go documents them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// errReported ends a command whose failures the user has seen already.
var errReported = errors.New("reported")

// A usageError is a command line that makes no sense.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(spread(args))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	a.closeLog(err)
	var wrong usageError
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "snowpit: interrupted")
		return exitInterrupted
	case errors.Is(err, errReported):
		return exitFailed
	}
	fmt.Fprintf(stderr, "snowpit: %s\n", report.Clean(err.Error()))
	if errors.As(err, &wrong) || !a.ran {
		return exitUsage
	}
	return exitFailed
}

// several are the flags that take any number of values, as dbt's do.
var several = []string{
	"--select", "-s", "--models", "--model", "-m", "--exclude", "--resource-type", "--resource-types", "--exclude-resource-type",
	"--exclude-resource-types", "--output-keys",
}

// spread puts the flag before each of its values: --select a b becomes
// --select a --select b.
func spread(args []string) []string {
	var out []string
	flag := ""
	for i, arg := range args {
		if arg == "--" {
			return append(out, args[i:]...)
		}
		name, _, _ := strings.Cut(arg, "=")
		switch {
		case slices.Contains(several, name):
			flag = name
		case strings.HasPrefix(arg, "-"):
			flag = ""
		case flag != "" && args[i-1] != flag:
			out = append(out, flag)
		}
		out = append(out, arg)
	}
	return out
}
