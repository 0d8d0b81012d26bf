package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestTranslate runs statements whose text must change on the way.
func TestTranslate(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s,
		"create or replace transient table typed (a number(38,0), b number, c float, d int, e varchar(10), f timestamp_ntz, number number(4,1))",
		"insert into typed values (1, 2, 0.1, 4, 'five', '2020-01-01', 7.5)")
	for _, c := range []struct{ sql, want string }{
		{`select 'it''s', 'a\'b', 'tab\there', '\N', $$raw '\n$$`, "it's|a'b|tab\there|N|raw '\\n"},
		{"select 1 // a comment\n, 2 -- another // one\n", "1|2"},
		{"select iff(1 < 2, 'yes', 'no'), nvl(null, 3)", "yes|3"},
		{"select cast('7' as number) + 1, '8'::int, cast(1.5 as float)", "8|8|1.5"},
		{"select a, b, c, d, e, number from typed", "1|2|0.1|4|five|7.5"},
		{"select x from (values (2), (null), (1)) t(x) order by x", "1\n2\nNULL"},
		{"select x from (values (2), (null), (1)) t(x) order by x desc", "NULL\n2\n1"},
	} {
		want(t, s, c.sql, c.want)
	}
}

// TestNames checks that names without quotes come back in upper case.
func TestNames(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, `create table names (plain int, "Quoted" int)`)
	res, err := s.Query(t.Context(), `select plain, "Quoted", plain as other, plain as "as Is", n.plain from names n`)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	var got []string
	for _, c := range res.Columns {
		got = append(got, c.Name)
	}
	if diff := cmp.Diff([]string{"PLAIN", "Quoted", "OTHER", "as Is", "PLAIN"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestUnnamed checks what columns are called that nobody named. Snowflake's
// documentation of SELECT and VALUES has the rule.
func TestUnnamed(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table two (a int, b int)")
	for sql, want := range map[string]string{
		"select count(*), max(a) + 1, 'x', 1 from two":     "COUNT(*), MAX(A) + 1, 'X', 1",
		"select upper('x'), two.*, a, b as c, -a from two": "UPPER('X'), A, B, A, C, -A",
		"(select count(*) from two) union all select 2":    "COUNT(*)",
		"with c as (select 1 as x) select sum(x) from c":   "SUM(X)",
		"values (1, 'a'), (2, 'b')":                        "COLUMN1, COLUMN2",
		"select *, a from two":                             "A, B, A",
		"select a.*, b.* from two a, two b":                "A, B, A, B",
	} {
		res, err := s.Query(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		var got []string
		for i, c := range res.Columns {
			got = append(got, c.Name)
			if f := res.Schema().Field(i).Name; f != c.Name {
				t.Errorf("%s: field %s of column %s", sql, f, c.Name)
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", sql, diff)
		}
		res.Close()
	}
}

// TestRefusals reads the number, kind and place of every sort of refusal.
func TestRefusals(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table taken (a int not null)", "create view seen as select 1 as x")
	for _, c := range []struct {
		sql, state   string
		code         int
		kind         error
		line, column int
	}{
		{"selec 1", "42000", 1003, warehouse.ErrSyntax, 1, 0},
		{"select 'ä' as a,\n  from from taken", "42000", 1003, warehouse.ErrSyntax, 2, 7},
		{"select 'it\\'s',\n  (", "42000", 1003, warehouse.ErrSyntax, 2, 3},
		{"select * from nope", "42S02", 2003, warehouse.ErrNotExist, 0, 0},
		{"select * from nodb.noschema.nope", "02000", 2003, warehouse.ErrNotExist, 0, 0},
		{"drop table nope", "02000", 2003, warehouse.ErrNotExist, 0, 0},
		{"drop view taken", "02000", 2203, nil, 0, 0},
		{"drop table if exists seen", "02000", 2203, nil, 0, 0},
		{"explain show tables", "0A000", 2019, warehouse.ErrUnsupported, 0, 0},
		{"insert into nope values (1)", "42S02", 2003, warehouse.ErrNotExist, 0, 0},
		{"select no_such_function(1)", "42601", 2140, warehouse.ErrNotExist, 0, 0},
		{"select a,\n   b from taken", "42000", 904, nil, 2, 3},
		{"select 'ä' as x, b from taken", "42000", 904, nil, 1, 17},
		{"create table taken (a int)", "42710", 2002, warehouse.ErrExist, 0, 0},
		{"create view taken as select 1", "42710", 2002, warehouse.ErrExist, 0, 0},
		{"create or replace view taken as select 1", "42710", 2002, warehouse.ErrExist, 0, 0},
		{"create table twice (a int, a int)", "42S21", 2025, nil, 1, 27},
		{"insert into taken values (null)", "22000", 100072, nil, 0, 0},
		{"select cast('x' as int)", "22018", 100038, nil, 0, 0},
		{"select cast('x' as int) from taken right join (select 1 as b) on true", "22018", 100038, nil, 0, 0},
		{"select 99999999999999999999999999999999999999::int + 1", "22003", 100046, nil, 0, 0},
		{"use schema nowhere", "02000", 2043, warehouse.ErrNotExist, 0, 0},
		{"select 1; select 2", "0A000", 8, nil, 1, 10},
		{"", "42601", 900, warehouse.ErrSyntax, 1, 0},
		{"select ?", "42601", 2049, nil, 0, 0},
		{"show shares", "0A000", 2019, warehouse.ErrUnsupported, 0, 0},
		{"call something()", "42601", 2140, warehouse.ErrNotExist, 1, 0},
		{"create or replace schema public.x.y", "42000", 1003, warehouse.ErrSyntax, 0, 0},
		{"select $3 from (values (1))", "0A000", 2019, warehouse.ErrUnsupported, 1, 7},
		{"select $limit", "02000", 2211, warehouse.ErrNotExist, 1, 7},
		{"alter session set nonsense = 'UTC'", "22023", 1006, warehouse.ErrNotExist, 0, 0},
		{"use schema", "42000", 1003, warehouse.ErrSyntax, 0, 0},
		{"list @~", "0A000", 2019, warehouse.ErrUnsupported, 0, 0},
	} {
		t.Run(c.sql, func(t *testing.T) {
			_, err := rows(t.Context(), s, c.sql)
			var e *warehouse.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want a *warehouse.Error", err)
			}
			if e.Code != c.code || e.State != c.state || !errors.Is(err, c.kind) && c.kind != nil {
				t.Errorf("got %d %s kind %v, want %d %s kind %v\n%v", e.Code, e.State, e.Kind, c.code, c.state, c.kind, err)
			}
			if c.line > 0 && (e.Line != c.line || e.Column != c.column) {
				t.Errorf("at %d:%d, want %d:%d\n%v", e.Line, e.Column, c.line, c.column, err)
			}
			if e.QueryID == "" {
				t.Error("no query id")
			}
			want(t, s, "select 1", "1")
		})
	}
}

// TestLockedDown tries the ways out of the warehouse that DuckDB has.
func TestLockedDown(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\nclassified\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{"memory": "", "folder": filepath.Join(dir, "state")} {
		t.Run(name, func(t *testing.T) {
			s := session(t, open(t, duckdb.Config{Dir: state}))
			run(t, s, "create table t as select 1 as a")
			for _, sql := range []string{
				"select * from read_csv('" + secret + "')",
				"select * from read_text('" + secret + "')",
				"select * from '" + secret + "'",
				"select * from glob('/etc/*')",
				"create table u as select * from read_blob('/etc/passwd')",
				"copy t to '" + dir + "/out.csv'",
				"copy t from '" + secret + "'",
				"attach '" + dir + "/other.duckdb' as other",
				"detach T",
				"install httpfs",
				"load httpfs",
				"alter session set enable_external_access = true",
				"select getenv('HOME')",
				"select * from duckdb_settings()",
				"select * from T.main.sqlite_master",
				"reset enable_external_access",
				"pragma enable_external_access=true",
				"export database '" + dir + "/export'",
				"import database '" + dir + "/export'",
				"create persistent secret s (type s3, key_id 'x')",
				"checkpoint",
				"explain analyze select * from read_csv('" + secret + "')",
			} {
				if got, err := rows(t.Context(), s, sql); err == nil {
					t.Errorf("%s: ran, and gave %q", sql, got)
				}
			}
			want(t, s, "select a from t", "1")
		})
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "o*")); len(found) > 0 {
		t.Errorf("files were written: %v", found)
	}
}

// TestCancel ends the context of a query that would run for hours.
func TestCancel(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	const endless = "select count(*) from table(generator(rowcount => 1000000000)) a, table(generator(rowcount => 1000000000)) b"
	for _, sql := range []string{endless, "create table never as " + endless} {
		ctx, cancel := context.WithCancel(t.Context())
		var canceled time.Time
		time.AfterFunc(50*time.Millisecond, func() { canceled = time.Now(); cancel() })
		_, err := rows(ctx, s, sql)
		if took := time.Since(canceled); took > 200*time.Millisecond {
			t.Errorf("it took %v to end", took)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want one that wraps context.Canceled", err)
		}
		want(t, s, "select 1", "1")
	}
}

// TestCancelWhileReading ends the context between two batches.
func TestCancelWhileReading(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := s.Query(ctx, "select seq8() as n from table(generator(rowcount => 100000000))")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err = range res.Batches() {
		if n++; n == 2 {
			cancel()
		}
	}
	if !errors.Is(err, context.Canceled) || n > 3 {
		t.Errorf("%d batches, error %v", n, err)
	}
	res.Close()
	want(t, s, "select 1", "1")
}

// TestCloseEndsEverything closes a warehouse under a running query.
func TestCloseEndsEverything(t *testing.T) {
	w := open(t, duckdb.Config{})
	s := session(t, w)
	done := make(chan error)
	go func() {
		_, err := rows(context.Background(), s, "select count(*) from table(generator(rowcount => 1000000000)) a, table(generator(rowcount => 1000000000)) b")
		done <- err
	}()
	time.Sleep(20 * time.Millisecond)
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the query ended well")
	}
	if _, err := s.Query(t.Context(), "select 1"); err == nil {
		t.Error("a closed session runs a query")
	}
	if _, err := w.Open(t.Context(), warehouse.SessionOptions{}); err == nil {
		t.Error("a closed warehouse opens a session")
	}
}

// TestConcurrentBuilds has many sessions make schemas, tables and views at once.
func TestConcurrentBuilds(t *testing.T) {
	w := open(t, duckdb.Config{Dir: t.TempDir()})
	const sessions, tables = 8, 12
	var wg sync.WaitGroup
	for i := range sessions {
		wg.Go(func() {
			s, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "BUILD", Schema: fmt.Sprint("S", i%3)})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for j := range tables {
				for _, sql := range []string{
					"create schema if not exists BUILD.SHARED",
					fmt.Sprintf("create or replace table BUILD.SHARED.T%d_%d as select seq4() as n from table(generator(rowcount => 1000))", i, j),
					fmt.Sprintf("create or replace view BUILD.SHARED.V%d_%d as select * from BUILD.SHARED.T%d_%d", i, j, i, j),
					fmt.Sprintf("create or replace table BUILD.SHARED.SAME as select %d as I from table(generator(rowcount => 10))", i),
				} {
					if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
						t.Errorf("%s: %v", sql, err)
					}
				}
			}
		})
	}
	wg.Wait()
	want(t, session(t, w), "select count(*), count(distinct I) from BUILD.SHARED.SAME", "10|1")
	want(t, session(t, w), "select count(*) from BUILD.information_schema.tables where table_schema = 'SHARED' and table_type = 'BASE TABLE'", fmt.Sprint(sessions*tables+1))
}

