package dir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"

	"github.com/snowpit-dev/snowpit/stage"
)

// paths are where an object may lie unless a folder is there, the one for a new
// object first. A folder that was copied from another file system has objects
// at the others.
func (f *folder) paths(name string) []string {
	plain, folded := encode(name), encodeFolded(name)
	all := []string{plain, folded}
	if f.folds {
		all = []string{folded, plain}
	}
	for i, at := range all {
		all[i] = path.Join(f.at, "objects", at)
	}
	return slices.Compact(all)
}

// find is where an object lies. The caller holds f.mu.
func (f *folder) find(name string) (string, fs.FileInfo, error) {
	for _, first := range f.paths(name) {
		if err := noLinks(f.root, first); err != nil {
			return "", nil, fmt.Errorf("%s: %w", f.full(name), err)
		}
		for _, at := range []string{first, first + beside} {
			info, err := f.root.Lstat(at)
			switch {
			case err == nil && info.Mode().IsRegular() && f.spelt(at):
				return at, info, nil
			case err != nil && !missing(err):
				return "", nil, err
			}
		}
	}
	return "", nil, fmt.Errorf("%s: %w", f.full(name), stage.ErrNotExist)
}

// spelt reports that what lies at a path has that very name, which a file
// system that folds does not say by itself.
func (f *folder) spelt(at string) bool {
	if !f.folds {
		return true
	}
	for ; at != f.at; at = path.Dir(at) {
		entries, err := fs.ReadDir(f.root.FS(), path.Dir(at))
		if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == path.Base(at) }) {
			return false
		}
	}
	return true
}

// folds reports that the file system of a stage's folder takes a name in
// upper case for the same one in lower case.
func folds(root *os.Root, at string) bool {
	_, err := root.Lstat(path.Join(at, "OBJECTS"))
	return err == nil
}

// noLinks refuses a path with a link on it: it could lead out of the stage, if
// not out of the root.
func noLinks(root *os.Root, at string) error {
	for i := 0; i <= len(at); i++ {
		if i < len(at) && at[i] != '/' {
			continue
		}
		info, err := root.Lstat(at[:i])
		if err != nil {
			return nil // nothing there, or nothing below: for the caller to say
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%w: %s is a link, which could lead out of the stage; put a copy there instead", stage.ErrName, at[:i])
		}
	}
	return nil
}

// own is one of the stage's own folders, made if it is not there.
func (f *folder) own(name string) (string, error) {
	at := path.Join(f.at, name)
	if err := noLinks(f.root, at); err != nil {
		return "", err
	}
	if err := f.root.Mkdir(at, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", stageErr(f.name, err)
	}
	return at, nil
}

// makeWay makes the folders above a new object and is its path. A file that is
// in the way of a folder steps aside.
func (f *folder) makeWay(name string) (string, error) {
	at := f.paths(name)[0]
	objects := path.Join(f.at, "objects")
	for i := len(objects) + 1; i < len(at); i++ {
		if at[i] != '/' {
			continue
		}
		above := at[:i]
		if info, err := f.root.Lstat(above); err == nil && info.Mode().IsRegular() {
			if err := f.root.Rename(above, above+beside); err != nil {
				return "", err
			}
		}
	}
	if err := f.root.MkdirAll(path.Dir(at), 0o777); err != nil {
		return "", err
	}
	for dir := path.Dir(at); dir != f.at; dir = path.Dir(dir) {
		if err := f.sync(dir); err != nil {
			return "", err
		}
	}
	if info, err := f.root.Lstat(at); err == nil && info.IsDir() {
		at += beside
	}
	for there := at; there != f.at; there = path.Dir(there) {
		if _, err := f.root.Lstat(there); err == nil && !f.spelt(there) {
			return "", fmt.Errorf("%s is there in other letters, which this file system takes for the same; rename it", there)
		}
	}
	return at, nil
}

// missing reports an error that means no file is there: none of that name, or
// a file where a folder would have to be.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
