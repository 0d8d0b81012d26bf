package logreg

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// A table holds training rows as the batches they came in. It is the
// [fit.Source] of its features.
type table struct {
	schema   *arrow.Schema
	features []int // their columns
	target   int   // its column
	batches  []arrow.RecordBatch
	starts   []int // the first row of each batch
	rows     int
	labels   labels
	y        []uint16 // the label of each row, as a number in labels
}

// findColumn finds a column by name, case aside; -1 where there is none.
func findColumn(s *arrow.Schema, name string) int {
	return slices.IndexFunc(s.Fields(), func(f arrow.Field) bool { return strings.EqualFold(f.Name, name) })
}

func columnNames(s *arrow.Schema) string {
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// newTable checks the columns against the config.
func newTable(s *arrow.Schema, c *trainConfig) (*table, error) {
	t := &table{schema: s, labels: labels{number: map[label]uint16{}}}
	if t.target = findColumn(s, c.target); t.target < 0 {
		err := refusal("target %s: the rows have no such column; they have %s", c.target, columnNames(s))
		err.Column = c.target
		return nil, err
	}
	if f := s.Field(t.target); !labelType(f.Type) {
		err := refusal("target %s is %s; a target is text, an integer or a boolean, so cast it in the query", f.Name, f.Type)
		err.Column = f.Name
		return nil, err
	}
	for _, name := range []string{datasetColumn} {
		if at := findColumn(s, name); at >= 0 {
			err := refusal("column %s: training adds a column of that name; rename it in the query", s.Field(at).Name)
			err.Column = s.Field(at).Name
			return nil, err
		}
	}
	if err := t.pickFeatures(c.features); err != nil {
		return nil, err
	}
	if len(t.features) == 0 {
		return nil, refusal("the rows have no column but the target %s; select features too", c.target)
	}
	return t, nil
}

func (t *table) pickFeatures(names []string) error {
	if names == nil {
		for i := range t.schema.NumFields() {
			if i != t.target {
				t.features = append(t.features, i)
			}
		}
	}
	for _, name := range names {
		at := findColumn(t.schema, name)
		why := ""
		switch {
		case at < 0:
			why = "the rows have no such column; they have " + columnNames(t.schema)
		case at == t.target:
			why = "it is the target"
		case slices.Contains(t.features, at):
			why = "named twice in config features"
		}
		if why != "" {
			err := refusal("feature %s: %s", name, why)
			err.Column = name
			return err
		}
		t.features = append(t.features, at)
	}
	for _, at := range t.features {
		f := t.schema.Field(at)
		text := f.Type.ID() == arrow.STRING || f.Type.ID() == arrow.LARGE_STRING
		if kindOf(f.Type) == "" && !text {
			err := refusal("feature %s is %s; features are integers, floats, decimals or booleans, so cast it in the query or leave it out", f.Name, f.Type)
			err.Column = f.Name
			return err
		}
	}
	return nil
}

// read takes all rows, and refuses them once all faults are counted.
func (t *table) read(ctx context.Context, rows array.RecordReader) error {
	faults := make([]fault, len(t.features))
	var unlabelled fault
	faulty := false
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := rows.RecordBatch()
		first := int64(t.rows) + 1
		var err error
		if t.y, err = t.labels.append(t.y, batch.Column(t.target), first, &unlabelled); err != nil {
			return t.atTarget(err)
		}
		for i, at := range t.features {
			if col := batch.Column(at); !clean(col) {
				faults[i].scan(col, first)
				faulty = true
			}
		}
		if faulty = faulty || unlabelled.count > 0; !faulty && batch.NumRows() > 0 {
			batch.Retain()
			t.batches = append(t.batches, batch)
			t.starts = append(t.starts, t.rows)
		}
		t.rows += int(batch.NumRows())
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, at := range t.features {
		if faults[i].count > 0 {
			return faults[i].refuse("feature", t.schema.Field(at).Name, int64(t.rows))
		}
	}
	if unlabelled.count > 0 {
		return unlabelled.refuse("target", t.schema.Field(t.target).Name, int64(t.rows))
	}
	t.labels.sorted(t.y)
	return nil
}

func (t *table) atTarget(err error) error {
	refused := refusal("target %s: %v", t.schema.Field(t.target).Name, err)
	refused.Column = t.schema.Field(t.target).Name
	return refused
}

// Block is that of a [fit.Source].
func (t *table) Block(from int, cols [][]float64) {
	if len(cols) == 0 {
		return
	}
	n := len(cols[0])
	at := sort.SearchInts(t.starts, from+1) - 1
	for done := 0; done < n; at++ {
		batch := t.batches[at]
		offset := from + done - t.starts[at]
		take := min(n-done, int(batch.NumRows())-offset)
		for j, col := range t.features {
			fill(cols[j][done:done+take], batch.Column(col), offset)
		}
		done += take
	}
}

// release lets go of the rows that are left.
func (t *table) release() {
	for _, b := range t.batches {
		b.Release()
	}
	t.batches = nil
}
