package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// logLevels are what --log-level takes, the most talkative first.
var logLevels = []string{"debug", "info", "warn", "error", "none"}

// log is what a template's log() and print() say, and warnings.
func (a *app) log(level, message string) {
	a.note(strings.Replace(level, "warning", "warn", 1), message)
	lowest := slices.Index(logLevels, a.logLevel)
	if a.debug {
		lowest = 0
	}
	rank := slices.Index(logLevels, strings.Replace(level, "warning", "warn", 1))
	if rank < lowest || a.quiet && level == "info" || a.noPrint && level == "info" {
		return
	}
	if level == "warn" {
		level = "warning"
	}
	fmt.Fprintf(a.stderr, "snowpit: %s: %s\n", level, message)
}

// warnRules say which warnings are errors and which are not told.
type warnRules struct {
	all                 bool
	errors, not, silent []string // names of warnings
}

// readWarnRules reads --warn-error and --warn-error-options, and checks
// --log-level.
func (a *app) readWarnRules() error {
	if !slices.Contains(logLevels, a.logLevel) {
		return usage("--log-level %q: it is %s", a.logLevel, strings.Join(logLevels, ", "))
	}
	rules := warnRules{all: a.warnError}
	if a.warnErrorOptions == "" {
		a.warnings = rules
		return nil
	}
	if a.warnError {
		return usage("--warn-error and --warn-error-options say the same thing: leave one of them out")
	}
	given, err := yamldoc.Parse("options", a.warnErrorOptions)
	options, ok := given.PlainMap(), given.Keys != nil
	if err == nil && !ok {
		err = fmt.Errorf("%q is not a map such as '{error: all}'", a.warnErrorOptions)
	}
	if err != nil {
		return usage("--warn-error-options: %w", err)
	}
	for key, v := range options {
		names, err := warnNames(v)
		if err != nil {
			return usage("--warn-error-options: %s: %w", key, err)
		}
		switch key {
		case "error", "include":
			rules.all = slices.Contains(names, "all") || slices.Contains(names, "*")
			rules.errors = names
		case "warn", "exclude":
			rules.not = names
		case "silence":
			rules.silent = names
		default:
			return usage("--warn-error-options has no %s; it has error, warn and silence", key)
		}
	}
	a.warnings = rules
	return nil
}

// warnNames reads one name of a warning, or a list of them.
func warnNames(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var names []string
	for _, x := range list {
		name, ok := x.(string)
		if !ok {
			return nil, fmt.Errorf("it is all, or a list of names of warnings, not %v", v)
		}
		names = append(names, name)
	}
	return names, nil
}

// isError reports whether a warning of that name is an error.
func (r warnRules) isError(name string) bool {
	return (r.all || slices.Contains(r.errors, name)) && !slices.Contains(r.not, name)
}

// warn tells a warning, or gives it as an error where it is to be one. Name is
// dbt's name of its kind.
func (a *app) warn(name, message string) error {
	switch {
	case slices.Contains(a.warnings.silent, name):
	case a.warnings.isError(name):
		return usage("%s (a warning, and an error by --warn-error)", message)
	default:
		a.log("warning", message)
	}
	return nil
}
