package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// An Object is a table, view or sequence that is there.
type Object struct {
	Kind string // TABLE, VIEW or SEQUENCE
	At   Name   // as DuckDB spells it
	Meta Meta

	Next, Step int64 // of a sequence
}

// own says whether an object is a user's and not the warehouse's own.
func (o *Object) own(name Name) bool {
	return !Hidden(name.Database) && !Hidden(name.Schema) && name.Database != Temp && !strings.HasPrefix(name.Table, "__AUTO_")
}

// TableKind is what SHOW calls a table.
func (o *Object) TableKind() string {
	switch {
	case o.Kind != "TABLE":
		return o.Kind
	case o.At.Database == Temp:
		return "TEMPORARY"
	case o.Meta.Transient:
		return "TRANSIENT"
	}
	return "TABLE"
}

// Objects are the tables, views and sequences that a user can see, by their
// full names, the connection's temporary ones among them.
func Objects(ctx context.Context, conn *engine.Conn) (all []*Object, err error) {
	rows, err := conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, ''), '', '' from duckdb_tables() where not internal
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, ''), sql, '' from duckdb_views() where not internal
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, ''),
			cast(coalesce(last_value + increment_by, start_value) as varchar), cast(increment_by as varchar) from duckdb_sequences()
		order by 2, 3, 4`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o := &Object{Kind: r[0], At: NameOf(r[1], r[2], r[3]), Meta: ReadMeta(r[4])}
		if o.Kind == "VIEW" && o.Meta.Text == "" {
			o.Meta.Text = r[5]
		}
		if o.Kind == "SEQUENCE" {
			o.Next, _ = strconv.ParseInt(r[5], 10, 64)
			o.Step, _ = strconv.ParseInt(r[6], 10, 64)
		}
		if name := o.At.Permanent(); o.own(name) {
			all = append(all, o)
		}
	}
	return all, nil
}

// RowCounts are how many rows those of the objects have that are tables, as the
// connection sees them.
func RowCounts(ctx context.Context, conn *engine.Conn, objects []*Object) (map[*Object]int64, error) {
	counts := map[*Object]int64{}
	tables := slices.DeleteFunc(slices.Clone(objects), func(o *Object) bool { return o.Kind != "TABLE" })
	for some := range slices.Chunk(tables, 100) {
		items := make([]string, len(some))
		for i, o := range some {
			items[i] = "cast((select count(*) from " + o.At.String() + ") as varchar)"
		}
		rows, err := conn.Texts(ctx, "select "+strings.Join(items, ", "))
		if err != nil {
			return nil, err
		}
		for i, text := range rows[0] {
			counts[some[i]], _ = strconv.ParseInt(text, 10, 64)
		}
	}
	return counts, nil
}

// LookUp looks an object up, nil if there is none.
func LookUp(ctx context.Context, conn *engine.Conn, t Name) (*Object, error) {
	rows, err := conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, '') from duckdb_tables()
			where database_name = $1 and schema_name = $2 and table_name = $3
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, '') from duckdb_views()
			where database_name = $1 and schema_name = $2 and view_name = $3
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, '') from duckdb_sequences()
			where database_name = $1 and schema_name = $2 and sequence_name = $3`, t.Database, t.Schema, t.Table)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &Object{Kind: r[0], At: NameOf(r[1], r[2], r[3]), Meta: ReadMeta(r[4])}, nil
}
