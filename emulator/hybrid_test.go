package emulator_test

import (
	"encoding/json"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
)

// contextOf is the context that an answer gives its client to carry.
func contextOf(t *testing.T, r reply) (ids, priorities, timestamps []int64) {
	t.Helper()
	var answer struct {
		Data struct {
			QueryContext struct {
				Entries []struct{ ID, Timestamp, Priority int64 }
			}
		}
	}
	if err := json.Unmarshal(r.raw, &answer); err != nil || !r.Success {
		t.Fatalf("%s: %v", r.raw, err)
	}
	for _, e := range answer.Data.QueryContext.Entries {
		ids, priorities, timestamps = append(ids, e.ID), append(priorities, e.Priority), append(timestamps, e.Timestamp)
	}
	return ids, priorities, timestamps
}

// A client carries one entry for the account, and one for each database whose
// hybrid tables it may have used, the newest first.
func TestQueryContext(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	var seen int64
	var first []int64
	for _, step := range []struct {
		sql  string
		want int
	}{
		{"select 1", 1}, {"create table standard (id int primary key)", 1}, {"create hybrid table h (id int primary key)", 2}, {"select * from h", 2},
		{"create database second", 2}, {"create hybrid table h (id int primary key)", 3}, {"use database testdb", 3}, {"select * from public.h", 3},
		{"alter session set query_context_cache_size = 2", 2}, {"alter session set query_context_cache_size = 5", 2}, {"use database second", 3},
	} {
		ids, priorities, timestamps := contextOf(t, c.run(step.sql))
		if len(ids) != step.want || ids[0] != 0 {
			t.Fatalf("%s: entries %v, want %d and the account first", step.sql, ids, step.want)
		}
		for i, p := range priorities {
			if p != int64(i) || timestamps[i] > timestamps[0] {
				t.Errorf("%s: priorities %v, timestamps %v", step.sql, priorities, timestamps)
			}
		}
		if timestamps[0] <= seen {
			t.Errorf("%s: the account is at %d, which was at %d", step.sql, timestamps[0], seen)
		}
		seen, first = timestamps[0], ids
	}
	if other := login(t, emulator.Config{}, "JavaScript"); len(first) == 3 {
		other.run("create hybrid table h (id int primary key)")
		if ids, _, _ := contextOf(t, other.run("select 1")); len(ids) != 2 || ids[1] != first[2] {
			t.Errorf("another server has %v for TESTDB, which was %v", ids, first)
		}
	}
}

// A virtual warehouse is in use as soon as it is made, which clients are told.
func TestCreateWarehouseUsesIt(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	r := c.run("create warehouse made_here")
	if name := r.Data.FinalWarehouseName; name == nil || *name != "MADE_HERE" {
		t.Errorf("%s", r.raw)
	}
	if got := c.run("select current_warehouse()").rows(); got != "[MADE_HERE]" {
		t.Errorf("current_warehouse() is %s", got)
	}
}
