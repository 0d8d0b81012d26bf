package duckdb_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestInformationSchema reads each view of INFORMATION_SCHEMA.
func TestInformationSchema(t *testing.T) {
	s := session(t, open(t, duckdb.Config{Dir: t.TempDir()}))
	run(t, s,
		`create transient table laps (id int not null autoincrement start 5 increment 2, driver varchar(20) default 'nobody' comment 'who', took number(10, 3),
			v variant, at timestamp_tz, primary key (id), constraint one_lap unique (driver, took)) cluster by (driver) comment = 'all laps'`,
		"create secure view fast (who comment 'the driver') comment = 'quick ones' as select driver from laps",
		"create sequence counter start 10 increment 5 order comment = 'counts'",
		"create function twice(x number, y varchar) returns number comment = 'doubles' as 'x * 2'",
		"create schema kept comment = 'a schema'", "use schema public",
		"create temporary table mine (a int)",
		"create table plain as select 1 as a, 'x'::varchar(3) as b",
		"alter table laps alter column took comment 'seconds'")
	for _, c := range []struct{ sql, want string }{
		{`select table_name, table_type, is_transient, clustering_key, comment, is_temporary, created is not null from information_schema.tables
			where table_schema = 'PUBLIC' order by 1`,
			"FAST|VIEW|NULL|NULL|quick ones|NO|true\nLAPS|BASE TABLE|YES|LINEAR(DRIVER)|all laps|NO|true\nMINE|LOCAL TEMPORARY|NO|NULL|NULL|YES|true\nPLAIN|BASE TABLE|NO|NULL|NULL|NO|true"},
		{`select column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, numeric_precision, numeric_scale, is_identity, comment
			from t.information_schema.columns where table_name = 'LAPS' order by 2`,
			"ID|1|NULL|NO|NUMBER|NULL|38|0|YES|NULL\nDRIVER|2|'nobody'|YES|TEXT|20|NULL|NULL|NO|who\nTOOK|3|NULL|YES|NUMBER|NULL|10|3|NO|seconds\n" +
				"V|4|NULL|YES|VARIANT|NULL|NULL|NULL|NO|NULL\nAT|5|NULL|YES|TIMESTAMP_TZ|NULL|NULL|NULL|NO|NULL"},
		{"select column_name, comment from information_schema.columns where table_name = 'FAST'", "WHO|the driver"},
		{"select table_name, is_secure, comment from information_schema.views", "FAST|YES|quick ones"},
		{"select schema_name, comment from information_schema.schemata order by 1", "INFORMATION_SCHEMA|NULL\nKEPT|a schema\nPUBLIC|NULL"},
		{"select sequence_name, start_value, \"INCREMENT\", ordered, comment from information_schema.sequences", "COUNTER|10|5|YES|counts"},
		{"select function_name, argument_signature, data_type, comment from information_schema.functions", "TWICE|(X NUMBER, Y VARCHAR)|NUMBER(38,0)|doubles"},
		{"select constraint_type, count(*) from information_schema.table_constraints where table_name = 'LAPS' group by 1 order by 1", "PRIMARY KEY|1\nUNIQUE|1"},
		{"select count(*) from information_schema.packages", "0"},
		{"select count(*) from information_schema.databases where database_name = 'T'", "1"},
	} {
		want(t, s, c.sql, c.want)
	}
}
