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

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

func history(t testing.TB, w warehouse.Warehouse, filter warehouse.HistoryFilter) (all []warehouse.Statement) {
	t.Helper()
	for st, err := range warehouse.History(t.Context(), w, filter) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, st)
	}
	return all
}

// TestHistory runs statements of every ending and reads what is kept of them,
// in memory, from the file, and by a later process.
func TestHistory(t *testing.T) {
	for name, dir := range map[string]string{"memory": "", "folder": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			w := open(t, duckdb.Config{Dir: dir})
			s := session(t, w)
			ctx := warehouse.WithQueryTag(t.Context(), "model.standings")
			if _, err := rows(ctx, s, "select column1 as x from (values (1), (2), (3)) v(column1)"); err != nil {
				t.Fatal(err)
			}
			run(t, s, "create table t as select 1 as a", "insert into t values (2), (3)")
			if _, err := rows(t.Context(), s, "select * from nope"); err == nil {
				t.Fatal("nope is there")
			}
			if _, err := load(t, s, "t", warehouse.LoadAppend, reader(t, ints, 5, 5, number, nil)); err != nil {
				t.Fatal(err)
			}
			canceled, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := s.Query(canceled, "select 1"); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			checkHistory(t, w)
			if dir == "" {
				return
			}
			w.Close()
			checkHistory(t, open(t, duckdb.Config{Dir: dir}))
		})
	}
}

func checkHistory(t *testing.T, w warehouse.Warehouse) {
	t.Helper()
	all := history(t, w, warehouse.HistoryFilter{})
	var got []string
	for _, st := range all {
		got = append(got, fmt.Sprintf("%s %s %d rows code %d tag %q", st.Kind, st.Status, st.Rows, st.Code, st.Tag))
		if st.QueryID == "" || st.SessionID == "" || st.Start.IsZero() || st.Database != "T" || st.Schema != "PUBLIC" {
			t.Errorf("incomplete: %+v", st)
		}
	}
	want := []string{
		`SELECT CANCELED 0 rows code 0 tag ""`,
		`INSERT SUCCESS 5 rows code 0 tag ""`,
		`SELECT FAILED_WITH_ERROR 0 rows code 2003 tag ""`,
		`INSERT SUCCESS 2 rows code 0 tag ""`,
		`CREATE_TABLE_AS_SELECT SUCCESS 1 rows code 0 tag ""`,
		`SELECT SUCCESS 3 rows code 0 tag "model.standings"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if tagged := history(t, w, warehouse.HistoryFilter{Tag: "standings"}); len(tagged) != 1 || !strings.Contains(tagged[0].Translated, "COLUMN1") {
		t.Errorf("by tag: %+v", tagged)
	}
	if newest := history(t, w, warehouse.HistoryFilter{Limit: 2}); len(newest) != 2 || newest[0].Kind != "SELECT" {
		t.Errorf("the newest two: %+v", newest)
	}
	if none := history(t, w, warehouse.HistoryFilter{Since: time.Now().Add(time.Hour)}); len(none) != 0 {
		t.Errorf("from the future: %+v", none)
	}
}

// TestHistoryHidesSecrets reads back statements that had some.
func TestHistoryHidesSecrets(t *testing.T) {
	dir := t.TempDir()
	s := session(t, open(t, duckdb.Config{Dir: dir}))
	for _, sql := range []string{
		"create user u password = 'hunter2'",
		"create stage s credentials = (aws_key_id = 'hunter2' aws_secret_key='hunter2')",
		"alter user u set RSA_PUBLIC_KEY='open', password='hun''ter2 hunter2'",
		"select 'hunter' || '2' as x where 'my_secret' => 'hunter2'",
	} {
		rows(t.Context(), s, sql)
	}
	text, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil || strings.Contains(string(text), "hunter2") || !strings.Contains(string(text), "***") {
		t.Errorf("error %v, history:\n%s", err, text)
	}
}

// TestTornHistory reads a file that a crash has cut, and goes on with it.
func TestTornHistory(t *testing.T) {
	dir := t.TempDir()
	whole := `{"query_id":"a","query_text":"select 1","execution_status":"SUCCESS"}` + "\n"
	long := `{"query_id":"b","query_text":"` + strings.Repeat("x", 200_000) + `"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(whole+"rubbish\n"+long+whole[:20]), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, duckdb.Config{Dir: dir})
	run(t, session(t, w), "select 2")
	var got []string
	for _, st := range history(t, w, warehouse.HistoryFilter{}) {
		got = append(got, fmt.Sprint(st.QueryID[:1], len(st.Text)))
	}
	if len(got) != 3 || got[1] != "b200000" || got[2] != "a8" {
		t.Errorf("read %v", got)
	}
}

// TestHistoryOfManySessions writes from all sides at once.
func TestHistoryOfManySessions(t *testing.T) {
	w := open(t, duckdb.Config{Dir: t.TempDir()})
	const sessions, statements = 8, 50
	var wg sync.WaitGroup
	for range sessions {
		s := session(t, w)
		wg.Go(func() {
			for range statements {
				if _, err := rows(context.Background(), s, "select 1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all := history(t, w, warehouse.HistoryFilter{})
	if len(all) != sessions*statements {
		t.Errorf("%d statements, want %d", len(all), sessions*statements)
	}
	ids := map[string]bool{}
	for _, st := range all {
		ids[st.QueryID] = true
	}
	if len(ids) != len(all) {
		t.Errorf("%d ids of %d statements", len(ids), len(all))
	}
}

// FuzzHistoryFile reads any bytes as a history.
func FuzzHistoryFile(f *testing.F) {
	f.Add([]byte(`{"query_id":"a"}` + "\n\n{}\n[]\nnull"))
	f.Add([]byte("\n\n\xff\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "history.jsonl"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		w := open(t, duckdb.Config{Dir: dir})
		history(t, w, warehouse.HistoryFilter{})
		w.Close()
	})
}
