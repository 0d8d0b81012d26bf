package catalog

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A Column is a column of a table or view as DESCRIBE and SHOW have it.
type Column struct {
	Of       Name
	Name     string
	Type     string // as DESCRIBE has it
	Nullable bool
	Default  string // in Snowflake's SQL where it was said so, else in DuckDB's
	Identity string
	Comment  string
}

// declared puts what was said of a column before what DuckDB has.
func (c *Column) declared(m ColumnMeta) {
	if m.Type != "" {
		c.Type = m.Type
	}
	c.Default, c.Identity = m.Default, m.Identity
	if m.Comment != "" {
		c.Comment = m.Comment
	}
}

// TypeJSON is a column's type as SHOW COLUMNS has it.
func (c *Column) TypeJSON() string {
	name, args, _ := strings.Cut(strings.TrimSuffix(c.Type, ")"), "(")
	var first, second int
	if args != "" {
		_, err := fmt.Sscanf(args, "%d,%d", &first, &second)
		if err != nil {
			first, _ = strconv.Atoi(args)
		}
	}
	switch warehouse.Type(name) {
	case warehouse.Number:
		return fmt.Sprintf(`{"type":"FIXED","precision":%d,"scale":%d,"nullable":%t}`, first, second, c.Nullable)
	case warehouse.Varchar:
		return fmt.Sprintf(`{"type":"TEXT","length":%d,"byteLength":%d,"nullable":%t,"fixed":false}`, first, min(4*first, 16777216), c.Nullable)
	case warehouse.Binary:
		return fmt.Sprintf(`{"type":"BINARY","length":%d,"byteLength":%d,"nullable":%t,"fixed":true}`, first, first, c.Nullable)
	case warehouse.Float:
		return fmt.Sprintf(`{"type":"REAL","nullable":%t}`, c.Nullable)
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return fmt.Sprintf(`{"type":"%s","precision":0,"scale":%d,"nullable":%t}`, name, first, c.Nullable)
	}
	return fmt.Sprintf(`{"type":"%s","nullable":%t}`, name, c.Nullable)
}

// Columns are the columns of objects, in their order.
func Columns(ctx context.Context, conn *engine.Conn, objects []*Object) (all []Column, err error) {
	known := map[Name]*Object{}
	for _, o := range objects {
		known[o.At] = o
	}
	where, args := "", []any{}
	if len(objects) == 1 {
		o := objects[0].At
		where, args = " where database_name = ? and schema_name = ? and table_name = ?", []any{o.Database, o.Schema, o.Table}
	}
	rows, err := conn.Texts(ctx, `select database_name, schema_name, table_name, column_name, data_type, cast(is_nullable as varchar),
		coalesce(column_default, ''), coalesce(comment, '') from duckdb_columns()`+where+` order by 1, 2, 3, column_index`, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o := known[NameOf(r[0], r[1], r[2])]
		if o == nil {
			continue
		}
		c := Column{Of: o.At.asShown(), Name: r[3], Type: ducksql.SnowflakeType(r[4]), Nullable: r[5] == "true", Default: r[6], Comment: r[7]}
		for _, m := range o.Meta.Columns {
			if m.Name == c.Name {
				c.declared(m)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// IsKey says whether a column is part of a constraint of a kind.
func (m *Meta) IsKey(kind, column string) bool {
	for _, k := range m.Constraints {
		for _, c := range k.Columns {
			if k.Kind == kind && c == column {
				return true
			}
		}
	}
	return false
}
