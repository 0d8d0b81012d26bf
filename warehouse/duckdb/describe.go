package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// snowflakeType is how DESCRIBE spells a type of DuckDB's.
func snowflakeType(duck string) string {
	args, isDecimal := strings.CutPrefix(duck, "DECIMAL")
	switch {
	case isDecimal:
		return "NUMBER" + args
	case strings.HasSuffix(duck, "INT"), duck == "INTEGER":
		return "NUMBER(38,0)"
	case duck == "DOUBLE", duck == "FLOAT":
		return "FLOAT"
	case duck == "BLOB":
		return "BINARY(8388608)"
	case duck == "BOOLEAN", duck == "DATE":
		return duck
	case duck == "TIME":
		return "TIME(9)"
	case duck == "TIMESTAMP WITH TIME ZONE":
		return "TIMESTAMP_LTZ(9)"
	case strings.HasPrefix(duck, "TIMESTAMP"):
		return "TIMESTAMP_NTZ(9)"
	case duck == "JSON":
		return "VARIANT"
	case strings.HasSuffix(duck, "]"):
		return "ARRAY"
	case strings.HasPrefix(duck, "STRUCT"), strings.HasPrefix(duck, "MAP"):
		return "OBJECT"
	}
	return "VARCHAR(16777216)"
}

// describe is DESCRIBE TABLE and DESCRIBE VIEW.
func (s *session) describe(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	switch {
	case stmt.Object == "FILE FORMAT" && stmt.Name != nil:
		return s.describeFormat(ctx, rec, stmt)
	case stmt.Object == "STAGE" && stmt.Name != nil:
		return s.describeStage(ctx, rec, stmt)
	}
	if stmt.Object != "TABLE" && stmt.Object != "VIEW" && stmt.Object != "" || stmt.Name == nil || len(stmt.Options) > 0 {
		return nil, unsupported("DESCRIBE " + stmt.Object + " of this form")
	}
	name, err := s.resolve(print.SQL(stmt.Name))
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.run(ctx, `select column_name, data_type, case when is_nullable then 'Y' else 'N' end, coalesce(column_default, ''), coalesce(comment, '')
		from duckdb_columns() where (database_name ilike ? or database_name = 'temp') and (schema_name ilike ? or database_name = 'temp') and table_name ilike ?
		order by database_name = 'temp' desc, column_index`, []any{name.database, name.schema, name.table})
	if err != nil {
		return nil, err
	}
	found, err := cur.texts()
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, notExist(print.SQL(stmt.Name), nil)
	}
	var rows [][]any
	for _, c := range found {
		rows = append(rows, []any{c[0], snowflakeType(c[1]), "COLUMN", c[2], orNull(c[3]), "N", "N", nil, nil, orNull(c[4]), nil, nil})
	}
	return rec.table(texts("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment",
		"policy name", "privacy domain"), rows), nil
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// A listing is one kind of SHOW: the query gives database, schema and name
// first, then what the row wants of it.
type listing struct {
	columns string
	query   string
	row     func(s *session, r []string) []any
}

