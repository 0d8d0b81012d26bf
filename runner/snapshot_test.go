package runner_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/runner"
)

// taken adds a snapshot named SNAP.
func (b *bench) taken(spec runner.SnapshotSpec) *runner.Node {
	n := b.model("snap", runner.Table, "")
	n.Type, n.ID = runner.Snapshot, "snapshot.p.snap"
	delete(b.p.Nodes, "model.p.snap")
	b.p.Nodes[n.ID] = n
	n.Snapshot = &spec
	return n
}

// next takes the snapshot of a query.
func (b *bench) next(n *runner.Node, query string) {
	b.t.Helper()
	n.Raw = query
	b.want(query, []string{"snap: success"}, b.run())
}

const valid = "select ID, V, to_varchar(dbt_valid_from, 'YYYY-MM-DD'), coalesce(to_varchar(dbt_valid_to, 'YYYY-MM-DD'), '-') from SNAP order by ID, dbt_valid_from, 2"

func TestSnapshotByTimestamp(t *testing.T) {
	b := newBench(t)
	n := b.taken(runner.SnapshotSpec{Strategy: "timestamp", UniqueKey: []string{"id"}, UpdatedAt: "at"})
	b.next(n, "select 1 as ID, 'a' as V, to_timestamp_ntz('2020-01-01') as AT union all select 2, 'b', to_timestamp_ntz('2020-01-01')")
	b.want("first", []string{"1|a|2020-01-01|-", "2|b|2020-01-01|-"}, b.rows(valid))
	b.want("columns", []string{"ID", "V", "AT", "DBT_SCD_ID", "DBT_UPDATED_AT", "DBT_VALID_FROM", "DBT_VALID_TO"},
		b.rows("select column_name from information_schema.columns where table_name = 'SNAP' order by ordinal_position"))

	// A row whose time is later has changed, one that only looks different has
	// not; a row that is gone stays as it is.
	b.next(n, "select 1 as ID, 'A' as V, to_timestamp_ntz('2020-02-01') as AT union all select 3, 'c', to_timestamp_ntz('2020-02-02')")
	want := []string{"1|a|2020-01-01|2020-02-01", "1|A|2020-02-01|-", "2|b|2020-01-01|-", "3|c|2020-02-02|-"}
	b.want("second", want, b.rows(valid))
	b.next(n, "select 1 as ID, 'B' as V, to_timestamp_ntz('2020-02-01') as AT")
	b.want("third", want, b.rows(valid))
	b.want("ids", []string{"4"}, b.rows("select count(distinct dbt_scd_id) from SNAP"))

	// A new column is added to the table.
	b.next(n, "select 1 as ID, 'C' as V, to_timestamp_ntz('2020-03-01') as AT, 7 as NEW")
	b.want("new column", []string{"(null)", "(null)", "7"}, b.rows("select NEW from SNAP where ID = 1 order by dbt_valid_from"))
}

func TestSnapshotByCheck(t *testing.T) {
	b := newBench(t)
	n := b.taken(runner.SnapshotSpec{Strategy: "check", UniqueKey: []string{"ID", "PART"}, CheckCols: []string{"v"}})
	const open = "select ID, PART, V, X, iff(dbt_valid_to is null, 'open', 'ended') from SNAP order by ID, PART, dbt_valid_from, V"
	b.next(n, "select 1 as ID, 1 as PART, 'a' as V, 1 as X union all select 1, 2, null, 1")
	b.next(n, "select 1 as ID, 1 as PART, 'a' as V, 2 as X union all select 1, 2, 'b', 2")
	b.want("only V counts, and null is another value", []string{"1|1|a|1|open", "1|2|(null)|1|ended", "1|2|b|2|open"}, b.rows(open))
	n.Snapshot.CheckCols = nil
	b.next(n, "select 1 as ID, 1 as PART, 'a' as V, 3 as X union all select 1, 2, 'b', 2")
	b.want("every column counts", []string{"1|1|a|1|ended", "1|1|a|3|open", "1|2|(null)|1|ended", "1|2|b|2|open"}, b.rows(open))
	n.Snapshot.UniqueKey = []string{"nr"}
	b.want("no such key", []string{"snap: error unique_key nr is no column of \"the snapshot's query\", which has ID, PART, V, X"}, b.run())
}

