package project

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// An Installed is a package that [Install] put in its place, or found there.
type Installed struct {
	Name string // the package's own
	From string // as packages.yml names it
	Kept bool   // whether it was there already

	kind    string // the key that names it: local, tarball, package or git
	version string // of one of the hub or of git
}

// maxPackage bounds what a tarball may unpack to, in bytes.
const maxPackage = 256 << 20

// Install puts the packages that a project's packages.yml names, and those that
// they name, into its folder of packages: those of local folders and tarballs.
// One of the hub or of git must be there already. A package is put in place
// whole, or not at all; those before one that fails stay. When all are there,
// the file package-lock.yml notes them.
func Install(dir string, opts Options) ([]Installed, error) { return install(dir, opts, false) }

// Lock writes package-lock.yml as [Install] does, and installs nothing.
func Lock(dir string, opts Options) ([]Installed, error) { return install(dir, opts, true) }

func install(dir string, opts Options, lockOnly bool) ([]Installed, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	l := newLoader(os.DirFS(abs), abs, opts)
	if err := l.readProject(); err != nil {
		return nil, err
	}
	into := packagesPath(l.settings.file)
	if !fs.ValidPath(into) {
		return nil, fmt.Errorf("%s: packages-install-path: %q is not a folder inside the project", l.settings.file.Get("packages-install-path").Pos, into)
	}
	i := &installer{l: l, root: abs, into: filepath.Join(abs, filepath.FromSlash(into)), seen: map[string]string{}}
	i.there = i.into
	if lockOnly {
		if i.into, err = os.MkdirTemp("", "snowpit-deps-*"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(i.into)
	}
	if err := i.all(abs, "."); err != nil {
		return i.done, err
	}
	return i.done, i.lock(abs)
}

// An installer installs the packages of one project.
type installer struct {
	l     *loader
	root  string // the project's folder
	into  string
	there string            // where packages are that stay, which is into but where nothing is installed
	seen  map[string]string // what a package was named as, by its own name
	done  []Installed
}

// all installs the packages that the project in a folder names.
func (i *installer) all(folder, root string) error {
	list, err := wantedPackages(os.DirFS(folder), "", func(file, text string) (yamldoc.Value, error) { return i.l.yamlFile(path.Join(root, file), text) })
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := i.one(folder, w); err != nil {
			return err
		}
	}
	return nil
}

func (i *installer) one(folder string, w wanted) error {
	at := w.at.Pos
	switch {
	case w.hub != "" || w.git != "":
		name := path.Base(strings.TrimSuffix(w.String(), ".git"))
		kept := Installed{Name: name, From: w.String(), Kept: true, kind: "git", version: w.at.Get("revision").Text()}
		kind := "git"
		if w.hub != "" {
			kind, kept.kind = "the hub", "package"
		}
		if text, err := readText(os.DirFS(i.there), path.Join(name, File), maxYAMLFile); err == nil {
			if v, err := yamldoc.Parse(File, text); err == nil && w.hub != "" {
				kept.version = v.Get("version").Text()
			}
			i.done = append(i.done, kept)
			return nil
		}
		return fmt.Errorf("%s: %s comes from %s, which needs the network: run dbt deps once, or put a copy into %s, or name a copy with local:",
			at, w, kind, filepath.Join(filepath.Base(i.there), name))
	case w.local != "":
		return i.local(folder, w, w.local)
	}
	file, ok := strings.CutPrefix(w.tarball, "file://")
	if !ok {
		return fmt.Errorf("%s: %s is on the network: download it, and name the file with local:", at, w.tarball)
	}
	return i.local(folder, w, file)
}

