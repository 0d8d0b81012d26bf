package show

import (
	"context"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A place is where SHOW looks, or the one table or view that it names.
type place struct {
	catalog.Area
	object    *ast.Name
	warehouse string
	of        string // the kind of what SHOW PARAMETERS is about; "" for the session
}

// place is where a statement looks: in the current schema if it does not say.
func (v *Viewer) place(ctx context.Context, stmt *ast.Show) (in place, err error) {
	in.Area = v.Here
	if stmt.Object == "SCHEMAS" || strings.HasSuffix(stmt.Object, "FUNCTIONS") || strings.HasSuffix(stmt.Object, "PROCEDURES") {
		in.Schema = ""
	}
	if stmt.Object == "DATABASES" || stmt.Where == nil {
		return in, nil
	}
	name := parts(stmt.Where.Name)
	switch object := stmt.Where.Object; {
	case stmt.Object == "PARAMETERS":
		return v.parameterPlace(ctx, in, stmt, name)
	case object == "ACCOUNT":
		return place{}, nil
	case ofTable(stmt.Object) && (object == "TABLE" || object == "VIEW") || object == "" && (stmt.Object == "COLUMNS" || strings.HasSuffix(stmt.Object, "KEYS")):
		in.object = stmt.Where.Name
		return in, nil
	case object == "DATABASE" || object == "" && stmt.Object == "SCHEMAS" || object == "SCHEMA" && stmt.Object == "SCHEMAS":
		in.Schema = ""
		if len(name) > 0 {
			in.Database = name[len(name)-1]
		}
		if !v.hasDatabase(in.Database) {
			return in, refusal.NotUsable(in.Database)
		}
		return in, nil
	case object == "SCHEMA" || object == "":
		return v.schemaPlace(ctx, in, stmt, name)
	}
	return in, refusal.Unsupported("SHOW " + stmt.Object + " " + stmt.Where.Preposition + " " + stmt.Where.Object)
}

// ofTable says whether there is such a thing in a table.
func ofTable(kind string) bool {
	return kind == "COLUMNS" || kind == "INDEXES" || strings.HasSuffix(kind, "KEYS")
}

func (v *Viewer) schemaPlace(ctx context.Context, in place, stmt *ast.Show, name []string) (place, error) {
	switch len(name) {
	case 0:
		in.Schema = v.Here.Schema
		return in, nil
	case 1:
		in.Schema = name[0]
	case 2:
		in.Database, in.Schema = name[0], name[1]
	default:
		return in, refusal.Unsupported("SHOW " + stmt.Object + " in such a place")
	}
	if in.Schema == catalog.ShownInformationSchema {
		in.Schema = catalog.InformationSchema
	}
	return in, v.Names.CheckSchema(ctx, in.Database, in.Schema)
}

func (v *Viewer) hasDatabase(name string) bool {
	return slices.Contains(v.Databases, name)
}

// parts are a name's parts; none if the name is made at run time.
func parts(n *ast.Name) []string {
	if n == nil {
		return nil
	}
	return ast.Names(n.Parts)
}
