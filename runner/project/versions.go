package project

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
)

// A version is one version of a model: the file that defines it.
type version struct {
	pkg, model, version, latest string
	entry                       value
}

// readVersions reads which files define the versions of a model.
func (l *loader) readVersions(f propertyFile, section string, item value) error {
	items, err := item.get("versions").each("versions")
	if err != nil || len(items) == 0 {
		return err
	}
	if section != "models" {
		return fmt.Errorf("%s: only models have versions", item.get("versions").pos)
	}
	model, latest := item.get("name").text(), item.get("latest_version").text()
	seen := map[string]bool{}
	var last float64
	for i, v := range items {
		number := v.get("v").text()
		if number == "" {
			return fmt.Errorf("%s: a version of model %s needs v:, its number", v.pos, model)
		}
		if seen[number] {
			return fmt.Errorf("%s: model %s has a version %s already", v.pos, model, number)
		}
		seen[number] = true
		if n, ok := numberOf(number); ok && item.get("latest_version").isNull() && (i == 0 || n > last) {
			last, latest = n, number
		}
	}
	if !seen[latest] {
		return fmt.Errorf("%s: latest_version: model %s has no version %s", item.pos, model, latest)
	}
	for _, v := range items {
		number := v.get("v").text()
		x := version{pkg: f.pkg, model: model, version: number, latest: latest, entry: v}
		file := v.get("defined_in").text()
		if file == "" {
			file = model + "_v" + number
		}
		l.versions[f.pkg+"."+file] = x
		if number == latest && v.get("defined_in").isNull() {
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
func (l *loader) versionEntry(n *runner.Node, entry value) value {
	if n.Version != "" {
		for _, v := range entry.get("versions").list {
			if v.get("v").text() == n.Version {
				return v
			}
		}
	}
	return value{pos: entry.pos}
}
