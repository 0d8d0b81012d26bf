package project

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// A pack is the project or one of its packages, as its dbt_project.yml has it.
// Folders are those in the project, whatever package they belong to.
type pack struct {
	name, profile string
	root          string // the package's folder; "" for the project's own
	file          yamldoc.Value
	sum           string // SHA-256 of that file, as dbt takes it

	modelPaths, seedPaths, testPaths, macroPaths, snapshotPaths, analysisPaths, docsPaths []string

	vars     yamldoc.Value // its own, and those it sets for others by their name
	quoting  map[string]any
	restrict bool // restrict-access: protected models are for the package itself
}

// roots are all the folders that hold something of the package.
func (p *pack) roots() []string {
	return slices.Concat(p.modelPaths, p.seedPaths, p.testPaths, p.macroPaths, p.snapshotPaths, p.analysisPaths)
}

// projectKeys are the keys of dbt_project.yml; those that are true do nothing.
var projectKeys = map[string]bool{
	"name": false, "version": false, "config-version": false, "profile": false, "require-dbt-version": false, "vars": false,
	"model-paths": false, "seed-paths": false, "test-paths": false, "macro-paths": false, "snapshot-paths": false,
	"analysis-paths": false, "docs-paths": false, "target-path": false, "clean-targets": false, "packages-install-path": false,
	"models": false, "seeds": false, "snapshots": false, "sources": false, "tests": false, "data_tests": false, "unit_tests": false,
	"exposures": false, "analyses": false, "quoting": false, "on-run-start": false, "on-run-end": false, "dispatch": false,
	"flags": false, "log-path": false, "asset-paths": false,
	"restrict-access": false, "query-comment": true, "dbt-cloud": true, "metrics": true, "semantic-models": true,
	"saved-queries": true, "function-paths": true, "functions": true, "source-paths": false, "data-paths": false, "modules-path": false,
}

// checkKeys refuses keys that dbt_project.yml has not, and says which do
// nothing.
func (l *loader) checkKeys(v yamldoc.Value) error {
	for _, k := range v.Keys {
		nothing, known := projectKeys[k]
		at := v.Fields[k].Pos
		switch {
		case strings.HasPrefix(k, "+"):
			return fmt.Errorf("%s: %s belongs under models:, seeds: or another kind of node, not at the top", at, k)
		case !known:
			hint := ""
			if near := jv.Nearest(k, slices.Sorted(maps.Keys(projectKeys))); near != "" {
				hint = "; did you mean " + near + "?"
			}
			return fmt.Errorf("%s: %s has no key %s%s", at, File, k, hint)
		case nothing && !v.Fields[k].IsNull():
			l.warn(at, "%s has no effect here", k)
		}
	}
	return nil
}

// readPack reads the dbt_project.yml of the project, or of the package in a
// folder of it.
func (l *loader) readPack(root string) (*pack, error) {
	file := path.Join(root, File)
	text, err := l.read(file)
	if err != nil {
		return nil, err
	}
	v, err := l.yamlFile(file, text)
	if err != nil {
		return nil, err
	}
	if v.Keys == nil {
		return nil, fmt.Errorf("%s: %s is a map, with keys such as name: and models:", v.Pos, File)
	}
	p := &pack{root: root, name: v.Get("name").Text(), sum: sumOf(text)}
	if !isName(p.name) {
		return nil, fmt.Errorf("%s: the project's name is %q; it needs letters, digits and underscores, as in name: formula1", v.Get("name").Pos, p.name)
	}
	if root == "" {
		if err := l.checkKeys(v); err != nil {
			return nil, err
		}
	}
	own := v.Get("vars")
	p.vars, p.restrict = own, v.Get("restrict-access").Plain() == true
	if !own.IsNull() && own.Keys == nil {
		return nil, fmt.Errorf("%s: vars must be a map", own.Pos)
	}
	l.packs = append(l.packs, p)
	l.vars = map[string]map[string]any{}
	if root == "" {
		l.p.Name, l.p.lib.Project = p.name, p.name
	}
	v.Fields = maps.Clone(v.Fields)
	v.Fields["vars"] = yamldoc.Value{Pos: own.Pos, Keys: []string{}} // their texts are rendered when they are asked for
	if v, err = v.Rendered(l.evaluateIn(p.name)); err != nil {
		return nil, err
	}
	p.file, p.profile, p.quoting = v, v.Get("profile").Text(), plainMap(v.Get("quoting"))
	l.p.lib.Versions[p.name] = v.Get("version").Text()
	if err := l.checkVersion(p); err != nil {
		return nil, err
	}
	return p, l.paths(p)
}

