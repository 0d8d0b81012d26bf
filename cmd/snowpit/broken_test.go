package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestBrokenProjects reads each testdata/broken/*.txtar: a project that is
// wrong in one way, the command in args (parse where there is none), and in
// want the status and all that goes to standard error. SNOWPIT_UPDATE=1 writes
// what came.
func TestBrokenProjects(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d cases found, error %v; is the corpus gone?", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			args, want := "parse", (*txtar.File)(nil)
			for i, f := range ar.Files {
				switch f.Name {
				case "args":
					args = strings.TrimSpace(string(f.Data))
				case "want":
					want = &ar.Files[i]
				default:
					writeFile(t, filepath.Join(dir, f.Name), f.Data)
				}
			}
			if got := broken(t, dir, strings.Fields(args)...); os.Getenv("SNOWPIT_UPDATE") != "" {
				want.Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func writeFile(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// broken runs a command on a project that is wrong and gives the status and
// what it said. One that takes longer than half a minute is hanging.
func broken(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	code, _, errs := snowpit(ctx, append(args, "--project-dir", dir, "--state-dir", ":memory:")...)
	if ctx.Err() != nil {
		t.Errorf("%v hangs", args)
	}
	return fmt.Sprintf("status %d\n%s", code, strings.TrimRight(strings.ReplaceAll(errs, dir, "DIR"), "\n")+"\n")
}

// TestBrokenFiles are projects whose files no archive of text can hold.
func TestBrokenFiles(t *testing.T) {
	const project = "name: p\n"
	for _, test := range []struct {
		name, want string
		make       func(dir string) error
	}{
		{"50 MB of YAML", "status 2\nsnowpit: models/huge.yml: the file has 52428800 bytes, and 4194304 are the most that is read: split it, or keep data in seeds\n", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "models", "huge.yml"), bytes.Repeat([]byte("a: [1]\n..."), 5<<20), 0o666)
		}},
		{"1 MB of YAML", "status 0\n\n", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "models", "large.yml"), []byte("anchors:\n"+strings.Repeat("  - {name: x, list: [1, 2]}\n", 35_000)), 0o666)
		}},
		{"aliases that unfold without end", "status 2\nsnowpit: models/bomb.yml:7:25: YAML: too large or too deeply nested\n", func(dir string) error {
			text := "a0: &a0 [x, x, x, x, x, x, x, x]\n"
			for i := range 12 {
				text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), ", "))
			}
			return os.WriteFile(filepath.Join(dir, "models", "bomb.yml"), []byte(text), 0o666)
		}},
		{"a link to its own folder", "status 2\nsnowpit: models/loop: the link leads back to a folder that it stands in: remove it\n", func(dir string) error {
			return os.Symlink(".", filepath.Join(dir, "models", "loop"))
		}},
		{"two links to each other's folders", "status 2\nsnowpit: models/a/b/a: the link leads back to a folder that it stands in: remove it\n", func(dir string) error {
			if err := os.MkdirAll(filepath.Join(dir, "models", "a", "b"), 0o777); err != nil {
				return err
			}
			return os.Symlink(filepath.Join("..", "..", "a"), filepath.Join(dir, "models", "a", "b", "a"))
		}},
		{"a link to nothing", "status 2\nsnowpit: models/gone.sql: the link leads nowhere: stat models/gone.sql: no such file or directory\n", func(dir string) error {
			return os.Symlink("nothing", filepath.Join(dir, "models", "gone.sql"))
		}},
		{"a link to itself", "status 2\nsnowpit: models/self.sql: the link leads nowhere: stat models/self.sql: too many levels of symbolic links\n", func(dir string) error {
			return os.Symlink("self.sql", filepath.Join(dir, "models", "self.sql"))
		}},
		{"SQL in Latin-1", "status 2\nsnowpit: models/a.sql:2:9: the byte 0xE9 is not UTF-8: save the file as UTF-8\n", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "models", "a.sql"), []byte("select 1,\n  'ö caf\xe9'"), 0o666)
		}},
		{"YAML in UTF-16", "status 2\nsnowpit: models/a.yml:1:1: the byte 0xFF is not UTF-8: save the file as UTF-8\n", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "models", "a.yml"), []byte("\xff\xfem\x00o\x00"), 0o666)
		}},
		{"a model that is a folder", "status 0\n\n", func(dir string) error {
			return os.MkdirAll(filepath.Join(dir, "models", "a.sql"), 0o777)
		}},
		{"dbt_project.yml is a folder", "status 2\nsnowpit: read dbt_project.yml: is a directory\n", func(dir string) error {
			if err := os.Remove(filepath.Join(dir, "dbt_project.yml")); err != nil {
				return err
			}
			return os.Mkdir(filepath.Join(dir, "dbt_project.yml"), 0o777)
		}},
		{"a cache of rubbish", "status 0\n\n", func(dir string) error {
			if err := os.Mkdir(filepath.Join(dir, "target"), 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "target", "partial_parse.bin"), bytes.Repeat([]byte("rubbish"), 1000), 0o666)
		}},
		{"lists 10,000 deep", "status 2\nsnowpit: models/deep.yml:1:209: YAML: too large or too deeply nested\n", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "models", "deep.yml"), []byte("models"+": "+strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)), 0o666)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "dbt_project.yml"), []byte(project))
			writeFile(t, filepath.Join(dir, "models", "ok.sql"), []byte("select 1 as n"))
			if err := test.make(dir); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, broken(t, dir, "parse", "--quiet")); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// TestUnreadableFile is a model that may not be read.
func TestUnreadableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		skip(t, "root reads everything")
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "dbt_project.yml"), []byte("name: p\n"))
	writeFile(t, filepath.Join(dir, "models", "a.sql"), []byte("select 1"))
	if err := os.Chmod(filepath.Join(dir, "models", "a.sql"), 0); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("status 2\nsnowpit: open models/a.sql: permission denied\n", broken(t, dir, "parse")); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
