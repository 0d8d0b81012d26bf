package tag_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/tag"
)

// Values of the rule that a tag is inherited from what an object stands in, and that
// the nearest value holds: user-guide/object-tagging.
func TestRows(t *testing.T) {
	column := tag.Level{Domain: "COLUMN", Tags: map[string]string{"D.S.PII": "name", "D.S.EMPTY": ""}}
	table := tag.Level{Domain: "TABLE", Tags: map[string]string{"D.S.PII": "maybe", "D.S.COST": "racing"}}
	schema := tag.Level{Domain: "SCHEMA", Tags: map[string]string{`D."odd.one"."t""g"`: "x", "EARLIER": "kept by its last name"}}
	at := catalog.NameOf("D", "S", "T")
	for name, c := range map[string]struct {
		levels []tag.Level
		column string
		want   []string
	}{
		"nothing": {[]tag.Level{{Domain: "TABLE"}, {Domain: "SCHEMA"}}, "", nil},
		"its own": {[]tag.Level{table}, "", []string{
			"D S COST racing MANUAL TABLE D S T TABLE <nil>", "D S PII maybe MANUAL TABLE D S T TABLE <nil>"}},
		"the nearest": {[]tag.Level{column, table}, "C", []string{
			"D S COST racing INHERITED TABLE D S T COLUMN C", "D S EMPTY  MANUAL COLUMN D S T COLUMN C", "D S PII name MANUAL COLUMN D S T COLUMN C"}},
		"odd names": {[]tag.Level{{Domain: "TABLE"}, schema}, "", []string{
			"<nil> <nil> EARLIER kept by its last name INHERITED SCHEMA D S T TABLE <nil>", `D odd.one t"g x INHERITED SCHEMA D S T TABLE <nil>`}},
	} {
		var got []string
		for _, row := range tag.Rows(c.levels, at, c.column) {
			if len(row) != len(tag.Columns) {
				t.Errorf("%s: %d cells for %d columns", name, len(row), len(tag.Columns))
			}
			line := fmt.Sprintln(row...)
			got = append(got, line[:len(line)-1])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
}

// What a statement changes is not what others read meanwhile.
func TestSetAndUnsetCopy(t *testing.T) {
	before := map[string]string{"A": "1"}
	after := tag.Unset(tag.Set(before, map[string]string{"B": "2"}), "A")
	if diff := cmp.Diff(map[string]string{"B": "2"}, after); diff != "" {
		t.Error(diff)
	}
	if before["A"] != "1" || len(before) != 1 {
		t.Errorf("before is now %v", before)
	}
	if got := tag.Set(nil, nil); got == nil || len(got) != 0 {
		t.Errorf("no tags: %v", got)
	}
}
