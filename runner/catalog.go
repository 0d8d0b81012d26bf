package runner

import (
	"context"
	"errors"
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
		rel := t.node.Relation
		switch {
		case t.node.Type == Source:
			continue
		case t.node.Type == Test && r.storeAs(t.node) != "":
			rel = r.auditTable(t.node)
		case t.node.Type == UnitTest:
			rel = r.project.Nodes[t.node.UnitTest.Model].Relation
		}
		if rel != (Relation{}) {
			schemas[Relation{Database: rel.Database, Schema: rel.Schema}] = true
		}
	}
	r.schemas = slices.SortedFunc(maps.Keys(schemas), byName)
	s, err := r.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := r.databases(ctx, schemas); err != nil {
		return err
	}
	for _, schema := range r.schemas {
		if err := ensureSchema(ctx, s, schema); err != nil {
			return fmt.Errorf("schema %s: %w", schema, err)
		}
		if err := r.catalog.read(ctx, s, schema); err != nil {
			return fmt.Errorf("what is in schema %s: %w", schema, err)
		}
	}
	if r.clones != nil {
		return r.clonesHere(ctx, s, tasks)
	}
	return r.standIns(ctx, s, tasks, schemas)
}

// ensureSchema makes a schema that is not there. One that is may belong to a
// role that must not make any.
func ensureSchema(ctx context.Context, s warehouse.Session, schema Relation) error {
	n, err := scalar(ctx, s, "select count(*) from "+warehouse.QuoteIdent(schema.Database)+".information_schema.schemata where schema_name = "+warehouse.QuoteString(schema.Schema))
	if err != nil || n > 0 {
		return err
	}
	_, err = warehouse.Exec(ctx, s, "create schema if not exists "+schema.String())
	return err
}

// Deferred is which relations of env.Defer stand in for nodes when the plan's
// nodes are compiled, by node ID; see [Env].
func Deferred(ctx context.Context, plan Plan, env Env) (map[string]Relation, error) {
	if len(env.Defer) == 0 {
		return nil, nil
	}
	r := &run{Env: env, project: plan.Project}
	r.catalog.views = map[Relation]bool{}
	s, err := r.another(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var tasks []*task
	for _, n := range plan.Nodes {
		tasks = append(tasks, &task{node: n})
	}
	err = r.standIns(ctx, s, tasks, map[Relation]bool{})
	return r.deferred, err
}

// standIns finds out which relations of another run stand in for nodes here:
// those that are not built in this run and, unless the other run is favoured,
// not built here before.
func (r *run) standIns(ctx context.Context, s warehouse.Session, tasks []*task, known map[Relation]bool) error {
	r.deferred = map[string]Relation{}
	for id, rel := range r.Defer {
		n := r.project.Nodes[id]
		if n == nil || n.Relation == (Relation{}) || slices.ContainsFunc(tasks, func(t *task) bool { return t.node == n }) {
			continue
		}
		schema := Relation{Database: n.Relation.Database, Schema: n.Relation.Schema}
		if !known[schema] && !r.FavorState {
			known[schema] = true
			if err := r.catalog.read(ctx, s, schema); err != nil && !errors.Is(err, warehouse.ErrNotExist) {
				return fmt.Errorf("what is in schema %s: %w", schema, err)
			}
		}
		if exists, _ := r.catalog.find(n.Relation); r.FavorState || !exists {
			r.deferred[id] = rel
		}
	}
	return nil
}

// databases opens the databases of schemas beside the target's own, as a local
// warehouse makes them then.
func (r *run) databases(ctx context.Context, schemas map[Relation]bool) error {
	opened := map[string]bool{r.project.Target.Database: true}
	for schema := range schemas {
		if opened[schema.Database] {
			continue
		}
		opened[schema.Database] = true
		s, err := r.Warehouse.Open(ctx, warehouse.SessionOptions{Database: schema.Database, Role: r.project.Target.Role, Warehouse: r.project.Target.Compute})
		if err != nil {
			return fmt.Errorf("database %s: %w", schema.Database, err)
		}
		if err := s.Close(); err != nil {
			return err
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
