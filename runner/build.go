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
	ran   []string // the statements so far, for the result
}

// do builds the node and fills its result.
func (b *build) do(ctx context.Context) (err error) {
	if b.s, err = b.open(ctx); err != nil {
		return err
	}
	defer func() { b.res.Ran = strings.Join(b.ran, ";\n\n") }()
	b.res.Status = Success
	switch b.node.Type {
	case Seed:
		return b.withHooks(ctx, b.seed)
	case Test:
		return b.test(ctx)
	case UnitTest:
		return b.unitTest(ctx)
	case Snapshot:
		return b.withHooks(ctx, b.snapshot)
	case Source:
		return b.freshness(ctx)
	case Model:
		return b.withHooks(ctx, b.model)
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
	incremental := cfg.Materialized == Incremental && exists && !view && !full && cfg.Strategy != microbatch
	if b.node.Python {
		return fmt.Errorf("a Python model needs the Python runtime, which is not there yet: the model and what needs it are not built")
	}
	if err := b.compile(ctx, incremental); err != nil {
		return err
	}
	if err := b.header(ctx); err != nil {
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
	return fmt.Errorf("materialization %q is not supported; use view, table, incremental or ephemeral", cfg.Materialized)
}

// header runs what the config sql_header has go before the model's own
// statement.
func (b *build) header(ctx context.Context) error {
	text, _ := b.node.Config.All["sql_header"].(string)
	for _, stmt := range Statements(text) {
		if _, err := b.exec(ctx, stmt); err != nil {
			return fmt.Errorf("sql_header %q: %w", short(stmt), err)
		}
	}
	return nil
}

// options is what rendering for this node depends on.
func (b *build) options() CompileOptions {
	return CompileOptions{Session: b.s, FullRefresh: b.FullRefresh, RunID: b.RunID, Empty: b.Empty, Defer: b.deferred, Compiled: b.res.Compiled}
}

// compile renders the node's SQL into its result.
func (b *build) compile(ctx context.Context, incremental bool) error {
	start := time.Now()
	defer func() { b.res.Compiling += time.Since(start) }()
	opts := b.options()
	opts.Incremental = incremental
	sql, err := b.Compiler.Compile(ctx, b.node, opts)
	if err != nil {
		return err
	}
	sql = strings.TrimSpace(sql)
	sql = strings.TrimSpace(strings.TrimSuffix(sql, ";"))
	if sql == "" {
		return fmt.Errorf("%s: the %s is empty once rendered; it needs a query", b.node.Pos, b.node.Type)
	}
	b.res.Compiled = sql
	return nil
}

// view makes the relation a view of the query.
func (b *build) view(ctx context.Context) error {
	rel := b.node.Relation
	create := func(rel Relation) string {
		words := "create or replace "
		if b.node.Config.Secure {
			words += "secure "
		}
		words += "view " + rel.String()
		if b.node.Config.CopyGrants {
			words += " copy grants"
		}
		return fmt.Sprintf("%s as (\n%s\n)", words, b.res.Compiled)
	}
	stmts := []string{create(rel)}
	if exists, view := b.catalog.find(rel); exists && !view {
		// A query that is refused must not cost the table: it is tried first.
		tmp := Relation{rel.Database, rel.Schema, rel.Identifier + "__DBT_TMP"}
		stmts = []string{create(tmp), "drop table if exists " + rel.String(), create(rel), "drop view if exists " + tmp.String()}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, true)
	return nil
}

// table makes the relation a table of the query's rows.
func (b *build) table(ctx context.Context) error {
	if err := b.tableOf(ctx, b.res.Compiled); err != nil {
		return err
	}
	return b.count(ctx)
}

// tableOf makes the relation a table of a query's rows, in one statement that
// leaves either the old table or the new one.
func (b *build) tableOf(ctx context.Context, query string) error {
	rel := b.node.Relation
	kind, grants := "transient table", ""
	if t := b.node.Config.Transient; t != nil && !*t {
		kind = "table"
	}
	if b.node.Config.CopyGrants {
		grants = " copy grants"
	}
	stmts := []string{fmt.Sprintf("create or replace %s %s%s as (\n%s\n)", kind, rel, grants, query)}
	if exists, view := b.catalog.find(rel); exists && view {
		// A query that is refused must not cost the view: it is run first.
		tmp := Relation{rel.Database, rel.Schema, rel.Identifier + "__DBT_TMP"}
		stmts = []string{
			fmt.Sprintf("create or replace %s %s as (\n%s\n)", kind, tmp, query), "drop view if exists " + rel.String(),
			fmt.Sprintf("create %s %s clone %s", kind, rel, tmp), "drop table if exists " + tmp.String(),
		}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, false)
	return nil
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
	b.ran = append(b.ran, stmt)
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
