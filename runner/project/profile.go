package project

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// readProfile finds out where the project is built.
func (l *loader) readProfile() error {
	file, text, err := l.findProfiles()
	if err != nil {
		return err
	}
	l.p.ProfilesFile = file
	unnamed := l.opts.Profile == "" && l.settings.profile == ""
	switch {
	case l.opts.Target == "" && l.opts.Profile == "" && (file == "" || unnamed):
		l.p.Target = runner.Target{Name: "dev", Type: "duckdb", Database: strings.ToUpper(l.p.Name), Schema: "PUBLIC", Threads: 4}
	case file == "" || unnamed:
		l.p.Target, err = l.connectionTarget(file)
	default:
		l.p.Target, err = l.readTarget(file, text)
	}
	l.p.lib.Target = l.p.Target
	return err
}

// connectionTarget is the target that a Snowflake connection of that name is,
// for a project without a profile.
func (l *loader) connectionTarget(file string) (runner.Target, error) {
	if l.opts.Connection != nil && l.opts.Target != "" && l.opts.Profile == "" {
		settings, from, err := l.opts.Connection(l.opts.Target)
		if err != nil {
			return runner.Target{}, err
		}
		if from != "" {
			settings["type"] = "snowflake"
			if text(settings, "schema") == "" {
				settings["schema"] = "PUBLIC"
			}
			return l.target("", l.opts.Target, yamldoc.Value{Pos: runner.Pos{File: from}}, settings)
		}
	}
	if file != "" {
		return runner.Target{}, fmt.Errorf("%w: no connection of connections.toml is named %q, and %s names no profile: add profile: NAME, one of those in %s, or give --profile", ErrNoTarget, l.opts.Target, File, file)
	}
	return runner.Target{}, fmt.Errorf("%w: there is no profiles.yml and no connection of that name in connections.toml, so no target %q or profile %q: write one beside %s, or name its folder with --profiles-dir", ErrNoTarget, l.opts.Target, l.opts.Profile, File)
}

// text is a setting's text, "" where it has none.
func text(settings map[string]any, key string) string {
	s, _ := settings[key].(string)
	return s
}

// findProfiles reads profiles.yml from the first place that has one, as dbt
// does: --profiles-dir, DBT_PROFILES_DIR, the project, ~/.dbt. No file is no
// error.
func (l *loader) findProfiles() (file, text string, err error) {
	var dirs []string
	named := l.opts.ProfilesDir
	if named == "" && l.opts.Env != nil {
		named, _ = l.opts.Env("DBT_PROFILES_DIR")
	}
	switch {
	case named != "":
		dirs = []string{named}
	case l.opts.Home != "":
		dirs = []string{l.dir, filepath.Join(l.opts.Home, ".dbt")}
	default:
		dirs = []string{l.dir}
	}
	for _, dir := range dirs {
		file := filepath.Join(dir, "profiles.yml")
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return "", "", err
		}
		return file, string(text), nil
	}
	if named != "" {
		return "", "", fmt.Errorf("there is no profiles.yml in %s", named)
	}
	return "", "", nil
}

// readTarget reads the output that is asked for.
func (l *loader) readTarget(file, text string) (runner.Target, error) {
	v, err := yamldoc.Parse(file, text)
	if err != nil {
		return runner.Target{}, err
	}
	name := l.opts.Profile
	if name == "" {
		name = l.settings.profile
	}
	if name == "" {
		return runner.Target{}, fmt.Errorf("%s names no profile: add profile: NAME, one of %s in %s", File, strings.Join(profiles(v), ", "), file)
	}
	if !v.Has(name) {
		return runner.Target{}, fmt.Errorf("%s has no profile %s; it has %s", file, name, strings.Join(profiles(v), ", "))
	}
	profile := v.Get(name)
	target := l.opts.Target
	if target == "" {
		t, err := profile.Get("target").Rendered(l.secret)
		if err != nil {
			return runner.Target{}, err
		}
		if target = t.Text(); target == "" {
			target = "default"
		}
	}
	outputs := profile.Get("outputs")
	if !outputs.Has(target) {
		return runner.Target{}, fmt.Errorf("%s: %w: profile %s has no %s; it has %s", outputs.Pos, ErrNoTarget, name, target, strings.Join(outputs.Keys, ", "))
	}
	output, err := outputs.Get(target).Rendered(l.secret)
	if err != nil {
		return runner.Target{}, err
	}
	settings, ok := output.PlainMap(), output.Keys != nil
	if !ok {
		return runner.Target{}, fmt.Errorf("%s: target %s must be a map", output.Pos, target)
	}
	if settings, err = l.withConnection(output, settings); err != nil {
		return runner.Target{}, err
	}
	return l.target(name, target, output, settings)
}

