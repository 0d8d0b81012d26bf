package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/runner"
)

// The largest files that are read, in bytes. Texts of templates and YAML are
// written by hand; one that is larger is another kind of file.
const (
	maxTemplate = 16 << 20
	maxYAMLFile = 4 << 20
)

// read reads a text: UTF-8, without the mark that some editors put in front.
func (l *loader) read(file string) (string, error) {
	limit := int64(maxTemplate)
	if strings.HasSuffix(file, ".yml") || strings.HasSuffix(file, ".yaml") {
		limit = maxYAMLFile
	}
	return readText(l.fsys, file, limit)
}

func readText(fsys fs.FS, file string, limit int64) (string, error) {
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return "", err
	}
	if kind := info.Mode().Type(); kind != 0 && kind != fs.ModeDir {
		return "", fmt.Errorf("%s: it is a pipe, a socket or a device, and reading it might never end: put a file there", file)
	}
	if info.Size() > limit {
		return "", fmt.Errorf("%s: the file has %d bytes, and %d are the most that is read: split it, or keep data in seeds", file, info.Size(), limit)
	}
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", err
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			at := runner.Pos{File: file, Line: 1 + strings.Count(string(text[:i]), "\n"), Col: 1 + utf8.RuneCount(text[strings.LastIndexByte(string(text[:i]), '\n')+1:i])}
			return "", fmt.Errorf("%s: the byte 0x%02X is not UTF-8: save the file as UTF-8", at, text[i])
		}
		i += n
	}
	return strings.TrimPrefix(string(text), "\ufeff"), nil
}

// eachFile calls do with the files of some kinds in folders of each package.
func (l *loader) eachFile(dirs func(*pack) []string, do func(p *pack, file string) error, suffixes ...string) error {
	for _, p := range l.packs {
		files, err := l.files(dirs(p), suffixes...)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := do(p, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// files lists the files below some folders that end in one of the suffixes,
// sorted by path. A folder that is not there is empty.
func (l *loader) files(dirs []string, suffixes ...string) ([]string, error) {
	var files []string
	seen := map[string]bool{}
	for _, dir := range dirs {
		all, err := l.below(dir)
		if err != nil {
			return nil, err
		}
		for _, file := range all {
			if !seen[file] && slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(file, s) }) {
				seen[file] = true
				files = append(files, file)
			}
		}
	}
	slices.Sort(files)
	return files, nil
}

// below lists all files of a folder and those in it.
func (l *loader) below(dir string) ([]string, error) {
	if files, ok := l.listed[dir]; ok {
		return files, nil
	}
	info, err := fs.Stat(l.fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	w := &walk{l: l}
	if info.IsDir() {
		if err := w.dir(dir, []fs.FileInfo{info}); err != nil {
			return nil, err
		}
	}
	l.listed[dir] = w.files
	return w.files, nil
}

// A walk lists a folder, through symbolic links as dbt does.
type walk struct {
	l     *loader
	files []string
}

func (w *walk) dir(dir string, above []fs.FileInfo) error {
	entries, err := fs.ReadDir(w.l.fsys, dir)
	if err != nil {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		if w.l.ignored(at) {
			continue
		}
		isDir := e.IsDir()
		var info fs.FileInfo
		if isDir || e.Type()&fs.ModeSymlink != 0 {
			if info, err = fs.Stat(w.l.fsys, at); err != nil {
				return fmt.Errorf("%s: the link leads nowhere: %w", at, err)
			}
			isDir = info.IsDir()
		}
		switch {
		case !isDir:
			w.files = append(w.files, at)
		case strings.HasPrefix(e.Name(), "."):
		case slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }):
			return fmt.Errorf("%s: the link leads back to a folder that it stands in: remove it", at)
		default:
			if err := w.dir(at, append(above, info)); err != nil {
				return err
			}
		}
	}
	return nil
}

// ignored reports whether .dbtignore names a file, or a folder it is in. A
// pattern without a slash is matched with every part of the path.
func (l *loader) ignored(file string) bool {
	if len(l.ignore) == 0 {
		return false
	}
	parts := strings.Split(file, "/")
	for _, pattern := range l.ignore {
		for i, part := range parts {
			name := part
			if strings.Contains(pattern, "/") {
				name = strings.Join(parts[:i+1], "/")
			}
			if ok, err := path.Match(pattern, name); ok && err == nil {
				return true
			}
		}
	}
	return false
}

// readIgnore reads .dbtignore, whose patterns are those of .gitignore without
// its exceptions.
func (l *loader) readIgnore() error {
	text, err := readText(l.fsys, ".dbtignore", maxYAMLFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
			continue
		}
		l.ignore = append(l.ignore, strings.TrimSuffix(strings.TrimPrefix(line, "/"), "/"))
	}
	return nil
}
