package project

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/seed"
	"github.com/snowpit-dev/snowpit/warehouse"
)

var _ runner.Materializer = (*Project)(nil)

// Materialize builds a node by the materialization that its config names.
func (p *Project) Materialize(ctx context.Context, n *runner.Node, opts runner.CompileOptions) (runner.Materialized, error) {
	c := &compilation{p: p, opts: opts}
	scope := c.scope(ctx, n)
	if opts.Stored != (runner.Relation{}) {
		scope.This = render.Relation{Relation: opts.Stored, Type: opts.StoredAs}
	}
	built, err := p.lib.Materialize(ctx, n.Config.Custom, scope)
	if err != nil {
		return runner.Materialized{}, err
	}
	out := runner.Materialized{SQL: built.SQL, QueryID: built.QueryID, Rows: built.Rows, Row: built.Row, Relations: map[runner.Relation]bool{}}
	for _, r := range built.Relations {
		out.Relations[r.Relation] = r.Type == "view"
	}
	return out, nil
}

// seedRows reads a seed's file, with columns named as it spells them; nil for
// what is no seed.
func seedRows(n *runner.Node) func() ([]warehouse.Column, array.RecordReader, error) {
	if n.Seed == nil {
		return nil
	}
	return func() ([]warehouse.Column, array.RecordReader, error) {
		file, err := seed.Open(n.Seed.Path, seed.Options{
			Delimiter: n.Seed.Delimiter, NullIf: n.Seed.NullIf, AsText: slices.Sorted(maps.Keys(n.Seed.ColumnTypes)), KeepNames: true,
		})
		if err != nil {
			return nil, nil, err
		}
		rows, err := file.Rows()
		return file.Columns, rows, err
	}
}

// builtIn are the macros of dbt that its materializations call, and that a
// project may put others in the place of.
var builtIn = []string{
	"create_table_as", "create_view_as", "get_create_table_as_sql", "get_create_view_as_sql", "get_merge_sql", "get_delete_insert_merge_sql",
	"get_incremental_append_sql", "get_incremental_merge_sql", "get_incremental_delete_insert_sql", "run_hooks", "apply_grants", "persist_docs",
	"set_query_tag", "unset_query_tag",
}

// warnBuiltIn says of a project's macro in the place of one that dbt's
// materializations call that they do not call it here.
func (l *loader) warnBuiltIn(m runner.MacroInfo) {
	name := strings.TrimPrefix(strings.TrimPrefix(m.Name, "snowflake__"), "default__")
	if m.Package == l.p.Name && slices.Contains(builtIn, name) {
		l.warn(m.Pos, "%s is called by the project's own materializations; those of dbt are built in and do without it", m.Name)
	}
}
