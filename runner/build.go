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
	defer func() { b.res.Ran = script(b.node, b.ran) }()
	b.res.Status = Success
	if b.clones != nil {
		return b.clone(ctx)
	}
	return b.onCompute(ctx, b.byType)
}

// byType builds the node as what it is.
func (b *build) byType(ctx context.Context) error {
	if b.node.Config.Custom != "" {
		return b.custom(ctx)
	}
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

// script is the statements that built a node, as a file has them. A test's query
// has no semicolon, as in dbt, and that of a materialization its own.
func script(n *Node, stmts []string) string {
	text := strings.Join(stmts, ";\n\n")
	if n.Type == Test || n.Type == UnitTest || n.Config.Custom != "" || text == "" {
		return text
	}
	return text + ";\n"
}

// model builds a model by its materialization, through its plugin if it has
// one.
func (b *build) model(ctx context.Context) error {
	cfg, incremental := b.node.Config, b.adds()
	if b.node.Python {
		return fmt.Errorf("a Python model needs the Python runtime, which is not supported yet: the model and what needs it are not built")
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

// adds reports whether an incremental model's rows are added to its table: there
// is one, and it is not to be rebuilt.
func (b *build) adds() bool {
	exists, view := b.catalog.find(b.node.Relation)
	cfg := b.node.Config
	full := b.FullRefresh
	if cfg.FullRefresh != nil {
		full = *cfg.FullRefresh
	}
	return cfg.Materialized == Incremental && exists && !view && !full && cfg.Strategy != microbatch
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
	b.res.Compiled = sql
	if b.query() == "" {
		return fmt.Errorf("%s: the %s is empty once rendered; it needs a query", b.node.Pos, b.node.Type)
	}
	return b.draw(ctx, b.node)
}

// draw compiles the ephemeral models that a node is made of, each once a run.
func (b *build) draw(ctx context.Context, n *Node) error {
	for _, e := range n.Parents {
		to := b.project.Nodes[e.To]
		if to == nil || to.Type != Model || to.Config.Materialized != Ephemeral || !b.drawn(to, "") {
			continue
		}
		sql, err := b.Compiler.Compile(ctx, to, b.options())
		if err != nil {
			return err
		}
		b.drawn(to, sql)
		if err := b.draw(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

// query is the node's SQL as it stands within a statement: without the blank
// space around it and a semicolon at its end.
func (b *build) query() string { return bare(b.res.Compiled) }

func bare(sql string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(sql), ";"))
}

// view makes the relation a view of the query.
func (b *build) view(ctx context.Context) error {
	rel := b.node.Relation
	create := func(name string) string {
		words := "create or replace "
		if b.node.Config.Secure {
			words += "secure "
		}
		words += "view " + name
		if b.node.Config.CopyGrants {
			words += " copy grants"
		}
		return fmt.Sprintf("%s as (\n%s\n)", words, b.query())
	}
	stmts := []string{create(b.node.RelationName())}
	if exists, view := b.catalog.find(rel); exists && !view {
		// A query that is refused must not cost the table: it is tried first.
		tmp := Relation{rel.Database, rel.Schema, rel.Identifier + "__DBT_TMP"}
		stmts = []string{create(tmp.String()), "drop table if exists " + rel.String(), stmts[0], "drop view if exists " + tmp.String()}
	}
	if err := b.script(ctx, stmts...); err != nil {
		return err
	}
	b.catalog.set(rel, true)
	return nil
}

// table makes the relation a table of the query's rows.
func (b *build) table(ctx context.Context) error {
	if err := b.tableOf(ctx, b.query()); err != nil {
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
	query, cluster := b.clustered(query)
	stmts := []string{fmt.Sprintf("create or replace %s %s%s as (\n%s\n)", kind, b.node.RelationName(), grants, query)}
	if exists, view := b.catalog.find(rel); exists && view {
		// A query that is refused must not cost the view: it is run first.
		tmp := Relation{rel.Database, rel.Schema, rel.Identifier + "__DBT_TMP"}
		stmts = []string{
			fmt.Sprintf("create or replace %s %s as (\n%s\n)", kind, tmp, query), "drop view if exists " + rel.String(),
			fmt.Sprintf("create %s %s clone %s", kind, rel, tmp), "drop table if exists " + tmp.String(),
		}
	}
	if err := b.script(ctx, append(stmts, cluster...)...); err != nil {
		return err
	}
	b.catalog.set(rel, false)
	return nil
}

// clustered is a table's query in the order of cluster_by, and the statements
// that cluster the table by it.
func (b *build) clustered(query string) (ordered string, after []string) {
	by := strings.Join(b.node.Config.ClusterBy, ", ")
	if by == "" {
		return query, nil
	}
	name := b.node.RelationName()
	after = []string{fmt.Sprintf("alter table %s cluster by (%s)", name, by)}
	if b.node.Config.Recluster {
		after = append(after, fmt.Sprintf("alter table %s resume recluster", name))
	}
	return fmt.Sprintf("select * from (\n%s\n) order by (%s)", query, by), after
}

// onCompute runs what makes the node on the virtual warehouse that its config
// names, and goes back to the target's.
func (b *build) onCompute(ctx context.Context, make func(context.Context) error) error {
	name := b.node.Config.Compute
	if name == "" || b.project.Target.Type != "snowflake" {
		return make(ctx)
	}
	before, _, err := b.text(ctx, "select current_warehouse()")
	if err != nil {
		return err
	}
	if _, err := b.exec(ctx, "use warehouse "+name); err != nil {
		return fmt.Errorf("config snowflake_warehouse: %s: %w", name, err)
	}
	if err := make(ctx); err != nil || before == "" {
		return err // a failed node's session is not used again
	}
	_, err = b.exec(ctx, "use warehouse "+warehouse.QuoteIdent(before))
	return err
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

// beside runs a statement that goes around the node's own ones: the result does
// not tell of it.
func (b *build) beside(ctx context.Context, stmt string) error {
	ran, id := len(b.ran), b.res.QueryID
	_, err := b.exec(ctx, stmt)
	b.ran, b.res.QueryID = b.ran[:ran], id
	return err
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
