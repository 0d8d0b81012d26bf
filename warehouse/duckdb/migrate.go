package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// Files of earlier versions keep a TIMESTAMP_TZ as a moment without its offset, and
// what was loaded with nanoseconds in a type of DuckDB's that loses them. Such
// columns are converted when their file is first opened: those values get the
// offset of UTC. The views of their database are made anew from their text.

// migrating is the row of a database's own table that says that its views are
// still to be made anew.
const migrating = "MIGRATING"

// migrate brings the files to the form of this version.
func (w *Warehouse) migrate(ctx context.Context) error {
	for _, database := range w.attached() {
		tables, err := w.legacyTimes(ctx, database)
		if err != nil {
			return err
		}
		pending, err := w.admin.Texts(ctx, "select name from "+catalog.MetaTable(database)+" where kind = $1", migrating)
		if err != nil {
			return err
		}
		if len(tables) == 0 && len(pending) == 0 {
			continue
		}
		if err := w.migrateTables(ctx, database, tables); err != nil {
			return fmt.Errorf("database %s: columns of times: %w", database, err)
		}
		if err := w.migrateViews(ctx, database, func(legacyView) bool { return true }); err != nil {
			return fmt.Errorf("database %s: views: %w", database, err)
		}
		if err := w.admin.Exec(ctx, "delete from "+catalog.MetaTable(database)+" where kind = "+ducksql.Text(migrating)); err != nil {
			return err
		}
	}
	return nil
}

// attached are the databases that there are, sorted.
func (w *Warehouse) attached() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, name := range w.databases {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// legacyTimes are schema, table, column, default and type of the columns that were
// declared as TIMESTAMP_TZ and have no offsets, and of those of nanoseconds.
func (w *Warehouse) legacyTimes(ctx context.Context, database string) ([][]string, error) {
	return w.admin.Texts(ctx, `select c.schema_name, c.table_name, c.column_name, coalesce(c.column_default, ''), c.data_type
		from duckdb_columns() c join duckdb_tables() t using (database_oid, schema_oid, table_oid)
		where c.database_name = $1 and (c.data_type = 'TIMESTAMP_NS' or c.data_type = 'TIMESTAMP WITH TIME ZONE' and starts_with(t.comment, '`+catalog.MetaPrefix+`')
			and exists (from (select unnest(from_json(json_extract(t.comment, '$.columns'), '[{"name":"VARCHAR","type":"VARCHAR"}]')) as k)
				where k.name = c.column_name and starts_with(k.type, 'TIMESTAMP_TZ')))`, database)
}

// migrateTables converts the columns, all of them or none.
func (w *Warehouse) migrateTables(ctx context.Context, database string, columns [][]string) error {
	steps := []string{"begin transaction",
		fmt.Sprintf("insert into %s values (%s, 'VIEWS', '')", catalog.MetaTable(database), ducksql.Text(migrating))}
	for _, c := range columns {
		table, name := catalog.NameOf(database, c[0], c[1]), ducksql.Name(c[2])
		column := fmt.Sprintf("alter table %s alter column %s ", table, name)
		if c[3] != "" {
			steps = append(steps, column+"drop default")
		}
		if c[4] == "TIMESTAMP_NS" { // which were loaded, and have no default
			steps = append(steps, column+"type "+rewrite.FineNaive+" using "+ducksql.FineOfNanos(name))
			continue
		}
		steps = append(steps, column+"type "+rewrite.Zoned+" using "+ducksql.Zoned(name, "TIMESTAMP WITH TIME ZONE"))
		if c[3] != "" {
			steps = append(steps, column+"set default "+ducksql.Zoned("cast("+c[3]+" as timestamptz)", "TIMESTAMP WITH TIME ZONE"))
		}
	}
	for _, sql := range append(steps, "commit") {
		if err := w.admin.Exec(ctx, sql); err != nil {
			_ = w.admin.Exec(context.WithoutCancel(ctx), "rollback") // the first error is the one that matters
			return err
		}
	}
	return nil
}

// A legacyView is a view as it was defined.
type legacyView struct {
	schema, name string
	created      time.Time
	stmt         *ast.CreateView
}

// migrateViews makes those views of a database anew that have to be, in as many
// rounds as those want that read others. One that cannot be made stays as it is.
func (w *Warehouse) migrateViews(ctx context.Context, database string, have func(legacyView) bool) error {
	views, err := w.legacyViews(ctx, database)
	if err != nil {
		return err
	}
	views = slices.DeleteFunc(views, func(v legacyView) bool { return !have(v) })
	for before := len(views) + 1; len(views) > 0 && len(views) < before; {
		before = len(views)
		var left []legacyView
		for _, v := range views {
			if err := w.remake(ctx, database, v); err != nil {
				w.log.Warn("a view of an earlier version could not be made anew", "view", database+"."+v.schema+"."+v.name, "error", err)
				left = append(left, v)
			}
		}
		views = left
	}
	return ctx.Err()
}

// legacyViews are a database's own views, the oldest first.
func (w *Warehouse) legacyViews(ctx context.Context, database string) ([]legacyView, error) {
	rows, err := w.admin.Texts(ctx, `select schema_name, view_name, comment from duckdb_views()
		where database_name = $1 and not internal and starts_with(comment, '`+catalog.MetaPrefix+`')`, database)
	if err != nil {
		return nil, err
	}
	var views []legacyView
	for _, r := range rows {
		m := catalog.ReadMeta(r[2])
		if stmt, err := parse.Statement(m.Text); err == nil {
			if v, ok := stmt.(*ast.CreateView); ok {
				views = append(views, legacyView{r[0], r[1], m.Created, v})
			}
		}
	}
	slices.SortFunc(views, func(a, b legacyView) int {
		return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.name, b.name))
	})
	return views, nil
}

// remake makes a view in the place of itself.
func (w *Warehouse) remake(ctx context.Context, database string, v legacyView) error {
	s, err := w.Open(ctx, warehouse.SessionOptions{Database: warehouse.QuoteIdent(database), Schema: warehouse.QuoteIdent(v.schema)})
	if err != nil {
		return err
	}
	defer s.Close()
	v.stmt.Replace, v.stmt.IfNotExists = true, false
	_, err = warehouse.Exec(ctx, s, print.SQL(v.stmt))
	return err
}
