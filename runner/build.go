package runner

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A build is one node being built.
type build struct {
	*worker
	node  *Node
	index int
	res   *NodeResult
	s     warehouse.Session
}

// do builds the node and fills its result.
func (b *build) do(ctx context.Context) (err error) {
	if b.s, err = b.open(ctx); err != nil {
		return err
	}
	b.res.Status = Success
	switch b.node.Type {
	case Seed:
		return b.seed(ctx)
	case Test:
		return b.test(ctx)
	case Model:
		return b.model(ctx)
	}
	return fmt.Errorf("a %s cannot be built", b.node.Type)
}

// model builds a model by its materialization, through its plugin if it has
// one.
func (b *build) model(ctx context.Context) error {
	exists, view := b.catalog.find(b.node.Relation)
	cfg := b.node.Config
	full := b.FullRefresh
	if cfg.FullRefresh != nil {
		full = *cfg.FullRefresh
	}
	incremental := cfg.Materialized == Incremental && exists && !view && !full
	if err := b.compile(ctx, incremental); err != nil {
		return err
	}
	switch {
	case cfg.Plugin != nil && cfg.Materialized != Table:
		return fmt.Errorf("a model with a plugin is materialized as a table, not as %q: set materialized='table'", cfg.Materialized)
	case cfg.Plugin != nil:
		return b.throughPlugin(ctx)
	case cfg.Materialized == View:
		return b.view(ctx)
	case cfg.Materialized == Table, cfg.Materialized == Incremental && !incremental:
		return b.table(ctx)
	case incremental:
		return b.incremental(ctx)
	}
	return fmt.Errorf("materialization %q is not supported yet; use view, table, incremental or ephemeral", cfg.Materialized)
}

// compile renders the node's SQL into its result.
func (b *build) compile(ctx context.Context, incremental bool) error {
	start := time.Now()
	defer func() { b.res.Compiling += time.Since(start) }()
	sql, err := b.Compiler.Compile(ctx, b.node, CompileOptions{
		Session: b.s, Incremental: incremental, FullRefresh: b.FullRefresh, RunID: b.RunID, Empty: b.Empty, Defer: b.deferred,
	})
	if err != nil {
		return err
	}
	sql = strings.TrimSpace(sql)
	sql = strings.TrimSpace(strings.TrimSuffix(sql, ";"))
	if sql == "" {
		return fmt.Errorf("%s: the model is empty once rendered; it needs a query", b.node.Pos)
	}
	b.res.Compiled = sql
	return nil
}

// view makes the relation a view of the query.
func (b *build) view(ctx context.Context) error {
	rel := b.node.Relation
	stmts := []string{fmt.Sprintf("create or replace view %s as (\n%s\n)", rel, b.res.Compiled)}
	if exists, view := b.catalog.find(rel); exists && !view {
		stmts = []string{"begin", "drop table if exists " + rel.String(), stmts[0], "commit"}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, true)
	return nil
}

// table makes the relation a table of the query's rows.
func (b *build) table(ctx context.Context) error {
	rel := b.node.Relation
	create := fmt.Sprintf("create or replace table %s as (\n%s\n)", rel, b.res.Compiled)
	stmts := []string{create}
	if exists, view := b.catalog.find(rel); exists && view {
		stmts = []string{"begin", "drop view if exists " + rel.String(), create, "commit"}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, false)
	return b.count(ctx)
}

// count fills in how many rows the table has.
func (b *build) count(ctx context.Context) error {
	n, err := scalar(ctx, b.s, "select count(*) from "+b.node.Relation.String())
	b.res.Rows = n
	return err
}

// script runs statements one after another and keeps the last one's query id.
func (b *build) script(ctx context.Context, stmts ...string) error {
	for _, stmt := range stmts {
		if _, err := b.exec(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// exec runs one statement and reports how many rows it changed.
func (b *build) exec(ctx context.Context, stmt string, args ...any) (int64, error) {
	res, err := b.s.Query(ctx, stmt, args...)
	if err != nil {
		return 0, err
	}
	b.res.QueryID = res.QueryID
	for _, err := range res.Batches() {
		if err != nil {
			res.Close()
			return 0, err
		}
	}
	return res.Affected, res.Close()
}
