package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins"
)

// Config says which plugins there are and what they may take. The zero value
// knows those on PATH.
type Config struct {
	Builtin map[string][]string // command line of each plugin the program brings along, by name; first the executable's path
	Paths   map[string]string   // executables named outright, by plugin name
	Dirs    []string            // folders with executables snowpit-plugin-NAME; looked at before PATH
	Pins    map[string]string   // SHA-256 that a plugin's executable must have, 64 hex digits, by name
	Path    string              // PATH to look at, its absolute folders; the process's own if empty
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
		files, _ := os.ReadDir(dir) // PATH may name folders that are not there
		for _, entry := range files {
			name, ok := strings.CutPrefix(strings.TrimSuffix(entry.Name(), ".exe"), plugins.ExecutablePrefix)
			if file := filepath.Join(dir, entry.Name()); ok && name != "" && executable(file) == nil {
				add(Found{name, dir, []string{file}})
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// dirs are the folders to look in, in order. PATH's relative entries are not
// among them: what runs would depend on where one stands.
func (h *Host) dirs() []string {
	dirs := slices.Clone(h.config.Dirs)
	for _, dir := range filepath.SplitList(h.config.Path) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// executable says why a file cannot be run, or nil.
func executable(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file: %w", file, fs.ErrInvalid)
	case info.Mode()&0o111 == 0 && runtime.GOOS != "windows":
		return fmt.Errorf("%s is not executable (chmod +x it): %w", file, fs.ErrPermission)
	}
	return nil
}

// find is the command of a plugin, its executable by absolute path.
func (h *Host) find(name string) ([]string, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("plugin %q: %w: a plugin is named by its name, not by a path", name, plugins.ErrUnknown)
	}
	all := h.List(context.Background())
	for _, f := range all {
		if f.Name != name {
			continue
		}
		file, err := filepath.Abs(f.Command[0])
		if err == nil {
			err = executable(file)
		}
		if err != nil {
			return nil, fmt.Errorf("plugin %s (%s): %w: %w", name, f.Source, plugins.ErrUnknown, err)
		}
		return append([]string{file}, f.Command[1:]...), nil
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
	}
	for _, dir := range h.dirs() {
		err := executable(filepath.Join(dir, plugins.ExecutablePrefix+name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("plugin %s: %w: %w", name, plugins.ErrUnknown, err)
		}
	}
	if names == nil {
		names = []string{"none"}
	}
	return nil, fmt.Errorf("plugin %s: %w: there are %s; looked for %s%s in %s",
		name, plugins.ErrUnknown, strings.Join(names, ", "), plugins.ExecutablePrefix, name,
		strings.Join(append(slices.Clone(h.config.Dirs), "PATH"), ", "))
}
