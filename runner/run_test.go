package runner_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// A bench is a project on a warehouse in memory, built up by the tests.
type bench struct {
	t   *testing.T
	env runner.Env
	p   *runner.Project
	s   warehouse.Session
}

func newBench(t *testing.T) *bench {
	t.Helper()
	vol, err := dir.Temp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vol.Close() })
	w, err := duckdb.Open(t.Context(), duckdb.Config{Stages: vol})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	b := &bench{t: t, p: &runner.Project{
		Name: "p", Nodes: map[string]*runner.Node{},
		Target: runner.Target{Database: "P", Schema: "PUBLIC", Threads: 2},
	}}
	b.env = runner.Env{Warehouse: w, Stages: vol, Compiler: asWritten{}}
	if b.s, err = w.Open(t.Context(), warehouse.SessionOptions{Database: "P"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.s.Close() })
	return b
}

// asWritten compiles a node to its text. INCREMENTAL in it becomes whether
// the model is built incrementally.
type asWritten struct{}

func (asWritten) Compile(_ context.Context, n *runner.Node, opts runner.CompileOptions) (string, error) {
	if n.Raw == "broken template" {
		return "", errors.New("models/x.sql:1:4: unexpected end of template")
	}
	return strings.ReplaceAll(n.Raw, "INCREMENTAL", fmt.Sprint(opts.Incremental)), nil
}

// model adds a model named by needs ("c: a b"), materialized as kind.
func (b *bench) model(line string, kind runner.Materialization, sql string) *runner.Node {
	name, needs, _ := strings.Cut(line, ":")
	n := &runner.Node{
		ID: "model.p." + name, Type: runner.Model, Name: name, Raw: sql,
		Pos:      runner.Pos{File: "models/" + name + ".sql"},
		Config:   runner.Config{Materialized: kind},
		Relation: runner.Relation{Database: "P", Schema: "PUBLIC", Identifier: strings.ToUpper(name)},
	}
	for _, need := range strings.Fields(needs) {
		n.Parents = append(n.Parents, runner.Edge{To: "model.p." + need})
	}
	b.p.Nodes[n.ID] = n
	return n
}

// test adds a singular test that needs what line says.
func (b *bench) test(line, sql string) *runner.Node {
	n := b.model(line, "", sql)
	n.Type, n.Relation, n.Test = runner.Test, runner.Relation{}, &runner.TestSpec{}
	return n
}

// run builds the whole project and gives "name: status message" a node, sorted.
func (b *bench) run() []string {
	b.t.Helper()
	plan := runner.Plan{Project: b.p}
	for _, n := range b.p.Nodes {
		plan.Nodes = append(plan.Nodes, n)
	}
	slices.SortFunc(plan.Nodes, func(x, y *runner.Node) int { return strings.Compare(x.Name, y.Name) })
	res, err := runner.Run(b.t.Context(), plan, b.env)
	if err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, n := range res.Nodes {
		line := n.Node.Name + ": " + string(n.Status)
		if n.Message != "" {
			line += " " + n.Message
		}
		got = append(got, line)
	}
	slices.Sort(got)
	return got
}

