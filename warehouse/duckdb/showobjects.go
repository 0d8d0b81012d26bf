package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
)

// objectsIn are the objects of some kinds in a place.
func (s *session) objectsIn(ctx context.Context, in area, kinds ...string) ([]*catalog.Object, error) {
	if in.object != nil {
		o, err := s.findShown(ctx, in.object, kinds...)
		if err != nil {
			return nil, err
		}
		return []*catalog.Object{o}, nil
	}
	all, err := catalog.Objects(ctx, s.conn)
	return slices.DeleteFunc(all, func(o *catalog.Object) bool { return !slices.Contains(kinds, o.Kind) || !in.has(o.At.Permanent()) }), err
}

// countedIn are the objects of some kinds, with the numbers of the rows of those
// that are tables.
func (s *session) countedIn(ctx context.Context, in area, kinds ...string) ([]*catalog.Object, map[*catalog.Object]int64, error) {
	objects, err := s.objectsIn(ctx, in, kinds...)
	if err != nil {
		return nil, nil, err
	}
	var tables []*catalog.Object
	var at []catalog.Name
	for _, o := range objects {
		if o.Kind == "TABLE" {
			tables, at = append(tables, o), append(at, o.At)
		}
	}
	counts, err := catalog.RowCounts(ctx, s.conn, at)
	if err != nil {
		return nil, nil, err
	}
	out := map[*catalog.Object]int64{}
	for i, o := range tables {
		out[o] = counts[i]
	}
	return objects, out, nil
}

func showTables(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, counts, err := s.countedIn(ctx, in, "TABLE")
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		all = append(all, shown{t, []any{m.Created, t.Table, t.Database, t.Schema, o.TableKind(), m.Comment, m.Cluster, counts[o], nil, "SNOWPIT", m.RetentionDays(),
			onOff(m.Cluster != ""), "OFF", "OFF", nil, nil, "N", "N", "ROLE", "N", nil, yes(m.Hybrid), "N", "N", "N"}})
	}
	return all, nil
}

func onOff(b bool) string { return map[bool]string{true: "ON", false: "OFF"}[b] }

func showViews(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, err := s.objectsIn(ctx, in, "VIEW")
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		all = append(all, shown{t, []any{m.Created, t.Table, "", t.Database, t.Schema, "SNOWPIT", m.Comment, m.Text, strconv.FormatBool(m.Secure), "false", "ROLE", "OFF"}})
	}
	return all, err
}

func showObjects(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, counts, err := s.countedIn(ctx, in, "TABLE", "VIEW")
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		var rows any
		if n, ok := counts[o]; ok {
			rows = n
		}
		kind := o.TableKind()
		if kind == "TRANSIENT" { // which SHOW TABLES alone tells; dbt takes another word for a table that is not Snowflake's
			kind = "TABLE"
		}
		all = append(all, shown{t, []any{m.Created, t.Table, t.Database, t.Schema, kind, m.Comment, m.Cluster, rows, nil, "SNOWPIT", m.RetentionDays(), "ROLE", nil, yes(m.Hybrid), "N", "N"}})
	}
	return all, nil
}

func showColumns(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, err := s.objectsIn(ctx, in, "TABLE", "VIEW")
	if err != nil || len(objects) == 0 {
		return nil, err
	}
	columns, err := catalog.Columns(ctx, s.conn, objects)
	for _, c := range columns {
		null := "true"
		if !c.Nullable {
			null = "NOT_NULL"
		}
		t := c.Of
		t.Table = c.Name // which LIKE goes by
		all = append(all, shown{t, []any{c.Of.Table, c.Of.Schema, c.Name, c.TypeJSON(), null, c.Default, "COLUMN", "", c.Comment, c.Of.Database, c.Identity, nil}})
	}
	return all, err
}

func showSequences(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, err := s.objectsIn(ctx, in, "SEQUENCE")
	for _, o := range objects {
		t, m := o.At, o.Meta
		all = append(all, shown{t, []any{t.Table, t.Database, t.Schema, o.Next, o.Step, m.Created, "SNOWPIT", m.Comment, "ROLE", yes(m.Ordered)}})
	}
	return all, err
}

func showSchemas(ctx context.Context, s *session, in area) (all []shown, err error) {
	for _, database := range s.w.databaseNames() {
		if catalog.Hidden(database) || in.database != "" && !strings.EqualFold(database, in.database) {
			continue
		}
		rows, err := s.conn.Texts(ctx, `select schema_name, coalesce(meta, '') from duckdb_schemas()
			left join `+infoschema.MetaTable(database)+` on kind = 'SCHEMA' and name = schema_name where lower(database_name) = lower(?) and schema_name <> 'main' order by 1`, database)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			name, m := r[0], catalog.ReadMeta(r[1])
			if name == catalog.InformationSchema {
				name, m.Comment = "INFORMATION_SCHEMA", "Views describing the contents of schemas in this database"
			}
			options := ""
			if m.Transient {
				options = "TRANSIENT"
			}
			all = append(all, shown{catalog.NameOf(database, "", name), []any{m.Created, name, "N", yes(database == s.database && name == s.schema), database,
				"SNOWPIT", m.Comment, options, m.RetentionDays(), "ROLE", nil}})
		}
	}
	return all, nil
}

func showDatabases(ctx context.Context, s *session, _ area) (all []shown, err error) {
	for _, name := range s.w.databaseNames() {
		if catalog.Hidden(name) {
			continue
		}
		m, err := s.containerMeta(ctx, name, "DATABASE", name)
		if err != nil {
			return nil, err
		}
		options := ""
		if m.Transient {
			options = "TRANSIENT"
		}
		all = append(all, shown{catalog.NameOf("", "", name), []any{m.Created, name, "N", yes(name == s.database), "", "SNOWPIT", m.Comment, options, m.RetentionDays(), "STANDARD", nil, "ROLE"}})
	}
	return all, nil
}
