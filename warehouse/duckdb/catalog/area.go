package catalog

import (
	"context"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// An Area is a schema; a database, if Schema is ""; or, if both are, all there is.
type Area struct{ Database, Schema string }

// Has says whether a name is in the area.
func (a Area) Has(t Name) bool {
	return (a.Database == "" || t.Database == a.Database) && (a.Schema == "" || t.Schema == a.Schema)
}

// String is the full name of a schema or a database in DuckDB's SQL.
func (a Area) String() string {
	if a.Schema == "" {
		return ducksql.Name(a.Database)
	}
	return ducksql.Name(a.Database) + "." + ducksql.Name(a.Schema)
}

// In are the objects of some kinds in an area, as [Objects] has them.
func In(ctx context.Context, conn *engine.Conn, area Area, kinds ...string) ([]*Object, error) {
	all, err := Objects(ctx, conn)
	return slices.DeleteFunc(all, func(o *Object) bool { return !slices.Contains(kinds, o.Kind) || !area.Has(o.At.Permanent()) }), err
}
