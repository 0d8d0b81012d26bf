package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// A version is one version of a model: the file that defines it.
type version struct {
	pkg, model, version, latest string
	entry                       yamldoc.Value
}

// readVersions reads which files define the versions of a model.
func (l *loader) readVersions(f propertyFile, section string, item yamldoc.Value) error {
	items, err := item.Get("versions").Each("versions")
	if err != nil {
		return err
	}
	if v := item.Get("latest_version"); len(items) == 0 && !v.IsNull() {
		return fmt.Errorf("%s: latest_version: %s is not one of model %s's versions: it has none", v.Pos, v.Text(), item.Get("name").Text())
	} else if len(items) == 0 {
		return nil
	}
	if section != "models" {
		return fmt.Errorf("%s: only models have versions", item.Get("versions").Pos)
	}
	model, latest := item.Get("name").Text(), item.Get("latest_version").Text()
	seen := map[string]bool{}
	var last float64
	for i, v := range items {
		number := v.Get("v").Text()
		if number == "" {
			return fmt.Errorf("%s: a version of model %s needs v:, its number", v.Pos, model)
		}
		if seen[number] {
			return fmt.Errorf("%s: model %s has a version %s already", v.Pos, model, number)
		}
		seen[number] = true
		if n, ok := numberOf(number); ok && item.Get("latest_version").IsNull() && (i == 0 || n > last) {
			last, latest = n, number
		}
	}
	if !seen[latest] {
		return fmt.Errorf("%s: latest_version: model %s has no version %s", item.Pos, model, latest)
	}
	for _, v := range items {
		number := v.Get("v").Text()
		x := version{pkg: f.pkg, model: model, version: number, latest: latest, entry: v}
		file := v.Get("defined_in").Text()
		if file == "" {
			file = model + "_v" + number
		}
		l.versions[f.pkg+"."+file] = x
		if number == latest && v.Get("defined_in").IsNull() {
			if _, taken := l.versions[f.pkg+"."+model]; !taken {
				l.versions[f.pkg+"."+model] = x // the latest may go without a number
			}
		}
	}
	return nil
}

func numberOf(text string) (float64, bool) {
	var f float64
	n, err := fmt.Sscanf(strings.TrimSpace(text), "%g", &f)
	return f, err == nil && n == 1
}

// versionEntry is what a model's properties say of the node's own version.
func (l *loader) versionEntry(n *runner.Node, entry yamldoc.Value) yamldoc.Value {
	if n.Version != "" {
		for _, v := range entry.Get("versions").List {
			if v.Get("v").Text() == n.Version {
				return v
			}
		}
	}
	return yamldoc.Value{Pos: entry.Pos}
}

// ofVersion is what a model's properties say of one of its versions: the
// columns that the version has, and its own tests in place of the model's.
func ofVersion(entry, own yamldoc.Value) (yamldoc.Value, error) {
	out := entry
	out.Fields = maps.Clone(entry.Fields)
	for _, key := range []string{"tests", "data_tests"} {
		if own.Has("tests") || own.Has("data_tests") {
			out.Fields[key] = own.Get(key)
		}
	}
	columns, err := versionColumns(entry, own)
	if err != nil || columns == nil {
		return out, err
	}
	out.Fields["columns"] = yamldoc.Value{Pos: own.Get("columns").Pos, List: columns}
	out.Keys = append(slices.Clone(entry.Keys), "columns")
	return out, nil
}

// versionColumns are the model's columns that the version includes and does
// not exclude, and its own; nil where the version says nothing of columns.
func versionColumns(entry, own yamldoc.Value) ([]yamldoc.Value, error) {
	items, err := own.Get("columns").Each("columns")
	if err != nil || items == nil {
		return nil, err
	}
	included, asked := func(string) bool { return true }, false
	out := []yamldoc.Value{}
	for _, c := range items {
		if !c.Has("include") && !c.Has("exclude") {
			out = append(out, c)
			continue
		}
		if asked {
			return nil, fmt.Errorf("%s: a version can have at most one include/exclude element", c.Pos)
		}
		asked = true
		include, err := c.Get("include").Texts("include")
		if err != nil {
			return nil, err
		}
		exclude, err := c.Get("exclude").Texts("exclude")
		if err != nil {
			return nil, err
		}
		all := len(include) == 1 && (include[0] == "all" || include[0] == "*")
		if exclude != nil && !all {
			return nil, fmt.Errorf("%s: exclude can only be specified with include: all", c.Pos)
		}
		included = func(name string) bool {
			return (all || slices.Contains(include, name)) && !slices.Contains(exclude, name)
		}
	}
	var kept []yamldoc.Value
	for _, c := range entry.Get("columns").List {
		if included(c.Get("name").Text()) {
			kept = append(kept, c)
		}
	}
	return slices.Concat(kept, out), nil
}
