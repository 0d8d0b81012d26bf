package show

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func (v *Viewer) hybridTables(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "TABLE")
	if err != nil {
		return nil, err
	}
	objects = slices.DeleteFunc(objects, func(o *catalog.Object) bool { return !o.Meta.Hybrid })
	counts, err := catalog.RowCounts(ctx, v.Conn, objects)
	for _, o := range objects {
		t, m := o.At.Permanent(), o.Meta
		all = append(all, row{t, []any{m.Created, t.Table, t.Database, t.Schema, owner, counts[o], nil, m.Comment, "ROLE"}})
	}
	return all, err
}

// indexes are those of hybrid tables: what their keys need, and the secondary ones.
func (v *Viewer) indexes(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "TABLE")
	for _, o := range objects {
		if !o.Meta.Hybrid {
			continue
		}
		t := o.At.Permanent()
		add := func(name, unique string, columns, include []string) {
			at := catalog.NameOf(t.Database, t.Schema, name)
			all = append(all, row{at, []any{o.Meta.Created, name, unique, bracketed(columns), bracketed(include), t.Table, t.Database, t.Schema, owner, "ROLE"}})
		}
		for _, k := range o.Meta.Constraints {
			switch k.Kind {
			case "PRIMARY KEY":
				add("SYS_INDEX_"+t.Table+"_PRIMARY", "Y", k.Columns, nil)
			case "UNIQUE":
				add("SYS_INDEX_"+t.Table+"_UNIQUE_"+strings.Join(k.Columns, "_"), "Y", k.Columns, nil)
			}
		}
		for _, x := range o.Meta.Indexes {
			add(x.Name, "N", x.Columns, x.Include)
		}
	}
	return all, err
}

func bracketed(columns []string) string { return "[" + strings.Join(columns, ", ") + "]" }