// TestTransactions checks BEGIN, COMMIT and ROLLBACK in and out of season.
func TestTransactions(t *testing.T) {
	w := open(t, duckdb.Config{})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table t (a int)", "commit", "rollback", "begin", "begin transaction", "insert into t values (1)")
	want(t, other, "select count(*) from t", "0")
	run(t, s, "rollback", "begin work", "insert into t values (2)", "commit")
	want(t, other, "select a from t", "2")
}

// TestReplaceInTransaction turns a table into a view and back, the way a
// runner does where a relation's kind changes.
func TestReplaceInTransaction(t *testing.T) {
	w := open(t, duckdb.Config{Dir: t.TempDir()})
	s, other := session(t, w), session(t, w)
	run(t, s, "create table r as select 1 as a",
		"begin", "drop table if exists t.public.r", "create or replace view t.public.r as (select 2 as a)")
	want(t, other, "select a from r", "2")
	run(t, s, "commit")
	want(t, other, "select a from r", "2")
	run(t, s, "begin", "drop view if exists t.public.r", "create or replace table t.public.r as (select 3 as a)", "commit")
	want(t, other, "select a from r", "3")
	run(t, s, "begin", "drop table r", "rollback")
	refusedWith(t, other, "select a from r", 2003)
}

// TestSpill sorts more than the memory that the warehouse may use.
func TestSpill(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir, MemoryLimit: "100MB", Threads: 1})
	s := session(t, w)
	run(t, s, "create table d (a int)", "insert into d values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
		`create table big as select repeat(cast(a.a * 10 + b.a as varchar), 40) as x, a.a + b.a as k
			from d a, d b, d c, d e, d f, d g order by k, x`)
	want(t, s, "select count(*), min(k), max(k) from big", "1000000|0|18")
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "tmp")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the scratch folder is left: %v", err)
	}
}

