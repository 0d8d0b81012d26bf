package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Described is a relation as the database describes it.
type Described struct {
	Relation Relation
	Kind     string // "BASE TABLE", "VIEW", ...
	Owner    string
	Comment  string
	Rows     int64 // -1 where unknown
	Columns  []DescribedColumn
}

// A DescribedColumn is a column of a [Described], in order.
type DescribedColumn struct {
	Name, Type, Comment string
}

// Describe asks the warehouse for the relations in the schemas of a project's
// nodes, those of sources included. A database that cannot be read is an error
// beside what the others have.
func Describe(ctx context.Context, p *Project, w warehouse.Warehouse) (map[Relation]*Described, error) {
	schemas := map[string]map[string]bool{} // by database
	for _, n := range p.Nodes {
		if rel := n.Relation; rel != (Relation{}) {
			if schemas[rel.Database] == nil {
				schemas[rel.Database] = map[string]bool{}
			}
			schemas[rel.Database][rel.Schema] = true
		}
	}
	r := &run{Env: Env{Warehouse: w}, project: p}
	s, err := r.another(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out := map[Relation]*Described{}
	var errs []error
	for _, db := range slices.Sorted(maps.Keys(schemas)) {
		if err := describe(ctx, s, db, slices.Sorted(maps.Keys(schemas[db])), out); err != nil {
			errs = append(errs, fmt.Errorf("describe database %s: %w", db, err))
		}
	}
	return out, errors.Join(errs...)
}

// describe adds the relations of some schemas of one database.
func describe(ctx context.Context, s warehouse.Session, db string, schemas []string, out map[Relation]*Described) error {
	in := make([]string, len(schemas))
	for i, schema := range schemas {
		in[i] = warehouse.QuoteString(schema)
	}
	from := warehouse.QuoteIdent(db) + ".information_schema."
	where := " where table_schema in (" + strings.Join(in, ", ") + ") order by table_schema, table_name"
	err := eachRow(ctx, s, "select table_schema, table_name, table_type, table_owner, comment, row_count from "+from+"tables"+where, func(cell func(int) string) {
		rel := Relation{db, cell(0), cell(1)}
		d := &Described{Relation: rel, Kind: cell(2), Owner: cell(3), Comment: cell(4), Rows: -1}
		if _, err := fmt.Sscan(cell(5), &d.Rows); err != nil {
			d.Rows = -1
		}
		out[rel] = d
	})
	if err != nil {
		return err
	}
	return eachRow(ctx, s, "select table_schema, table_name, column_name, data_type, comment from "+from+"columns"+where+", ordinal_position", func(cell func(int) string) {
		if d := out[Relation{db, cell(0), cell(1)}]; d != nil {
			d.Columns = append(d.Columns, DescribedColumn{Name: cell(2), Type: cell(3), Comment: cell(4)})
		}
	})
}

// eachRow calls each with the cells of every row as text, "" for null.
func eachRow(ctx context.Context, s warehouse.Session, query string, each func(cell func(int) string)) error {
	res, err := s.Query(ctx, query)
	if err != nil {
		return err
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		for i := range int(batch.NumRows()) {
			each(func(col int) string { return text(batch.Column(col), i) })
		}
	}
	return nil
}

func text(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return ""
	}
	return col.ValueStr(i)
}
