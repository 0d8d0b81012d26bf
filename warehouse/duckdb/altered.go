package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
)

// alterations are the times at which the rows of tables last changed, for
// LAST_ALTERED. They are written down when a session ends, so that a process
// that is killed loses those of the sessions it had.
type alterations struct {
	mu      sync.Mutex
	at      map[catalog.Name]time.Time
	unsaved map[catalog.Name]bool
}

func newAlterations() *alterations {
	return &alterations{at: map[catalog.Name]time.Time{}, unsaved: map[catalog.Name]bool{}}
}

// note says that tables have changed now.
func (a *alterations) note(tables ...catalog.Name) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range tables {
		if t.Database != catalog.Temp {
			a.at[t], a.unsaved[t] = now, true
		}
	}
}

// take gives the times that are not written down, and holds them for it.
func (a *alterations) take() map[catalog.Name]time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[catalog.Name]time.Time{}
	for t := range a.unsaved {
		out[t] = a.at[t]
	}
	clear(a.unsaved)
	return out
}

func (a *alterations) of(t catalog.Name) (at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at[t]
}

// load reads the times that a database has. The caller has admin.
func (w *Warehouse) loadAlterations(ctx context.Context, database string) error {
	rows, err := w.admin.Texts(ctx, "select schema_name, table_name, cast(epoch_us(altered) as varchar) from "+infoschema.Table(database, infoschema.Altered))
	if err != nil {
		return err
	}
	w.altered.mu.Lock()
	defer w.altered.mu.Unlock()
	for _, r := range rows {
		us, err := strconv.ParseInt(r[2], 10, 64)
		if err != nil {
			return err
		}
		w.altered.at[catalog.NameOf(database, r[0], r[1])] = time.UnixMicro(us)
	}
	return nil
}

// saveAlterations writes the times down. What cannot be written is given up: it
// is worth no statement's failure.
func (w *Warehouse) saveAlterations(ctx context.Context) {
	byDatabase := map[string][]string{}
	for t, at := range w.altered.take() {
		byDatabase[t.Database] = append(byDatabase[t.Database],
			fmt.Sprintf("(%s, %s, make_timestamptz(%d))", ducksql.Text(t.Schema), ducksql.Text(t.Table), at.UnixMicro()))
	}
	if len(byDatabase) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for database, rows := range byDatabase {
		if w.databases[strings.ToUpper(database)] != database {
			continue
		}
		values := "(values " + strings.Join(rows, ", ") + ") as v(s, t, changed)"
		table := infoschema.Table(database, infoschema.Altered)
		for _, sql := range []string{
			"begin transaction",
			"delete from " + table + " where (schema_name, table_name) in (select (s, t) from " + values + ")",
			"insert into " + table + " from " + values,
			"commit",
		} {
			if err := w.admin.Exec(ctx, sql); err != nil {
				w.log.Warn("LAST_ALTERED of some tables is not kept", "database", database, "error", err)
				_ = w.admin.Exec(ctx, "rollback") // the first error is the one that matters
				break
			}
		}
	}
}

// altering are the tables whose rows, or whose columns, a statement changes.
func (s *session) altering(stmt ast.Statement) (tables []catalog.Name) {
	var names []*ast.Name
	switch stmt := stmt.(type) {
	case *ast.Insert:
		names = append(names, stmt.Into)
	case *ast.MultiInsert:
		for _, when := range stmt.Whens {
			for _, into := range when.Into {
				names = append(names, into.Table)
			}
		}
	case *ast.CopyInto:
		names = append(names, stmt.Into)
	case *ast.Alter:
		if stmt.Object == "TABLE" {
			names = append(names, stmt.Name)
		}
	default:
		if n := lockedBy(stmt); n != nil {
			names = append(names, n)
		}
	}
	for _, n := range names {
		if t, err := s.resolveName(n); err == nil {
			tables = append(tables, t)
		}
	}
	return tables
}

// tablesView is INFORMATION_SCHEMA.TABLES with what DuckDB's catalog does not
// know: how many rows a table has, of which it has an estimate, and when they
// last changed.
func (st *settling) tablesView(t *ast.TableName, database string) ast.Table {
	facts, err := st.s.tableFacts(st.ctx, database)
	if err != nil {
		st.err = cmp.Or(st.err, err)
		return t
	}
	tree, err := parse.Statement(fmt.Sprintf(`select v.* replace (coalesce(f.row_count, v.row_count) as row_count,
		greatest_ignore_nulls(v.last_altered, f.altered) as last_altered, coalesce(f.days::number, v.retention_time) as retention_time)
		from %s v left join %s f on f.table_schema = v.table_schema and f.table_name = v.table_name`, print.SQL(t.Name), print.SQL(facts)))
	if err != nil {
		st.err = cmp.Or(st.err, err)
		return t
	}
	st.changed = true
	return &ast.Derived{At: t.At, Query: tree.(*ast.Query), Alias: aliasOr(t.Alias, t.Name.Last())}
}

// tableFacts puts what is known of a database's tables into a temporary table.
func (s *session) tableFacts(ctx context.Context, database string) (*ast.Name, error) {
	objects, err := catalog.In(ctx, s.conn, catalog.Area{Database: database}, "TABLE")
	if err != nil {
		return nil, err
	}
	counts, err := catalog.RowCounts(ctx, s.conn, objects)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	retention := catalog.NewRetention(ctx, s.conn)
	for _, o := range objects {
		t := o.At.Permanent()
		days, _ := retention.Of(o.Meta.Retention, catalog.Area{Database: database, Schema: t.Schema})
		rows = append(rows, []any{t.Schema, t.Table, counts[o], s.w.altered.of(t), days})
	}
	if retention.Err != nil {
		return nil, retention.Err
	}
	return s.rowsAsTable(ctx, "TABLES_OF_"+database, "TABLE_SCHEMA TABLE_NAME ROW_COUNT# ALTERED@ DAYS", rows)
}
