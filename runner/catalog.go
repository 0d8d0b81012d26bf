package runner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A catalog knows which relations exist and which of them are views, so that
// a node need not ask before it builds.
type catalog struct {
	mu    sync.Mutex
	views map[Relation]bool // present for every relation; true for a view
}

// find reports whether rel exists and whether it is a view.
func (c *catalog) find(rel Relation) (exists, view bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	view, exists = c.views[rel]
	return exists, view
}

// set records that rel exists now.
func (c *catalog) set(rel Relation, view bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.views[rel] = view
}

// prepare makes the schemas that tasks build into and reads what is in them.
func (r *run) prepare(ctx context.Context, tasks []*task) error {
	r.catalog.views = map[Relation]bool{}
	schemas := map[Relation]bool{}
	for _, t := range tasks {
		if rel := t.node.Relation; rel != (Relation{}) {
			schemas[Relation{Database: rel.Database, Schema: rel.Schema}] = true
		}
	}
	s, err := r.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, schema := range slices.SortedFunc(maps.Keys(schemas), byName) {
		if _, err := warehouse.Exec(ctx, s, "create schema if not exists "+schema.String()); err != nil {
			return fmt.Errorf("schema %s: %w", schema, err)
		}
		if err := r.catalog.read(ctx, s, schema); err != nil {
			return fmt.Errorf("what is in schema %s: %w", schema, err)
		}
	}
	return nil
}

func byName(a, b Relation) int { return strings.Compare(a.String(), b.String()) }

// read adds one schema's relations.
func (c *catalog) read(ctx context.Context, s warehouse.Session, schema Relation) error {
	res, err := s.Query(ctx, "select table_name, table_type from "+
		warehouse.QuoteIdent(schema.Database)+".information_schema.tables "+
		"where table_catalog = ? and table_schema = ?", schema.Database, schema.Schema)
	if err != nil {
		return err
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		names, ok := batch.Column(0).(*array.String)
		kinds, ok2 := batch.Column(1).(*array.String)
		if !ok || !ok2 {
			return fmt.Errorf("information_schema.tables gave columns of types %s", batch.Schema())
		}
		for i := range names.Len() {
			rel := schema
			rel.Identifier = names.Value(i)
			c.views[rel] = kinds.Value(i) == "VIEW"
		}
	}
	return nil
}