func TestSnapshotHardDeletes(t *testing.T) {
	const two, one, back = "select 1 as ID, 'a' as V union all select 2, 'b'", "select 1 as ID, 'a' as V", "select 1 as ID, 'a' as V union all select 2, 'c'"
	for mode, want := range map[string][][]string{
		"":           {{"1|a|open", "2|b|open"}, {"1|a|open", "2|b|ended", "2|c|open"}},
		"invalidate": {{"1|a|open", "2|b|ended"}, {"1|a|open", "2|b|ended", "2|c|open"}},
		"new_record": {{"1|a|open|False", "2|b|ended|False", "2|b|open|True"},
			{"1|a|open|False", "2|b|ended|False", "2|b|ended|True", "2|c|open|False"}},
	} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t)
			n := b.taken(runner.SnapshotSpec{Strategy: "check", UniqueKey: []string{"id"}, HardDeletes: mode})
			query := "select ID, V, iff(dbt_valid_to is null, 'open', 'ended') from SNAP order by ID, dbt_valid_from, V, dbt_valid_to nulls last"
			if mode == "new_record" {
				query = strings.Replace(query, " from SNAP", ", dbt_is_deleted from SNAP", 1)
			}
			b.next(n, two)
			b.next(n, one)
			b.want("gone", want[0], b.rows(query))
			b.next(n, one)
			b.want("still gone", want[0], b.rows(query))
			b.next(n, back)
			b.want("back", want[1], b.rows(query))
		})
	}
}

func TestSnapshotNames(t *testing.T) {
	b := newBench(t)
	n := b.taken(runner.SnapshotSpec{
		Strategy: "timestamp", UniqueKey: []string{"id"}, UpdatedAt: "at", CurrentTo: "to_timestamp_ntz('9999-12-31')",
		Names: map[string]string{"dbt_valid_from": "since", "dbt_valid_to": "until", "dbt_scd_id": "scd"},
	})
	b.next(n, "select 1 as ID, to_timestamp_ntz('2020-01-01') as AT")
	b.next(n, "select 1 as ID, to_timestamp_ntz('2021-01-01') as AT")
	b.want("rows", []string{"2020-01-01|2021-01-01", "2021-01-01|9999-12-31"},
		b.rows("select to_varchar(since, 'YYYY-MM-DD'), to_varchar(until, 'YYYY-MM-DD') from SNAP order by 1"))
}

func TestSnapshotRefused(t *testing.T) {
	b := newBench(t)
	n := b.taken(runner.SnapshotSpec{Strategy: "check", UniqueKey: []string{"id"}})
	for _, test := range []struct{ before, query, want string }{
		{"", "select 1 as ID, 2 as DBT_SCD_ID", "the snapshot's query has a column DBT_SCD_ID, which the snapshot adds itself: leave it out"},
		{"create table SNAP (ID int)", "select 1 as ID", "P.PUBLIC.SNAP has no column dbt_scd_id, so no snapshot made it: drop it, or give the snapshot another name"},
		{"create or replace view V as select 1 as ID", "select 1 as ID from NOWHERE", "002003 (42S02): SQL compilation error:\nObject 'NOWHERE' does not exist or not authorized."},
	} {
		if test.before != "" {
			b.rows(test.before)
		}
		n.Raw = test.query
		b.want(test.query, []string{"snap: error " + test.want}, b.run())
	}
	b.rows("drop table SNAP")
	b.rows("create view SNAP as select 1 as ID")
	n.Raw = "select 1 as ID"
	b.want("a view", []string{"snap: error P.PUBLIC.SNAP is a view, and a snapshot needs a table: drop it, or give the snapshot another name"}, b.run())
}
