package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins/host"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
	"github.com/snowpit-dev/snowpit/plugins/sdk"
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// builtin are the plugins that the program brings along.
var builtin = map[string]func() sdk.Plugin{
	"logreg": func() sdk.Plugin { return logreg.New() },
}

// memory is the state folder that is none.
const memory = ":memory:"

// A workspace is what commands work on: the project, if there is one, and,
// once opened, its warehouse and stages.
type workspace struct {
	app       *app
	project   *project.Project // nil outside a project
	state     string           // the state folder, or memory; "" where Snowflake has the state
	warehouse warehouse.Warehouse
	stages    stage.Volume
	closers   []func() error // of both, in the order of their calls
}

// loadProject reads the project. One that cannot be read is a usageError.
func (a *app) loadProject(seedPath string) (*project.Project, error) {
	if err := a.readWarnRules(); err != nil {
		return nil, err
	}
	dir := a.projectDir
	if dir == "" {
		found, err := project.Find(".")
		if err != nil {
			return nil, usageError{err}
		}
		dir = found
	}
	if err := a.openLog(dir); err != nil {
		return nil, err
	}
	vars, err := project.ParseVars(a.vars)
	if err != nil {
		return nil, usageError{fmt.Errorf("--vars: %w", err)}
	}
	if a.flags != nil {
		a.flags["vars"] = vars
	}
	home, _ := os.UserHomeDir()
	target := ""
	if a.targetPath != "" {
		if target, err = filepath.Abs(a.targetPath); err != nil {
			return nil, err
		}
	}
	p, err := project.Load(dir, project.Options{
		Profile: a.profile, Target: a.target, ProfilesDir: a.profilesDir, Home: home, Vars: vars.Fields,
		SeedPath: seedPath, Env: os.LookupEnv, Log: a.log, Which: a.command, Args: a.flags, Connection: connection,
		TargetPath: target, Cache: !a.noPartialParse && !a.noWriteJSON, AnyVersion: a.noVersionCheck,
	})
	if err != nil {
		return nil, usageError{err}
	}
	if target != "" {
		p.TargetPath = target
	}
	for _, w := range p.Warnings {
		if err := a.warn(w.Name, fmt.Sprintf("%s: %s", w.Pos, w.Message)); err != nil {
			return nil, err
		}
	}
	if a.threads < 0 {
		return nil, usage("--threads %d: it must be above 0", a.threads)
	}
	return p, nil
}

// open opens the project's warehouse and stages. The caller closes them.
func (a *app) open(ctx context.Context, p *project.Project) (*workspace, error) {
	if p == nil || p.Target.Type != "snowflake" {
		return a.openLocal(ctx, p)
	}
	w := &workspace{app: a, project: p}
	if err := w.openSnowflake(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// openLocal opens the embedded warehouse and its stages. The caller closes them.
func (a *app) openLocal(ctx context.Context, p *project.Project) (*workspace, error) {
	w := &workspace{app: a, project: p, state: a.stateDir}
	if w.state == "" {
		if p == nil {
			return nil, usage("there is no project here: name the state to work on with --state-dir DIR, or --state-dir :memory:")
		}
		w.state = filepath.Join(p.Dir, ".snowpit")
	}
	if err := w.openState(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *workspace) openState(ctx context.Context) (err error) {
	config := duckdb.Config{LocalFiles: true, MemoryLimit: w.app.memoryLimit}
	var stages *dir.Volume
	if w.state == memory {
		stages, err = dir.Temp()
	} else {
		config.Dir = w.state
		stages, err = dir.Open(filepath.Join(w.state, "stages"))
	}
	if err != nil {
		return err
	}
	w.closers = []func() error{stages.Close}
	config.Stages = stages
	local, err := duckdb.Open(ctx, config)
	if err != nil {
		return err
	}
	w.closers = []func() error{local.Close, stages.Close}
	w.warehouse, w.stages = local, stages
	return stages.Sweep() // the warehouse's lock keeps other processes out
}

// openHere opens the state of the project here, or, outside one, of
// --state-dir.
func (a *app) openHere(ctx context.Context) (*workspace, error) {
	p, err := a.loadProject("")
	if errors.Is(err, project.ErrNoProject) && a.projectDir == "" {
		p, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	return a.open(ctx, p)
}

func (w *workspace) close() error {
	var errs []error
	for _, end := range w.closers {
		errs = append(errs, end())
	}
	w.closers = nil
	return errors.Join(errs...)
}

// target is where sessions start.
func (w *workspace) target() runner.Target {
	if w.project != nil {
		return w.project.Target
	}
	return runner.Target{Database: duckdb.DefaultDatabase, Schema: "PUBLIC"}
}

// session opens a session in the target's database and schema.
func (w *workspace) session(ctx context.Context) (warehouse.Session, error) {
	t := w.target()
	return w.warehouse.Open(ctx, warehouse.SessionOptions{Database: t.Database, Schema: t.Schema, Role: t.Role, Warehouse: t.Compute})
}

// locate reads a stage location and finds its stage.
func (w *workspace) locate(ctx context.Context, text string) (stage.Stage, stage.Location, error) {
	if u, ok := stage.ParseURL(text); ok {
		st, err := w.stages.Stage(ctx, u.Name())
		return st, stage.Location{Name: u.Name(), Path: u.Path}, err
	}
	t := w.target()
	loc, err := stage.ParseLocation(text, stage.Name{Database: t.Database, Schema: t.Schema})
	if err != nil {
		return nil, loc, usageError{err}
	}
	st, err := w.stages.Stage(ctx, loc.Name)
	return st, loc, err
}

// host finds and starts plugins for the project, if there is one.
func (a *app) host(p *project.Project) (*host.Host, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to run its plugins: %w", err)
	}
	config := host.Config{Builtin: map[string][]string{}}
	for name := range builtin {
		config.Builtin[name] = []string{self, "plugin", "serve", name}
	}
	if p != nil {
		config.Dirs = []string{filepath.Join(p.Dir, "plugins")}
	}
	return host.New(config), nil
}

// env is what a run of the project works with.
func (w *workspace) env(reporter runner.Reporter) (runner.Env, error) {
	h, err := w.app.host(w.project)
	return runner.Env{
		Warehouse: w.warehouse, Stages: w.stages, Plugins: h, Compiler: w.project, Reporter: reporter, Threads: w.app.threads,
	}, err
}

// oneLine is text with its line breaks and runs of spaces made single spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
