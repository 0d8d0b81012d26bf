package duckdb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// refusedWith runs sql, which must be refused with that number.
func refusedWith(t *testing.T, s warehouse.Session, sql string, code int) {
	t.Helper()
	_, err := rows(t.Context(), s, sql)
	var e *warehouse.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%s: error %v, want number %d", sql, err, code)
	}
}

// failures are statements that fail while they run, each in another way.
var failures = map[string]int{
	"select cast(v as int) from (values ('1'), ('x')) as s (v)":                                   100038,
	"insert into t (id) select cast(v as int) from (values ('1'), ('x')) as s (v)":                100038,
	"insert into t (id, name) values (null, 'x')":                                                 100072,
	"update t set name = 'far too long' where id = 1":                                             100078,
	"update t set id = null":                                                                      100072,
	"delete from t where 1 / (id - 1) > 0":                                                        100051,
	"insert into t (id, name) select column1, column2 from values (8, 'ok'), (9, 'far too long')": 100078,
}

// TestFailureKeepsTransaction breaks a statement in a transaction in many ways:
// what was done before is there, what is done after works.
func TestFailureKeepsTransaction(t *testing.T) {
	for bad, code := range failures {
		t.Run(bad, func(t *testing.T) {
			w := open(t, duckdb.Config{})
			s, other := session(t, w), session(t, w)
			run(t, s, "create table t (id int not null, name varchar(5), n int autoincrement, at timestamp_ltz default current_timestamp(), v variant)",
				"insert into t (id, name) values (1, 'one'), (2, 'two'), (3, 'three')",
				"begin",
				"insert into t (id, name) values (4, 'four')",
				"update t set name = 'uno' where id = 1",
				"delete from t where id = 2",
				"update t set name = 'vier' where id = 4",
				"insert into t (id, name, v) select 5, 'five', parse_json('{\"a\": [1, 2]}')")
			const inside = "1|uno|1\n3|three|3\n4|vier|4\n5|five|5"
			const query = "select id, name, n from t order by id"
			want(t, s, query, inside)
			for range 2 {
				refusedWith(t, s, bad, code)
				want(t, s, query, inside)
			}
			want(t, s, "select v:a[1] from t where id = 5", "2")
			want(t, other, query, "1|one|1\n2|two|2\n3|three|3")
			run(t, s, "insert into t (id, name) values (6, 'six')")
			refusedWith(t, s, bad, code)
			run(t, s, "commit")
			want(t, other, "select count(*), count(at), sum(id) from t", "5|5|19")
		})
	}
}

// TestFailureThenRollback rolls back what was made anew.
func TestFailureThenRollback(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (id int)", "begin", "insert into t values (1)")
	refusedWith(t, s, "select cast('x' as int)", 100038)
	run(t, s, "rollback")
	want(t, s, "select count(*) from t", "0")
	run(t, s, "begin", "insert into t values (1)")
	refusedWith(t, s, "select cast('x' as int)", 100038)
	run(t, s, "commit")
	want(t, s, "select count(*) from t", "1")
}

// TestFailureBesideCommit fails in a transaction that changed rows by their
// place while another session committed: the transaction is lost and says so.
func TestFailureBesideCommit(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int)", "create table u (id int)", "insert into t values (1), (2)", "begin", "delete from t where id = 1")
	run(t, other, "insert into u values (7)")
	refusedWith(t, s, "select cast('x' as int)", 100038)
	refusedWith(t, s, "insert into t values (3)", 2019)
	want(t, s, "select id from t order by id", "1\n2")

	run(t, s, "begin", "insert into t values (4)")
	run(t, other, "insert into u values (8)")
	refusedWith(t, s, "select cast('x' as int)", 100038)
	run(t, s, "commit")
	want(t, other, "select id from t order by id", "1\n2\n4")
}

// TestDefinitionCommits shows that a definition ends the transaction before it.
func TestDefinitionCommits(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int)", "begin", "insert into t values (1)", "create table u (id int)")
	want(t, other, "select id from t", "1")
	run(t, s, "rollback")
	want(t, s, "select (select count(*) from t), (select count(*) from u)", "1|0")
	run(t, s, "begin", "insert into t values (2)", "truncate table u", "rollback")
	want(t, s, "select id from t", "1")
}

// TestAutocommit turns AUTOCOMMIT off: changes begin transactions, and turning
// it on commits.
func TestAutocommit(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int)", "alter session set autocommit = false", "select 1", "insert into t values (1)")
	want(t, other, "select count(*) from t", "0")
	run(t, s, "rollback")
	want(t, s, "select count(*) from t", "0")
	run(t, s, "insert into t values (2)", "commit", "insert into t values (3)")
	want(t, other, "select count(*) from t", "1")
	run(t, s, "alter session set autocommit = true")
	want(t, other, "select count(*) from t", "2")
	run(t, s, "insert into t values (4)")
	want(t, other, "select count(*) from t", "3")
}

