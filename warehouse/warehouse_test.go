package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
)

func TestError(t *testing.T) {
	cause := errors.New("Catalog Error: Table with name drivers does not exist!")
	refused := &warehouse.Error{
		Code: 2003, State: "42S02", Message: "SQL compilation error:\nObject 'DRIVERS' does not exist or not authorized.",
		Kind: warehouse.ErrNotExist, Err: cause,
	}
	err := fmt.Errorf("model standings: %w", refused)
	if !errors.Is(err, warehouse.ErrNotExist) || !errors.Is(err, cause) {
		t.Error("kind or cause lost")
	}
	const want = "model standings: 002003 (42S02): SQL compilation error:\nObject 'DRIVERS' does not exist or not authorized."
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if errors.Is(&warehouse.Error{}, cause) {
		t.Error("an error without a cause matched one")
	}
	bare := &warehouse.Error{Code: 1003, State: "42000", Err: cause}
	if want := "001003 (42000): " + cause.Error(); bare.Error() != want {
		t.Errorf("got  %s\nwant %s", bare, want)
	}
}

func TestQuoteIdent(t *testing.T) {
	for name, want := range map[string]string{
		"DRIVERS":    "DRIVERS",
		"_A$1":       "_A$1",
		"drivers":    `"drivers"`,
		"1ST":        `"1ST"`,
		"TABLE":      `"TABLE"`,
		`say "hi"`:   `"say ""hi"""`,
		"":           `""`,
		"RÄIKKÖNEN":  `"RÄIKKÖNEN"`,
		"A; DROP X;": `"A; DROP X;"`,
	} {
		if got := warehouse.QuoteIdent(name); got != want {
			t.Errorf("QuoteIdent(%q) = %s, want %s", name, got, want)
		}
		if back := warehouse.FoldIdent(want); back != name {
			t.Errorf("FoldIdent(%s) = %q, want %q", want, back, name)
		}
	}
	if got := warehouse.FoldIdent("drivers"); got != "DRIVERS" {
		t.Errorf("FoldIdent(drivers) = %s", got)
	}
}

func TestQuoteString(t *testing.T) {
	for s, want := range map[string]string{
		"it's": `'it''s'`,
		`\N`:   `'\\N'`,
		"":     `''`,
	} {
		if got := warehouse.QuoteString(s); got != want {
			t.Errorf("QuoteString(%q) = %s, want %s", s, got, want)
		}
	}
}

func TestColumnSQL(t *testing.T) {
	for _, test := range []struct {
		col  warehouse.Column
		want string
	}{
		{warehouse.Column{Type: warehouse.Number, Precision: 10, Scale: 2}, "NUMBER(10,2)"},
		{warehouse.Column{Type: warehouse.Number}, "NUMBER"},
		{warehouse.Column{Type: warehouse.Varchar, Length: 5}, "VARCHAR(5)"},
		{warehouse.Column{Type: warehouse.Varchar}, "VARCHAR"},
		{warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 9}, "TIMESTAMP_NTZ"},
	} {
		if got := test.col.SQL(); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.col, got, test.want)
		}
	}
}

func TestColumnOf(t *testing.T) {
	for _, test := range []struct {
		typ  arrow.DataType
		want string
	}{
		{arrow.PrimitiveTypes.Uint8, "NUMBER(38,0)"},
		{arrow.PrimitiveTypes.Int64, "NUMBER(38,0)"},
		{&arrow.Decimal128Type{Precision: 10, Scale: 2}, "NUMBER(10,2)"},
		{arrow.PrimitiveTypes.Float32, "FLOAT"},
		{arrow.BinaryTypes.LargeString, "VARCHAR"},
		{&arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, "VARCHAR"},
		{arrow.BinaryTypes.Binary, "BINARY"},
		{arrow.FixedWidthTypes.Boolean, "BOOLEAN"},
		{arrow.FixedWidthTypes.Date32, "DATE"},
		{arrow.FixedWidthTypes.Time64us, "TIME"},
		{&arrow.TimestampType{Unit: arrow.Microsecond}, "TIMESTAMP_NTZ"},
		{arrow.FixedWidthTypes.Timestamp_ns, "TIMESTAMP_TZ"},
	} {
		got, err := warehouse.ColumnOf(arrow.Field{Name: "C", Type: test.typ})
		if err != nil || got.SQL() != test.want || got.Name != "C" {
			t.Errorf("%s: got %+v, error %v, want %s", test.typ, got, err, test.want)
		}
	}
	_, err := warehouse.ColumnOf(arrow.Field{Name: "C", Type: arrow.Null})
	if err == nil || err.Error() != "column C: Arrow type null has no place in a table" {
		t.Errorf("null type: %v", err)
	}
}

// numbers gives n batches of one row each, then err.
func numbers(t *testing.T, n int, err error) array.RecordReader {
	t.Helper()
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	schema := arrow.NewSchema([]arrow.Field{{Name: "N", Type: arrow.PrimitiveTypes.Int64}}, nil)
	i := 0
	return warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if i == n {
			return nil, err
		}
		i++
		b := array.NewRecordBuilder(mem, schema)
		defer b.Release()
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		return b.NewRecordBatch(), nil
	})
}

func TestResultBatches(t *testing.T) {
	broken := errors.New("the line went dead")
	for _, test := range []struct {
		name string
		err  error
		stop int // after how many batches to stop reading; 0 for never
		want []int64
	}{
		{"whole", nil, 0, []int64{1, 2, 3}},
		{"broken off", broken, 0, []int64{1, 2, 3}},
		{"left early", nil, 2, []int64{1, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			res := warehouse.NewResult("id", "SELECT", nil, numbers(t, 3, test.err))
			var got []int64
			var last error
			for batch, err := range res.Batches() {
				if last = err; err != nil {
					break
				}
				got = append(got, batch.Column(0).(*array.Int64).Value(0))
				if len(got) == test.stop {
					break
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" || !errors.Is(last, test.err) {
				t.Errorf("error %v, want -, got +:\n%s", last, diff)
			}
			if err := errors.Join(res.Close(), res.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestQueryTag(t *testing.T) {
	ctx := warehouse.WithQueryTag(t.Context(), "nightly")
	if got := warehouse.QueryTag(ctx); got != "nightly" {
		t.Errorf("got %q", got)
	}
	if got := warehouse.QueryTag(context.Background()); got != "" {
		t.Errorf("got %q from a context without one", got)
	}
}

// forgetful is a warehouse without a history.
type forgetful struct{ warehouse.Warehouse }

func TestHistoryOfAWarehouseWithoutOne(t *testing.T) {
	for s, err := range warehouse.History(t.Context(), forgetful{}, warehouse.HistoryFilter{}) {
		t.Errorf("got %v, %v", s, err)
	}
}
