package history_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/history"
)

func opened(t *testing.T, dir string) *history.History {
	t.Helper()
	h, err := history.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func add(t *testing.T, h *history.History, statements ...warehouse.Statement) {
	t.Helper()
	for _, st := range statements {
		if err := h.Add(st); err != nil {
			t.Fatal(err)
		}
	}
}

func texts(t *testing.T, h *history.History, filter warehouse.HistoryFilter) (all []string) {
	t.Helper()
	for st, err := range h.Read(t.Context(), filter) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, st.Text)
	}
	return all
}

// The newest come first, in memory and from a file, in the process that ran them and
// in a later one.
func TestNewestFirst(t *testing.T) {
	for name, dir := range map[string]string{"in memory": "", "in a file": t.TempDir()} {
		h := opened(t, dir)
		add(t, h, warehouse.Statement{QueryID: "1", SessionID: "a", Text: "select 1\n-- of two lines"}, warehouse.Statement{QueryID: "2", SessionID: "b", Text: "select 2"},
			warehouse.Statement{QueryID: "3", SessionID: "a", Text: "select 3"})
		want := []string{"select 3", "select 2", "select 1\n-- of two lines"}
		if diff := cmp.Diff(want, texts(t, h, warehouse.HistoryFilter{})); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
		if diff := cmp.Diff(want[:2], texts(t, h, warehouse.HistoryFilter{Limit: 2})); diff != "" {
			t.Errorf("%s, two of them: want -, got +:\n%s", name, diff)
		}
		if dir == "" {
			continue
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, texts(t, opened(t, dir), warehouse.HistoryFilter{})); diff != "" {
			t.Errorf("%s, later: want -, got +:\n%s", name, diff)
		}
	}
}

// In memory the oldest give way.
func TestRing(t *testing.T) {
	h := opened(t, "")
	for i := range 10_002 {
		add(t, h, warehouse.Statement{Text: fmt.Sprint(i)})
	}
	got := texts(t, h, warehouse.HistoryFilter{})
	if len(got) != 10_000 || got[0] != "10001" || got[len(got)-1] != "2" {
		t.Errorf("%d of them, %s to %s", len(got), got[0], got[len(got)-1])
	}
}

// A process that dies in the middle of a line costs that line alone.
func TestTornLine(t *testing.T) {
	dir := t.TempDir()
	h := opened(t, dir)
	add(t, h, warehouse.Statement{Text: "whole"})
	h.Close()
	file := filepath.Join(dir, "history.jsonl")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(whole, whole[:len(whole)/2]...), 0o666); err != nil {
		t.Fatal(err)
	}
	h = opened(t, dir)
	add(t, h, warehouse.Statement{Text: "after it"})
	if diff := cmp.Diff([]string{"after it", "whole"}, texts(t, h, warehouse.HistoryFilter{})); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// What the reader of a history wants no more is not read, and a context that ends
// ends it with its error.
func TestReadEnds(t *testing.T) {
	h := opened(t, t.TempDir())
	for range 100 {
		add(t, h, warehouse.Statement{Text: strings.Repeat("x", 1000)})
	}
	n := 0
	for range h.Read(t.Context(), warehouse.HistoryFilter{}) {
		if n++; n == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var last error
	for _, err := range h.Read(ctx, warehouse.HistoryFilter{}) {
		last = err
	}
	if n != 3 || last == nil {
		t.Errorf("%d were read, and an ended context gives %v", n, last)
	}
}

// A closed history takes nothing, and can be closed again and read.
func TestClosed(t *testing.T) {
	dir := t.TempDir()
	h := opened(t, dir)
	add(t, h, warehouse.Statement{Text: "kept"})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.Add(warehouse.Statement{Text: "late"}); err == nil {
		t.Error("it takes a statement")
	}
	if err := h.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if diff := cmp.Diff([]string{"kept"}, texts(t, h, warehouse.HistoryFilter{})); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}
