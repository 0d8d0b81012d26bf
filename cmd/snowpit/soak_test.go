package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestServeSoak runs many statements on one server, which is then as large and
// as fast as it was after the first tenth. SNOWPIT_SOAK says how many they are;
// make soak runs the 100,000 that are the claim.
func TestServeSoak(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SNOWPIT_SOAK"))
	if err != nil || n < 10_000 {
		t.Skip("it takes minutes: make soak")
	}
	p, err := startServe("snowpit", []string{"--quiet", "--state-dir", filepath.Join(t.TempDir(), "state")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	db, err := openServed(p, "snowpit", "snowpit")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "create table t (a int, s varchar)"); err != nil {
		t.Fatal(err)
	}
	window := n / 100
	var medians []time.Duration // of each window
	var before int64
	for len(medians) < 100 {
		medians = append(medians, soak(t, db, len(medians)*window, window))
		if len(medians) == 10 {
			before = resident(t, p.cmd.Process.Pid)
		}
	}
	after := resident(t, p.cmd.Process.Pid)
	// The best of ten windows: what else the machine does is no fault of ours.
	early, late := slices.Min(medians[5:15]), slices.Min(medians[90:])
	t.Logf("%d statements: median %v, then %v; resident %d MB, then %d MB", n, early, late, before>>20, after>>20)
	if after > before+before/10 {
		t.Errorf("memory grew from %d to %d KB", before>>10, after>>10)
	}
	if late > early+early/10 {
		t.Errorf("a statement took %v, and takes %v", early, late)
	}
}

// soak runs so many statements of a mixed lot, and gives the median time of the
// smallest of them.
func soak(t *testing.T, db *sql.DB, from, n int) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var took []time.Duration
	for i := from; i < from+n; i++ {
		start := time.Now()
		var err error
		switch {
		case i%20 == 19:
			_, err = db.ExecContext(ctx, "insert into t values (?, ?)", i%1000, "some text")
		case i%500 == 250:
			_, err = db.ExecContext(ctx, "delete from t where a < 1000")
		case i%100 == 50:
			_, err = db.ExecContext(ctx, fmt.Sprintf("create or replace temporary table own%d as select * from t", i%7))
		case i%50 == 25:
			_, err = db.ExecContext(ctx, fmt.Sprintf("select * from no_such_table_%d", i))
			if codeOf(err) == 2003 {
				err = nil
			}
		default:
			var got int
			if err = db.QueryRowContext(ctx, fmt.Sprint("select ", i)).Scan(&got); err == nil && got != i {
				err = fmt.Errorf("got %d", got)
			}
			took = append(took, time.Since(start))
		}
		if err != nil {
			t.Fatalf("statement %d: %v", i, err)
		}
	}
	slices.Sort(took)
	return took[len(took)/2]
}
