package runner

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// clonesHere reads what is where the relations to clone stand, as far as their
// schemas are there.
func (r *run) clonesHere(ctx context.Context, s warehouse.Session, tasks []*task) error {
	known := map[Relation]bool{}
	for _, schema := range r.schemas {
		known[schema] = true
	}
	for _, t := range tasks {
		other := r.clones[t.node.ID]
		schema := Relation{Database: other.Database, Schema: other.Schema}
		if known[schema] || other == (Relation{}) {
			continue
		}
		known[schema] = true
		if err := r.catalog.read(ctx, s, schema); err != nil && !errors.Is(err, warehouse.ErrNotExist) {
			return fmt.Errorf("what is in schema %s: %w", schema, err)
		}
	}
	return nil
}

// clone makes the node's relation a clone of that of another run, where that is
// a table, and else a view of it. One that is there already stays, unless it is
// to be made anew.
func (b *build) clone(ctx context.Context) error {
	other, known := b.clones[b.node.ID]
	exists, _ := b.catalog.find(b.node.Relation)
	switch {
	case !known:
		b.res.Message = "No relation found in state manifest for " + b.node.ID
		return nil
	case other == b.node.Relation:
		b.res.Message = "Target relation and defer relation are the same, skipping clone for relation: " + b.node.RelationName()
		return nil
	case exists && !b.FullRefresh:
		b.res.Message = "Relation " + b.node.RelationName() + " already exists"
		return nil
	}
	if err := b.cloneOf(ctx, other); err != nil {
		return err
	}
	if err := b.grants(ctx); err != nil {
		return err
	}
	return b.persistDocs(ctx)
}

func (b *build) cloneOf(ctx context.Context, other Relation) error {
	if there, view := b.catalog.find(other); !there || view {
		b.res.Compiled = "select * from " + other.String()
		return b.view(ctx)
	}
	rel, name := b.node.Relation, b.node.RelationName()
	kind := "transient table"
	if t := b.node.Config.Transient; t != nil && !*t {
		kind = "table"
	}
	stmt := fmt.Sprintf("create or replace %s %s clone %s", kind, name, other)
	if b.node.Config.CopyGrants {
		stmt += " copy grants"
	}
	stmts := []string{stmt}
	if exists, view := b.catalog.find(rel); exists && view {
		stmts = []string{"drop view if exists " + rel.String(), stmt}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, false)
	return nil
}
