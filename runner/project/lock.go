package project

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// LockFile is the file that notes which packages were installed.
const LockFile = "package-lock.yml"

// lock writes the lock file of the project in a folder: the packages that were
// found, and dbt's hash of those that the project names. It is left alone where
// it says that already, and there is none for a project without packages.
func (i *installer) lock(dir string) error {
	if len(i.done) == 0 {
		return nil
	}
	hash, err := i.hash(dir)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("packages:\n")
	for _, p := range i.done {
		fmt.Fprintf(&b, "  - %s\n", strings.Join(p.locked(), "\n    "))
	}
	fmt.Fprintf(&b, "sha1_hash: %s\n", hash)
	file := filepath.Join(dir, LockFile)
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if string(old) == b.String() {
		return nil
	}
	tmp := file + ".new"
	if err := os.WriteFile(tmp, []byte(b.String()), 0o666); err != nil {
		return err
	}
	return errors.Join(os.Rename(tmp, file), removed(tmp))
}

// removed deletes a file that may be there.
func removed(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// locked are the lines of a package in the lock file, sorted as dbt has them.
func (p Installed) locked() []string {
	lines := []string{p.kind + ": " + p.From, "name: " + p.Name}
	if p.version != "" {
		lines = append(lines, map[string]string{"git": "revision: ", "package": "version: "}[p.kind]+p.version)
	}
	slices.Sort(lines)
	return lines
}

// hash is dbt's of the packages that a project names itself.
func (i *installer) hash(dir string) (string, error) {
	list, err := wantedPackages(os.DirFS(dir), "", func(file, text string) (yamldoc.Value, error) { return i.l.yamlFile(path.Join(".", file), text) })
	if err != nil {
		return "", err
	}
	var specs []string
	for _, w := range list {
		spec := plainMap(w.at)
		if w.hub != "" && spec["install_prerelease"] == nil {
			spec["install_prerelease"] = false
		}
		spec["unrendered"] = plainMap(w.at)
		text, err := jv.JSON(jinja.FromGo(spec), true, 0)
		if err != nil {
			return "", err
		}
		specs = append(specs, text)
	}
	slices.Sort(specs)
	sum := sha1.Sum([]byte(strings.Join(specs, "\n")))
	return hex.EncodeToString(sum[:]), nil
}
