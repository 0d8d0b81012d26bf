package snowflake_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// open is a warehouse and a session on an emulator of its own.
func open(t testing.TB, change ...func(*account.Config)) (*snowflake.Warehouse, warehouse.Session) {
	t.Helper()
	config := local(t, emulatortest.Serve(t, emulator.Config{}))
	for _, c := range change {
		c(&config)
	}
	w, err := snowflake.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

func exec(t testing.TB, s warehouse.Session, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := warehouse.Exec(t.Context(), s, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// rows are a query's columns and its rows as text.
func rows(t testing.TB, s warehouse.Session, sql string) (columns []warehouse.Column, forms []arrow.DataType, lines []string) {
	t.Helper()
	res, err := s.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	for _, f := range res.Schema().Fields() {
		forms = append(forms, f.Type)
	}
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		for i := range int(batch.NumRows()) {
			cells := make([]string, batch.NumCols())
			for j, col := range batch.Columns() {
				cells[j] = col.ValueStr(i)
			}
			lines = append(lines, strings.Join(cells, "|"))
		}
	}
	return res.Columns, forms, lines
}

const everyType = `select cast(7 as number(9,0)) as n9, cast(-12345678901234567890 as number(38,0)) as n38, cast(-12.50 as number(10,2)) as n2,
	cast(0.1 as float) as f, cast('nan' as float) as nan, 'Räikkönen' as t, true as b, to_binary('00FF') as y, cast('1969-12-31' as date) as d,
	cast('23:59:58.123456' as time) as tm, cast('1969-12-31 23:59:58.5' as timestamp_ntz) as ntz,
	cast('2020-02-29 23:59:58.25 +02:00' as timestamp_tz) as tz, parse_json('{"a": [1, null]}') as v, null::varchar as nothing`

// TestTextAndArrow reads every type from an answer in Arrow and from one in
// text, and finds the same columns, forms and values.
func TestTextAndArrow(t *testing.T) {
	_, s := open(t)
	exec(t, s, "create table every_type as "+everyType)
	columns, forms, lines := rows(t, s, "select * from every_type")
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "7|-12345678901234567890|-12.5|0.1|NaN|Räikkönen|true|") {
		t.Errorf("rows %q", lines)
	}
	exec(t, s, "alter session set go_query_result_format = 'JSON'")
	columns2, forms2, lines2 := rows(t, s, "select * from every_type")
	if diff := cmp.Diff(columns, columns2); diff != "" {
		t.Errorf("columns: Arrow -, text +:\n%s", diff)
	}
	if diff := cmp.Diff(fmt.Sprint(forms), fmt.Sprint(forms2)); diff != "" {
		t.Errorf("forms: Arrow -, text +:\n%s", diff)
	}
	if diff := cmp.Diff(lines, lines2); diff != "" {
		t.Errorf("rows: Arrow -, text +:\n%s", diff)
	}
}

// TestLargeResult streams a result of many chunks, in order, in either format,
// and leaves one half read without leaving anything behind.
func TestLargeResult(t *testing.T) {
	_, s := open(t)
	const n = 1_000_000
	exec(t, s, fmt.Sprintf("create table many as select seq8() as n, 'row number ' || seq8() as t from table(generator(rowcount => %d))", n))
	for _, format := range []string{"ARROW", "JSON"} {
		exec(t, s, "alter session set go_query_result_format = '"+format+"'")
		res, err := s.Query(t.Context(), "select n, t from many order by n")
		if err != nil {
			t.Fatal(err)
		}
		seen, batches := int64(0), 0
		for batch, err := range res.Batches() {
			if err != nil {
				t.Fatal(err)
			}
			batches++
			for i := range int(batch.NumRows()) {
				if got := batch.Column(0).ValueStr(i); got != fmt.Sprint(seen) {
					t.Fatalf("%s: row %d is %s", format, seen, got)
				}
				seen++
			}
		}
		res.Close()
		if seen != n || batches < 4 {
			t.Errorf("%s: %d rows in %d batches", format, seen, batches)
		}
	}
	exec(t, s, "alter session set go_query_result_format = 'ARROW'")
	settle := func() int {
		runtime.GC()
		time.Sleep(100 * time.Millisecond)
		return runtime.NumGoroutine()
	}
	before := settle()
	for range 10 {
		res, err := s.Query(t.Context(), "select n, t from many")
		if err != nil {
			t.Fatal(err)
		}
		for range res.Batches() {
			break
		}
		if err := errors.Join(res.Close(), res.Close()); err != nil {
			t.Error(err)
		}
	}
	if after := settle(); after > before+8 {
		t.Errorf("%d goroutines before ten results were left half read, %d after", before, after)
	}
}

// TestCancelWhileReading ends a context between chunks: the rows end in an
// error, not early as if they were all.
func TestCancelWhileReading(t *testing.T) {
	_, s := open(t, func(c *account.Config) { c.Downloads = 1 })
	exec(t, s, "create table many as select seq8() as n, 'row number ' || seq8() as t from table(generator(rowcount => 1000000))")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := s.Query(ctx, "select n, t from many")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	var last error
	n := int64(0)
	for batch, err := range res.Batches() {
		if last = err; err == nil {
			n += batch.NumRows()
		}
		cancel()
	}
	if !errors.Is(last, context.Canceled) || n == 1_000_000 {
		t.Errorf("%d rows and error %v", n, last)
	}
	exec(t, s, "select 1")
}

// TestCancelReachesTheServer looks there whether the statement ended.
func TestCancelReachesTheServer(t *testing.T) {
	w, s := open(t)
	exec(t, s, "create table many as select seq8() as n from table(generator(rowcount => 100000))")
	ctx, cancel := context.WithTimeout(warehouse.WithQueryTag(t.Context(), "endless"), 200*time.Millisecond)
	defer cancel()
	_, err := warehouse.Exec(ctx, s, "select count(*) from many a, many b, many c where a.n * b.n + c.n = 17")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %v", err)
	}
	for range 100 {
		for st, err := range w.History(t.Context(), warehouse.HistoryFilter{Tag: "endless"}) {
			if err != nil {
				t.Fatal(err)
			}
			if st.Database != "" && st.Status == warehouse.Canceled { // as the server tells it
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the server does not say that it was cancelled")
}

// TestHistory has statements of this process and of an earlier one, by the tag
// that runs carry, and none twice.
func TestHistory(t *testing.T) {
	address := emulatortest.Serve(t, emulator.Config{})
	config := local(t, address)
	tag := `{"app":"snowpit","node":"model.f1.laps"}`
	run := func(sql string, look func(*snowflake.Warehouse)) {
		w, err := snowflake.Open(config)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		s, err := w.Open(t.Context(), warehouse.SessionOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := warehouse.Exec(warehouse.WithQueryTag(t.Context(), tag), s, sql); err != nil {
			t.Fatal(err)
		}
		if look != nil {
			look(w)
		}
	}
	run("create table laps as select 1 as n", nil)
	run("insert into laps values (2), (3)", func(w *snowflake.Warehouse) {
		var got []string
		for st, err := range w.History(t.Context(), warehouse.HistoryFilter{}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %s %d", st.Kind, st.Text, st.Rows))
		}
		want := []string{"INSERT insert into laps values (2), (3) 2", "CREATE_TABLE_AS_SELECT create table laps as select 1 as n 1"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
}

// TestSecretsAreHidden: a secret that stands in a statement shows neither in
// its error nor in the history.
func TestSecretsAreHidden(t *testing.T) {
	const secret = "pw-Cassandra-8231"
	address := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ci", Password: secret}}})
	config := local(t, address)
	config.User, config.Password = "ci", secret
	w, err := snowflake.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := warehouse.WithQueryTag(t.Context(), "hidden")
	if _, err := warehouse.Exec(ctx, s, `select * from "`+secret+`"`); err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "****") {
		t.Errorf("error %v", err)
	}
	n := 0
	for st, err := range w.History(t.Context(), warehouse.HistoryFilter{Tag: "hidden"}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; strings.Contains(fmt.Sprintf("%+v", st), secret) {
			t.Errorf("the history shows it: %+v", st)
		}
	}
	if n != 1 {
		t.Errorf("%d statements", n)
	}
}

func TestDescribe(t *testing.T) {
	_, s := open(t)
	exec(t, s, "create table laps (driver varchar(20), seconds number(9,3) not null)")
	d, err := warehouse.Describe(t.Context(), s, "select driver, seconds from laps where driver = ? /* ? */ and seconds < ?")
	want := warehouse.Description{Kind: "SELECT", Binds: 2, Columns: []warehouse.Column{
		{Name: "DRIVER", Type: warehouse.Varchar, Length: 20, Nullable: true}, {Name: "SECONDS", Type: warehouse.Number, Precision: 9, Scale: 3}}}
	for i := range d.Columns { // which the emulator cannot tell
		d.Columns[i].Nullable, d.Columns[i].Length = want.Columns[i].Nullable, want.Columns[i].Length
	}
	if diff := cmp.Diff(want, d); diff != "" || err != nil {
		t.Errorf("error %v, want -, got +:\n%s", err, diff)
	}
	exec(t, s, "drop table laps")
	if _, err := warehouse.Describe(t.Context(), s, "select * from laps"); !errors.Is(err, warehouse.ErrNotExist) {
		t.Errorf("of no table: %v", err)
	}
}

// TestFloatsKeepTheirDigits: the driver alone would bind those of a float32.
func TestFloatsKeepTheirDigits(t *testing.T) {
	_, s := open(t)
	exec(t, s, "create table f (x float)")
	for _, x := range []float64{0.5, 0.1, 1.123456789012345, -1e300, 5e-324} {
		if _, err := warehouse.Exec(t.Context(), s, "select 1"); err != nil {
			t.Fatal(err)
		}
		res, err := s.Query(t.Context(), "insert into f values (?)", x)
		if err != nil {
			t.Fatal(err)
		}
		res.Close()
		if got := one(t, s, "select count(*) from f where x = "+fmt.Sprintf("%.17g", x)+"::float"); got != "1" {
			t.Errorf("%v: found %s times", x, got)
		}
	}
}
