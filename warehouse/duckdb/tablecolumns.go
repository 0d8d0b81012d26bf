package duckdb

import (
	"context"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// tableColumns are the columns of a table, none if it is not there. The name
// becomes that of the table found: a temporary one comes before one of the
// same name in the schema.
func (s *session) tableColumns(ctx context.Context, name *catalog.Name) ([]ducksql.Column, error) {
	found, err := s.conn.Texts(ctx, `select column_name, data_type, cast(is_nullable as varchar), database_name, schema_name, table_name
		from duckdb_columns()
		where lower(table_name) = lower(?) and (database_name = 'temp' or lower(database_name) = lower(?) and lower(schema_name) = lower(?))
		order by database_name = 'temp' desc, column_index`, name.Table, name.Database, name.Schema)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	*name = catalog.NameOf(found[0][3], found[0][4], found[0][5])
	lengths, err := s.columnLengths(ctx, *name)
	if err != nil {
		return nil, err
	}
	ticks, err := s.columnTicks(ctx, *name)
	if err != nil {
		return nil, err
	}
	var columns []ducksql.Column
	for _, r := range found {
		if r[3] != name.Database {
			break
		}
		columns = append(columns, ducksql.Column{Name: r[0], Type: r[1], Nullable: r[2] == "true", Length: lengths[r[0]], Ticks: ticks[r[0]], Six: ticks[r[0]] > 0})
	}
	return columns, s.declaredSix(ctx, *name, columns)
}

// declaredSix notes the columns that were declared with six digits of a second.
func (s *session) declaredSix(ctx context.Context, name catalog.Name, columns []ducksql.Column) error {
	if !s.fine {
		return nil
	}
	o, err := s.lookUp(ctx, name)
	if err != nil || o == nil {
		return err
	}
	for i := range columns {
		if t, err := parse.Type(o.Meta.Column(columns[i].Name).Type); err == nil {
			columns[i].Six = !types.Of(t).MayBeFine()
		}
	}
	return nil
}

// columnLengths are the lengths of a table's columns of text that have one.
func (s *session) columnLengths(ctx context.Context, name catalog.Name) (map[string]int, error) {
	found, err := s.conn.Texts(ctx, `select expression from duckdb_constraints()
		where constraint_type = 'CHECK' and table_name = ? and database_name = ? and schema_name = ?`, name.Table, name.Database, name.Schema)
	if err != nil {
		return nil, err
	}
	lengths := map[string]int{}
	for _, r := range found {
		if column, length, ok := ducksql.CheckedLength(r[0]); ok {
			if len(column) > 1 && column[0] == '"' {
				column = strings.ReplaceAll(column[1:len(column)-1], `""`, `"`)
			}
			lengths[column], _ = strconv.Atoi(length) // digits, and few
		}
	}
	return lengths, nil
}

// columnTicks are the microseconds between the times of a table's columns that
// have fewer digits than DuckDB keeps.
func (s *session) columnTicks(ctx context.Context, name catalog.Name) (map[string]int, error) {
	if !s.w.narrow.Load() {
		return nil, nil
	}
	o, err := s.lookUp(ctx, name)
	if err != nil || o == nil {
		return nil, err
	}
	ticks := map[string]int{}
	for _, c := range o.Meta.Columns {
		if !narrowText.MatchString(c.Type) {
			continue
		}
		t, err := parse.Type(c.Type)
		if err != nil {
			return nil, err
		}
		ticks[c.Name] = 1
		for range ducksql.StoredDigits - types.Of(t).Precision {
			ticks[c.Name] *= 10
		}
	}
	return ticks, nil
}