// rows gives a query's rows as text, cells joined by |.
func (b *bench) rows(sql string) []string {
	b.t.Helper()
	res, err := b.s.Query(b.t.Context(), sql)
	if err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	var rows []string
	for batch, err := range res.Batches() {
		if err != nil {
			b.t.Fatal(err)
		}
		for i := range int(batch.NumRows()) {
			var cells []string
			for _, col := range batch.Columns() {
				cells = append(cells, col.ValueStr(i))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	return rows
}

func (b *bench) want(what string, want, got []string) {
	b.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s: want -, got +:\n%s", what, diff)
	}
}

func TestBuildsInOrder(t *testing.T) {
	b := newBench(t)
	b.model("c: b", runner.Table, "select n + 1 as N from B;")
	b.model("b: a", runner.View, "select n * 10 as N from A")
	b.model("a", runner.Table, "select 1 as N -- a comment at the end")
	b.want("statuses", []string{"a: success", "b: success", "c: success"}, b.run())
	b.want("rows", []string{"11"}, b.rows("select N from C"))
	// Once more, with view and table having changed places.
	b.p.Nodes["model.p.a"].Config.Materialized = runner.View
	b.p.Nodes["model.p.b"].Config.Materialized = runner.Table
	b.want("statuses", []string{"a: success", "b: success", "c: success"}, b.run())
	b.want("kinds", []string{"A|VIEW", "B|BASE TABLE", "C|BASE TABLE"},
		b.rows("select table_name, table_type from P.information_schema.tables where table_schema = 'PUBLIC' order by 1"))
}

func TestFailsOnce(t *testing.T) {
	b := newBench(t)
	b.model("a", runner.Table, "broken template")
	b.model("b: a", runner.Table, "select 1 as N")
	b.model("c: b", runner.Table, "select 1 as N")
	b.model("d", runner.Table, "select 1 as N")
	b.want("statuses", []string{
		"a: error models/x.sql:1:4: unexpected end of template",
		"b: skipped skipped: needs a",
		"c: skipped skipped: needs a",
		"d: success",
	}, b.run())
}

func TestFailedModelKeepsItsTable(t *testing.T) {
	b := newBench(t)
	a := b.model("a", runner.Table, "select 1 as N")
	b.run()
	a.Raw = "select * from nowhere"
	if got := b.run(); !strings.HasPrefix(got[0], "a: error 002003 (42S02): ") {
		t.Errorf("got %q", got)
	}
	b.want("rows", []string{"1"}, b.rows("select N from A"))
}

func TestTests(t *testing.T) {
	b := newBench(t)
	b.model("a", runner.Table, "select 1 as N union all select 2")
	b.model("b: a", runner.Table, "select 1 as N")
	b.test("t_fails: a", "select * from A")
	b.test("t_passes: a", "select * from A where N > 2")
	b.test("t_warns: a", "select * from A where N = 1").Test.Severity = "warn"
	b.test("t_bound: a", "select * from A").Test.ErrorIf = "> 2"
	b.test("t_calc: a", "select N from A").Test.FailCalc = "sum(N)"
	b.want("statuses", []string{
		"a: success",
		"b: skipped skipped: needs t_calc", // the first of the failed tests to end
		"t_bound: warn Got 2 results, configured to warn if != 0",
		"t_calc: fail Got 3 results, configured to fail if != 0",
		"t_fails: fail Got 2 results, configured to fail if != 0",
		"t_passes: pass",
		"t_warns: warn Got 1 result, configured to warn if != 0",
	}, oneOf(b.run(), "b: skipped skipped: needs t_fails", "b: skipped skipped: needs t_calc"))
}

// oneOf puts want in place of the line that may be there instead.
func oneOf(lines []string, instead, want string) []string {
	for i := range lines {
		if lines[i] == instead {
			lines[i] = want
		}
	}
	return lines
}

func TestIncremental(t *testing.T) {
	for _, test := range []struct {
		strategy string
		key      []string
		want     []string
	}{
		{"", nil, []string{"1|old", "2|new", "2|old", "3|new"}},
		{"append", []string{"ID"}, []string{"1|old", "2|new", "2|old", "3|new"}},
		{"", []string{"id"}, []string{"1|old", "2|new", "3|new"}},
		{"merge", []string{"ID"}, []string{"1|old", "2|new", "3|new"}},
		{"delete+insert", []string{"ID"}, []string{"1|old", "2|new", "3|new"}},
	} {
		t.Run(fmt.Sprintf("%s%v", test.strategy, test.key), func(t *testing.T) {
			b := newBench(t)
			n := b.model("a", runner.Incremental,
				"select column1 as ID, column2 as V from (values (1, 'old', false), (2, 'old', false), (2, 'new', true), (3, 'new', true)) as v(column1, column2, column3) where column3 = INCREMENTAL")
			n.Config.Strategy, n.Config.UniqueKey = test.strategy, test.key
			b.want("first", []string{"a: success"}, b.run())
			b.want("first rows", []string{"1|old", "2|old"}, b.rows("select * from A order by 1, 2"))
			b.want("second", []string{"a: success"}, b.run())
			b.want("rows", test.want, b.rows("select * from A order by 1, 2"))
			b.env.FullRefresh = true
			b.want("full refresh", []string{"a: success"}, b.run())
			b.want("full refresh rows", []string{"1|old", "2|old"}, b.rows("select * from A order by 1, 2"))
		})
	}
}

func TestIncrementalRefused(t *testing.T) {
	for _, test := range []struct {
		name, first, second string
		change              func(*runner.Config)
		want                string
	}{
		{"column gone", "select 1 as ID, 2 as V", "select 1 as ID", nil,
			"column V is in P.PUBLIC.A but no longer in the model's query: bring it back, rebuild with --full-refresh, or set on_schema_change"},
		{"column new", "select 1 as ID", "select 1 as ID, 2 as V", func(c *runner.Config) { c.OnSchema = "fail" },
			"the model's query does not give the columns of P.PUBLIC.A, and on_schema_change is 'fail' (new: V): rebuild with --full-refresh"},
		{"keys twice", "select 1 as ID", "select 1 as ID union all select 1", func(c *runner.Config) { c.UniqueKey = []string{"id"} },
			"the unique key (ID) occurs more than once among the new rows: make the query's rows unique, for instance with qualify row_number(): 100090 (42P18): Duplicate row detected during DML action\nRow Values: [1]"},
		{"no such key", "select 1 as ID", "select 1 as ID", func(c *runner.Config) { c.UniqueKey = []string{"nr"} },
			"unique_key nr is no column of P.PUBLIC.A, which has ID"},
		{"strategy", "select 1 as ID", "select 1 as ID", func(c *runner.Config) { c.Strategy = "upsert" },
			`incremental_strategy="upsert" is not supported; use append, delete+insert, insert_overwrite, merge`},
		{"schema change", "select 1 as ID", "select 1 as ID", func(c *runner.Config) { c.OnSchema = "append" },
			`on_schema_change="append" is not known; it is ignore, fail, append_new_columns or sync_all_columns`},
		{"both lists", "select 1 as ID", "select 1 as ID", func(c *runner.Config) {
			c.UniqueKey, c.MergeUpdate, c.MergeExclude = []string{"id"}, []string{"id"}, []string{"id"}
		}, "merge_update_columns and merge_exclude_columns cannot both be set: leave one of them out"},
		{"no such column", "select 1 as ID", "select 1 as ID", func(c *runner.Config) {
			c.UniqueKey, c.MergeUpdate = []string{"id"}, []string{"v"}
		}, "merge_update_columns: v is no column of P.PUBLIC.A, which has ID"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			n := b.model("a", runner.Incremental, test.first)
			b.run()
			before := b.rows("select * from A")
			n.Raw = test.second
			if test.change != nil {
				test.change(&n.Config)
			}
			b.want("statuses", []string{"a: error " + test.want}, b.run())
			b.want("rows", before, b.rows("select * from A"))
		})
	}
}

func TestInterrupted(t *testing.T) {
	b := newBench(t)
	b.model("a", runner.Table, "select count(*) as N from table(generator(rowcount => 1000000000)) as a, table(generator(rowcount => 1000000000)) as b")
	b.model("b: a", runner.Table, "select 1 as N")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	res, err := runner.Run(ctx, runner.Plan{Project: b.p, Nodes: []*runner.Node{b.p.Nodes["model.p.a"], b.p.Nodes["model.p.b"]}}, b.env)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("error %v after %s", err, time.Since(start))
	}
	if res == nil || len(res.Nodes) != 2 || res.Nodes[0].Status != runner.Failed || res.Nodes[1].Status != runner.Skipped {
		t.Errorf("result %+v", res)
	}
}

