package show

import (
	"context"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

// owner is the one role that owns things here.
const owner = "SNOWPIT"

// in are the objects of some kinds in a place.
func (v *Viewer) in(ctx context.Context, in place, kinds ...string) ([]*catalog.Object, error) {
	if in.object == nil {
		return catalog.In(ctx, v.Conn, in.Area, kinds...)
	}
	o, err := v.Names.Find(ctx, in.object, kinds...)
	if err != nil {
		return nil, err
	}
	return []*catalog.Object{o}, nil
}

// counted are the objects of some kinds in a place, with the numbers of the rows of
// those that are tables.
func (v *Viewer) counted(ctx context.Context, in place, kinds ...string) ([]*catalog.Object, map[*catalog.Object]int64, error) {
	objects, err := v.in(ctx, in, kinds...)
	if err != nil {
		return nil, nil, err
	}
	counts, err := catalog.RowCounts(ctx, v.Conn, objects)
	return objects, counts, err
}

func (v *Viewer) tables(ctx context.Context, in place) (all []row, err error) {
	objects, counts, err := v.counted(ctx, in, "TABLE")
	if err != nil {
		return nil, err
	}
	r := catalog.NewRetention(ctx, v.Conn)
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		days, _ := r.Of(m.Retention, catalog.Area{Database: t.Database, Schema: t.Schema})
		all = append(all, row{t, []any{m.Created, t.Table, t.Database, t.Schema, o.TableKind(), m.Comment, m.Cluster, counts[o], nil, owner, days,
			onOff(m.Cluster != ""), "OFF", "OFF", nil, nil, "N", "N", "ROLE", "N", nil, listing.YesNo(m.Hybrid), "N", "N", "N"}})
	}
	return all, r.Err
}

func onOff(b bool) string { return map[bool]string{true: "ON", false: "OFF"}[b] }

func (v *Viewer) views(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "VIEW")
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		all = append(all, row{t, []any{m.Created, t.Table, "", t.Database, t.Schema, owner, m.Comment, m.Text, strconv.FormatBool(m.Secure), "false", "ROLE", "OFF"}})
	}
	return all, err
}

func (v *Viewer) objects(ctx context.Context, in place) (all []row, err error) {
	objects, counts, err := v.counted(ctx, in, "TABLE", "VIEW")
	if err != nil {
		return nil, err
	}
	r := catalog.NewRetention(ctx, v.Conn)
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		days, _ := r.Of(m.Retention, catalog.Area{Database: t.Database, Schema: t.Schema})
		var rows any
		if n, ok := counts[o]; ok {
			rows = n
		}
		kind := o.TableKind()
		if kind == "TRANSIENT" { // which SHOW TABLES alone tells; dbt takes another word for a table that is not Snowflake's
			kind = "TABLE"
		}
		all = append(all, row{t, []any{m.Created, t.Table, t.Database, t.Schema, kind, m.Comment, m.Cluster, rows, nil, owner, days, "ROLE", nil,
			listing.YesNo(m.Hybrid), "N", "N"}})
	}
	return all, r.Err
}

func (v *Viewer) columns(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "TABLE", "VIEW")
	if err != nil || len(objects) == 0 {
		return nil, err
	}
	columns, err := catalog.Columns(ctx, v.Conn, objects)
	for _, c := range columns {
		null := "true"
		if !c.Nullable {
			null = "NOT_NULL"
		}
		t := c.Of
		t.Table = c.Name // which LIKE goes by
		all = append(all, row{t, []any{c.Of.Table, c.Of.Schema, c.Name, c.TypeJSON(), null, c.Default, "COLUMN", "", c.Comment, c.Of.Database, c.Identity, nil}})
	}
	return all, err
}

func (v *Viewer) sequences(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "SEQUENCE")
	for _, o := range objects {
		all = append(all, row{o.At, sequence(o)})
	}
	return all, err
}

func sequence(o *catalog.Object) []any {
	t, m := o.At, o.Meta
	return []any{t.Table, t.Database, t.Schema, o.Next, o.Step, m.Created, owner, m.Comment, "ROLE", listing.YesNo(m.Ordered)}
}

// Sequence is what DESCRIBE gives of a sequence: its row in SHOW SEQUENCES.
func Sequence(o *catalog.Object) ([]warehouse.Column, [][]any) {
	return listing.Columns(sequenceColumns), [][]any{sequence(o)}
}

// isIn says whether an area has a database.
func isIn(area catalog.Area, database string) bool {
	return !catalog.Hidden(database) && (area.Database == "" || database == area.Database)
}

func (v *Viewer) schemas(ctx context.Context, in place) (all []row, err error) {
	r := catalog.NewRetention(ctx, v.Conn)
	for _, database := range v.Databases {
		if !isIn(in.Area, database) {
			continue
		}
		schemas, err := catalog.Schemas(ctx, v.Conn, database)
		if err != nil {
			return nil, err
		}
		for _, s := range schemas {
			days, _ := r.In(catalog.Area{Database: database, Schema: s.Name})
			all = append(all, row{catalog.NameOf(database, "", s.Name), []any{s.Meta.Created, s.Name, "N",
				listing.YesNo(database == v.Here.Database && s.Name == v.Here.Schema), database, owner, s.Meta.Comment, transient(s.Meta), days, "ROLE", nil, nil, nil, nil}})
		}
	}
	return all, r.Err
}

// transient is what the column options says.
func transient(m catalog.Meta) string {
	if m.Transient {
		return "TRANSIENT"
	}
	return ""
}

func (v *Viewer) databases(ctx context.Context, _ place) (all []row, err error) {
	r := catalog.NewRetention(ctx, v.Conn)
	for _, name := range v.Databases {
		if catalog.Hidden(name) {
			continue
		}
		m, err := catalog.MetaOf(ctx, v.Conn, name, "DATABASE", name)
		if err != nil {
			return nil, err
		}
		days, _ := r.In(catalog.Area{Database: name})
		all = append(all, row{catalog.NameOf("", "", name), []any{m.Created, name, "N", listing.YesNo(name == v.Here.Database), "", owner, m.Comment,
			transient(m), days, "STANDARD", nil, "ROLE"}})
	}
	return all, r.Err
}