// TestLoadInTransaction rolls a load back with the transaction it is in, and
// keeps a transaction whose load failed.
func TestLoadInTransaction(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (a int)", "begin", "insert into t values (1)")
	if n, err := load(t, s, "t", warehouse.LoadAppend, reader(t, ints, 3, 3, number, nil)); err != nil || n != 3 {
		t.Fatalf("%d rows, error %v", n, err)
	}
	want(t, s, "select count(*) from t", "4")
	if _, err := load(t, s, "t", warehouse.LoadReplace, reader(t, ints, 3, 3, number, errors.New("broken"))); err == nil {
		t.Error("a broken load went well")
	}
	want(t, s, "select count(*) from t", "4")
	run(t, s, "rollback")
	want(t, s, "select count(*) from t", "0")
}

// TestLoadThenFailure fails a statement after rows were loaded in the same
// transaction: nothing of it is committed as if it were whole.
func TestLoadThenFailure(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table t (a int)", "create table u (a varchar(3))", "begin", "insert into u values ('one')")
	if _, err := load(t, s, "t", warehouse.LoadAppend, reader(t, ints, 3, 3, number, nil)); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, s, "select 1 / (a - a) from t", 100051)
	refusedWith(t, s, "insert into u values ('two')", 2019)
	run(t, s, "commit")
	want(t, s, "select (select count(*) from t), (select count(*) from u)", "0|0")
}

