package project

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// packageFiles are those that name a project's packages.
var packageFiles = []string{"packages.yml", "dependencies.yml"}

// A wanted package is one that packages.yml names.
type wanted struct {
	at                             yamldoc.Value
	hub, git, local, tarball, name string
}

// String is the package as packages.yml names it.
func (w wanted) String() string {
	for _, s := range []string{w.hub, w.git, w.local, w.tarball} {
		if s != "" {
			return s
		}
	}
	return w.name
}

// wantedPackages reads which packages a project names.
func wantedPackages(fsys fs.FS, root string, parse func(file, text string) (yamldoc.Value, error)) ([]wanted, error) {
	var out []wanted
	for _, file := range packageFiles {
		file = path.Join(root, file)
		text, err := readText(fsys, file, maxYAMLFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		v, err := parse(file, text)
		if err != nil {
			return nil, err
		}
		items, err := v.Get("packages").Each("packages")
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			w := wanted{at: item, hub: item.Get("package").Text(), git: item.Get("git").Text(), local: item.Get("local").Text(),
				tarball: item.Get("tarball").Text(), name: item.Get("name").Text()}
			if w.hub == "" && w.git == "" && w.local == "" && w.tarball == "" {
				return nil, fmt.Errorf("%s: a package is named by package:, git:, local: or tarball:", item.Pos)
			}
			out = append(out, w)
		}
	}
	return out, nil
}

// readPackages reads the dbt_project.yml of every package that is installed.
func (l *loader) readPackages() error {
	dir := packagesPath(l.settings.file)
	if !fs.ValidPath(dir) {
		return fmt.Errorf("%s: packages-install-path: %q is not a folder inside the project", l.settings.file.Get("packages-install-path").Pos, dir)
	}
	l.p.PackagesPath = dir
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	found := 0
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		if info, err := fs.Stat(l.fsys, path.Join(at, File)); strings.HasPrefix(e.Name(), ".") || errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
			continue
		}
		found++
		before := slices.Clone(l.packs)
		p, err := l.readPack(at)
		if err != nil {
			return err
		}
		for _, old := range before {
			if old.name == p.name {
				return fmt.Errorf("%s: there is a package %s already, in %s: remove one of them", p.file.Get("name").Pos, p.name, orHere(old.root))
			}
		}
	}
	all, err := wantedPackages(l.fsys, "", l.yamlFile)
	if err != nil {
		return err
	}
	if found < len(all) {
		missing := all[0]
		for _, w := range all {
			if !slices.ContainsFunc(l.packs, func(p *pack) bool {
				return path.Base(w.String()) == p.name || path.Base(p.root) == path.Base(w.String())
			}) {
				missing = w
			}
		}
		return fmt.Errorf("%s: %d packages are named and %d are installed in %s: %s is missing; snowpit deps installs those with local:, dbt deps those of the hub",
			missing.at.Pos, len(all), found, dir, missing)
	}
	return nil
}

func packagesPath(file yamldoc.Value) string {
	if dir := file.Get("packages-install-path").Text(); dir != "" {
		return path.Clean(dir)
	}
	return "dbt_packages"
}

func orHere(root string) string {
	if root == "" {
		return "this project"
	}
	return root
}