func TestHistoryNamesTheNode(t *testing.T) {
	b := newBench(t)
	b.env.RunID = "the-run"
	b.model("a", runner.Table, "select 1 as N")
	b.run()
	found := false
	for s, err := range warehouse.History(t.Context(), b.env.Warehouse, warehouse.HistoryFilter{Tag: `"node":"model.p.a"`}) {
		if err != nil {
			t.Fatal(err)
		}
		found = found || strings.HasPrefix(s.Text, "create or replace transient table P.PUBLIC.A") && strings.Contains(s.Tag, `"run_id":"the-run"`)
	}
	if !found {
		t.Error("the model's statement is not in the history under its node and run")
	}
}

// A hand is a plugin in this process, for what the runner does around one.
type hand struct {
	train   func(ctx context.Context, rows array.RecordReader, out plugins.Output) error
	predict func(ctx context.Context, artifact io.Reader, rows array.RecordReader, out plugins.Output) error
}

func (h *hand) Start(_ context.Context, name string) (plugins.Process, error) {
	if name != "hand" {
		return nil, fmt.Errorf("plugin %s: %w", name, plugins.ErrUnknown)
	}
	return h, nil
}

func (h *hand) Describe(context.Context) (plugins.Description, error) {
	return plugins.Description{Name: "hand", Actions: []plugins.Action{{Name: "train"}, {Name: "predict"}}}, nil
}

