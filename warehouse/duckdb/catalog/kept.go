package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// MetaTable is the full name of the table, one in each database, with the columns
// kind, name and meta, in which stands what is known of what has no comment on
// DuckDB: the database itself, its schemas and its functions.
func MetaTable(database string) string {
	return ducksql.Name(database) + "." + InformationSchema + `."__META"`
}

// Keep are the statements that write down what is known of a part of a database,
// in the place of what was. What is known is anything that JSON can say.
func Keep(database, kind, name string, known any) []string {
	text, err := json.Marshal(known)
	if err != nil {
		panic(err) // texts and times have JSON
	}
	return append(Forget(database, kind, name), fmt.Sprintf("insert into %s values (%s, %s, %s)",
		MetaTable(database), ducksql.Text(kind), ducksql.Text(name), ducksql.Text(string(text))))
}

// Forget are the statements that forget it.
func Forget(database, kind, name string) []string {
	return []string{fmt.Sprintf("delete from %s where kind = %s and name = %s", MetaTable(database), ducksql.Text(kind), ducksql.Text(name))}
}

// MetaOf is what is known of a database or a schema, its kind being DATABASE or
// SCHEMA; nothing if nothing was said.
func MetaOf(ctx context.Context, conn *engine.Conn, database, kind, name string) (Meta, error) {
	rows, err := conn.Texts(ctx, "select meta from "+MetaTable(database)+" where kind = ? and name = ?", kind, name)
	if err != nil || len(rows) == 0 {
		return Meta{}, err
	}
	return ReadMeta(rows[0][0]), nil
}

// A Schema is one that a database has.
type Schema struct {
	Name string // as users know it
	Meta Meta
}

// Schemas are those of a database, by their names, INFORMATION_SCHEMA among them.
func Schemas(ctx context.Context, conn *engine.Conn, database string) (all []Schema, err error) {
	rows, err := conn.Texts(ctx, `select schema_name, coalesce(meta, '') from duckdb_schemas()
		left join `+MetaTable(database)+` on kind = 'SCHEMA' and name = schema_name
		where database_name = ? and schema_name <> 'main' order by 1`, database)
	for _, r := range rows {
		s := Schema{Name: r[0], Meta: ReadMeta(r[1])}
		if s.Name == InformationSchema {
			s.Name, s.Meta.Comment = ShownInformationSchema, "Views describing the contents of schemas in this database"
		}
		all = append(all, s)
	}
	return all, err
}
