package show

import (
	"context"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

func (v *Viewer) stages(ctx context.Context, in place) (all []row, err error) {
	stages, err := v.Own.Stages(ctx)
	for _, s := range stages {
		t := catalog.NameOf(s.Name.Database, s.Name.Schema, s.Name.Stage)
		if in.Has(t) {
			all = append(all, row{t, []any{s.Created.UTC(), t.Table, t.Database, t.Schema, s.URL, listing.YesNo(s.Credentials), "N", owner, s.Comment, nil,
				s.kind(), s.cloud(), nil, listing.OrNull(s.Integration), nil, "ROLE", listing.YesNo(s.Directory)}})
		}
	}
	return all, err
}

// kind is the column type.
func (s *Stage) kind() string {
	kind := "INTERNAL"
	if s.URL != "" {
		kind = "EXTERNAL"
	}
	if s.Temporary {
		kind += " TEMPORARY"
	}
	return kind
}

// cloud is where an external stage is, nil for another.
func (s *Stage) cloud() any {
	u, ok := stage.ParseURL(s.URL)
	switch {
	case !ok:
		return nil
	case u.Scheme == "gcs":
		return "GCP"
	case u.Scheme == "azure":
		return "AZURE"
	}
	return "AWS"
}

func (v *Viewer) formats(ctx context.Context, in place) (all []row, err error) {
	formats, err := v.Own.Formats(ctx)
	for _, f := range formats {
		t := catalog.NameOf(f.Name.Database, f.Name.Schema, f.Name.Stage)
		if in.Has(t) {
			all = append(all, row{t, []any{f.Created, t.Table, t.Database, t.Schema, f.Format.Type(), owner, f.Comment, f.Format.Options(), "ROLE"}})
		}
	}
	return all, err
}
