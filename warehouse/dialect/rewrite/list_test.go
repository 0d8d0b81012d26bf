package rewrite_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// shown are the cases of the corpus that call each function, those of the
// functions' own folder before others.
func shown(t *testing.T) map[string]string {
	files, err := dialecttest.Files()
	if err != nil {
		t.Fatal(err)
	}
	word, cases := regexp.MustCompile(`[A-Z_0-9$]+`), map[string]string{}
	for _, f := range files {
		for _, c := range f.Cases {
			for _, w := range word.FindAllString(strings.ToUpper(c.SQL), -1) {
				own := strings.HasPrefix(c.Name, "functions/") && !strings.HasPrefix(cases[w], "functions/")
				if (cases[w] == "" || own) && c.Fail == nil {
					cases[w] = c.Name
				}
			}
		}
	}
	return cases
}

// unshown is how many translated functions have no case yet. It may only fall.
const unshown = 0

// page is FUNCTIONS.md as it should be, with how many functions have no case.
func page(t *testing.T) (text string, without int) {
	cases := shown(t)
	var works, differ strings.Builder
	refused, count := map[string][]string{}, [3]int{}
	for _, f := range rewrite.Functions() {
		if f.Refused == "" && cases[f.Name] == "" {
			t.Logf("%s has no case", f.Name)
			without++
		}
		switch {
		case f.Refused != "":
			refused[f.Refused] = append(refused[f.Refused], f.Name)
			count[2]++
		case f.Differs != "":
			fmt.Fprintf(&differ, "| %s | %s | %s |\n", f.Name, f.Differs, cases[f.Name])
			count[1]++
		default:
			fmt.Fprintf(&works, "| %s | %s |\n", f.Name, cases[f.Name])
			count[0]++
		}
	}
	var b strings.Builder
	b.WriteString("# Snowflake's functions here\n\nMade by `SNOWPIT_UPDATE=1 go test ./warehouse/dialect/rewrite`. A case is one of the corpus in\n" +
		"`warehouse/dialect/dialecttest/corpus`. What is refused gives error 002019 with its name; what stands nowhere here\n" +
		"is unknown, error 002140, as on Snowflake. Those in schemas of the database SNOWFLAKE are refused, too.\n\n")
	fmt.Fprintf(&b, "| | functions |\n|---|---|\n| work | %d |\n| differ | %d |\n| refused | %d |\n", count[0], count[1], count[2])
	fmt.Fprintf(&b, "\n## Work (%d)\n\n| function | case |\n|---|---|\n%s", count[0], works.String())
	fmt.Fprintf(&b, "\n## Differ (%d)\n\n| function | how | case |\n|---|---|---|\n%s", count[1], differ.String())
	fmt.Fprintf(&b, "\n## Refused by name (%d)\n", count[2])
	for _, why := range slices.Sorted(maps.Keys(refused)) {
		fmt.Fprintf(&b, "\n%s %s.\n", why, strings.Join(refused[why], ", "))
	}
	return b.String(), without
}

// TestFunctionsPage holds FUNCTIONS.md against what there is. SNOWPIT_UPDATE=1
// writes it anew.
func TestFunctionsPage(t *testing.T) {
	want, without := page(t)
	if os.Getenv("SNOWPIT_UPDATE") != "" {
		if err := os.WriteFile("FUNCTIONS.md", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("FUNCTIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("FUNCTIONS.md is out of date: run SNOWPIT_UPDATE=1 go test ./warehouse/dialect/rewrite\n%s", diff)
	}
	if without != unshown {
		t.Errorf("%d functions have no case, %d had none before", without, unshown)
	}
}

// What the page says is refused is refused by name, and nothing stands there
// twice.
func TestFunctionsRefused(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range rewrite.Functions() {
		if seen[f.Name] {
			t.Errorf("%s stands there twice", f.Name)
		}
		seen[f.Name] = true
		if f.Refused == "" {
			continue
		}
		tree, err := parse.Statement("select " + f.Name + "(1)")
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		_, err = rewrite.DuckDB(tree, rewrite.Config{})
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != 2019 || !strings.Contains(e.Message, f.Name) {
			t.Errorf("%s: %v, want a refusal that names it", f.Name, err)
		}
	}
	if len(seen) < 800 {
		t.Errorf("%d functions; is the list gone?", len(seen))
	}
}
