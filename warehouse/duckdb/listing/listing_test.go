package listing_test

import (
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

func TestColumns(t *testing.T) {
	got := listing.Columns("created_on@ name rows# null?")
	want := []warehouse.Column{{Name: "created_on", Type: warehouse.TimestampLTZ, Precision: 3}, {Name: "name", Type: warehouse.Varchar},
		listing.Whole("rows"), {Name: "null?", Type: warehouse.Varchar}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if got := listing.Columns(" \n\t"); got != nil {
		t.Errorf("of no names %v", got)
	}
}

// A value of another type than its column's is a null, and so is a time that is none.
func TestBatch(t *testing.T) {
	columns := append(listing.Columns("text whole# moment@"), warehouse.Column{Name: "truth", Type: warehouse.Boolean})
	noon := time.Date(2024, 1, 2, 12, 0, 0, 1500, time.FixedZone("", 3600))
	batch := listing.Batch(columns, [][]any{{"a", int64(1), noon, true}, {nil, nil, nil, nil}, {int64(1), "a", time.Time{}, "true"}, {"", int64(0), noon, false}})
	defer batch.Release()
	var got [][]string
	for i := range int(batch.NumRows()) {
		row := make([]string, batch.NumCols())
		for j, column := range batch.Columns() {
			row[j] = column.ValueStr(i)
		}
		got = append(got, row)
	}
	want := [][]string{{"a", "1", "2024-01-02T11:00:00.000001Z", "true"}, {"(null)", "(null)", "(null)", "(null)"}, {"(null)", "(null)", "(null)", "(null)"},
		{"", "0", "2024-01-02T11:00:00.000001Z", "false"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	for i, c := range columns {
		if !c.Nullable || !batch.Schema().Field(i).Nullable {
			t.Errorf("%s cannot be null", c.Name)
		}
	}
}

func TestReader(t *testing.T) {
	columns := listing.Texts("a")
	some, none := listing.Batch(columns, [][]any{{"x"}, {"y"}}), listing.Batch(columns, nil)
	r := listing.Reader(some.Schema(), none, some, none)
	defer r.Release()
	var rows []arrow.RecordBatch
	for r.Next() {
		rows = append(rows, r.RecordBatch())
	}
	if r.Err() != nil || len(rows) != 1 {
		t.Errorf("%d batches, %v; those without rows are left out", len(rows), r.Err())
	}
}

func TestSort(t *testing.T) {
	rows := [][]any{{"b", "1", 1}, {"a", "2", 2}, {nil, "3", 3}, {"a", "1", 4}, {"b", "1", 5}}
	listing.Sort(rows, 0, 1)
	var got []int
	for _, r := range rows {
		got = append(got, r[2].(int))
	}
	if diff := cmp.Diff([]int{3, 4, 2, 1, 5}, got); diff != "" { // what is equal stays in its order
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	if listing.YesNo(true) != "Y" || listing.YesNo(false) != "N" || listing.OrNull("") != nil || listing.OrNull("x") != "x" {
		t.Error("a word is another")
	}
}
