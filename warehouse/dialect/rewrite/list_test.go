package rewrite_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/dialecttest"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// shown are the cases of the corpus that call each function.
func shown(t *testing.T) map[string]string {
	files, err := dialecttest.Files()
	if err != nil {
		t.Fatal(err)
	}
	word, cases := regexp.MustCompile(`[A-Z_0-9$]+`), map[string]string{}
	for _, f := range files {
		for _, c := range f.Cases {
			for _, w := range word.FindAllString(strings.ToUpper(c.SQL), -1) {
				if cases[w] == "" && c.Fail == nil {
					cases[w] = c.Name
				}
			}
		}
	}
	return cases
}

// unshown is how many translated functions have no case yet. It may only fall.
const unshown = 0

// TestFunctionsPage holds FUNCTIONS.md against what there is. SNOWPIT_UPDATE=1
// writes it anew.
func TestFunctionsPage(t *testing.T) {
	translated, refused := rewrite.Functions()
	cases, without := shown(t), 0
	var b strings.Builder
	b.WriteString("# Snowflake's functions here\n\nMade by `SNOWPIT_UPDATE=1 go test ./warehouse/dialect/rewrite`. A case is one of the corpus in\n" +
		"`warehouse/dialect/dialecttest/corpus`; what differs stands in `doc.go`. A function that is on neither list is unknown.\n\n")
	fmt.Fprintf(&b, "## Translated (%d)\n\n| function | case |\n|---|---|\n", len(translated))
	for _, name := range translated {
		if cases[name] == "" {
			without++
		}
		fmt.Fprintf(&b, "| %s | %s |\n", name, cases[name])
	}
	fmt.Fprintf(&b, "\n## Refused by name (%d)\n\n%s\n", len(refused), strings.Join(refused, ", "))
	if os.Getenv("SNOWPIT_UPDATE") != "" {
		if err := os.WriteFile("FUNCTIONS.md", []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile("FUNCTIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), b.String()); diff != "" {
		t.Errorf("FUNCTIONS.md is out of date: run SNOWPIT_UPDATE=1 go test ./warehouse/dialect/rewrite\n%s", diff)
	}
	switch {
	case without > unshown:
		t.Errorf("%d functions have no case, %d had none before", without, unshown)
	case without < unshown:
		t.Errorf("%d functions have no case: write that for unshown", without)
	}
	if both := slices.ContainsFunc(refused, func(name string) bool { return slices.Contains(translated, name) }); both {
		t.Error("a function is both translated and refused")
	}
}
