package emulator_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// open is a pool of connections to an emulator of config.
func open(t *testing.T, config emulator.Config, parameters ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("snowflake", emulatortest.DSN(emulatortest.Serve(t, config), parameters...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// one is the only value that a query gives.
func one[T any](t *testing.T, db *sql.DB, query string, args ...any) (v T) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func code(err error) int {
	var e *sf.SnowflakeError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func TestSelect(t *testing.T) {
	db := open(t, emulator.Config{})
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := one[int](t, db, "select 41 + 1"); got != 42 {
		t.Errorf("got %d", got)
	}
}

func TestChangesAreCounted(t *testing.T) {
	db := open(t, emulator.Config{})
	exec(t, db, "create table t (id number(38,0), name varchar)")
	for _, c := range []struct {
		sql  string
		want int64
	}{
		{"insert into t values (1, 'a'), (2, 'b'), (3, 'c')", 3},
		{"update t set name = 'x' where id > 1", 2},
		{"delete from t where id = 1", 1},
		{"delete from t where id = 1", 0},
	} {
		res, err := db.ExecContext(t.Context(), c.sql)
		if err != nil {
			t.Fatalf("%s: %v", c.sql, err)
		}
		if n, err := res.RowsAffected(); err != nil || n != c.want {
			t.Errorf("%s: %d rows, %v; want %d", c.sql, n, err, c.want)
		}
	}
}

func TestErrorsHaveSnowflakesCodes(t *testing.T) {
	db := open(t, emulator.Config{})
	for sql, want := range map[string]int{"select * from nosuch": 2003, "selec 1": 1003, "select 1; select 2": 8, "": 900} {
		_, err := db.QueryContext(t.Context(), sql)
		var e *sf.SnowflakeError
		if !errors.As(err, &e) || e.Number != want || e.QueryID == "" || e.SQLState == "" {
			t.Errorf("%q: %#v, want number %d", sql, err, want)
		}
	}
	if got := one[int](t, db, "select 1"); got != 1 {
		t.Error("the session did not go on")
	}
}

func TestWrongPassword(t *testing.T) {
	url := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ann", Password: "right"}}})
	db, err := sql.Open("snowflake", emulatortest.DSN(url))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	start := time.Now()
	if err := db.PingContext(t.Context()); code(err) != 390100 {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestCancel(t *testing.T) {
	db := open(t, emulator.Config{})
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err = conn.QueryContext(ctx, "select count(*) from table(generator(rowcount => 100000)) a, table(generator(rowcount => 1000000)) b where random() = 7")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	var n int
	if err := conn.QueryRowContext(t.Context(), "select 1").Scan(&n); err != nil {
		t.Errorf("the session did not go on: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestMultiStatement(t *testing.T) {
	db := open(t, emulator.Config{})
	ctx, err := sf.WithMultiStatement(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(ctx, "select 1; select 'two'; create table t (a int); insert into t values (1), (2)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var v string
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
	}
	if len(got) != 4 || got[0] != "1" || got[1] != "two" || got[3] != "2" {
		t.Errorf("got %q, %v", got, rows.Err())
	}
}

func TestAsync(t *testing.T) {
	db := open(t, emulator.Config{})
	rows, err := db.QueryContext(sf.WithAsyncMode(t.Context()), "select count(*) from table(generator(rowcount => 499500))")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var n int
	if !rows.Next() || rows.Scan(&n) != nil || n != 499500 {
		t.Errorf("got %d, %v", n, rows.Err())
	}
}
