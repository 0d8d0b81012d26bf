package scripting_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/scripting"
)

// A database notes what it is asked for, and computes nothing.
type database struct {
	ran, computed []string
	rows          *scripting.Rows
	err           error
}

func (d *database) Execute(_ context.Context, text string, fill func(ast.Statement)) (*scripting.Rows, error) {
	if fill != nil {
		stmt, err := parse.Inner(text)
		if err != nil {
			return nil, err
		}
		fill(stmt)
		text = print.SQL(stmt)
	}
	d.ran = append(d.ran, text)
	if d.rows == nil {
		return &scripting.Rows{}, d.err
	}
	return d.rows, d.err
}

func (d *database) Compute(_ context.Context, x ast.Expr) (scripting.Value, error) {
	d.computed = append(d.computed, print.SQL(x))
	return scripting.Value{}, &warehouse.Error{Code: 1, State: "42000", Message: "nothing is computed here"}
}

func run(t *testing.T, ctx context.Context, db *database, block string) (scripting.Result, error) {
	t.Helper()
	stmt, err := parse.Statement(block)
	if err != nil {
		t.Fatal(err)
	}
	return scripting.Run(ctx, stmt.(*ast.Block), nil, db)
}

// TestQuick computes whole numbers, texts and truth without the database.
func TestQuick(t *testing.T) {
	for x, want := range map[string]string{
		"1 + 2 * 3": "7", "(1 - 5) % 3": "-1", "-7": "-7", "0 - 0": "0", "'a' || 1 || 'b'": "a1b", "1 < 2 and not 'a' = 'b'": "true",
		"null is null": "true", "'b' >= 'a'": "true", "1 <> 1 or false": "false", "123456789012345678 - 1": "123456789012345677", "n + 0.5": "5.5", "-0.05 * n": "-0.25", "1.10 - 1.1": "0.00", "1.50 > 1.5": "false",
		"f + 0.2": "0.30000000000000004", "f * 3 < 0.3": "false", "f - n": "-4.9",
		"-3 * 4": "-12", "2000000000 * 2000000000": "4000000000000000000",
	} {
		db := &database{}
		got, err := run(t, t.Context(), db, "declare n int := 5; f float := 0.1; begin let x := "+x+"; return x; end")
		if err != nil || got.Value.String() != want || len(db.computed) > 0 {
			t.Errorf("%s is %v, %v, want %s; the database computed %q", x, got.Value, err, want, db.computed)
		}
	}
}

// TestLeft has the database compute what is too long, and what is no whole number.
func TestLeft(t *testing.T) {
	for x, want := range map[string]string{
		"9223372036854775807 + 1": "9223372036854775807 + 1", "9000000000 * 9000000000": "9000000000 * 9000000000", "123456789012345678 + 0.5": "123456789012345678 + 0.5",
		"n / 2": "5 / 2", "0.0000001 * 0.0000001": "0.0000001 * 0.0000001", "f(n, s)": "F(5, 'it''s')", "null + 1": "NULL + 1", "n % 0": "5 % 0",
		"(select a from t where b = :n and n = a) + n": "(SELECT A FROM T WHERE B = 5 AND N = A) + 5",
	} {
		db := &database{}
		_, err := run(t, t.Context(), db, "declare n int := 5; s varchar := 'it''s'; begin return "+x+"; end")
		if err == nil || len(db.computed) != 1 || db.computed[0] != want {
			t.Errorf("%s: %v; the database computed %q, want %q", x, err, db.computed, want)
		}
	}
}

// TestFilled puts variables into statements, and takes INTO out of them.
func TestFilled(t *testing.T) {
	for stmt, want := range map[string]string{
		"insert into t values (:n, :s)":                 "INSERT INTO T VALUES (5, 'it''s')",
		"select a into :n from t where b = :n":          "SELECT A FROM T WHERE B = 5",
		"delete from identifier(:s) where a = -:n":      "DELETE FROM IDENTIFIER('it''s') WHERE A = -5",
		"call p(:n, x => :s) into :s":                   "CALL P(5, X => 'it''s')",
		"select * from t":                               "select * from t",
		"execute immediate s":                           "it's",
		"execute immediate 'select ? + ?' using (n, 1)": "SELECT 5 + 1",
	} {
		db := &database{}
		if _, err := run(t, t.Context(), db, "declare n int := 5; s varchar := 'it''s'; begin "+stmt+"; end"); err != nil || len(db.ran) != 1 || db.ran[0] != want {
			t.Errorf("%s: %v; ran %q, want %q", stmt, err, db.ran, want)
		}
	}
}

// TestOneRow refuses more rows than the one that INTO takes.
func TestOneRow(t *testing.T) {
	db := &database{rows: &scripting.Rows{Count: 2, Columns: []warehouse.Column{types.Whole.Column("A")}}}
	_, err := run(t, t.Context(), db, "declare n int;\nbegin\n  select a into :n from t; end")
	var refused *warehouse.Error
	const want = "Uncaught exception of type 'STATEMENT_ERROR' on line 3 at position 2 : A SELECT INTO statement expects exactly 1 returned row, but got 2."
	if !errors.As(err, &refused) || refused.Message != want {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestEnds ends a loop for ever with its context, whatever handlers say.
func TestEnds(t *testing.T) {
	for _, body := range []string{"loop null; end loop;", "while (true) do continue; end while;", "loop begin raise e; exception when other then null; end; end loop;",
		"loop insert into t values (1); end loop;"} {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		done := make(chan error, 1)
		go func() {
			_, err := run(t, ctx, &database{}, "declare e exception; begin "+body+" exception when other then return 'caught'; end")
			done <- err
		}()
		select {
		case err := <-done:
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", body, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s goes on", body)
		}
		stop()
	}
}

// TestUncaught leaves to nobody what no handler may have.
func TestUncaught(t *testing.T) {
	for want, err := range map[string]error{"002019 (0A000): Unsupported by Snowpit: this (line 1)": warehouse.Unsupported("this"), "the connection is gone": errors.New("the connection is gone")} {
		_, got := run(t, t.Context(), &database{err: err}, "begin drop table t; exception when other then return 1; end")
		if got == nil || got.Error() != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestLong refuses a text that a variable has no room for.
func TestLong(t *testing.T) {
	_, err := run(t, t.Context(), &database{}, "declare c varchar(3) := 'abcd'; begin return c; end")
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != 100078 {
		t.Errorf("%v, want 100078", err)
	}
}

func BenchmarkLoop(b *testing.B) {
	stmt, err := parse.Statement(fmt.Sprintf("begin let i := 0; while (i < %d) do i := i + 1; end while; end", b.N))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := scripting.Run(b.Context(), stmt.(*ast.Block), nil, &database{}); err != nil {
		b.Fatal(err)
	}
}
