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
	Row     []any  // the first row that it fetched, as Go has its values; or nil
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
	if b.node.Type == Test {
		if as := b.storeAs(b.node); as != "" {
			opts.Stored, opts.StoredAs = b.auditTable(b.node), as
		}
	}
	done, err := m.Materialize(ctx, b.node, opts)
	if err != nil {
		return err
	}
	b.ran, b.res.QueryID, b.res.Rows = []string{done.SQL}, done.QueryID, done.Rows
	for rel, view := range done.Relations {
		b.catalog.set(rel, view)
	}
	if b.node.Type == Test {
		b.res.Stored, b.res.Rows = opts.Stored, -1
		return b.judgeRow(done.Row)
	}
	return nil
}

// judgeRow reads the row that a test's materialization fetched: how many
// failures there are, and whether to warn and to fail.
func (b *build) judgeRow(row []any) error {
	if len(row) < 3 {
		return fmt.Errorf("the test's statement main gave no failures, should_warn and should_error: it is called with fetch_result=True")
	}
	n, ok := row[0].(int64)
	warn, isBool := row[1].(bool)
	fail, isBool2 := row[2].(bool)
	if !ok || !isBool || !isBool2 {
		return fmt.Errorf("the test's statement main gave %v: failures is a whole number, should_warn and should_error are true or false", row[:3])
	}
	b.judge(*b.node.Test, n, warn, fail)
	return nil
}
