package runner_test

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/runner"
)

// again runs a model once with one query and once with another.
func (b *bench) again(n *runner.Node, first, second string) {
	b.t.Helper()
	n.Raw = first
	b.want("first", []string{n.Name + ": success"}, b.run())
	n.Raw = second
	b.want("second", []string{n.Name + ": success"}, b.run())
}

func TestOnSchemaChange(t *testing.T) {
	const first, wider = "select 1 as ID, 'a' as V, 1 as GONE", "select 2 as ID, 'b' as V, 2.5 as NEW"
	for mode, want := range map[string][]string{
		"append_new_columns": {"1|a|1|(null)", "2|b|(null)|2.5"},
		"sync_all_columns":   {"1|a|(null)", "2|b|2.5"},
	} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t)
			n := b.model("a", runner.Incremental, "")
			n.Config.OnSchema = mode
			b.again(n, first, wider)
			b.want("rows", want, b.rows("select * from A order by ID"))
		})
	}
	t.Run("type", func(t *testing.T) {
		b := newBench(t)
		n := b.model("a", runner.Incremental, "")
		n.Config.OnSchema = "sync_all_columns"
		b.again(n, "select 1 as ID, cast(1 as number(4,0)) as V", "select 2 as ID, cast(123456 as number(9,0)) as V")
		b.want("rows", []string{"1|1", "2|123456"}, b.rows("select * from A order by ID"))
	})
}

func TestMergeColumnsAndPredicates(t *testing.T) {
	const first, second = "select 1 as ID, 'a' as V, 'x' as W union all select 2, 'b', 'y'", "select 1 as ID, 'A' as V, 'X' as W union all select 2, 'B', 'Y'"
	for name, test := range map[string]struct {
		change func(*runner.Config)
		want   []string
	}{
		"update":  {func(c *runner.Config) { c.MergeUpdate = []string{"v"} }, []string{"1|A|x", "2|B|y"}},
		"exclude": {func(c *runner.Config) { c.MergeExclude = []string{"V", "id"} }, []string{"1|a|X", "2|b|Y"}},
		"predicate": {func(c *runner.Config) { c.Predicates = []string{"DBT_INTERNAL_DEST.ID > 1"} },
			[]string{"1|A|X", "1|a|x", "2|B|Y"}},
		"delete+insert": {func(c *runner.Config) {
			c.Strategy, c.Predicates = "delete+insert", []string{"DBT_INTERNAL_DEST.ID > 1"}
		},
			[]string{"1|A|X", "1|a|x", "2|B|Y"}},
		"two keys":  {func(c *runner.Config) { c.UniqueKey = []string{"id", "v"} }, []string{"1|A|X", "1|a|x", "2|B|Y", "2|b|y"}},
		"overwrite": {func(c *runner.Config) { c.Strategy = "insert_overwrite" }, []string{"1|A|X", "2|B|Y"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			n := b.model("a", runner.Incremental, "")
			n.Config.UniqueKey = []string{"id"}
			test.change(&n.Config)
			b.again(n, first, second)
			b.want("rows", test.want, b.rows("select * from A order by 1, 2, 3"))
		})
	}
}

// A query that is refused leaves what stood there, also when it was to become
// another kind of relation.
func TestChangedKindKeepsTheOld(t *testing.T) {
	for _, kinds := range [][2]runner.Materialization{{runner.View, runner.Table}, {runner.Table, runner.View}} {
		b := newBench(t)
		n := b.model("a", kinds[0], "select 1 as N")
		b.run()
		n.Config.Materialized, n.Raw = kinds[1], "select * from NOWHERE"
		if got := b.run(); !strings.HasPrefix(got[0], "a: error ") {
			t.Errorf("%v: %v", kinds, got)
		}
		b.want("the old rows", []string{"1"}, b.rows("select * from A"))
		n.Raw = "select 2 as N"
		b.want("then", []string{"a: success"}, b.run())
		b.want("the new rows", []string{"2"}, b.rows("select * from A"))
		b.want("nothing else", []string{"A"}, b.rows("select table_name from information_schema.tables where table_schema = 'PUBLIC'"))
	}
}

// runHook is a hook of a run with the node that stands for it.
func runHook(pkg, name, sql string) runner.Hook {
	h := runner.Hook{Package: pkg, Name: name, SQL: sql}
	h.Node = runner.Operating(h)
	return h
}

func TestHooks(t *testing.T) {
	b := newBench(t)
	b.p.OnRunStart = []runner.Hook{runHook("", "on-run-start.0", "create table LOG (WHAT varchar); insert into LOG values ('start; --')")}
	b.p.OnRunEnd = []runner.Hook{runHook("", "on-run-end.0", "insert into LOG values ('end')")}
	n := b.model("a", runner.Table, "select 1 as N")
	say := func(what string, outside bool) runner.Hook {
		return runner.Hook{SQL: "insert into LOG values ('" + what + "')", Outside: outside}
	}
	n.Config.PreHooks = []runner.Hook{say("pre", false), say("outer pre", true), {SQL: "  -- nothing\n"}}
	n.Config.PostHooks = []runner.Hook{say("outer post", true), say("post", false), {SQL: "insert into LOG select 'n' || N from A"}}
	b.want("status", []string{"-on-run-end-0: success", "-on-run-start-0: success", "a: success"}, b.run())
	b.want("log", []string{"start; --", "outer pre", "pre", "post", "n1", "outer post", "end"}, b.rows("select * from LOG"))
}

