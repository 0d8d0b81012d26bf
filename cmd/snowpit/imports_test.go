package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/snowpit-dev/snowpit/"

// may says which of our packages a package may import: those named, and, with
// a slash at the end, those below. What is not listed may import nothing of
// ours. The longest name that fits counts.
var may = map[string][]string{
	"cmd":       {"cmd/", "runner/", "warehouse/", "stage/", "plugins/", "emulator/", "fixtures"},
	"runner":    {"runner/", "warehouse", "stage", "plugins"},
	"fixtures":  {},
	"warehouse": {},

	"warehouse/warehousetest": {"warehouse"},
	"warehouse/dialect":       {"warehouse/dialect/", "warehouse"},
	"warehouse/duckdb":        {"warehouse", "warehouse/dialect/", "warehouse/duckdb/", "stage"},
	"warehouse/snowflake":     {"warehouse", "warehouse/snowflake/"},
	"stage":                   {},
	"stage/stagetest":         {"stage"},
	"stage/dir":               {"stage"},
	"stage/snowstage":         {"stage", "warehouse"},
	"emulator":                {"emulator/", "warehouse", "warehouse/dialect/", "stage"},
	"emulator/emulatortest":   {"emulator", "warehouse", "warehouse/duckdb", "stage", "stage/dir"}, // a whole one, for others' tests
	"plugins":                 {},
	"plugins/proto":           {},
	"plugins/frames":          {"plugins"},
	"plugins/sdk":             {"plugins", "plugins/proto", "plugins/frames"},
	"plugins/sdk/example":     {"plugins", "plugins/sdk"},
	"plugins/host":            {"plugins", "plugins/proto", "plugins/frames"},
	"plugins/plugintest":      {"plugins", "plugins/host", "plugins/proto", "plugins/frames"}, // it also speaks the protocol wrongly
	"plugins/logreg":          {"plugins", "plugins/logreg/"},
}

// only says which of our packages may import a package from outside.
var only = map[string]string{
	"github.com/duckdb/duckdb-go":        "warehouse/duckdb",
	"github.com/snowflakedb/gosnowflake": "warehouse/snowflake",
	"github.com/hashicorp/go-plugin":     "plugins",
	"github.com/spf13/cobra":             "cmd",
	"google.golang.org/grpc":             "plugins",
	"gonum.org/v1/gonum":                 "plugins/logreg",
}

// TestImportDirections keeps who may import whom, as packages are built; their
// tests may import what they like.
func TestImportDirections(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		from := strings.TrimPrefix(pkg.ImportPath, module)
		rule, ok := ruleOf(from)
		if !ok {
			t.Errorf("%s is in no folder that may have packages", from)
		}
		for _, path := range pkg.Imports {
			to, ours := strings.CutPrefix(path, module)
			switch {
			case ours && !allowed(to, may[rule]):
				t.Errorf("%s imports %s; it may import %v", from, to, may[rule])
			case !ours:
				checkOutside(t, from, path)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d packages seen; is the list gone?", seen)
	}
}

// ruleOf is the longest name in may that a package lies in.
func ruleOf(pkg string) (string, bool) {
	for name := pkg; ; {
		if _, ok := may[name]; ok {
			return name, true
		}
		i := strings.LastIndex(name, "/")
		if i < 0 {
			return "", false
		}
		name = name[:i]
	}
}

func allowed(pkg string, list []string) bool {
	for _, name := range list {
		folder, below := strings.CutSuffix(name, "/")
		if pkg == folder || below && strings.HasPrefix(pkg, name) {
			return true
		}
	}
	return false
}

func checkOutside(t *testing.T, from, path string) {
	for prefix, owner := range only {
		if strings.HasPrefix(path, prefix) && !allowed(from, []string{owner + "/"}) {
			t.Errorf("%s imports %s, which only %s may", from, path, owner)
		}
	}
}
