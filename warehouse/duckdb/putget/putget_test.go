package putget_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/putget"
)

// empty is a stage with nothing on it.
func empty(t *testing.T) stage.Stage {
	t.Helper()
	v, err := dir.Temp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	name := stage.Name{Database: "D", Schema: "S", Stage: "X"}
	if err := v.Create(t.Context(), name, ""); err != nil {
		t.Fatal(err)
	}
	st, err := v.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// local is a folder with files.
func local(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// options are those of a PUT.
func options(t *testing.T, text string) putget.PutOptions {
	t.Helper()
	tree, err := parse.Statement("put file:///x @s " + text)
	if err != nil {
		t.Fatal(err)
	}
	o, err := putget.ReadPutOptions(tree.(*ast.Put).Options)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func shown(rows [][]any) (lines []string) {
	for _, r := range rows {
		lines = append(lines, strings.TrimSuffix(fmt.Sprintln(r...), "\n"))
	}
	return lines
}

// The columns and values of sql-reference/sql/put: files are compressed with gzip
// unless they are compressed or AUTO_COMPRESS is FALSE, and are skipped where they
// are there, unless OVERWRITE is TRUE.
func TestPut(t *testing.T) {
	st := empty(t)
	folder := local(t, map[string]string{"a.csv": "1,2\n", "b.csv.gz": "gz", "c.PARQUET": "pq", "d.zst": "zs", "e": "plain"})
	for _, c := range []struct{ pattern, options, want string }{
		{"a.csv", "", "a.csv a.csv.gz 4 * NONE GZIP UPLOADED "},
		{"a.csv", "", "a.csv a.csv.gz 4 0 NONE GZIP SKIPPED "},
		{"a.csv", "overwrite = true", "a.csv a.csv.gz 4 * NONE GZIP UPLOADED "},
		{"a.csv", "auto_compress = false", "a.csv a.csv 4 4 NONE NONE UPLOADED "},
		{"b.csv.gz", "", "b.csv.gz b.csv.gz 2 2 GZIP GZIP UPLOADED "},
		{"c.PARQUET", "", "c.PARQUET c.PARQUET 2 2 PARQUET PARQUET UPLOADED "},
		{"d.zst", "auto_compress = true", "d.zst d.zst 2 2 ZSTD ZSTD UPLOADED "},
		{"e", "source_compression = gzip", "e e 5 5 GZIP GZIP UPLOADED "},
		{"e", "source_compression = auto_detect auto_compress = false parallel = 7 overwrite = true", "e e 5 5 NONE NONE UPLOADED "},
	} {
		rows, err := putget.Put(t.Context(), st, "in/", filepath.Join(folder, c.pattern), options(t, c.options))
		if err != nil || len(rows) != 1 {
			t.Errorf("put %s %s: %v, %v", c.pattern, c.options, rows, err)
			continue
		}
		if strings.Contains(c.want, "*") {
			if n, ok := rows[0][3].(int64); !ok || n <= 0 {
				t.Errorf("put %s %s: target_size %v", c.pattern, c.options, rows[0][3])
			}
			rows[0][3] = "*"
		}
		if diff := cmp.Diff(c.want, shown(rows)[0]); diff != "" {
			t.Errorf("put %s %s: want -, got +:\n%s", c.pattern, c.options, diff)
		}
	}
}

// What a pattern matches are files, each with its row.
func TestPutPattern(t *testing.T) {
	folder := local(t, map[string]string{"a1.csv": "1", "a2.csv": "22", "b.csv": "3"})
	if err := os.Mkdir(filepath.Join(folder, "a3.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	rows, err := putget.Put(t.Context(), empty(t), "", filepath.Join(folder, "a?.csv"), options(t, "auto_compress = false"))
	want := []string{"a1.csv a1.csv 1 1 NONE NONE UPLOADED ", "a2.csv a2.csv 2 2 NONE NONE UPLOADED "}
	if diff := cmp.Diff(want, shown(rows)); diff != "" || err != nil {
		t.Errorf("%v, want -, got +:\n%s", err, diff)
	}
	for _, pattern := range []string{"nosuch", "x*", "a3.csv"} {
		_, err := putget.Put(t.Context(), empty(t), "", filepath.Join(folder, pattern), options(t, ""))
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != 253006 || !errors.Is(err, warehouse.ErrNotExist) {
			t.Errorf("%s: %v, want 253006", pattern, err)
		}
	}
}

// What was put comes back as it was: GET leaves what is compressed compressed.
func TestGet(t *testing.T) {
	st := empty(t)
	folder := local(t, map[string]string{"a.csv": "1,2\n", "b.json": "{}"})
	for _, prefix := range []string{"in/", "in/deep/"} {
		if _, err := putget.Put(t.Context(), st, prefix, filepath.Join(folder, "*"), options(t, "auto_compress = false")); err != nil {
			t.Fatal(err)
		}
	}
	to := t.TempDir()
	rows, err := putget.Get(t.Context(), st, "in/", &ast.String{Value: ".*[.]csv"}, to)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range shown(rows) {
		if !strings.HasSuffix(line, "4 DOWNLOADED ") || !strings.Contains(line, "a.csv") {
			t.Errorf("a row is %q", line)
		}
	}
	text, err := os.ReadFile(filepath.Join(to, "a.csv"))
	if err != nil || string(text) != "1,2\n" {
		t.Errorf("a.csv came as %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(to, "b.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("b.json came, too: %v", err)
	}
	if rows, err := putget.Get(t.Context(), st, "nosuch/", nil, to); err != nil || len(rows) != 0 {
		t.Errorf("of nothing: %v, %v", rows, err)
	}
}

// A name on the stage cannot lead a file out of the folder.
func TestGetStaysInside(t *testing.T) {
	st := empty(t)
	if _, err := st.Put(t.Context(), "in/..hidden", strings.NewReader("x"), stage.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Put(t.Context(), "../out", io.LimitReader(strings.NewReader("x"), 1), stage.PutOptions{}); !errors.Is(err, stage.ErrName) {
		t.Fatalf("a stage takes a name that leads out of it: %v", err)
	}
	to := t.TempDir()
	if _, err := putget.Get(t.Context(), st, "in/", nil, to); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(to, "..hidden")); err != nil {
		t.Error(err)
	}
}
