package catalog

import (
	"encoding/json"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// A Name is the full name of a table, view or sequence, or of what has such a one.
type Name struct{ Database, Schema, Table string }

// String is the name in DuckDB's SQL.
func (t Name) String() string {
	return ducksql.Name(t.Database) + "." + ducksql.Name(t.Schema) + "." + ducksql.Name(t.Table)
}

// Temp is the database where DuckDB keeps a connection's temporary tables. Those
// of a session are called there by the JSON of their full name.
const Temp = "temp"

// Temporary is where a temporary table of that name stands.
func (t Name) Temporary() Name {
	name, err := json.Marshal([]string{t.Database, t.Schema, t.Table})
	if err != nil {
		panic(err) // texts have JSON
	}
	return NameOf(Temp, "main", string(name))
}

// Permanent is the full name behind that of a temporary table.
func (t Name) Permanent() Name {
	var parts []string
	if t.Database != Temp || json.Unmarshal([]byte(t.Table), &parts) != nil || len(parts) != 3 {
		return t
	}
	return NameOf(parts[0], parts[1], parts[2])
}

// Tree is t in a tree.
func (t Name) Tree() *ast.Name {
	var n ast.Name
	for _, p := range []string{t.Database, t.Schema, t.Table} {
		n.Parts = append(n.Parts, ast.Ident{Name: p, Quoted: true})
	}
	return &n
}

// asShown is the full name that users know an object by.
func (t Name) asShown() Name {
	t = t.Permanent()
	if t.Schema == InformationSchema {
		t.Schema = "INFORMATION_SCHEMA"
	}
	return t
}

// NameOf is the full name of those parts.
func NameOf(database, schema, table string) Name {
	return Name{Database: database, Schema: schema, Table: table}
}

// In is the object's name in another schema or database.
func (t Name) In(area Area) Name {
	t.Database = area.Database
	if area.Schema != "" {
		t.Schema = area.Schema
	}
	return t
}
