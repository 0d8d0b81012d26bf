package runner

import (
	"context"
	"fmt"
)

// A Materializer is a [Compiler] that builds nodes by materializations that a
// project or its packages define.
type Materializer interface {
	// Materialize builds a node whose config names a materialization's macro,
	// its hooks included, on the session of opts.
	Materialize(ctx context.Context, n *Node, opts CompileOptions) (Materialized, error)
}

// A Materialized is what a materialization did.
type Materialized struct {
	SQL     string // its main statement
	QueryID string // that statement's
	Rows    int64  // how many it changed; -1 where unknown
	// Relations are those there are now, each with whether it is a view.
	Relations map[Relation]bool
}

// custom builds a node by the materialization that its config names.
func (b *build) custom(ctx context.Context) error {
	m, ok := b.Compiler.(Materializer)
	if !ok {
		return fmt.Errorf("materialization %q is not supported here", b.node.Config.Materialized)
	}
	if b.node.Type != Seed {
		if err := b.compile(ctx, b.adds()); err != nil {
			return err
		}
	}
	opts := b.options()
	opts.Incremental = b.adds()
	done, err := m.Materialize(ctx, b.node, opts)
	if err != nil {
		return err
	}
	b.ran, b.res.QueryID, b.res.Rows = []string{done.SQL}, done.QueryID, done.Rows
	for rel, view := range done.Relations {
		b.catalog.set(rel, view)
	}
	return nil
}