// TestMultiJoined updates rows that several others match.
func TestMultiJoined(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (id int, v int)", "insert into t values (1, 0), (2, 0), (3, 0)",
		"create table src as select column1 as id, column2 as v from values (1, 5), (1, 5), (2, 6)")
	for _, begin := range []string{"select 1", "begin"} {
		run(t, s, begin)
		want(t, s, "update t set v = src.v from src where t.id = src.id", "2|1")
		want(t, s, "select id, v from t order by id", "1|5\n2|6\n3|0")
	}
	run(t, s, "alter session set error_on_nondeterministic_update = true")
	refusedWith(t, s, "update t set v = src.v from src where t.id = src.id", 100090)
	want(t, s, "delete from t using src where t.id = src.id", "2")
	run(t, s, "commit")
	want(t, s, "select id from t", "3")
}

// TestParameters sets, shows and unsets session parameters.
func TestParameters(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "alter session set timezone = 'Europe/Berlin', week_start = 7, quoted_identifiers_ignore_case = false, client_anything = 'x'")
	if got := strings.Split(want1(t, s, "show parameters like 'timezone'"), "|"); got[1] != "Europe/Berlin" || got[3] != "SESSION" || got[5] != "STRING" {
		t.Errorf("got %q", got)
	}
	want(t, s, "show parameters like 'time_zon'", "")
	want(t, s, "select '2020-01-01 00:00:00+00'::timestamp_ltz::timestamp_ntz = '2020-01-01 01:00:00'::timestamp_ntz", "true")
	refusedWith(t, s, "alter session set week_start = 9", 1008)
	refusedWith(t, s, "alter session set timezone = 'Mars/Olympus'", 1008)
	refusedWith(t, s, "alter session set timezone = 'UTC', nonsense = 1", 1006)
	refusedWith(t, s, "alter session unset nonsense", 1006)
	if got := want1(t, s, "show parameters like 'timezone' in session"); !strings.Contains(got, "Berlin") {
		t.Errorf("a refused change changed: %s", got)
	}
	run(t, s, "alter session unset timezone, week_start")
	if got := strings.Split(want1(t, s, "show parameters like 'TIMEZONE'"), "|"); got[1] != "UTC" || got[3] != "ACCOUNT" {
		t.Errorf("got %q", got)
	}
}

// want1 is the one row that sql gives.
func want1(t *testing.T, s warehouse.Session, sql string) string {
	t.Helper()
	got, err := rows(t.Context(), s, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

// TestStatementTimeout stops a statement at the session's limit.
func TestStatementTimeout(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (id int)", "alter session set statement_timeout_in_seconds = 1", "begin", "insert into t values (1)")
	start := time.Now()
	refusedWith(t, s, "select count(*) from table(generator(rowcount => 10000000)) a, table(generator(rowcount => 10000000)) b where random() > 5", 630)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
	run(t, s, "alter session unset statement_timeout_in_seconds", "commit")
	want(t, s, "select id from t", "1")
}

// TestShowTransactions lists the transactions of every session.
func TestShowTransactions(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	want(t, other, "show transactions", "")
	run(t, s, "begin transaction name first")
	if got := want1(t, other, "show transactions"); !strings.Contains(got, "|FIRST|") || !strings.Contains(got, "|running|") {
		t.Errorf("got %s", got)
	}
	run(t, s, "begin", "commit")
	want(t, other, "show transactions", "")
}

// TestMergeInTransaction merges in a transaction, fails, and commits.
func TestMergeInTransaction(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int not null, v int)", "insert into t values (1, 1), (2, 2), (3, 3)",
		"create table src as select column1 as id, column2 as v from values (1, 10), (2, null), (4, 40)", "begin")
	const merge = `merge into t using src on t.id = src.id when matched and src.v is null then delete
		when matched then update set v = src.v when not matched then insert values (src.id, src.v)`
	want(t, s, merge, "1|1|1")
	refusedWith(t, s, "merge into t using src on t.id = src.id when matched then update set id = null", 100072)
	refusedWith(t, s, "merge into t using src on true when matched then update set v = src.v", 100090)
	want(t, other, "select id, v from t order by id", "1|1\n2|2\n3|3")
	run(t, s, "commit")
	want(t, other, "select id, v from t order by id", "1|10\n3|3\n4|40")
	refusedWith(t, s, "merge into t using nowhere on t.id = nowhere.id when matched then delete", 2003)
	refusedWith(t, s, "merge into t using src on t.id = src.nope when matched then delete", 904)
}

// TestManyTablesInTransaction inserts into several tables and overwrites one in
// a transaction, fails, and commits.
func TestManyTablesInTransaction(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table a (x int not null)", "create table b (x int)", "insert into a values (0)", "begin")
	want(t, s, "insert all when n > 1 then into a else into b select column1 as n from values (1), (2), (3)", "2|1")
	run(t, s, "insert overwrite into b select x + 10 from b", "truncate table a", "insert into a values (5)")
	refusedWith(t, s, "insert all into b into a values (null) select 7", 100072)
	want(t, s, "select (select sum(x) from a), (select sum(x) from b)", "5|11")
	want(t, other, "select (select sum(x) from a), (select sum(x) from b)", "0|NULL")
	run(t, s, "commit")
	want(t, other, "select (select sum(x) from a), (select sum(x) from b)", "5|11")
}
