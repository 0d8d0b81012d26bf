package duckdb

import (
	"context"
	"fmt"
)

// informationSchemaName is where a database keeps the views of its
// INFORMATION_SCHEMA, which is a name that DuckDB has taken. translate puts the
// one for the other.
const informationSchemaName = "SNOWPIT_INFORMATION_SCHEMA"

// informationSchema are the views that every database has. DuckDB's own
// information_schema is one for all databases, and its names are lower case.
// The one verb is the database's name as a string literal.
var informationSchema = map[string]string{
	"TABLES": `select database_name as TABLE_CATALOG, schema_name as TABLE_SCHEMA, table_name as TABLE_NAME,
		'SNOWPIT' as TABLE_OWNER, 'BASE TABLE' as TABLE_TYPE, 'NO' as IS_TRANSIENT, 'NO' as IS_TEMPORARY,
		estimated_size as ROW_COUNT, comment as COMMENT
		from duckdb_tables() where database_name = %[1]s and schema_name <> 'SNOWPIT_INFORMATION_SCHEMA'
		union all
		select database_name, schema_name, view_name, 'SNOWPIT', 'VIEW', null, 'NO', null, comment
		from duckdb_views() where database_name = %[1]s and not internal and schema_name <> 'SNOWPIT_INFORMATION_SCHEMA'`,
	"VIEWS": `select database_name as TABLE_CATALOG, schema_name as TABLE_SCHEMA, view_name as TABLE_NAME,
		'SNOWPIT' as TABLE_OWNER, sql as VIEW_DEFINITION, comment as COMMENT
		from duckdb_views() where database_name = %[1]s and not internal and schema_name <> 'SNOWPIT_INFORMATION_SCHEMA'`,
	"SCHEMATA": `select database_name as CATALOG_NAME, schema_name as SCHEMA_NAME, 'SNOWPIT' as SCHEMA_OWNER, comment as COMMENT
		from duckdb_schemas() where database_name = %[1]s and schema_name not in ('main', 'SNOWPIT_INFORMATION_SCHEMA')`,
	"COLUMNS": `select database_name as TABLE_CATALOG, schema_name as TABLE_SCHEMA, table_name as TABLE_NAME,
		column_name as COLUMN_NAME, column_index as ORDINAL_POSITION, column_default as COLUMN_DEFAULT,
		case when is_nullable then 'YES' else 'NO' end as IS_NULLABLE,
		case when regexp_matches(data_type, '^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*)$') then 'NUMBER'
			when data_type in ('DOUBLE', 'FLOAT') then 'FLOAT'
			when data_type = 'VARCHAR' then 'TEXT'
			when data_type = 'BLOB' then 'BINARY'
			when data_type = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ'
			when starts_with(data_type, 'TIMESTAMP') then 'TIMESTAMP_NTZ'
			when data_type in ('BOOLEAN', 'DATE', 'TIME') then data_type
			when data_type = 'JSON' then 'VARIANT'
			when ends_with(data_type, ']') then 'ARRAY'
			when starts_with(data_type, 'STRUCT') or starts_with(data_type, 'MAP') then 'OBJECT'
			else 'TEXT' end as DATA_TYPE,
		case when data_type = 'VARCHAR' then 16777216 end as CHARACTER_MAXIMUM_LENGTH,
		case when starts_with(data_type, 'DECIMAL') then numeric_precision when ends_with(data_type, 'INT') or data_type = 'INTEGER' then 38 end as NUMERIC_PRECISION,
		case when starts_with(data_type, 'DECIMAL') then numeric_scale when ends_with(data_type, 'INT') or data_type = 'INTEGER' then 0 end as NUMERIC_SCALE,
		comment as COMMENT
		from duckdb_columns() where database_name = %[1]s and not internal and schema_name <> 'SNOWPIT_INFORMATION_SCHEMA'`,
}

// furnish gives a database what every Snowflake database has: its schema
// PUBLIC and its INFORMATION_SCHEMA.
func (w *Warehouse) furnish(ctx context.Context, database string) error {
	steps := []string{
		"begin transaction",
		"create schema if not exists " + quoteName(database) + "." + defaultSchema,
		"create schema if not exists " + quoteName(database) + "." + informationSchemaName,
	}
	steps = append(steps, "create table if not exists "+metaTableOf(database)+" (kind varchar, name varchar, meta varchar)")
	for name, query := range informationSchema {
		steps = append(steps, fmt.Sprintf("create or replace view %s.%s.%s as ", quoteName(database), informationSchemaName, name)+
			fmt.Sprintf(query, quoteString(database)))
	}
	steps = append(steps, keeping(database)...)
	for _, sql := range append(steps, "commit") {
		if err := w.admin.exec(ctx, sql); err != nil {
			// The first error is the one that matters.
			_ = w.admin.exec(context.WithoutCancel(ctx), "rollback")
			return err
		}
	}
	return nil
}
