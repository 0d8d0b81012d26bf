package show

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

func (v *Viewer) userFunctions(_ context.Context, in place) ([]row, error) {
	return v.routines(in, false), nil
}

func (v *Viewer) procedures(_ context.Context, in place) ([]row, error) {
	return v.routines(in, true), nil
}

func (v *Viewer) routines(in place, procedures bool) (all []row) {
	for _, r := range v.Own.Routines(procedures) {
		if in.Has(r.At()) {
			all = append(all, row{r.At(), routineCells(r)})
		}
	}
	return all
}

func routineCells(r *routine.Routine) []any {
	description := r.Comment
	if description == "" {
		description = "user-defined " + strings.ToLower(r.Kind())
	}
	yes := listing.YesNo
	return []any{r.Created, r.Name, r.Schema, "N", "N", "N", int64(r.Required()), int64(len(r.Params)), r.Arguments(), description, r.Database,
		yes(r.Table != nil), "N", yes(r.Secure), "", "", "N", r.LanguageName(), yes(r.Memoizable), "N"}
}

func (v *Viewer) functions(_ context.Context, in place) (all []row, err error) {
	all = v.routines(in, false)
	for _, f := range rewrite.Functions() {
		all = append(all, row{catalog.NameOf("", "", f.Name), []any{nil, f.Name, "", "Y", "N", "Y", nil, nil, f.Name + "(...)", "a function of Snowflake's", "",
			"N", "N", "N", "", "", "N", "", "N", "N"}})
	}
	return all, nil
}
