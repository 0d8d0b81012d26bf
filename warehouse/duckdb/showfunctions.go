package duckdb

import (
	"context"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

func showUserFunctions(_ context.Context, s *session, in area) (all []shown, _ error) {
	for _, f := range append(s.functions.list(), s.w.functions.list()...) {
		t := catalog.NameOf(f.Database, f.Schema, f.Name)
		if in.has(t) {
			all = append(all, shown{t, f.shownRow()})
		}
	}
	return all, nil
}

func (f *function) shownRow() []any {
	description := f.Comment
	if description == "" {
		description = "user-defined function"
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
