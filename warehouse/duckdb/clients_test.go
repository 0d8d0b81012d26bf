package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// clientStatements are what clients and tools send between a user's own
// statements, in an order of theirs, with the values that they bind.
var clientStatements = []struct {
	sql  string
	args []any
}{
	{sql: "create schema if not exists T.DBT"},
	{sql: "use schema T.PUBLIC"},
	{sql: "ALTER SESSION SET autocommit=False"},
	{sql: "COMMIT"},
	{sql: "ALTER SESSION SET autocommit=True"},
	{sql: "alter session set query_tag = 'abc'"},
	{sql: "SHOW PARAMETERS LIKE 'QUERY_TAG'"},
	{sql: "alter session unset query_tag"},
	{sql: "use secondary roles all"},
	{sql: "CREATE TEMP STAGE /* by a client */ identifier(?) FILE_FORMAT=(TYPE=PARQUET COMPRESSION=gzip BINARY_AS_TEXT=FALSE)", args: []any{`"SOME_STAGE"`}},
	{sql: "CREATE TEMP FILE FORMAT identifier(?) TYPE=PARQUET COMPRESSION=auto", args: []any{`"SOME_FORMAT"`}},
	{sql: `CREATE TABLE IF NOT EXISTS identifier(?) ("A" NUMBER(38, 0), "B" TEXT, "C" REAL)`, args: []any{`"wp"`}},
	{sql: "DROP TABLE IF EXISTS identifier(?)", args: []any{`"wp2"`}},
	{sql: "ALTER TABLE identifier(?) RENAME TO identifier(?)", args: []any{`"wp"`, `"wp2"`}},
	{sql: "TRUNCATE TABLE identifier(?)", args: []any{`"wp2"`}},
	{sql: `INSERT INTO identifier(?) ("A", "B") VALUES (?, ?)`, args: []any{`"wp2"`, int64(1), "x"}},
	{sql: `SELECT  *  FROM "wp2" where "B" = ?`, args: []any{"x"}},
	{sql: `CREATE  OR  REPLACE  SCOPED TEMPORARY  TABLE TEMP_TABLE("A" BIGINT NOT NULL , "B" STRING NOT NULL )`},
	{sql: `INSERT  INTO TEMP_TABLE("A", "B") VALUES (?, ?)`, args: []any{int64(1), "a"}},
	{sql: `SELECT "A", "B" FROM ( SELECT  *  FROM (TEMP_TABLE))`},
	{sql: `SELECT  *  FROM "T"."PUBLIC"."TEMP_TABLE"`},
	{sql: "DROP  TABLE  If  EXISTS TEMP_TABLE"},
	{sql: `CREATE    TABLE X If  NOT  EXISTS ("GRID" BIGINT, "D" DOUBLE, "KIND" STRING(16777216))`},
	{sql: `INSERT  INTO X ( SELECT 1, 2.0, 'train' AS "KIND") UNION ( SELECT 2, 3.0, 'test')`},
	{sql: "show tables like 'X'"},
	{sql: `SELECT "name" FROM ( SELECT  *  FROM  TABLE ( RESULT_SCAN(LAST_QUERY_ID())))`},
	{sql: "SELECT SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY('3.14', 'schema', '\"PUBLIC\"')"},
	{sql: "explain using text select 1"},

	{sql: "show terse schemas in database T limit 10000"},
	{sql: "show objects in T.DBT limit 10000"},
	{sql: "show user functions in database T"},
	{sql: "create or replace transient table T.DBT.m1 as (select 1 as id, 'a' as name)"},
	{sql: "create or replace view T.DBT.v1 as (select * from T.DBT.m1)"},
	{sql: "create or replace temporary view T.DBT.m1__tmp as (select 2 as id, 'b' as name)"},
	{sql: `merge into T.DBT.m1 as DEST using T.DBT.m1__tmp as SOURCE on (SOURCE.id = DEST.id) when matched then update set "ID" = SOURCE."ID"
		when not matched then insert ("ID", "NAME") values ("ID", "NAME")`},
	{sql: "drop view if exists T.DBT.m1__tmp cascade"},
	{sql: "begin"},
	{sql: "delete from T.DBT.m1 where (id) in (select (id) from T.DBT.v1 where id = 1)"},
	{sql: `insert into T.DBT.m1 ("ID", "NAME") (select "ID", "NAME" from T.DBT.v1)`},
	{sql: "commit"},
	{sql: "describe table T.DBT.m1"},
	{sql: "alter table T.DBT.m1 add column z number(38,0)"},
	{sql: "alter table T.DBT.m1 drop column z"},
	{sql: "alter table T.DBT.m1 rename to T.DBT.m2"},
	{sql: "comment on table T.DBT.m2 IS $$about$$"},
	{sql: `alter table T.DBT.m2 alter "ID" COMMENT $$the key$$, "NAME" COMMENT $$its name$$`},
	{sql: "grant select on T.DBT.m2 to reporter"},
	{sql: "show grants on T.DBT.m2"},
	{sql: "revoke select on T.DBT.m2 from reporter"},
	{sql: "drop table if exists T.DBT.m2 cascade"},
	{sql: "drop schema if exists T.DBT cascade"},
	{sql: `with tables as (select table_catalog, table_schema, table_name, table_type from T.INFORMATION_SCHEMA.TABLES where upper(table_schema) = upper('PUBLIC')),
		columns as (select table_catalog, table_schema, table_name, column_name, ordinal_position, data_type from T.INFORMATION_SCHEMA.COLUMNS)
		select * from tables join columns using (table_catalog, table_schema, table_name) order by ordinal_position`},
	{sql: "show imported keys in account"},
	{sql: "show primary keys in database T"},
	{sql: "show columns in account"},
	{sql: "show procedures in account"},
	{sql: "select current_database(), current_schema(), current_role(), current_warehouse(), current_version(), current_client(), current_available_roles()"},
	{sql: "SELECT * FROM information_schema.packages"},
}

// TestClientStatements answers all of them.
func TestClientStatements(t *testing.T) {
	volume, err := dir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, duckdb.Config{Stages: volume}))
	for _, c := range clientStatements {
		if _, err := rows(t.Context(), s, c.sql, c.args...); err != nil {
			t.Errorf("%s: %v", c.sql, err)
		}
		if _, err := warehouse.Describe(t.Context(), s, "select 1"); err != nil {
			t.Fatal(err)
		}
	}
}