// local installs a folder or a tarball of this machine.
func (i *installer) local(folder string, w wanted, from string) error {
	at := w.at.Pos
	if !filepath.IsAbs(from) {
		from = i.absolute(folder, filepath.FromSlash(from))
	}
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: package %s: there is no %s", at, w, from)
	} else if err != nil {
		return fmt.Errorf("%s: package %s: %w", at, w, err)
	}
	if err := os.MkdirAll(i.into, 0o777); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(i.into, ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	source := from
	if info.IsDir() {
		err = copyTree(from, tmp, i.into)
	} else {
		source = filepath.Dir(from)
		err = unpack(from, tmp)
	}
	if err != nil {
		return fmt.Errorf("%s: package %s: %w", at, w, err)
	}
	root, err := packageRoot(tmp)
	if err != nil {
		return fmt.Errorf("%s: package %s: %w", at, w, err)
	}
	return i.place(w, root, source)
}

// absolute is a package's place: as dbt has it, that from the project's folder,
// else that from the folder of the package that names it.
func (i *installer) absolute(folder, from string) string {
	if _, err := os.Stat(filepath.Join(i.root, from)); err == nil {
		return filepath.Join(i.root, from)
	}
	return filepath.Join(folder, from)
}

// place moves an unpacked package where it belongs, and installs what it names
// in turn.
func (i *installer) place(w wanted, root, source string) error {
	text, err := readText(os.DirFS(root), File, maxYAMLFile)
	if err != nil {
		return err
	}
	v, err := yamldoc.Parse(path.Join(w.String(), File), text)
	if err != nil {
		return err
	}
	name := v.Get("name").Text()
	if !isName(name) {
		return fmt.Errorf("%s: package %s: its name is %q, which has to be letters, digits and underscores", w.at.Pos, w, name)
	}
	if before, dup := i.seen[name]; dup {
		if before == w.String() {
			return nil
		}
		return fmt.Errorf("%s: package %s is named %s, and so is %s: a project has one package of a name", w.at.Pos, w, name, before)
	}
	i.seen[name] = w.String()
	target := filepath.Join(i.into, name)
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.Rename(root, target); err != nil {
		return err
	}
	kind := "local"
	if w.tarball != "" {
		kind = "tarball"
	}
	i.done = append(i.done, Installed{Name: name, From: w.String(), kind: kind})
	return i.all(source, w.String())
}

// packageRoot is the folder with dbt_project.yml: the one given or the only one
// in it.
func packageRoot(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, File)); err == nil {
		return dir, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		inner := filepath.Join(dir, entries[0].Name())
		if _, err := os.Stat(filepath.Join(inner, File)); err == nil {
			return inner, nil
		}
	}
	return "", fmt.Errorf("there is no %s in it", File)
}

// copyTree copies a package, without what is made in it and what is hidden.
func copyTree(from, to, into string) error {
	return filepath.WalkDir(from, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, at)
		if err != nil || rel == "." {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "target" || d.Name() == "dbt_packages" || d.Name() == "logs" || at == into) {
			return fs.SkipDir
		}
		dest := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(dest, 0o777)
		case !d.Type().IsRegular():
			return nil
		}
		r, err := os.Open(at)
		if err != nil {
			return err
		}
		defer r.Close()
		return writeFrom(dest, r)
	})
}

func writeFrom(dest string, r io.Reader) error {
	w, err := os.OpenFile(dest, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Close())
}

// unpack unpacks a tarball. Names that lead out of it are refused, links are
// passed over.
func unpack(file, to string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("it is no .tar.gz file: %w", err)
	}
	left := int64(maxPackage)
	for r := tar.NewReader(zip); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("it is no .tar.gz file: %w", err)
		}
		name := path.Clean(head.Name)
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("the name %q in it leads out of it", head.Name)
		}
		dest := filepath.Join(to, filepath.FromSlash(name))
		switch head.Typeflag {
		case tar.TypeDir:
			err = os.MkdirAll(dest, 0o777)
		case tar.TypeReg:
			if left -= head.Size; left < 0 {
				return fmt.Errorf("it unpacks to more than %d bytes", maxPackage)
			}
			if err = os.MkdirAll(filepath.Dir(dest), 0o777); err == nil {
				err = writeFrom(dest, io.LimitReader(r, head.Size))
			}
		}
		if err != nil {
			return err
		}
	}
}
