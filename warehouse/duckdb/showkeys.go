package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func showKeys(kind string) func(context.Context, *session, area) ([]shown, error) {
	return func(ctx context.Context, s *session, in area) (all []shown, err error) {
		objects, err := s.objectsIn(ctx, in, "TABLE")
		for _, o := range objects {
			t := o.At.Permanent()
			for _, k := range o.Meta.Constraints {
				for i, c := range k.Columns {
					if k.Kind == kind {
						all = append(all, shown{t, []any{k.Created, t.Database, t.Schema, t.Table, c, int64(i + 1), k.Name, "false", nil}})
					}
				}
			}
		}
		return all, err
	}
}

func showImportedKeys(ctx context.Context, s *session, in area) (all []shown, err error) {
	objects, err := s.objectsIn(ctx, in, "TABLE")
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
				all = append(all, shown{t, []any{k.Created, k.References[0], k.References[1], k.References[2], primary, t.Database, t.Schema, t.Table, c,
					int64(i + 1), "NO ACTION", "NO ACTION", k.Name, nil, "NOT DEFERRABLE", "false", nil}})
			}
		}
	}
	return all, err
}

// showExportedKeys are the foreign keys that refer to a place's tables.
func showExportedKeys(ctx context.Context, s *session, in area) (all []shown, err error) {
	refers := in.has
	if in.object != nil {
		o, err := s.mustFind(ctx, in.object, "TABLE")
		if err != nil {
			return nil, err
		}
		refers = func(t catalog.Name) bool { return t == o.At.Permanent() }
	}
	every, err := showImportedKeys(ctx, s, area{})
	for _, r := range every {
		of := catalog.NameOf(r.row[1].(string), r.row[2].(string), r.row[3].(string))
		if refers(of) {
			all = append(all, shown{of, r.row})
		}
	}
	return all, err
}
