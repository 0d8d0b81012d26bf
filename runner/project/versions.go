package project

import (
	"fmt"
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
	if err != nil || len(items) == 0 {
		return err
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
