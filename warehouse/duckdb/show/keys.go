package show

import (
	"context"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func keysOf(kind string) func(*Viewer, context.Context, place) ([]row, error) {
	return func(v *Viewer, ctx context.Context, in place) (all []row, err error) {
		objects, err := v.in(ctx, in, "TABLE")
		for _, o := range objects {
			t := o.At.Permanent()
			for _, k := range o.Meta.Constraints {
				for i, c := range k.Columns {
					if k.Kind == kind {
						all = append(all, row{t, []any{k.Created, t.Database, t.Schema, t.Table, c, int64(i + 1), k.Name, strconv.FormatBool(k.Rely), nil}})
					}
				}
			}
		}
		return all, err
	}
}

func (v *Viewer) importedKeys(ctx context.Context, in place) (all []row, err error) {
	objects, err := v.in(ctx, in, "TABLE")
	for _, o := range objects {
		t := o.At.Permanent()
		for _, k := range o.Meta.Constraints {
			for i, c := range k.Columns {
				if k.Kind != "FOREIGN KEY" || len(k.References) != 3 {
					continue
				}
				var primary any
				if i < len(k.RefColumns) {
					primary = k.RefColumns[i]
				}
				all = append(all, row{t, []any{k.Created, k.References[0], k.References[1], k.References[2], primary, t.Database, t.Schema, t.Table, c,
					int64(i + 1), "NO ACTION", "NO ACTION", k.Name, nil, "NOT DEFERRABLE", strconv.FormatBool(k.Rely), nil}})
			}
		}
	}
	return all, err
}

// exportedKeys are the foreign keys that refer to a place's tables.
func (v *Viewer) exportedKeys(ctx context.Context, in place) (all []row, err error) {
	refers := in.Has
	if in.object != nil {
		o, err := v.Names.Find(ctx, in.object, "TABLE")
		if err != nil {
			return nil, err
		}
		refers = func(t catalog.Name) bool { return t == o.At.Permanent() }
	}
	every, err := v.importedKeys(ctx, place{})
	for _, r := range every {
		of := catalog.NameOf(r.cells[1].(string), r.cells[2].(string), r.cells[3].(string))
		if refers(of) {
			all = append(all, row{of, r.cells})
		}
	}
	return all, err
}
