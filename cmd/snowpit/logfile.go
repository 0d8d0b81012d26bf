package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/runner/report"
)

// logOptions are what becomes of logs/dbt.log.
type logOptions struct {
	path, level, format string
	maxBytes            int64
}

// invocation is the id of this run of the program.
func (a *app) invocation() string {
	if a.runID == "" {
		a.runID = uuid.NewString()
	}
	return a.runID
}

// openLog opens the log of the project in dir, once. One that cannot be
// written is warned of, and does without.
func (a *app) openLog(dir string) error {
	o := a.logFile
	switch {
	case !slices.Contains(logLevels, o.level):
		return usage("--log-level-file %q: it is %s", o.level, strings.Join(logLevels, ", "))
	case !slices.Contains([]string{"debug", "text", "json"}, o.format):
		return usage("--log-format-file %q: it is debug, text or json", o.format)
	case o.level == "none" || a.file != nil:
		return nil
	}
	folder := filepath.Join(dir, "logs")
	if o.path != "" {
		folder = o.path
	}
	limit := o.maxBytes
	if limit <= 0 {
		limit = -1
	}
	file, err := report.OpenFile(filepath.Join(folder, "dbt.log"), report.FileOptions{Level: o.level, Format: o.format, MaxBytes: limit, RunID: a.invocation()})
	if err != nil {
		a.log("warning", "there is no log: "+err.Error()+"; --log-path puts it elsewhere, --log-level-file none does without")
		return nil
	}
	a.file = file
	a.note("debug", "Command: snowpit "+a.command)
	return nil
}

// note writes a line into the log, if there is one.
func (a *app) note(level, text string) {
	if a.file != nil {
		a.file.Tell(report.Note(level, text))
	}
}

// closeLog ends the log with the error that ended the command, if one did.
func (a *app) closeLog(err error) {
	if a.file == nil {
		return
	}
	if err != nil && !errors.Is(err, errReported) {
		a.note("error", err.Error())
	}
	a.note("debug", "Command `snowpit "+a.command+"` "+map[bool]string{true: "succeeded", false: "failed"}[err == nil])
	if err := a.file.Close(); err != nil {
		a.log("warning", "the log: "+err.Error())
	}
	a.file = nil
}

// logPath is where log-path of dbt_project.yml, or of its flags, puts the log.
func logPath(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}