// listings are the kinds of SHOW that the catalog answers. DuckDB does not know
// when an object was made.
var listings = map[string]listing{
	"TABLES": {
		"created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time owner_role_type",
		"select database_name, schema_name, table_name, case when temporary then 'TEMPORARY' else 'TABLE' end, cast(estimated_size as varchar), coalesce(comment, '') from duckdb_tables() where not internal",
		func(_ *session, r []string) []any {
			return []any{nil, r[2], r[0], r[1], r[3], r[5], "", r[4], nil, "SNOWPIT", "1", "ROLE"}
		},
	},
	"VIEWS": {
		"created_on name reserved database_name schema_name owner comment text is_secure is_materialized owner_role_type",
		"select database_name, schema_name, view_name, sql, coalesce(comment, '') from duckdb_views() where not internal",
		func(_ *session, r []string) []any {
			return []any{nil, r[2], "", r[0], r[1], "SNOWPIT", r[4], r[3], "false", "false", "ROLE"}
		},
	},
	"OBJECTS": {
		"created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time owner_role_type",
		`select database_name, schema_name, table_name, 'TABLE', cast(estimated_size as varchar), coalesce(comment, '') from duckdb_tables() where not internal
		union all select database_name, schema_name, view_name, 'VIEW', '', coalesce(comment, '') from duckdb_views() where not internal`,
		func(_ *session, r []string) []any {
			return []any{nil, r[2], r[0], r[1], r[3], r[5], "", orNull(r[4]), nil, "SNOWPIT", "1", "ROLE"}
		},
	},
	"SCHEMAS": {
		"created_on name is_default is_current database_name owner comment options retention_time owner_role_type",
		"select database_name, '', schema_name from duckdb_schemas() where schema_name <> 'main'",
		func(s *session, r []string) []any {
			return []any{nil, r[2], "N", yes(r[0] == s.database && r[2] == s.schema), r[0], "SNOWPIT", "", "", "1", "ROLE"}
		},
	},
	"DATABASES": {
		"created_on name is_default is_current origin owner comment options retention_time kind",
		"select '', '', database_name from duckdb_databases() where not internal",
		func(s *session, r []string) []any {
			return []any{nil, r[2], "N", yes(r[2] == s.database), "", "SNOWPIT", "", "", "1", "STANDARD"}
		},
	},
}

func yes(b bool) string { return map[bool]string{true: "Y", false: "N"}[b] }

// list answers SHOW from the catalog.
func (s *session) list(ctx context.Context, rec *record, stmt *ast.Show, l listing) (*warehouse.Result, error) {
	if stmt.From != nil || stmt.History {
		return nil, unsupported("SHOW … HISTORY and LIMIT … FROM")
	}
	database, schema, err := s.scope(stmt)
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.run(ctx, l.query+" order by 1, 2, 3", nil)
	if err != nil {
		return nil, err
	}
	found, err := cur.texts()
	if err != nil {
		return nil, err
	}
	limit := -1
	if n, ok := stmt.Limit.(*ast.Number); ok {
		fmt.Sscan(n.Text, &limit)
	}
	matches := func(string) bool { return true }
	if stmt.Like != nil {
		matches = likePattern(stmt.Like.Value)
	}
	var rows [][]any
	for _, r := range found {
		own := hidden(r[0]) || hidden(r[1]) || hidden(r[2])
		outside := database != "" && r[0] != "" && !strings.EqualFold(r[0], database) || schema != "" && r[1] != "" && !strings.EqualFold(r[1], schema)
		if own || outside || !matches(r[2]) || stmt.Starts != nil && !strings.HasPrefix(r[2], stmt.Starts.Value) || len(rows) == limit {
			continue
		}
		rows = append(rows, l.row(s, r))
	}
	return rec.table(texts(strings.Fields(l.columns)...), rows), nil
}

// hidden are the names of what is the warehouse's own.
func hidden(name string) bool {
	return name == "__SF" || name == informationSchemaName || name == "memory" || name == "system" || name == draftName
}

// scope is the database and schema that SHOW is about, "" for all.
func (s *session) scope(stmt *ast.Show) (database, schema string, err error) {
	if stmt.Where == nil {
		if stmt.Object == "SCHEMAS" {
			return s.database, "", nil
		}
		return s.database, s.schema, nil
	}
	name := parts(stmt.Where.Name)
	switch object := stmt.Where.Object; {
	case object == "ACCOUNT":
		return "", "", nil
	case object == "DATABASE" && len(name) == 0, object == "SCHEMA" && len(name) == 0 && stmt.Object == "SCHEMAS":
		return s.database, "", nil
	case object == "DATABASE" && len(name) == 1, stmt.Object == "SCHEMAS" && len(name) == 1:
		return name[0], "", nil
	case object == "SCHEMA" && len(name) == 0:
		return s.database, s.schema, nil
	case len(name) == 1:
		return s.database, name[0], nil
	case len(name) == 2:
		return name[0], name[1], nil
	}
	return "", "", unsupported("SHOW in such a place")
}
