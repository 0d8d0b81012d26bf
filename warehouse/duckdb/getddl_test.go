package duckdb_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestDDLMakesTheSame runs what GET_DDL gives in another schema: what is there
// then is described the same, and has the same definition.
func TestDDLMakesTheSame(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s,
		`create transient table "Odd name" (id int not null autoincrement start 5 increment 2, "select" varchar(20) default 'it''s' comment 'quoted ''so''',
			n number(10, 3), v variant, at timestamp_tz(3), b binary, primary key (id), constraint once unique ("select", n)) cluster by (id) comment = 'odd'`,
		"create view v as select 1 as one",
		"create sequence sq start 5 increment 3 order comment = 'counts'",
		"create secure function f(x number, y varchar default 'q') returns varchar comment = 'adds' as $$ x || ' ' || y $$",
		"create function tf(x number) returns table (a number, b varchar) as 'select x, \\'b\\''")
	const describe = `describe table "Odd name"`
	ddl, before := want1(t, s, "select get_ddl('schema', 'PUBLIC')"), want1(t, s, describe)
	run(t, s, "create schema copied")
	for _, sql := range strings.Split(ddl, ";\n")[1:] {
		if strings.TrimSpace(sql) != "" {
			run(t, s, sql)
		}
	}
	want(t, s, describe, before)
	if got := want1(t, s, "select get_ddl('schema', 'COPIED')"); got != strings.Replace(ddl, "schema PUBLIC", "schema COPIED", 1) {
		t.Errorf("the copy's definition is\n%s\nwant\n%s", got, ddl)
	}
	want(t, s, "select f(1), a, b, (select one from v), sq.nextval from table(tf(7))", "1 q|7|b|1|5")
	if got := want1(t, s, "select get_ddl('table', 'T.PUBLIC.\"Odd name\"', true)"); !strings.HasPrefix(got, `create or replace TRANSIENT TABLE T.PUBLIC."Odd name" cluster by (ID) (`) {
		t.Error(got)
	}
}
