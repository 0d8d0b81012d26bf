package host

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins"
)

// Config says which plugins there are and what they may take. The zero value
// knows those on PATH.
type Config struct {
	Builtin map[string][]string // command line of each plugin the program brings along, by name
	Paths   map[string]string   // executables named outright, by plugin name
	Dirs    []string            // folders with executables snowpit-plugin-NAME; looked at before PATH
	Pins    map[string]string   // SHA-256 that a plugin's executable must have, 64 hex digits, by name
	Path    string              // PATH to look at; the process's own if empty
	Env     []string            // further NAME=value for every plugin
	Limits  plugins.Limits
	Logger  *slog.Logger // nil for none
}

// A Host starts plugins. It is a [plugins.Host].
type Host struct{ config Config }

var _ plugins.Host = (*Host)(nil)

// New makes a host.
func New(config Config) *Host {
	if config.Path == "" {
		config.Path = os.Getenv("PATH")
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	return &Host{config}
}

// Found is one plugin that a [Host] knows.
type Found struct {
	Name    string
	Source  string   // "built in", "project config", the folder it lies in
	Command []string // what is run
}

// List finds every plugin, sorted by name. Of several with one name the first
// is taken: built in, named outright, in a folder, on PATH.
func (h *Host) List(context.Context) []Found {
	var all []Found
	add := func(f Found) {
		if !slices.ContainsFunc(all, func(o Found) bool { return o.Name == f.Name }) {
			all = append(all, f)
		}
	}
	for name, command := range h.config.Builtin {
		add(Found{name, "built in", command})
	}
	for name, path := range h.config.Paths {
		add(Found{name, "project config", []string{path}})
	}
	for _, dir := range h.dirs() {
		files, _ := filepath.Glob(filepath.Join(dir, plugins.ExecutablePrefix+"*"))
		for _, file := range files {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), plugins.ExecutablePrefix), ".exe")
			if executable(file) {
				add(Found{name, dir, []string{file}})
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// dirs are the folders to look in, in order.
func (h *Host) dirs() []string {
	return append(slices.Clone(h.config.Dirs), filepath.SplitList(h.config.Path)...)
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// find is the command of a plugin.
func (h *Host) find(name string) ([]string, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("plugin %q: %w: a plugin is named by its name, not by a path", name, plugins.ErrUnknown)
	}
	for _, f := range h.List(context.Background()) {
		if f.Name == name {
			return f.Command, nil
		}
	}
	var names []string
	for _, f := range h.List(context.Background()) {
		names = append(names, f.Name)
	}
	for _, dir := range h.dirs() {
		file := filepath.Join(dir, plugins.ExecutablePrefix+name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return nil, fmt.Errorf("plugin %s: %s is not executable: chmod +x it", name, file)
		}
	}
	return nil, fmt.Errorf("plugin %s: %w: there are %s; looked for %s%s in %s and on PATH",
		name, plugins.ErrUnknown, strings.Join(names, ", "), plugins.ExecutablePrefix, name, strings.Join(h.config.Dirs, ", "))
}
