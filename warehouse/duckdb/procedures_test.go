package duckdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// TestCallWithValues binds the arguments of a procedure, and a describe of the
// call runs nothing.
func TestCallWithValues(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create table calls (n int)", `create procedure call_me(in1 float, in2 variant) returns string language javascript as $$
		snowflake.execute({sqlText: 'insert into calls values (1)'});
		let res = snowflake.execute({sqlText: 'select ? c1, ? c2', binds: [IN1, JSON.stringify(IN2)]});
		res.next();
		return res.getColumnValueAsString(1) + ' ' + res.getColumnValueAsString(2) + ' ' + IN2;
	$$`)
	d, err := warehouse.Describe(t.Context(), s, "call call_me(?, to_variant(?))")
	if err != nil || d.Binds != 2 || len(d.Columns) != 1 || d.Columns[0].Name != "CALL_ME" || d.Columns[0].Type != warehouse.Varchar {
		t.Errorf("described as %+v (%v)", d, err)
	}
	if got, err := rows(t.Context(), s, "call call_me(?, to_variant(?))", 1.0, "[2,3]"); err != nil || got != `1 "[2,3]" [2,3]` {
		t.Errorf("called: %s (%v)", got, err)
	}
	if got, err := rows(t.Context(), s, "select count(*) from calls"); err != nil || got != "1" {
		t.Errorf("it ran %s times (%v), want once", got, err)
	}
}

// TestProcedureIsCancelled ends a procedure that never would, in its own code and
// in a statement of its, and the session goes on where it was.
func TestProcedureIsCancelled(t *testing.T) {
	s := session(t, open(t, duckdb.Config{}))
	run(t, s, "create procedure spin() returns varchar language javascript as 'for (;;) try { for (;;); } catch (e) {}'",
		`create procedure waits() returns varchar language javascript as $$ for (;;) try { snowflake.execute({sqlText: "select system$wait(60)"}) } catch (e) {} $$`,
		"create schema elsewhere")
	for _, sql := range []string{"call public.spin()", "call public.waits()"} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		began := time.Now()
		_, err := rows(ctx, s, sql)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 10*time.Second {
			t.Errorf("%s: %v after %v, want the end of its context", sql, err, time.Since(began))
		}
	}
	if got, err := rows(t.Context(), s, "select current_schema()"); err != nil || got != "ELSEWHERE" {
		t.Errorf("afterwards: in %s (%v)", got, err)
	}
}

// TestProceduresStay finds procedures and functions again in a state folder, and
// they go with their schema.
func TestProceduresStay(t *testing.T) {
	dir := t.TempDir()
	w := open(t, duckdb.Config{Dir: dir})
	run(t, session(t, w), "create procedure p() returns varchar language javascript as 'return \"p\"'", "create function f() returns varchar language javascript as 'return \"f\"'")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, duckdb.Config{Dir: dir}))
	for sql, want := range map[string]string{"call p()": "p", "select f()": "f"} {
		if got, err := rows(t.Context(), s, sql); err != nil || got != want {
			t.Errorf("%s: %s (%v), want %s", sql, got, err, want)
		}
	}
	run(t, s, "create schema copied clone public", "drop schema public", "use schema copied")
	if got, err := rows(t.Context(), s, "call p()"); err != nil || got != "p" {
		t.Errorf("the clone's: %s (%v)", got, err)
	}
	if _, err := rows(t.Context(), s, "call public.p()"); err == nil {
		t.Error("a procedure is there without its schema")
	}
}