func (h *hand) Train(ctx context.Context, _ plugins.Call, rows array.RecordReader, out plugins.Output) error {
	return h.train(ctx, rows, out)
}

func (h *hand) Predict(ctx context.Context, _ plugins.Call, artifact io.Reader, rows array.RecordReader, out plugins.Output) error {
	return h.predict(ctx, artifact, rows, out)
}

func (h *hand) Close() error { return nil }

// pass copies rows to out and closes with what end gives.
func pass(rows array.RecordReader, out plugins.Output, end func() error) error {
	for rows.Next() {
		if err := out.Rows(rows.RecordBatch()); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), end())
}

// through adds a model that goes through the plugin.
func (b *bench) through(line, action, sql string) *runner.Node {
	n := b.model(line, runner.Table, sql)
	n.Config.Plugin = &runner.PluginConfig{Name: "hand", Action: action, Artifact: "@modelstage/m/model.json"}
	return n
}

// object reads the artifact, "" if it is not there.
func (b *bench) object() string {
	b.t.Helper()
	st, err := b.env.Stages.Stage(b.t.Context(), stage.Name{Database: "P", Schema: "PUBLIC", Stage: "MODELSTAGE"})
	if err != nil {
		return ""
	}
	r, _, err := st.Open(b.t.Context(), "m/model.json")
	if errors.Is(err, stage.ErrNotExist) {
		return ""
	} else if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func TestTrainAndPredict(t *testing.T) {
	b := newBench(t)
	b.env.Plugins = &hand{
		train: func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
			return pass(rows, out, func() error {
				return errors.Join(
					out.Event(plugins.Event{Metric: &plugins.Metric{Name: plugins.MetricAccuracy, Value: 0.75}}),
					out.Event(plugins.Event{Metric: &plugins.Metric{Name: "it's own", Value: []any{1, "a"}}}),
					out.Artifact([]byte("the ")), out.Artifact([]byte("model")))
			})
		},
		predict: func(_ context.Context, artifact io.Reader, rows array.RecordReader, out plugins.Output) error {
			text, err := io.ReadAll(artifact)
			if err != nil || string(text) != "the model" {
				return fmt.Errorf("artifact %q, %v", text, err)
			}
			return pass(rows, out, func() error { return nil })
		},
	}
	b.through("fit", "train", "select 1 as N, cast(2.50 as decimal(10, 2)) as D union all select 2, 3")
	b.through("score", "predict", "select 'x' as S").Parents = []runner.Edge{{To: "model.p.fit", Why: "artifact"}}
	b.want("statuses", []string{"fit: success", "score: success"}, b.run())
	b.want("fit", []string{"1|2.5", "2|3"}, b.rows("select * from FIT order by 1"))
	b.want("score", []string{"x"}, b.rows("select * from SCORE"))
	b.want("metrics", []string{`fit|2|0.75|(null)|{"accuracy":0.75,"it's own":[1,"a"]}`},
		b.rows("select MODEL, TABLE_ROWS, ACCURACY, LOG_LOSS, METRICS from MODEL_METRICS"))
	b.run()
	b.want("metrics are kept", []string{"2"}, b.rows("select count(*) from MODEL_METRICS"))
	if got := b.object(); got != "the model" {
		t.Errorf("artifact %q", got)
	}
}

