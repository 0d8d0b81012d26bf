package warehousetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var resultPromises = []promise{
	{"types", "Each type arrives in one Arrow form", types},
	{"nulls", "Nullable: whether a null may occur", nulls},
	{"names", "Column.Name: unquoted names as Snowflake folds them, quoted ones as they are", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, `create table named (plain int, "Quoted" int)`); err != nil {
			return err
		}
		return e.columns(ctx, `select plain, "Quoted", plain as other from named`, "PLAIN", "Quoted", "OTHER")
	}},
	{"unnamed columns", "Column.Name: an expression without a name has its text in upper case", func(ctx context.Context, e *env) error {
		return e.columns(ctx, "select count(*), max(a) as b from (select 1 as a) t", "COUNT(*)", "B")
	}},
	{"schema", "Schema is the rows' Arrow schema; its fields are r.Columns", schemaFits},
	{"no rows", "A Result has typed Columns, rows or not", func(ctx context.Context, e *env) error {
		if err := e.columns(ctx, "select 1 as a, 'x' as b where 1 = 0", "A", "B"); err != nil {
			return err
		}
		return e.want(ctx, "select 1 as a where 1 = 0")
	}},
	{"many rows", "Results come back as Arrow record batches", manyRows},
	{"retained batch", "A batch is valid until the next one unless retained", retained},
	{"kinds", "statement type as QUERY_HISTORY has it", kinds},
	{"affected", "rows inserted, updated and deleted; 0 for a query", affected},
	{"query id", "Snowflake's query id, or the local warehouse's own", queryIDs},
}

// columns checks the names of a query's columns.
func (e *env) columns(ctx context.Context, sql string, names ...string) error {
	res, err := e.s.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer res.Close()
	var got []string
	for _, c := range res.Columns {
		got = append(got, c.Name)
	}
	if !slices.Equal(got, names) {
		return fmt.Errorf("%s: columns %q, want %q", sql, got, names)
	}
	return nil
}

// typeCases are expressions with the type and the value they must arrive as.
var typeCases = []struct {
	expr  string
	arg   any // for its question mark, if it has one
	typ   warehouse.Type
	scale int
	forms []arrow.Type
	value string
}{
	{"cast(42 as number(9,0))", nil, warehouse.Number, 0, []arrow.Type{arrow.INT64, arrow.DECIMAL128}, "42"},
	{"cast(-12345678901234567890 as number(38,0))", nil, warehouse.Number, 0, []arrow.Type{arrow.DECIMAL128}, "-12345678901234567890"},
	{"cast(-12.50 as number(10,2))", nil, warehouse.Number, 2, []arrow.Type{arrow.DECIMAL128}, "-12.50"},
	{"cast(0.5 as float)", nil, warehouse.Float, 0, []arrow.Type{arrow.FLOAT64}, "0.5"},
	{"'Räikkönen'", nil, warehouse.Varchar, 0, []arrow.Type{arrow.STRING}, "Räikkönen"},
	{"cast(? as binary)", []byte{0, 0xff}, warehouse.Binary, 0, []arrow.Type{arrow.BINARY}, "00ff"},
	{"1 = 1", nil, warehouse.Boolean, 0, []arrow.Type{arrow.BOOL}, "true"},
	{"cast('2020-02-29' as date)", nil, warehouse.Date, 0, []arrow.Type{arrow.DATE32}, "2020-02-29"},
	{"cast('23:59:58.5' as time)", nil, warehouse.Time, 0, []arrow.Type{arrow.TIME64}, "23:59:58.5"},
	{"cast('2020-02-29 23:59:58.25' as timestamp_ntz)", nil, warehouse.TimestampNTZ, 0, []arrow.Type{arrow.TIMESTAMP}, "2020-02-29 23:59:58.25"},
	{"cast('2020-02-29 23:59:58.25 +05:30' as timestamp_tz)", nil, warehouse.TimestampTZ, 0, []arrow.Type{arrow.EXTENSION}, "2020-02-29 23:59:58.25 +0530"},
}

func types(ctx context.Context, e *env) error {
	for _, c := range typeCases {
		if err := e.typeCase(ctx, c.expr, c.arg, c.typ, c.scale, c.forms, c.value); err != nil {
			return fmt.Errorf("%s: %w", c.expr, err)
		}
	}
	return nil
}

func (e *env) typeCase(ctx context.Context, expr string, arg any, typ warehouse.Type, scale int, forms []arrow.Type, value string) error {
	var args []any
	if arg != nil {
		args = []any{arg}
	}
	res, err := e.s.Query(ctx, "select "+expr+" as x", args...)
	if err != nil {
		return err
	}
	defer res.Close()
	if len(res.Columns) != 1 || res.Columns[0].Type != typ || res.Columns[0].Scale != scale {
		return fmt.Errorf("columns %+v, want one of type %s with scale %d", res.Columns, typ, scale)
	}
	if form := res.Schema().Field(0).Type; !slices.Contains(forms, form.ID()) {
		return fmt.Errorf("it arrives as Arrow's %s", form)
	}
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		if got := cell(batch.Column(0), 0); got != value {
			return fmt.Errorf("got %s, want %s", got, value)
		}
	}
	return nil
}

func nulls(ctx context.Context, e *env) error {
	if err := e.exec(ctx, "create table nully (i int, n number(10,2), f float, t varchar, b boolean, d date)",
		"insert into nully values (1, 2.5, 0.5, 'x', true, '2020-02-29'), (null, null, null, null, null, null)"); err != nil {
		return err
	}
	return e.want(ctx, "select * from nully order by i nulls last", "1|2.50|0.5|x|true|2020-02-29", "NULL|NULL|NULL|NULL|NULL|NULL")
}

