package infoschema

import (
	"fmt"
	"maps"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// tables are what a database keeps of its own about file formats, stages
// and loads, in the schema of its INFORMATION_SCHEMA: what a transaction does
// to rows and what is kept of it come and go together.
var tables = map[string]string{
	Formats: `schema_name varchar, name varchar, format varchar, comment varchar, created timestamptz`,
	Stages:  `schema_name varchar, name varchar, about varchar, created timestamptz`,
	Altered: `schema_name varchar, table_name varchar, altered timestamptz`,
	Loads: `schema_name varchar, table_name varchar, path varchar, file_name varchar, md5 varchar, file_size bigint, last_modified timestamptz,
		loaded timestamptz, status varchar, row_count bigint, row_parsed bigint, first_error varchar, first_error_line bigint,
		first_error_character bigint, first_error_column varchar, error_count bigint, error_limit bigint, query_id varchar`,
}

// The tables of its own that a database has.
const (
	Formats = "__FILE_FORMATS"
	Stages  = "__STAGES"
	Loads   = "__LOADS"
	Altered = "__ALTERED"
)

// tableViews are the views of INFORMATION_SCHEMA on those. The one verb is the
// database's name as a string literal.
var tableViews = map[string]string{
	"FILE_FORMATS": `select %[1]s as FILE_FORMAT_CATALOG, schema_name as FILE_FORMAT_SCHEMA, name as FILE_FORMAT_NAME, 'SNOWPIT' as FILE_FORMAT_OWNER,
		json_extract_string(format, '$.type') as FILE_FORMAT_TYPE, ` + formatColumns + ` created as CREATED, created as LAST_ALTERED, comment as COMMENT from %[2]s."__FILE_FORMATS"`,
	"STAGES": `select %[1]s as STAGE_CATALOG, schema_name as STAGE_SCHEMA, name as STAGE_NAME, json_extract_string(about, '$.url') as STAGE_URL, null::varchar as STAGE_REGION,
		case when json_extract_string(about, '$.url') is null then 'Internal Named' else 'External Named' end as STAGE_TYPE, 'SNOWPIT' as STAGE_OWNER, json_extract_string(about, '$.comment') as COMMENT,
		created as CREATED, created as LAST_ALTERED from %[2]s."__STAGES"`,
	"LOAD_HISTORY": `select schema_name as SCHEMA_NAME, file_name as FILE_NAME, table_name as TABLE_NAME, loaded as LAST_LOAD_TIME,
		status as STATUS, row_count as ROW_COUNT, row_parsed as ROW_PARSED, first_error as FIRST_ERROR_MESSAGE,
		first_error_line as FIRST_ERROR_LINE_NUMBER, first_error_character as FIRST_ERROR_CHARACTER_POSITION,
		first_error_column as FIRST_ERROR_COL_NAME, error_count as ERROR_COUNT, error_limit as ERROR_LIMIT from %[2]s."__LOADS"`,
}

// formatColumns are the options that the view FILE_FORMATS has, with what holds
// where nobody set them.
var formatColumns = func() (columns string) {
	for _, name := range []string{"RECORD_DELIMITER", "FIELD_DELIMITER", "SKIP_HEADER", "DATE_FORMAT", "TIME_FORMAT", "TIMESTAMP_FORMAT", "BINARY_FORMAT",
		"ESCAPE", "ESCAPE_UNENCLOSED_FIELD", "TRIM_SPACE", "FIELD_OPTIONALLY_ENCLOSED_BY", "NULL_IF", "COMPRESSION", "ERROR_ON_COLUMN_COUNT_MISMATCH"} {
		item := "$.set." + name + "[0]"
		if name == "NULL_IF" {
			item = "$.set." + name
		}
		columns += fmt.Sprintf("coalesce(json_extract_string(format, '%s'), %s) as %s, ", item, formatDefaults(name), name)
	}
	return columns
}()

// formatDefaults is an option's default by a format's type, in DuckDB's SQL.
func formatDefaults(name string) string {
	sql := "case json_extract_string(format, '$.type')"
	for _, typ := range []string{"CSV", "JSON", "PARQUET"} {
		f, err := fileformat.New(typ)
		if err != nil {
			panic(err) // it knows these types
		}
		for _, p := range f.Describe() {
			if p.Name == name {
				sql += " when " + ducksql.Text(typ) + " then " + ducksql.Text(p.Default)
			}
		}
	}
	return sql + " end"
}

// Table is the full name of one of them, in DuckDB's SQL.
func Table(database, table string) string {
	return ducksql.Name(database) + "." + catalog.InformationSchema + "." + ducksql.Name(table)
}

// tableSteps are the statements that make the tables and the views on them.
func tableSteps(database string) (steps []string) {
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		steps = append(steps, "create table if not exists "+Table(database, table)+" ("+tables[table]+")")
	}
	for _, view := range slices.Sorted(maps.Keys(tableViews)) {
		steps = append(steps, fmt.Sprintf("create or replace view %s as ", Table(database, view))+
			fmt.Sprintf(tableViews[view], ducksql.Text(database), ducksql.Name(database)+"."+catalog.InformationSchema))
	}
	return steps
}
