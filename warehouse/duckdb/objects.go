package duckdb

import (
	"context"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// An object is a table, view or sequence that is there.
type object struct {
	kind string // TABLE, VIEW or SEQUENCE
	at   target // as DuckDB spells it
	meta meta

	next, step int64 // of a sequence
}

// own says whether an object is a user's and not the warehouse's own.
func (o *object) own(name target) bool {
	return !hidden(name.database) && !hidden(name.schema) && name.database != tempDatabase && !strings.HasPrefix(name.table, "__AUTO_")
}

// tableKind is what SHOW calls a table.
func (o *object) tableKind() string {
	switch {
	case o.kind != "TABLE":
		return o.kind
	case o.at.database == tempDatabase:
		return "TEMPORARY"
	case o.meta.Transient:
		return "TRANSIENT"
	}
	return "TABLE"
}

// objectsOf are the tables, views and sequences that a user can see, by their
// full names, the connection's temporary ones among them.
func objectsOf(ctx context.Context, conn *engine.Conn) (all []*object, err error) {
	rows, err := conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, ''), '', '' from duckdb_tables() where not internal
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, ''), sql, '' from duckdb_views() where not internal
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, ''),
			cast(coalesce(last_value + increment_by, start_value) as varchar), cast(increment_by as varchar) from duckdb_sequences()
		order by 2, 3, 4`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o := &object{kind: r[0], at: target{r[1], r[2], r[3]}, meta: readMeta(r[4])}
		if o.kind == "VIEW" && o.meta.Text == "" {
			o.meta.Text = r[5]
		}
		if o.kind == "SEQUENCE" {
			o.next, _ = strconv.ParseInt(r[5], 10, 64)
			o.step, _ = strconv.ParseInt(r[6], 10, 64)
		}
		if name := o.at.permanent(); o.own(name) {
			all = append(all, o)
		}
	}
	return all, nil
}

// rowCounts are how many rows tables have, as the connection sees them.
func rowCounts(ctx context.Context, conn *engine.Conn, tables []target) (counts []int64, err error) {
	for len(tables) > 0 {
		n := min(len(tables), 100)
		items := make([]string, n)
		for i, t := range tables[:n] {
			items[i] = "cast((select count(*) from " + t.String() + ") as varchar)"
		}
		rows, err := conn.Texts(ctx, "select "+strings.Join(items, ", "))
		if err != nil {
			return nil, err
		}
		for _, text := range rows[0] {
			count, _ := strconv.ParseInt(text, 10, 64)
			counts = append(counts, count)
		}
		tables = tables[n:]
	}
	return counts, nil
}

// lookUp looks an object up, nil if there is none.
func lookUp(ctx context.Context, conn *engine.Conn, t target) (*object, error) {
	rows, err := conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, '') from duckdb_tables()
			where database_name = $1 and schema_name = $2 and table_name = $3
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, '') from duckdb_views()
			where database_name = $1 and schema_name = $2 and view_name = $3
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, '') from duckdb_sequences()
			where database_name = $1 and schema_name = $2 and sequence_name = $3`, t.database, t.schema, t.table)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &object{kind: r[0], at: target{r[1], r[2], r[3]}, meta: readMeta(r[4])}, nil
}