func schemaFits(ctx context.Context, e *env) error {
	res, err := e.s.Query(ctx, "select 1 as a, 'x' as b, cast(1.5 as float) as c")
	if err != nil {
		return err
	}
	defer res.Close()
	schema := res.Schema()
	if schema.NumFields() != 3 || len(res.Columns) != 3 {
		return fmt.Errorf("%d fields and %d columns, want 3 of each", schema.NumFields(), len(res.Columns))
	}
	for i, c := range res.Columns {
		if schema.Field(i).Name != c.Name {
			return fmt.Errorf("field %d is %s and its column %s", i, schema.Field(i).Name, c.Name)
		}
	}
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		if !batch.Schema().Equal(schema) {
			return fmt.Errorf("a batch has the schema %s, the result %s", batch.Schema(), schema)
		}
	}
	return nil
}

// fill makes a table of the numbers from 0 to 10^digits - 1.
func (e *env) fill(ctx context.Context, table string, digits int) error {
	if err := e.exec(ctx, "create or replace table DIGITS (D int)",
		"insert into DIGITS values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)"); err != nil {
		return err
	}
	sum, from := "0", []string{}
	for i := range digits {
		sum = fmt.Sprintf("(%s) * 10 + D%d.D", sum, i)
		from = append(from, fmt.Sprintf("DIGITS D%d", i))
	}
	return e.exec(ctx, "create or replace table "+table+" as select "+sum+" as N from "+strings.Join(from, ", "))
}

func manyRows(ctx context.Context, e *env) error {
	const digits, total = 6, 1_000_000
	if err := e.fill(ctx, "MANY", digits); err != nil {
		return err
	}
	res, err := e.s.Query(ctx, "select N, cast(N as varchar) as T from MANY")
	if err != nil {
		return err
	}
	defer res.Close()
	seen := make([]bool, total)
	var n, largest int64
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		n += batch.NumRows()
		largest = max(largest, batch.NumRows())
		for i := range int(batch.NumRows()) {
			var v int
			if _, err := fmt.Sscan(cell(batch.Column(1), i), &v); err != nil || v < 0 || v >= total || cell(batch.Column(0), i) != fmt.Sprint(v) {
				return fmt.Errorf("row %s", line(batch, i))
			}
			seen[v] = true
		}
	}
	switch {
	case n != total || slices.Contains(seen, false):
		return fmt.Errorf("%d rows, or some twice; want %d", n, total)
	case largest == total:
		return fmt.Errorf("all %d rows came in one batch", total)
	}
	return nil
}

func retained(ctx context.Context, e *env) error {
	if err := e.fill(ctx, "MANY", 5); err != nil {
		return err
	}
	res, err := e.s.Query(ctx, "select N from MANY order by N")
	if err != nil {
		return err
	}
	defer res.Close()
	var kept []arrow.RecordBatch
	defer func() {
		for _, b := range kept {
			b.Release()
		}
	}()
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		batch.Retain()
		kept = append(kept, batch)
	}
	n := 0
	for _, b := range kept {
		for i := range int(b.NumRows()) {
			if got := cell(b.Column(0), i); got != fmt.Sprint(n) {
				return fmt.Errorf("row %d reads %s after the next batch came", n, got)
			}
			n++
		}
	}
	return nil
}

func kinds(ctx context.Context, e *env) error {
	for _, c := range []struct{ sql, kind string }{
		{"create table kinds (a int)", "CREATE_TABLE"},
		{"insert into kinds values (1)", "INSERT"},
		{"update kinds set a = 2", "UPDATE"},
		{"-- a comment\nselect a from kinds", "SELECT"},
		{"with c as (select a from kinds) select * from c", "SELECT"},
		{"create or replace table kinds2 as select a from kinds", "CREATE_TABLE_AS_SELECT"},
		{"delete from kinds", "DELETE"},
	} {
		res, err := e.s.Query(ctx, c.sql)
		if err != nil {
			return fmt.Errorf("%s: %w", c.sql, err)
		}
		res.Close()
		if res.Kind != c.kind {
			return fmt.Errorf("%s: kind %s, want %s", c.sql, res.Kind, c.kind)
		}
	}
	return nil
}

func affected(ctx context.Context, e *env) error {
	for _, c := range []struct {
		sql  string
		rows int64
	}{
		{"create table counted (a int)", 0},
		{"insert into counted values (1), (2), (3)", 3},
		{"update counted set a = 7 where a > 1", 2},
		{"select * from counted", 0},
		{"delete from counted where a = 1", 1},
		{"delete from counted where a = 1", 0},
	} {
		if n, err := warehouse.Exec(ctx, e.s, c.sql); err != nil || n != c.rows {
			return fmt.Errorf("%s: %d rows, want %d; error %w", c.sql, n, c.rows, err)
		}
	}
	return nil
}

func queryIDs(ctx context.Context, e *env) error {
	seen := map[string]bool{}
	for range 5 {
		res, err := e.s.Query(ctx, "select 1")
		if err != nil {
			return err
		}
		res.Close()
		if res.QueryID == "" || seen[res.QueryID] {
			return fmt.Errorf("query id %q, used before: %t", res.QueryID, seen[res.QueryID])
		}
		seen[res.QueryID] = true
	}
	refusal, err := e.refusal(ctx, "select * from no_such_table", 2003, warehouse.ErrNotExist)
	if err == nil && refusal.QueryID == "" {
		err = fmt.Errorf("the refused statement has no query id")
	}
	return err
}

// soon is how long the end of a context may take to end a statement.
const soon = 10 * time.Second