func TestHooksFail(t *testing.T) {
	b := newBench(t)
	n := b.model("a", runner.Table, "select 1 as N")
	n.Config.PostHooks = []runner.Hook{{SQL: "insert into NOWHERE values (1)"}}
	got := b.run()
	if !strings.HasPrefix(got[0], `a: error hook "insert into NOWHERE values (1)": 002003 (42S02)`) {
		t.Error(got)
	}
	n.Config.PostHooks = nil
	fails := runHook("p", "on-run-end.0", "drop table NOWHERE")
	fails.Pos = runner.Pos{File: "dbt_project.yml", Line: 3, Col: 5}
	b.p.OnRunEnd = []runner.Hook{fails, runHook("p", "on-run-end.1", "select 1")}
	const failed = `p-on-run-end-0: error hook "drop table NOWHERE" (dbt_project.yml:3:5): 002003`
	got = b.run()
	if !strings.HasPrefix(got[1], failed) || !strings.HasPrefix(got[2], "p-on-run-end-1: skipped") {
		t.Error(got)
	}
	b.p.OnRunStart, b.p.OnRunEnd = b.p.OnRunEnd[:1], nil
	if got = b.run(); got[0] != "a: success" || !strings.HasPrefix(got[1], failed) {
		t.Errorf("after a hook that failed: %v", got)
	}
	b.env.SkipOnStartFailure = true
	if got = b.run(); got[0] != "a: skipped skipped: needs the on-run-start hooks to succeed" {
		t.Errorf("with SkipOnStartFailure: %v", got)
	}
}

func TestPersistDocs(t *testing.T) {
	b := newBench(t)
	n := b.model("a", runner.Table, `select 1 as ID, 2 as "odd"`)
	v := b.model("v", runner.View, "select 1 as N")
	n.Doc, v.Doc = "what it's for", "a view"
	n.Columns = []runner.ColumnDoc{{Name: "id", Doc: "the key"}, {Name: "odd", Doc: "quoted", Quote: true}, {Name: "Odd", Doc: "no", Quote: true}, {Name: "none", Doc: "no"}}
	for _, x := range []*runner.Node{n, v} {
		x.Config.PersistDocs = runner.PersistDocs{Relation: true, Columns: true}
	}
	b.want("status", []string{"a: success", "v: success"}, b.run())
	b.want("relations", []string{"A|what it's for", "V|a view"},
		b.rows("select table_name, comment from information_schema.tables where table_schema = 'PUBLIC' order by 1"))
	b.want("columns", []string{"ID|the key", "odd|quoted"},
		b.rows("select column_name, comment from information_schema.columns where table_name = 'A' order by 1"))
}

func TestStoreFailures(t *testing.T) {
	b := newBench(t)
	n := b.test("negative", "select * from (select -1 as N union all select -2) as x where N < 0")
	b.want("plain", []string{"negative: fail Got 2 results, configured to fail if != 0"}, b.run())
	b.env.StoreFailures = true
	b.want("stored", []string{"negative: fail Got 2 results, configured to fail if != 0"}, b.run())
	b.want("rows", []string{"-2", "-1"}, b.rows("select * from PUBLIC_DBT_TEST__AUDIT.NEGATIVE order by 1"))
	n.Test.StoreAs, n.Test.Kept = "view", runner.Relation{Database: b.p.Target.Database, Schema: "PUBLIC_CHECKS", Identifier: "BELOW"}
	b.env.StoreFailures = false
	b.run()
	b.want("a view elsewhere", []string{"BELOW|VIEW"}, b.rows("select table_name, table_type from information_schema.tables where table_schema = 'PUBLIC_CHECKS'"))
	n.Test.StoreAs = "ephemeral"
	b.env.StoreFailures = true
	b.want("not stored", []string{"negative: fail Got 2 results, configured to fail if != 0"}, b.run())
}

func TestGrants(t *testing.T) {
	b := newBench(t)
	n := b.model("a", runner.Incremental, "select 1 as N")
	v := b.model("v", runner.View, "select 1 as N")
	granted := func(on string) []string {
		b.rows("show grants on " + on)
		return b.rows(`select "privilege", "grantee_name" from table(result_scan(last_query_id())) where "privilege" <> 'OWNERSHIP' order by 1, 2`)
	}
	for _, step := range []struct{ grants, want []string }{
		{[]string{"reporter", "auditor"}, []string{"SELECT|AUDITOR", "SELECT|REPORTER"}},
		{[]string{"reporter"}, []string{"SELECT|REPORTER"}},
	} {
		roles := []any{}
		for _, r := range step.grants {
			roles = append(roles, r)
		}
		n.Config.All = map[string]any{"grants": map[string]any{"select": roles}}
		v.Config.All = map[string]any{"grants": map[string]any{"select": "reporter"}}
		b.want("status", []string{"a: success", "v: success"}, b.run())
		b.want("the table's", step.want, granted("table A"))
		b.want("the view's", []string{"SELECT|REPORTER"}, granted("view V"))
	}
}
