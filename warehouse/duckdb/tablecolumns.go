package duckdb

import (
	"context"
	"regexp"
	"strconv"
	"strings"
)

// tableColumn is a column of a table as loading needs it.
type tableColumn struct {
	name     string
	duck     string // its type of DuckDB's
	nullable bool
	length   int // how many characters it takes, 0 for any number
}

// tableColumns are the columns of a table, none if it is not there. The name
// becomes that of the table found: a temporary one comes before one of the
// same name in the schema.
func (s *session) tableColumns(ctx context.Context, name *target) ([]tableColumn, error) {
	cur, err := s.conn.run(ctx, `select column_name, data_type, cast(is_nullable as varchar), database_name, schema_name, table_name
		from duckdb_columns()
		where lower(table_name) = lower(?) and (database_name = 'temp' or lower(database_name) = lower(?) and lower(schema_name) = lower(?))
		order by database_name = 'temp' desc, column_index`, []any{name.table, name.database, name.schema})
	if err != nil {
		return nil, err
	}
	found, err := cur.texts()
	if err != nil || len(found) == 0 {
		return nil, err
	}
	*name = target{found[0][3], found[0][4], found[0][5]}
	lengths, err := s.columnLengths(ctx, *name)
	if err != nil {
		return nil, err
	}
	var columns []tableColumn
	for _, r := range found {
		if r[3] != name.database {
			break
		}
		columns = append(columns, tableColumn{name: r[0], duck: r[1], nullable: r[2] == "true", length: lengths[r[0]]})
	}
	return columns, nil
}

// lengthCheck is the constraint that keeps a VARCHAR(n) to its length.
var lengthCheck = regexp.MustCompile(`(?i)length\((.+)\) <= (\d+)`)

// columnLengths are the lengths of a table's columns of text that have one.
func (s *session) columnLengths(ctx context.Context, name target) (map[string]int, error) {
	cur, err := s.conn.run(ctx, `select expression from duckdb_constraints()
		where constraint_type = 'CHECK' and table_name = ? and database_name = ? and schema_name = ?`,
		[]any{name.table, name.database, name.schema})
	if err != nil {
		return nil, err
	}
	found, err := cur.texts()
	if err != nil {
		return nil, err
	}
	lengths := map[string]int{}
	for _, r := range found {
		if m := lengthCheck.FindStringSubmatch(r[0]); m != nil {
			column := m[1]
			if len(column) > 1 && column[0] == '"' {
				column = strings.ReplaceAll(column[1:len(column)-1], `""`, `"`)
			}
			lengths[column], _ = strconv.Atoi(m[2]) // digits, and few
		}
	}
	return lengths, nil
}
