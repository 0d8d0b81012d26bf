package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A describedColumn is a column of a table or view as DESCRIBE and SHOW have it.
type describedColumn struct {
	of       target
	name     string
	typ      string // as DESCRIBE has it
	nullable bool
	value    string // its default
	identity string
	comment  string
}

// declared puts what was said of a column before what DuckDB has.
func (c *describedColumn) declared(m columnMeta) {
	if m.Type != "" {
		c.typ = m.Type
	}
	c.value, c.identity = m.Default, m.Identity
	if m.Comment != "" {
		c.comment = m.Comment
	}
}

// typeJSON is a column's type as SHOW COLUMNS has it.
func (c *describedColumn) typeJSON() string {
	name, args, _ := strings.Cut(strings.TrimSuffix(c.typ, ")"), "(")
	var first, second int
	if args != "" {
		_, err := fmt.Sscanf(args, "%d,%d", &first, &second)
		if err != nil {
			first, _ = strconv.Atoi(args)
		}
	}
	switch warehouse.Type(name) {
	case warehouse.Number:
		return fmt.Sprintf(`{"type":"FIXED","precision":%d,"scale":%d,"nullable":%t}`, first, second, c.nullable)
	case warehouse.Varchar:
		return fmt.Sprintf(`{"type":"TEXT","length":%d,"byteLength":%d,"nullable":%t,"fixed":false}`, first, min(4*first, 16777216), c.nullable)
	case warehouse.Binary:
		return fmt.Sprintf(`{"type":"BINARY","length":%d,"byteLength":%d,"nullable":%t,"fixed":true}`, first, first, c.nullable)
	case warehouse.Float:
		return fmt.Sprintf(`{"type":"REAL","nullable":%t}`, c.nullable)
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return fmt.Sprintf(`{"type":"%s","precision":0,"scale":%d,"nullable":%t}`, name, first, c.nullable)
	}
	return fmt.Sprintf(`{"type":"%s","nullable":%t}`, name, c.nullable)
}

// shownColumns are the columns of objects, in their order.
func shownColumns(ctx context.Context, conn *engine.Conn, objects []*object) (all []describedColumn, err error) {
	known := map[target]*object{}
	for _, o := range objects {
		known[o.at] = o
	}
	where, args := "", []any{}
	if len(objects) == 1 {
		o := objects[0].at
		where, args = " where database_name = ? and schema_name = ? and table_name = ?", []any{o.database, o.schema, o.table}
	}
	rows, err := conn.Texts(ctx, `select database_name, schema_name, table_name, column_name, data_type, cast(is_nullable as varchar),
		coalesce(column_default, ''), coalesce(comment, '') from duckdb_columns()`+where+` order by 1, 2, 3, column_index`, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o := known[target{r[0], r[1], r[2]}]
		if o == nil {
			continue
		}
		c := describedColumn{of: o.at.asShown(), name: r[3], typ: ducksql.SnowflakeType(r[4]), nullable: r[5] == "true", value: r[6], comment: r[7]}
		for _, m := range o.meta.Columns {
			if m.Name == c.name {
				c.declared(m)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// isKey says whether a column is part of a constraint of a kind.
func (m *meta) isKey(kind, column string) bool {
	for _, k := range m.Constraints {
		for _, c := range k.Columns {
			if k.Kind == kind && c == column {
				return true
			}
		}
	}
	return false
}
