package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

func connect(t *testing.T) (*engine.Engine, *engine.Conn) {
	t.Helper()
	e, err := engine.Open([][2]string{{"errors_as_json", "true"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	c, err := e.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return e, c
}

func exec(t *testing.T, c *engine.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if err := c.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// rows are those of a query, a line each.
func rows(t *testing.T, c *engine.Conn, sql string, args ...any) string {
	t.Helper()
	cur, err := c.Run(t.Context(), sql, args)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer cur.Close()
	var lines []string
	for batches := cur.Batches(cur.Columns()); ; {
		batch, err := batches.Next(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if batch == nil {
			return strings.Join(lines, "\n")
		}
		for i := range int(batch.NumRows()) {
			var cells []string
			for _, col := range batch.Columns() {
				cells = append(cells, col.ValueStr(i))
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
		batch.Release()
	}
}

func TestRun(t *testing.T) {
	_, c := connect(t)
	exec(t, c, "create table t (a bigint, b varchar)", "insert into t values (1, 'x'), (2, null)")
	if got := rows(t, c, "select a, b, ? from t where a >= ? order by a", "it's ?", int64(1)); got != "1|x|it's ?\n2|(null)|it's ?" {
		t.Errorf("got %s", got)
	}
	cur, err := c.Run(t.Context(), "update t set b = 'y'", nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := cur.Count()
	cur.Close()
	cur.Close() // once more is harmless
	if err != nil || n != 2 || cur.GivesRows() {
		t.Errorf("%d rows changed, error %v", n, err)
	}
	prepared, err := c.Prepare(t.Context(), "select a, b from t where a between ? and ?")
	if err != nil {
		t.Fatal(err)
	}
	defer prepared.Close()
	if prepared.Binds() != 2 || len(prepared.Prepared()) != 2 {
		t.Errorf("%d binds, %d columns", prepared.Binds(), len(prepared.Prepared()))
	}
}

// TestErrors: what DuckDB refuses has its type, and the connection goes on.
func TestErrors(t *testing.T) {
	_, c := connect(t)
	exec(t, c, "create table t (a bigint not null)")
	for sql, want := range map[string]string{
		"selec 1":                        engine.TypeParser,
		"select b from t":                engine.TypeBinder,
		"select * from nope":             engine.TypeCatalog,
		"insert into t values (null)":    engine.TypeConstraint,
		"select cast('x' as int)":        engine.TypeConversion,
		"select 9223372036854775807 + 1": engine.TypeRange,
		"select error('mine')":           engine.TypeInvalid,
		"commit":                         engine.TypeTransaction,
	} {
		err := c.Exec(t.Context(), sql)
		var e *engine.Error
		if !errors.As(err, &e) || e.Type != want {
			t.Errorf("%s: error %v, want one of the type %q", sql, err, want)
		}
		_ = c.Exec(t.Context(), "rollback") // where one is open
		if got := rows(t, c, "select 42"); got != "42" {
			t.Errorf("after %s: %s", sql, got)
		}
	}
}

// TestInterrupt: a context that ends ends what runs, and what would run next;
// the connection goes on.
func TestInterrupt(t *testing.T) {
	_, c := connect(t)
	const long = "select count(*) from range(10000000000) a, range(10000000000) b where a.range + b.range = 7"
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := c.Exec(ctx, long); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if err := c.Exec(ctx, "select 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with an ended context: error %v", err)
	}
	if got := rows(t, c, "select 42"); got != "42" {
		t.Errorf("afterwards: %s", got)
	}
}

// numbers is a batch of the numbers from first to last.
func numbers(first, last int64) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int64}}, nil))
	defer b.Release()
	for n := first; n <= last; n++ {
		b.Field(0).(*array.Int64Builder).Append(n)
	}
	return b.NewRecordBatch()
}

// TestAppender: what is finished is there, what is destroyed with an error is
// not.
func TestAppender(t *testing.T) {
	_, c := connect(t)
	w, err := engine.NewColumnWriter(warehouse.Column{Name: "N", Type: warehouse.Number, Precision: 38}, arrow.PrimitiveTypes.Int64)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, c, fmt.Sprintf("create table t (n %s)", w.SQL))
	for _, failed := range []error{errors.New("the rows broke off"), nil} {
		exec(t, c, "begin")
		a, err := c.Appender("memory", "main", "t", []*engine.ColumnWriter{w})
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(5) {
			batch := numbers(1000*i, 1000*i+999)
			err = errors.Join(err, a.Append(t.Context(), batch))
			batch.Release()
		}
		if failed == nil {
			err = errors.Join(err, a.Finish(t.Context()))
		}
		a.Destroy(failed)
		if err != nil {
			t.Fatal(err)
		}
		if failed != nil {
			exec(t, c, "rollback")
			if got := rows(t, c, "select count(*) from t"); got != "0" {
				t.Errorf("%s rows of a broken load", got)
			}
			continue
		}
		exec(t, c, "commit")
		if got := rows(t, c, "select count(*), sum(n) from t"); got != "5000|12497500" {
			t.Errorf("got %s", got)
		}
	}
}

// TestCopyRows takes rows from one connection to another's temporary table,
// all of them or, when ctx has ended, an error.
func TestCopyRows(t *testing.T) {
	e, from := connect(t)
	to, err := e.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	exec(t, to, "create temporary table copied (n bigint, t varchar)")
	run := func(ctx context.Context) (int64, error) {
		cur, err := from.Run(t.Context(), "select range as n, case when range % 3 > 0 then 'row ' || range end as t from range(10000)", nil)
		if err != nil {
			return 0, err
		}
		defer cur.Close()
		return engine.CopyRows(ctx, cur, to, "copied")
	}
	if n, err := run(t.Context()); err != nil || n != 10000 {
		t.Fatalf("%d rows, error %v", n, err)
	}
	if got := rows(t, to, "select count(*), count(t), max(n) from copied"); got != "10000|6666|9999" {
		t.Errorf("got %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestStaysInside tells the statements that reach out of the database.
func TestStaysInside(t *testing.T) {
	_, c := connect(t)
	for sql, want := range map[string]bool{
		"select 1":                    true,
		"create table inside (a int)": true,
		"copy (select 1) to 'x.csv'":  false,
		"attach 'x.db' as x":          false,
		"install httpfs":              false,
		"set threads = 1":             false,
	} {
		cur, err := c.Prepare(t.Context(), sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		if got, kind := cur.StaysInside(); got != want {
			t.Errorf("%s: inside is %v, of type %d", sql, got, kind)
		}
		cur.Close()
	}
}
