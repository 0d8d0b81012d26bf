package duckdb_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestLockedTable changes rows that another session's transaction has changed:
// https://docs.snowflake.com/en/sql-reference/transactions#resource-locking has
// UPDATE, DELETE and MERGE wait for it.
func TestLockedTable(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int, v int)", "insert into t values (1, 1), (2, 2)")
	run(t, other, "alter session set lock_timeout = 0")
	run(t, s, "begin", "update t set v = 10 where id = 1")
	for _, sql := range []string{"delete from t where v = 1", "update t set v = 11 where id = 1", "truncate table t", "insert overwrite into t values (9, 9)",
		"merge into t using (select 1 as id) as q on t.id = q.id when matched then delete"} {
		start := time.Now()
		refusedSaying(t, other, sql, 625, "has locked table 'T' in transaction ")
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: refused after %s", sql, took)
		}
	}
	want(t, other, "insert into t values (3, 3)", "1") // which locks nothing
	want(t, other, "select id, v from t order by id", "1|1\n2|2\n3|3")
	run(t, s, "commit")
	want(t, other, "delete from t where v = 1", "0")
	want(t, other, "select id, v from t order by id", "1|10\n2|2\n3|3")
	run(t, s, "begin", "delete from t where id = 3", "rollback")
	want(t, other, "update t set v = 30 where id = 3", "1|0")
	run(t, s, "begin", "delete from t where id = 3")
	s.Close()
	want(t, other, "update t set v = 31 where id = 3", "1|0")
}

// TestLockIsWaitedFor lets the other transaction end while a statement waits.
func TestLockIsWaitedFor(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (id int, v int)", "insert into t values (1, 1)", "begin", "update t set v = v + 1")
	run(t, other, "alter session set lock_timeout = 60")
	time.AfterFunc(100*time.Millisecond, func() {
		if _, err := warehouse.Exec(t.Context(), s, "commit"); err != nil {
			t.Error(err)
		}
	})
	want(t, other, "update t set v = v * 10", "1|0")
	want(t, other, "select v from t", "20")
}

// TestLocksCross has each of two transactions want what the other has.
func TestLocksCross(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table a (v int)", "create table b (v int)", "insert into a values (1)", "insert into b values (1)", "begin", "update a set v = 2")
	run(t, other, "alter session set lock_timeout = 1", "begin", "update b set v = 2")
	done := make(chan error, 1)
	go func() {
		_, err := warehouse.Exec(t.Context(), s, "update b set v = 3")
		done <- err
	}()
	refusedSaying(t, other, "update a set v = 3", 625, "'A'")
	run(t, other, "rollback")
	if err := <-done; err != nil {
		t.Errorf("the other one: %v", err)
	}
	run(t, s, "commit")
	want(t, other, "select (select v from a), (select v from b)", "2|3")
}

// TestHundredSessions has a hundred sessions at once, each with a temporary
// table of one name, count in one row and add rows in transactions.
func TestHundredSessions(t *testing.T) {
	const many = 100
	w := open(t, duckdb.Config{})
	s := session(t, w)
	run(t, s, "create table counter (n int)", "insert into counter values (0)", "create table log (session int, v int)")
	var group sync.WaitGroup
	for i := range many {
		each := session(t, w)
		group.Go(func() {
			for _, sql := range []string{
				fmt.Sprintf("create temporary table mine as select %d as id", i), "begin", "insert into log select id, 1 from mine",
				"insert into log select id, 2 from mine", "commit", "update counter set n = n + 1",
			} {
				if _, err := warehouse.Exec(t.Context(), each, sql); err != nil {
					t.Errorf("session %d: %s: %v", i, sql, err)
					return
				}
			}
		})
	}
	group.Wait()
	want(t, s, "select n, (select count(*) from log), (select count(distinct session) from log) from counter", "100|200|100")
}