// TestUse moves a session about.
func TestUse(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create schema one", "create table here as select 1 as a", "use schema public",
		"create database second", "create table there as select 2 as a", "use role anybody", "use warehouse any_wh")
	want(t, s, "select current_database(), current_schema()", "SECOND|PUBLIC")
	run(t, s, "use t.one")
	want(t, s, "select a from here", "1")
	run(t, s, "use database second")
	want(t, s, "select a from there", "2")
	want(t, s, "select a from t.one.here", "1")
	run(t, s, "use t.public", "drop schema one; -- gone")
	if _, err := rows(t.Context(), s, "select a from t.one.here"); !errors.Is(err, warehouse.ErrNotExist) {
		t.Errorf("error %v, want ErrNotExist", err)
	}
}

// TestViewsKeepTheirPlace reads a view from a session that stands elsewhere.
func TestViewsKeepTheirPlace(t *testing.T) {
	w := open(t, duckdb.Config{})
	s := session(t, w)
	run(t, s, "create table base as select 1 as a", "create view over_base as select a from base")
	elsewhere, err := w.Open(t.Context(), warehouse.SessionOptions{Database: "OTHER"})
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	want(t, elsewhere, "select a from t.public.over_base", "1")
}

// TestLongTexts reads more text than a batch should hold.
func TestLongTexts(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table d (a int)", "insert into d values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
		"create table texts as select repeat('snow pit ', 5000) as x from d a, d b, d c, d e")
	res, err := s.Query(t.Context(), "select x from texts")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	var total, largest, rows int64
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatal(err)
		}
		size := int64(len(batch.Column(0).(*array.String).ValueBytes()))
		total, largest, rows = total+size, max(largest, size), rows+batch.NumRows()
	}
	if rows != 10_000 || total != rows*45_000 || largest > 256<<20 {
		t.Errorf("%d rows, %d bytes, %d of them in one batch", rows, total, largest)
	}
}

// TestSessionTag tags statements by ALTER SESSION; a context's tag goes first.
func TestSessionTag(t *testing.T) {
	w := open(t, duckdb.Config{})
	s := session(t, w)
	run(t, s, "alter session set query_tag = 'of the session'", "select 1")
	if _, err := rows(warehouse.WithQueryTag(t.Context(), "of the context"), s, "select 2"); err != nil {
		t.Fatal(err)
	}
	run(t, s, "alter session unset query_tag", "select 3")
	var got []string
	for _, st := range history(t, w, warehouse.HistoryFilter{}) {
		if st.Kind == "SELECT" {
			got = append(got, st.Text+" "+st.Tag)
		}
	}
	if diff := cmp.Diff([]string{"select 3 ", "select 2 of the context", "select 1 of the session"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestSkippedResult runs a statement while another's rows are open.
func TestSkippedResult(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	res, err := s.Query(t.Context(), "select seq8() as n from table(generator(rowcount => 1000000))")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Query(t.Context(), "select 1"); err == nil || !strings.Contains(err.Error(), "still open") {
		t.Errorf("error %v, want one that says what is open", err)
	}
	res.Close()
	want(t, s, "select 1", "1")
}

// TestTypesOfBinds shows that a bound value counts as what it is: text beside
// a number is read as one.
func TestTypesOfBinds(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	for _, c := range []struct {
		sql  string
		args []any
		want string
	}{
		{"select ? / 3", []any{int64(1)}, "0.333333"},
		{"select 5 = ?", []any{"5.4"}, "false"},
		{"select ? + 1, upper(?)", []any{"1.5", int64(7)}, "2.5|7"},
		{"select :2 || '-' || :1", []any{"a", 1.5}, "1.5-a"},
		{"select iff(?, ?, 0)", []any{true, nil}, "NULL"},
	} {
		got, err := rows(t.Context(), s, c.sql, c.args...)
		if err != nil || got != c.want {
			t.Errorf("%s of %v is %s (%v), want %s", c.sql, c.args, got, err, c.want)
		}
	}
}
