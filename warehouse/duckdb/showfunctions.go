package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func showUserFunctions(_ context.Context, s *session, in area) ([]shown, error) {
	return showRoutines(s, in, false), nil
}

func showProcedures(_ context.Context, s *session, in area) ([]shown, error) {
	return showRoutines(s, in, true), nil
}

func showRoutines(s *session, in area, procedures bool) (all []shown) {
	for _, f := range append(s.routines(procedures).list(), s.w.routines(procedures).list()...) {
		t := catalog.NameOf(f.Database, f.Schema, f.Name)
		if in.has(t) {
			all = append(all, shown{t, f.shownRow()})
		}
	}
	return all
}

func (f *function) shownRow() []any {
	description := f.Comment
	if description == "" {
		description = "user-defined " + strings.ToLower(f.kind())
	}
	return []any{f.Created, f.Name, f.Schema, "N", "N", "N", int64(f.required()), int64(len(f.Params)), f.arguments(), description, f.Database,
		yes(f.Table != nil), "N", yes(f.Secure), "", "", "N", f.language(), yes(f.Memoizable), "N"}
}

func showFunctions(ctx context.Context, s *session, in area) (all []shown, err error) {
	if all, err = showUserFunctions(ctx, s, in); err != nil {
		return nil, err
	}
	var names []string
	for name := range builtin() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, shown{catalog.NameOf("", "", name), []any{nil, name, "", "Y", "N", "Y", nil, nil, name + "(...)", "a function of Snowflake's", "",
			"N", "N", "N", "", "", "N", "", "N", "N"}})
	}
	return all, nil
}