// Whatever goes wrong with a plugin, table and artifact stay as they were.
func TestPluginFailsAndNothingChanges(t *testing.T) {
	crash := errors.New("plugin hand, model fit: the plugin ended before its answer")
	wide := func(t *testing.T) arrow.RecordBatch {
		schema := arrow.NewSchema([]arrow.Field{{Name: "OTHER", Type: arrow.BinaryTypes.String}}, nil)
		rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer rb.Release()
		rb.Field(0).(*array.StringBuilder).Append("x")
		return rb.NewRecordBatch()
	}
	for _, test := range []struct {
		name  string
		train func(context.Context, array.RecordReader, plugins.Output) error
		want  string
	}{
		{"before any row", func(context.Context, array.RecordReader, plugins.Output) error { return crash }, crash.Error()},
		{"after the rows", func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
			return pass(rows, out, func() error { return errors.Join(out.Artifact([]byte("half")), crash) })
		}, crash.Error()},
		{"no artifact", func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
			return pass(rows, out, func() error { return nil })
		}, "plugin hand trained but wrote no artifact"},
		{"no rows", func(_ context.Context, _ array.RecordReader, out plugins.Output) error {
			return out.Artifact([]byte("whole"))
		}, "plugin hand gave no rows, not even an empty batch"},
		{"columns change", func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
			return pass(rows, out, func() error { return errors.Join(out.Rows(wide(t)), out.Artifact([]byte("whole"))) })
		}, "plugin hand: its rows changed their columns midway, from (N int64) to (OTHER utf8)"},
		{"hangs", func(ctx context.Context, _ array.RecordReader, _ plugins.Output) error {
			<-ctx.Done()
			return ctx.Err()
		}, "plugin hand: the plugin took longer than its time limit of 50ms: raise the config's timeout if the work needs more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			h := &hand{train: func(_ context.Context, rows array.RecordReader, out plugins.Output) error {
				return pass(rows, out, func() error { return out.Artifact([]byte("old")) })
			}}
			b.env.Plugins = h
			n := b.through("fit", "train", "select 1 as N")
			b.want("first", []string{"fit: success"}, b.run())
			n.Raw = "select 2 as N"
			if test.name == "hangs" {
				n.Config.Plugin.Timeout = 50 * time.Millisecond
			}
			h.train = test.train
			b.want("statuses", []string{"fit: error " + test.want}, b.run())
			b.want("rows", []string{"1"}, b.rows("select * from FIT"))
			if got := b.object(); got != "old" {
				t.Errorf("artifact %q", got)
			}
			b.want("metrics", []string{"1"}, b.rows("select count(*) from MODEL_METRICS"))
		})
	}
}

func TestPluginRefused(t *testing.T) {
	b := newBench(t)
	b.env.Plugins = &hand{}
	b.through("a", "train", "select 1 as N").Config.Plugin.Name = "nobody"
	b.through("b", "cluster", "select 1 as N")
	b.through("c", "predict", "select 1 as N")
	b.through("d", "train", "select 1 as N").Config.Plugin.Artifact = "@modelstage/../../etc/passwd"
	b.through("e", "train", "select 1 as N").Config.Materialized = runner.View
	got := b.run()
	for i, want := range []string{
		"a: error plugin nobody: no plugin of that name",
		`b: error plugin hand has no action "cluster"; it has ["train" "predict"]`,
		"c: error artifact @P.PUBLIC.MODELSTAGE/m/model.json: ",
		`d: error config artifact @modelstage/../../etc/passwd: "../../etc/passwd": not a name an object can have: it has the part ".."`,
		`e: error a model with a plugin is materialized as a table, not as "view": set materialized='table'`,
	} {
		if !strings.HasPrefix(got[i], want) {
			t.Errorf("got  %s\nwant %s", got[i], want)
		}
	}
}