// paths reads the folders a package keeps things in; dbt's defaults where it
// says nothing.
func (l *loader) paths(p *pack) error {
	for _, x := range []struct {
		key, other string
		to         *[]string
	}{
		{"model-paths", "models", &p.modelPaths},
		{"seed-paths", "seeds", &p.seedPaths},
		{"test-paths", "tests", &p.testPaths},
		{"macro-paths", "macros", &p.macroPaths},
		{"snapshot-paths", "snapshots", &p.snapshotPaths},
		{"analysis-paths", "analyses", &p.analysisPaths},
	} {
		dirs, err := folders(p.file, x.key, x.other)
		if err != nil {
			return err
		}
		for _, d := range dirs {
			*x.to = append(*x.to, path.Join(p.root, d))
		}
	}
	p.docsPaths = p.roots()
	if p.file.Has("docs-paths") {
		dirs, err := folders(p.file, "docs-paths", "")
		if err != nil {
			return err
		}
		p.docsPaths = nil
		for _, d := range dirs {
			p.docsPaths = append(p.docsPaths, path.Join(p.root, d))
		}
	}
	return nil
}

// folders reads a list of folders.
func folders(v yamldoc.Value, key, other string) ([]string, error) {
	dirs, err := v.Get(key).Texts(key)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 && other != "" {
		dirs = []string{other}
	}
	for i, d := range dirs {
		dirs[i] = path.Clean(filepath.ToSlash(d))
		if !fs.ValidPath(dirs[i]) {
			return nil, fmt.Errorf("%s: %s: %q is not a folder inside the project", v.Get(key).Pos, key, d)
		}
	}
	return dirs, nil
}

// readProject reads the project's own dbt_project.yml.
func (l *loader) readProject() error {
	l.p.lib = &render.Library{Vars: l.varsOf, Env: l.env, Log: l.opts.Log, Start: l.opts.Start, Which: l.opts.Which, Args: l.opts.Args, Graph: l.p.flatGraph,
		Versions: map[string]string{}, MetadataEnv: artifact.MetadataEnv()}
	p, err := l.readPack("")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no %s in %s; snowpit init NAME makes a new project, snowpit demo a finished one", ErrNoProject, File, l.dir)
	} else if err != nil {
		return err
	}
	l.settings = p
	l.p.lib.ImplicitOverrides = p.file.Get("flags").Get("require_explicit_package_overrides_for_builtin_materializations").Plain() == false
	l.p.SkipOnStartFailure = p.file.Get("flags").Get("skip_nodes_if_on_run_start_fails").Plain() == true
	if l.p.CleanTargets, err = folders(p.file, "clean-targets", "target"); err != nil {
		return err
	}
	l.p.SourcePaths = p.roots()
	if l.p.TargetPath = path.Clean(filepath.ToSlash(p.file.Get("target-path").Text())); l.p.TargetPath == "." {
		l.p.TargetPath = "target"
	}
	return l.readDispatch(p.file)
}

// readDispatch reads the search orders of adapter.dispatch.
func (l *loader) readDispatch(v yamldoc.Value) error {
	items, err := v.Get("dispatch").Each("dispatch")
	if err != nil {
		return err
	}
	l.p.lib.Dispatch = map[string][]string{}
	for _, item := range items {
		namespace := item.Get("macro_namespace").Text()
		order, err := item.Get("search_order").Texts("search_order")
		if err != nil {
			return err
		}
		if namespace == "" || len(order) == 0 {
			return fmt.Errorf("%s: an entry of dispatch needs macro_namespace and search_order", item.Pos)
		}
		l.p.lib.Dispatch[namespace] = order
	}
	return nil
}

// varsOf are the variables that a package sees: its own, over them the
// project's, and over all those of the command line.
func (l *loader) varsOf(pkg string) map[string]any {
	l.varsMu.Lock()
	defer l.varsMu.Unlock()
	if vars, ok := l.vars[pkg]; ok {
		return vars
	}
	vars := map[string]any{}
	add := func(p *pack) {
		for k, v := range p.vars.Fields {
			if v.Keys == nil || l.pack(k) == nil {
				vars[k] = v.Ordered()
			}
		}
		maps.Copy(vars, p.vars.Get(pkg).OrderedMap())
	}
	if p := l.pack(pkg); p != nil && p.root != "" {
		add(p)
	}
	if len(l.packs) > 0 {
		add(l.packs[0])
	}
	maps.Copy(vars, l.opts.Vars)
	l.vars[pkg] = vars
	return vars
}

// pack is a package by its name, or nil.
func (l *loader) pack(name string) *pack {
	for _, p := range l.packs {
		if p.name == name {
			return p
		}
	}
	return nil
}

// env notes which variables of the environment were asked for while the
// project is read.
func (l *loader) env(name string) (string, bool) {
	if l.opts.Env == nil {
		return "", false
	}
	v, ok := l.opts.Env(name)
	l.varsMu.Lock()
	defer l.varsMu.Unlock()
	if !l.done {
		l.asked[name] = variable{v, ok}
	}
	return v, ok
}

// warnAs notes something that is passed over, by dbt's name of the warning.
func (l *loader) warnAs(name string, at runner.Pos, format string, args ...any) {
	l.p.Warnings = append(l.p.Warnings, runner.Warning{Name: name, Pos: at, Message: fmt.Sprintf(format, args...)})
}

// warn notes something that is passed over.
func (l *loader) warn(at runner.Pos, format string, args ...any) { l.warnAs("", at, format, args...) }

// once warns of something the first time it is met.
func (l *loader) once(what string, at runner.Pos, format string, args ...any) {
	if !l.told[what] {
		l.told[what] = true
		l.warn(at, format, args...)
	}
}
