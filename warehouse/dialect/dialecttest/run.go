package dialecttest

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Update is the environment variable that makes [Run] delete from the known
// list what holds now, instead of failing. It never adds to the list.
const Update = "SNOWPIT_UPDATE"

// Run checks the whole corpus on w, a subtest each file, and logs a table of
// what works, what is refused and what is known to differ.
//
// Each of the known files lists cases that w does not pass yet, each with the
// reason, in lines "CASE: REASON"; "CASE columns: REASON" is a case whose rows
// are right. Such a case fails the test once it holds, so that no list can
// outlive the faults it names. A warehouse that stands before another one has
// the other's list and one of its own.
func Run(t *testing.T, w warehouse.Warehouse, knownFiles ...string) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	list, err := readKnown(knownFiles...)
	if err != nil {
		t.Fatal(err)
	}
	counts, left, healed := tally{}, maps.Clone(list), map[string]bool{}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			findings, err := Check(t.Context(), w, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range findings {
				delete(left, found.Case.Name)
				counts.add(f.Area(), found)
				err, heals := verdict(found, list)
				healed[found.Case.Name] = heals
				if err != nil && !(heals && os.Getenv(Update) != "") {
					t.Errorf("%s\n%s\n%v\nvalues from %s", found.Case.Name, found.Case.SQL, err, f.Docs)
				}
			}
			for _, c := range f.Cases {
				delete(left, c.Name)
			}
		})
	}
	t.Logf("the corpus here:\n%s", counts)
	for _, name := range knownFiles {
		if os.Getenv(Update) == "" {
			break
		}
		if err := writeKnown(name, healed); err != nil {
			t.Fatal(err)
		}
	}
	if flagged := slices.Sorted(maps.Keys(left)); len(flagged) > 0 && !filtered() {
		t.Errorf("%v list what is no case: %q", knownFiles, flagged)
	}
}

// filtered reports that the test was told to run some of its subtests alone.
func filtered() bool {
	for _, arg := range os.Args {
		if pattern, ok := strings.CutPrefix(arg, "-test.run="); ok && strings.Contains(pattern, "/") {
			return true
		}
	}
	return false
}

// A tally counts the cases of each area.
type tally map[string]*count

type count struct{ works, columns, differs, refused int }

func (t tally) add(area string, f Finding) {
	if t[area] == nil {
		t[area] = &count{}
	}
	switch c := t[area]; {
	case f.Holds():
		c.works++
	case f.Rows == nil:
		c.columns++
	case f.Refused:
		c.refused++
	default:
		c.differs++
	}
}

func (t tally) String() string {
	w := table.NewWriter()
	w.AppendHeader(table.Row{"area", "cases", "works", "refused", "differs", "columns differ"})
	var sum count
	for _, area := range slices.Sorted(maps.Keys(t)) {
		c := t[area]
		w.AppendRow(table.Row{area, c.cases(), c.works, c.refused, c.differs, c.columns})
		sum.works, sum.columns, sum.differs, sum.refused = sum.works+c.works, sum.columns+c.columns, sum.differs+c.differs, sum.refused+c.refused
	}
	w.AppendFooter(table.Row{"all", sum.cases(), sum.works, sum.refused, sum.differs, sum.columns})
	return w.Render()
}

func (c count) cases() int { return c.works + c.columns + c.differs + c.refused }