// withConnection puts an output's settings over those of the connection that
// its connection_name names.
func (l *loader) withConnection(v yamldoc.Value, settings map[string]any) (map[string]any, error) {
	name := text(settings, "connection_name")
	if name == "" {
		return settings, nil
	}
	at := v.Get("connection_name").Pos
	if l.opts.Connection == nil {
		return nil, fmt.Errorf("%s: there is no connections.toml to look for the connection %s in", at, name)
	}
	all, file, err := l.opts.Connection(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if file == "" {
		return nil, fmt.Errorf("%s: connections.toml has no connection %s", at, name)
	}
	maps.Copy(all, settings)
	return all, nil
}

func profiles(v yamldoc.Value) []string {
	return slices.DeleteFunc(slices.Clone(v.Keys), func(k string) bool { return k == "config" })
}

// secret renders a text of profiles.yml, which may use env_var alone. What the
// variables hold shows in no error.
func (l *loader) secret(at runner.Pos, text string) (any, error) {
	t, err := jinja.Parse(at.File, text)
	if err != nil {
		return nil, placed(at, err)
	}
	read := l.opts.Env
	var held []string // and what to put in its place
	if read != nil {
		read = func(name string) (string, bool) {
			v, ok := l.opts.Env(name)
			if v != "" {
				held = append(held, v, "*****")
			}
			return v, ok
		}
	}
	env := &jinja.Env{MaxDepth: 10, Lookup: func(name string) (any, bool) {
		if name != "env_var" {
			return nil, false
		}
		return jinja.Func(func(a *jinja.Args) (any, error) { return render.EnvVar(read, a) }), true
	}, Filters: render.Filters()}
	out, err := env.Render(context.Background(), t)
	var inner *jinja.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	if err != nil {
		return nil, placed(at, errors.New(strings.NewReplacer(held...).Replace(err.Error())))
	}
	return out, nil
}

// target makes a target of an output's settings.
func (l *loader) target(profile, name string, v yamldoc.Value, settings map[string]any) (runner.Target, error) {
	t := runner.Target{
		Profile: profile, Name: name, Type: text(settings, "type"), Settings: settings,
		Database: warehouse.FoldIdent(text(settings, "database")), Schema: warehouse.FoldIdent(text(settings, "schema")),
		Role: text(settings, "role"), Compute: text(settings, "warehouse"), Threads: 4,
	}
	switch t.Type {
	case "duckdb":
		if t.Database == "" {
			t.Database = strings.ToUpper(l.p.Name)
		}
		if t.Schema == "" {
			t.Schema = "PUBLIC"
		}
	case "snowflake":
		if t.Database == "" || t.Schema == "" {
			return t, fmt.Errorf("%s: target %s of type snowflake needs a database and a schema", v.Pos, name)
		}
	case "":
		return t, fmt.Errorf("%s: target %s has no type; it is duckdb or snowflake", v.Pos, name)
	default:
		return t, fmt.Errorf("%s: target %s is of type %s; it must be duckdb or snowflake", v.Get("type").Pos, name, t.Type)
	}
	if n := v.Get("threads"); !n.IsNull() {
		threads, err := strconv.Atoi(n.Text())
		if err != nil || threads < 1 {
			return t, fmt.Errorf("%s: threads must be a whole number above 0, not %s", n.Pos, n.Text())
		}
		t.Threads = threads
		settings["threads"] = json.Number(strconv.Itoa(threads))
	}
	return t, nil
}
