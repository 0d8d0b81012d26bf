package infoschema

import (
	"fmt"
	"maps"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// ofMeta is one member of the JSON in an object's comment.
func ofMeta(comment, member string) string {
	return "case when starts_with(" + comment + ", '" + catalog.MetaPrefix + "') then json_extract_string(" + comment + ", '$." + member + "') end"
}

// retention is the days of DATA_RETENTION_TIME_IN_DAYS, one if nobody said.
func retention(comment string) string {
	return "coalesce(try_cast(" + ofMeta(comment, "retention") + " as bigint), 1)"
}

// shownComment is what users see of an object's comment.
func shownComment(comment string) string {
	return "case when starts_with(" + comment + ", '" + catalog.MetaPrefix + "') then nullif(json_extract_string(" + comment + ", '$.comment'), '') else " + comment + " end"
}

// partsOf are the parts of the full name of what DuckDB calls something else
// among a connection's temporary tables.
func partsOf(name string) string {
	pick := func(i int, otherwise string) string {
		return fmt.Sprintf("case when database_name = 'temp' and starts_with(%[1]s, '[\"') then json_extract_string(%[1]s, '$[%[2]d]') else %[3]s end", name, i, otherwise)
	}
	return pick(0, "database_name") + " as D, " + pick(1, "schema_name") + " as S, " + pick(2, name) + " as N"
}

// ownOf keeps the objects of one database, with the temporary ones in it. The
// verb is the database's name as a string literal.
const ownOf = ` where D = %[1]s and S <> 'SNOWPIT_INFORMATION_SCHEMA' and not starts_with(N, '__AUTO_')`

// ownOfAll is ownOf with the INFORMATION_SCHEMA's own views.
const ownOfAll = ` where D = %[1]s and (S <> 'SNOWPIT_INFORMATION_SCHEMA' or not starts_with(N, '__')) and not starts_with(N, '__AUTO_')`

// views are the views that every database has. DuckDB's own
// information_schema is one for all databases, and its names are lower case.
// The verbs are the database's name, as a string literal and in double quotes.
var views = map[string]string{
	"TABLES": `with o as (select ` + partsOf("table_name") + `, database_name = 'temp' as T, 'BASE TABLE' as K, estimated_size as R, comment as C
			from duckdb_tables() where database_name = 'temp' and starts_with(table_name, '["') or database_name <> 'temp'
		union all select ` + partsOf("view_name") + `, database_name = 'temp', 'VIEW', null, comment
			from duckdb_views() where not internal and (database_name = 'temp' and starts_with(view_name, '["') or database_name <> 'temp'))
		select D as TABLE_CATALOG, S as TABLE_SCHEMA, N as TABLE_NAME, 'SNOWPIT' as TABLE_OWNER,
		case when T and K <> 'VIEW' then 'LOCAL TEMPORARY' else K end as TABLE_TYPE,
		case when K <> 'VIEW' then case when ` + ofMeta("C", "transient") + ` = 'true' then 'YES' else 'NO' end end as IS_TRANSIENT,
		` + ofMeta("C", "cluster") + ` as CLUSTERING_KEY, R as ROW_COUNT, null::bigint as BYTES, case when K <> 'VIEW' then ` + retention("C") + ` end as RETENTION_TIME,
		null::varchar as SELF_REFERENCING_COLUMN_NAME, null::varchar as REFERENCE_GENERATION, null::varchar as USER_DEFINED_TYPE_CATALOG,
		null::varchar as USER_DEFINED_TYPE_SCHEMA, null::varchar as USER_DEFINED_TYPE_NAME,
		case when K = 'VIEW' then 'NO' else 'YES' end as IS_INSERTABLE_INTO, 'YES' as IS_TYPED, null::varchar as COMMIT_ACTION,
		cast(` + ofMeta("C", "created") + ` as timestamptz) as CREATED, cast(` + ofMeta("C", "created") + ` as timestamptz) as LAST_ALTERED,
		cast(` + ofMeta("C", "created") + ` as timestamptz) as LAST_DDL, 'SNOWPIT' as LAST_DDL_BY,
		case when ` + ofMeta("C", "cluster") + ` <> '' then 'YES' else 'NO' end as AUTO_CLUSTERING_ON, ` + shownComment("C") + ` as COMMENT, case when T then 'YES' else 'NO' end as IS_TEMPORARY,
		'NO' as IS_ICEBERG, 'NO' as IS_DYNAMIC, 'NO' as IS_IMMUTABLE, case when ` + ofMeta("C", "hybrid") + ` = 'true' then 'YES' else 'NO' end as IS_HYBRID
		from o` + ownOf,
	"VIEWS": `with o as (select ` + partsOf("view_name") + `, sql as Q, comment as C from duckdb_views() where not internal)
		select D as TABLE_CATALOG, S as TABLE_SCHEMA, N as TABLE_NAME, 'SNOWPIT' as TABLE_OWNER,
		coalesce(` + ofMeta("C", "text") + `, Q) as VIEW_DEFINITION, 'NONE' as CHECK_OPTION, 'NO' as IS_UPDATABLE, 'NO' as INSERTABLE_INTO,
		case when ` + ofMeta("C", "secure") + ` = 'true' then 'YES' else 'NO' end as IS_SECURE,
		cast(` + ofMeta("C", "created") + ` as timestamptz) as CREATED, cast(` + ofMeta("C", "created") + ` as timestamptz) as LAST_ALTERED,
		` + shownComment("C") + ` as COMMENT from o` + ownOf,
	"SCHEMATA": `select database_name as CATALOG_NAME, case when schema_name = 'SNOWPIT_INFORMATION_SCHEMA' then 'INFORMATION_SCHEMA' else schema_name end as SCHEMA_NAME,
		'SNOWPIT' as SCHEMA_OWNER, case when ` + ofMeta("m.meta", "transient") + ` = 'true' then 'YES' else 'NO' end as IS_TRANSIENT,
		'NO' as IS_MANAGED_ACCESS, ` + retention("m.meta") + ` as RETENTION_TIME, null::varchar as DEFAULT_CHARACTER_SET_CATALOG, null::varchar as DEFAULT_CHARACTER_SET_SCHEMA,
		null::varchar as DEFAULT_CHARACTER_SET_NAME, null::varchar as SQL_PATH,
		cast(` + ofMeta("m.meta", "created") + ` as timestamptz) as CREATED, cast(` + ofMeta("m.meta", "created") + ` as timestamptz) as LAST_ALTERED,
		` + shownComment("m.meta") + ` as COMMENT
		from duckdb_schemas() left join %[2]s.SNOWPIT_INFORMATION_SCHEMA."__META" m on m.kind = 'SCHEMA' and m.name = schema_name
		where database_name = %[1]s and schema_name <> 'main'`,
	"DATABASES": `select database_name as DATABASE_NAME, 'SNOWPIT' as DATABASE_OWNER, 'NO' as IS_TRANSIENT, ` + shownComment("m.meta") + ` as COMMENT,
		cast(` + ofMeta("m.meta", "created") + ` as timestamptz) as CREATED, cast(` + ofMeta("m.meta", "created") + ` as timestamptz) as LAST_ALTERED,
		` + retention("m.meta") + ` as RETENTION_TIME, 'STANDARD' as TYPE
		from duckdb_databases() left join %[2]s.SNOWPIT_INFORMATION_SCHEMA."__META" m on m.kind = 'DATABASE' and m.name = database_name
		where not internal and database_name not in ('memory', '__SF')`,
	"COLUMNS": columnsView,
	"SEQUENCES": `select database_name as SEQUENCE_CATALOG, schema_name as SEQUENCE_SCHEMA, sequence_name as SEQUENCE_NAME, 'SNOWPIT' as SEQUENCE_OWNER,
		'NUMBER' as DATA_TYPE, 38 as NUMERIC_PRECISION, 10 as NUMERIC_PRECISION_RADIX, 0 as NUMERIC_SCALE, start_value as START_VALUE,
		null::bigint as MINIMUM_VALUE, null::bigint as MAXIMUM_VALUE, coalesce(last_value + increment_by, start_value) as NEXT_VALUE,
		increment_by as INCREMENT, 'NO' as CYCLE_OPTION, cast(` + ofMeta("comment", "created") + ` as timestamptz) as CREATED,
		cast(` + ofMeta("comment", "created") + ` as timestamptz) as LAST_ALTERED,
		case when ` + ofMeta("comment", "ordered") + ` = 'true' then 'YES' else 'NO' end as ORDERED, ` + shownComment("comment") + ` as COMMENT
		from duckdb_sequences() where database_name = %[1]s and not starts_with(sequence_name, '__AUTO_')`,
	"FUNCTIONS": `select json_extract_string(meta, '$.database') as FUNCTION_CATALOG, json_extract_string(meta, '$.schema') as FUNCTION_SCHEMA,
		json_extract_string(meta, '$.name') as FUNCTION_NAME, 'SNOWPIT' as FUNCTION_OWNER,
		` + argumentSignature + ` as ARGUMENT_SIGNATURE,
		coalesce(json_extract_string(meta, '$.returns'), 'TABLE') as DATA_TYPE,
		try_cast(nullif(regexp_extract(json_extract_string(meta, '$.returns'), '^(VARCHAR|BINARY)\((\d+)\)$', 2), '') as bigint) as CHARACTER_MAXIMUM_LENGTH,
		case when starts_with(json_extract_string(meta, '$.returns'), 'BINARY') then CHARACTER_MAXIMUM_LENGTH else least(4 * CHARACTER_MAXIMUM_LENGTH, 16777216) end as CHARACTER_OCTET_LENGTH,
		try_cast(nullif(regexp_extract(json_extract_string(meta, '$.returns'), '^NUMBER\((\d+),', 1), '') as bigint) as NUMERIC_PRECISION,
		case when NUMERIC_PRECISION is not null then 10 end as NUMERIC_PRECISION_RADIX,
		try_cast(nullif(regexp_extract(json_extract_string(meta, '$.returns'), '^NUMBER\(\d+,\s*(\d+)\)$', 1), '') as bigint) as NUMERIC_SCALE,
		coalesce(json_extract_string(meta, '$.language'), 'SQL') as FUNCTION_LANGUAGE, json_extract_string(meta, '$.body') as FUNCTION_DEFINITION,
		'VOLATILE' as VOLATILITY, 'YES' as IS_NULL_CALL, cast(json_extract_string(meta, '$.created') as timestamptz) as CREATED,
		cast(json_extract_string(meta, '$.created') as timestamptz) as LAST_ALTERED, json_extract_string(meta, '$.comment') as COMMENT,
		'NO' as IS_EXTERNAL, case when json_extract_string(meta, '$.secure') = 'true' then 'YES' else 'NO' end as IS_SECURE
		from %[2]s.SNOWPIT_INFORMATION_SCHEMA."__META" where kind = 'FUNCTION'`,
	"TABLE_CONSTRAINTS": `with o as (select database_name, schema_name, table_name, unnest(from_json(json_extract(case when starts_with(comment, '` + catalog.MetaPrefix + `')
			then comment end, '$.constraints'), '[{"name":"VARCHAR","kind":"VARCHAR","created":"VARCHAR"}]')) as k
			from duckdb_tables() where database_name = %[1]s)
		select database_name as CONSTRAINT_CATALOG, schema_name as CONSTRAINT_SCHEMA, k.name as CONSTRAINT_NAME, database_name as TABLE_CATALOG,
		schema_name as TABLE_SCHEMA, table_name as TABLE_NAME, k.kind as CONSTRAINT_TYPE, 'NO' as IS_DEFERRABLE, 'YES' as INITIALLY_DEFERRED,
		'NO' as ENFORCED, null::varchar as COMMENT, cast(k.created as timestamptz) as CREATED, cast(k.created as timestamptz) as LAST_ALTERED, 'NO' as RELY from o`,
	"PACKAGES": `select ''::varchar as PACKAGE_NAME, ''::varchar as VERSION, ''::varchar as LANGUAGE, ''::varchar as RUNTIME_VERSION where false`,
	"PROCEDURES": `select json_extract_string(meta, '$.database') as PROCEDURE_CATALOG, json_extract_string(meta, '$.schema') as PROCEDURE_SCHEMA,
		json_extract_string(meta, '$.name') as PROCEDURE_NAME, 'SNOWPIT' as PROCEDURE_OWNER, ` + argumentSignature + ` as ARGUMENT_SIGNATURE,
		json_extract_string(meta, '$.returns') as DATA_TYPE, json_extract_string(meta, '$.language') as PROCEDURE_LANGUAGE,
		json_extract_string(meta, '$.body') as PROCEDURE_DEFINITION, cast(json_extract_string(meta, '$.created') as timestamptz) as CREATED,
		cast(json_extract_string(meta, '$.created') as timestamptz) as LAST_ALTERED, json_extract_string(meta, '$.comment') as COMMENT
		from %[2]s.SNOWPIT_INFORMATION_SCHEMA."__META" where kind = 'PROCEDURE'`,
	"INFORMATION_SCHEMA_CATALOG_NAME": `select %[1]s as CATALOG_NAME`,
}

// argumentSignature are the parameters of a function, as its row of __META has
// them.
const argumentSignature = `'(' || coalesce(array_to_string(list_transform(from_json(json_extract(meta, '$.params'), '[{"name":"VARCHAR","type":"VARCHAR"}]'),
			lambda p: p.name || ' ' || split_part(p.type, '(', 1)), ', '), '') || ')'`

// columnsView is the view COLUMNS. A column's type is the one it was declared
// with, where it was, and that of DuckDB's where not.
const columnsView = `with o as (select database_name as dd, schema_name as ds, table_name as dn, comment as m from duckdb_tables()
		union all select database_name, schema_name, view_name, comment from duckdb_views() where not internal),
	c as (select case when database_name = 'temp' and starts_with(table_name, '["') then json_extract_string(table_name, '$[0]') else database_name end as D,
		case when database_name = 'temp' and starts_with(table_name, '["') then json_extract_string(table_name, '$[1]') else schema_name end as S,
		case when database_name = 'temp' and starts_with(table_name, '["') then json_extract_string(table_name, '$[2]') else table_name end as N, *,
		list_filter(from_json(json_extract(case when starts_with(o.m, '` + catalog.MetaPrefix + `') then o.m end, '$.columns'),
			'[{"name":"VARCHAR","type":"VARCHAR","comment":"VARCHAR","default":"VARCHAR","identity":"VARCHAR"}]'), lambda x: x.name = column_name)[1] as k
		from duckdb_columns() join o on database_name = dd and schema_name = ds and table_name = dn where not internal),
	t as (select *, coalesce(k.type, case when regexp_matches(data_type, '^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$') then 'NUMBER(38,0)'
			when starts_with(data_type, 'DECIMAL') then 'NUMBER' || data_type[8:]
			when data_type in ('DOUBLE', 'FLOAT') then 'FLOAT' when data_type = 'BLOB' then 'BINARY(8388608)'
			when data_type = '` + rewrite.FineTime + `' then 'TIME(9)' when data_type = '` + rewrite.FineNaive + `' then 'TIMESTAMP_NTZ(9)'
			when data_type = '` + rewrite.FineLocal + `' then 'TIMESTAMP_LTZ(9)' when data_type in ('` + rewrite.Zoned + `', '` + rewrite.FineZoned + `') then 'TIMESTAMP_TZ(9)' when data_type = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ(9)' when starts_with(data_type, 'TIMESTAMP') then 'TIMESTAMP_NTZ(9)'
			when data_type in ('BOOLEAN', 'DATE') then data_type when starts_with(data_type, 'TIME') then 'TIME(9)'
			when data_type = 'JSON' then 'VARIANT' when ends_with(data_type, ']') then 'ARRAY'
			when starts_with(data_type, 'STRUCT') or starts_with(data_type, 'MAP') then 'OBJECT' else 'VARCHAR(16777216)' end) as y from c)
	select D as TABLE_CATALOG, case when S = 'SNOWPIT_INFORMATION_SCHEMA' then 'INFORMATION_SCHEMA' else S end as TABLE_SCHEMA, N as TABLE_NAME, column_name as COLUMN_NAME, column_index as ORDINAL_POSITION,
	case when k.identity is null then coalesce(k.default, case when k.name is null then column_default end) end as COLUMN_DEFAULT,
	case when is_nullable then 'YES' else 'NO' end as IS_NULLABLE,
	case when starts_with(y, 'VARCHAR') then 'TEXT' else split_part(y, '(', 1) end as DATA_TYPE,
	case when starts_with(y, 'VARCHAR') or starts_with(y, 'BINARY') then cast(regexp_extract(y, '(\d+)', 1) as bigint) end as CHARACTER_MAXIMUM_LENGTH,
	case when starts_with(y, 'VARCHAR') then least(cast(regexp_extract(y, '(\d+)', 1) as bigint) * 4, 16777216)
		when starts_with(y, 'BINARY') then cast(regexp_extract(y, '(\d+)', 1) as bigint) end as CHARACTER_OCTET_LENGTH,
	case when starts_with(y, 'NUMBER') then cast(regexp_extract(y, '(\d+)', 1) as bigint) end as NUMERIC_PRECISION,
	case when starts_with(y, 'NUMBER') then 10 end as NUMERIC_PRECISION_RADIX,
	case when starts_with(y, 'NUMBER') then cast(regexp_extract(y, ',(\d+)', 1) as bigint) end as NUMERIC_SCALE,
	case when starts_with(y, 'TIME') then cast(regexp_extract(y, '(\d+)', 1) as bigint) end as DATETIME_PRECISION,
	null::varchar as INTERVAL_TYPE, null::bigint as INTERVAL_PRECISION, null::varchar as CHARACTER_SET_CATALOG, null::varchar as CHARACTER_SET_SCHEMA,
	null::varchar as CHARACTER_SET_NAME, null::varchar as COLLATION_CATALOG, null::varchar as COLLATION_SCHEMA, null::varchar as COLLATION_NAME,
	null::varchar as DOMAIN_CATALOG, null::varchar as DOMAIN_SCHEMA, null::varchar as DOMAIN_NAME, null::varchar as UDT_CATALOG,
	null::varchar as UDT_SCHEMA, null::varchar as UDT_NAME, null::varchar as SCOPE_CATALOG, null::varchar as SCOPE_SCHEMA, null::varchar as SCOPE_NAME,
	null::bigint as MAXIMUM_CARDINALITY, null::bigint as DTD_IDENTIFIER, 'NO' as IS_SELF_REFERENCING,
	case when k.identity is null then 'NO' else 'YES' end as IS_IDENTITY,
	case when k.identity is not null then 'BY DEFAULT' end as IDENTITY_GENERATION,
	nullif(regexp_extract(k.identity, 'START (-?\d+)', 1), '') as IDENTITY_START,
	nullif(regexp_extract(k.identity, 'INCREMENT (-?\d+)', 1), '') as IDENTITY_INCREMENT,
	null::varchar as IDENTITY_MAXIMUM, null::varchar as IDENTITY_MINIMUM, case when k.identity is not null then 'NO' end as IDENTITY_CYCLE,
	case when k.identity is not null then case when ends_with(k.identity, ' ORDER') then 'YES' else 'NO' end end as IDENTITY_ORDERED,
	null::varchar as SCHEMA_EVOLUTION_RECORD,
	case when k.name is null then comment else nullif(k.comment, '') end as COMMENT
	from t` + ownOfAll

// Furniture are the statements that make what is not there of a database's schema
// PUBLIC, its INFORMATION_SCHEMA and its own tables.
func Furniture(database string) []string {
	steps := []string{
		"create schema if not exists " + ducksql.Name(database) + "." + catalog.DefaultSchema,
		"create schema if not exists " + ducksql.Name(database) + "." + catalog.InformationSchema,
		"create table if not exists " + catalog.MetaTable(database) + " (kind varchar, name varchar, meta varchar)",
	}
	for _, m := range [][2]string{{"DATABASE", database}, {"SCHEMA", catalog.DefaultSchema}} {
		steps = append(steps, fmt.Sprintf("insert into %[1]s select %[2]s, %[3]s, json_object('snowpit', 1, 'created', strftime(now() at time zone 'UTC', '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ')) "+
			"where not exists (from %[1]s where kind = %[2]s and name = %[3]s)", catalog.MetaTable(database), ducksql.Text(m[0]), ducksql.Text(m[1])))
	}
	for _, name := range slices.Sorted(maps.Keys(views)) {
		steps = append(steps, fmt.Sprintf("create or replace view %s.%s.%s as ", ducksql.Name(database), catalog.InformationSchema, name)+
			fmt.Sprintf(views[name]+"%[3]s", ducksql.Text(database), ducksql.Name(database), ""))
	}
	return append(steps, tableSteps(database)...)
}
