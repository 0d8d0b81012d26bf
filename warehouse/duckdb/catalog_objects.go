package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// objects are the tables, views and sequences that a user can see, by their
// full names, the session's temporary ones among them.
func (s *session) objects(ctx context.Context) (all []*object, err error) {
	rows, err := s.conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, ''), '', '' from duckdb_tables() where not internal
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, ''), sql, '' from duckdb_views() where not internal
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, ''),
			cast(coalesce(last_value + increment_by, start_value) as varchar), cast(increment_by as varchar) from duckdb_sequences()
		order by 2, 3, 4`)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		o := &object{kind: r[0], at: target{r[1], r[2], r[3]}, meta: readMeta(r[4])}
		if o.kind == "VIEW" && o.meta.Text == "" {
			o.meta.Text = r[5]
		}
		if o.kind == "SEQUENCE" {
			o.next, _ = strconv.ParseInt(r[5], 10, 64)
			o.step, _ = strconv.ParseInt(r[6], 10, 64)
		}
		if name := o.at.permanent(); o.own(name) {
			all = append(all, o)
		}
	}
	return all, nil
}

// own says whether an object is a user's and not the warehouse's own.
func (o *object) own(name target) bool {
	return !hidden(name.database) && !hidden(name.schema) && name.database != tempDatabase && !strings.HasPrefix(name.table, "__AUTO_")
}

// rowCounts are how many rows tables have, as the session sees them.
func (s *session) rowCounts(ctx context.Context, tables []target) (counts []int64, err error) {
	for len(tables) > 0 {
		n := min(len(tables), 100)
		items := make([]string, n)
		for i, t := range tables[:n] {
			items[i] = "cast((select count(*) from " + t.String() + ") as varchar)"
		}
		rows, err := s.conn.Texts(ctx, "select "+strings.Join(items, ", "))
		if err != nil {
			return nil, err
		}
		for _, text := range rows[0] {
			count, _ := strconv.ParseInt(text, 10, 64)
			counts = append(counts, count)
		}
		tables = tables[n:]
	}
	return counts, nil
}

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

// describedColumns are the columns of objects, in their order.
func (s *session) describedColumns(ctx context.Context, objects []*object) (all []describedColumn, err error) {
	known := map[target]*object{}
	for _, o := range objects {
		known[o.at] = o
	}
	where, args := "", []any{}
	if len(objects) == 1 {
		o := objects[0].at
		where, args = " where database_name = ? and schema_name = ? and table_name = ?", []any{o.database, o.schema, o.table}
	}
	rows, err := s.conn.Texts(ctx, `select database_name, schema_name, table_name, column_name, data_type, cast(is_nullable as varchar),
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

// findShown is mustFind that finds the views of INFORMATION_SCHEMA, too.
func (s *session) findShown(ctx context.Context, n *ast.Name, kinds ...string) (*object, error) {
	t, err := s.resolveName(n)
	if err != nil || t.schema != "INFORMATION_SCHEMA" || strings.HasPrefix(t.table, "__") {
		return s.mustFind(ctx, n, kinds...)
	}
	t.schema = informationSchemaName
	o, err := s.lookUp(ctx, t)
	if err == nil && o == nil {
		err = refusal.Missing(titled(kinds[0]), warehouse.FoldIdent(print.SQL(n)))
	}
	return o, err
}

// asShown is the full name that users know an object by.
func (t target) asShown() target {
	t = t.permanent()
	if t.schema == informationSchemaName {
		t.schema = "INFORMATION_SCHEMA"
	}
	return t
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

// describeColumns is DESCRIBE TABLE and DESCRIBE VIEW.
func (s *session) describeColumns(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	kinds := []string{"TABLE", "VIEW"}
	if stmt.Object == "VIEW" {
		kinds = kinds[1:]
	}
	for _, o := range stmt.Options {
		switch word, _ := optionText(o); {
		case o.Key == "TYPE" && strings.EqualFold(word, "COLUMNS"):
		case o.Key == "TYPE" && strings.EqualFold(word, "STAGE"):
			return s.describeStage(ctx, rec, &ast.Location{Kind: ast.TableStage, Name: stmt.Name.Parts})
		default:
			return nil, refusal.BadOption(o, word)
		}
	}
	o, err := s.findShown(ctx, stmt.Name, kinds...)
	if err != nil {
		return nil, err
	}
	columns, err := s.describedColumns(ctx, []*object{o})
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, c := range columns {
		value := c.value
		if c.identity != "" {
			value = c.identity
		}
		rows = append(rows, []any{c.name, c.typ, "COLUMN", yes(c.nullable), orNull(value), yes(o.meta.isKey("PRIMARY KEY", c.name)),
			yes(o.meta.isKey("UNIQUE", c.name)), nil, nil, orNull(c.comment), nil, nil})
	}
	return rec.table(listing.Texts("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment",
		"policy name", "privacy domain"), rows), nil
}
