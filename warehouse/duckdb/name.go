package duckdb

import (
	"encoding/json"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// target is a table's full name.
type target struct{ database, schema, table string }

func (t target) String() string {
	return ducksql.Name(t.database) + "." + ducksql.Name(t.schema) + "." + ducksql.Name(t.table)
}

// tempDatabase is where DuckDB keeps a connection's temporary tables. Those of
// a session are called there by the JSON of their full name.
const tempDatabase = "temp"

// temporary is where a temporary table of that name stands.
func (t target) temporary() target {
	name, err := json.Marshal([]string{t.database, t.schema, t.table})
	if err != nil {
		panic(err) // texts have JSON
	}
	return target{tempDatabase, "main", string(name)}
}

// permanent is the full name behind that of a temporary table.
func (t target) permanent() target {
	var parts []string
	if t.database != tempDatabase || json.Unmarshal([]byte(t.table), &parts) != nil || len(parts) != 3 {
		return t
	}
	return target{parts[0], parts[1], parts[2]}
}

// name is t in a tree.
func (t target) name() *ast.Name {
	var n ast.Name
	for _, p := range []string{t.database, t.schema, t.table} {
		n.Parts = append(n.Parts, ast.Ident{Name: p, Quoted: true})
	}
	return &n
}

// asShown is the full name that users know an object by.
func (t target) asShown() target {
	t = t.permanent()
	if t.schema == informationSchemaName {
		t.schema = "INFORMATION_SCHEMA"
	}
	return t
}
