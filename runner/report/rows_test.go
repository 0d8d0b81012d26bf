package report_test

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner/report"
	"github.com/snowpit-dev/snowpit/warehouse"
)

var columns = []warehouse.Column{
	{Name: "N", Type: warehouse.Number, Precision: 38}, {Name: "D", Type: warehouse.Number, Precision: 10, Scale: 2}, {Name: "F", Type: warehouse.Float},
	{Name: "S", Type: warehouse.Varchar}, {Name: "T", Type: warehouse.Boolean}, {Name: "DAY", Type: warehouse.Date}, {Name: "AT", Type: warehouse.TimestampNTZ},
	{Name: "V", Type: warehouse.Variant}, {Name: "X", Type: warehouse.Binary},
}

// rows is a row of values, one of odd values and one of nulls.
func rows(err error) *warehouse.Result {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "N", Type: arrow.PrimitiveTypes.Int64}, {Name: "D", Type: &arrow.Decimal128Type{Precision: 10, Scale: 2}},
		{Name: "F", Type: arrow.PrimitiveTypes.Float64}, {Name: "S", Type: arrow.BinaryTypes.String}, {Name: "T", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "DAY", Type: arrow.FixedWidthTypes.Date32}, {Name: "AT", Type: &arrow.TimestampType{Unit: arrow.Nanosecond}},
		{Name: "V", Type: arrow.BinaryTypes.String}, {Name: "X", Type: arrow.BinaryTypes.Binary},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i, f := range []float64{1.5, math.NaN()} {
		b.Field(0).(*array.Int64Builder).Append(int64(1 + i))
		b.Field(1).(*array.Decimal128Builder).Append(decimal128.FromI64(-1250))
		b.Field(2).(*array.Float64Builder).Append(f)
		b.Field(3).(*array.StringBuilder).Append([]string{"Räikkönen", "a,\"b\"\n\x1b[2Jc"}[i])
		b.Field(4).(*array.BooleanBuilder).Append(i == 0)
		b.Field(5).(*array.Date32Builder).Append(18262)
		b.Field(6).(*array.TimestampBuilder).Append(arrow.Timestamp(1577836800_123000000))
		b.Field(7).(*array.StringBuilder).Append([]string{`{"a": [1]}`, "not JSON"}[i])
		b.Field(8).(*array.BinaryBuilder).Append([]byte{0xca, 0xfe})
	}
	for _, f := range b.Fields() {
		f.AppendNull()
	}
	batch := b.NewRecordBatch()
	given := false
	return warehouse.NewResult("01", "SELECT", columns, warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if given {
			return nil, err
		}
		given = true
		return batch, nil
	}))
}

func TestRows(t *testing.T) {
	for format, want := range map[string]string{
		"csv": "N,D,F,S,T,DAY,AT,V,X\n" +
			"1,-12.50,1.5,Räikkönen,TRUE,2020-01-01,2020-01-01 00:00:00.123,\"{\"\"a\"\": [1]}\",CAFE\n" +
			"2,-12.50,NaN,\"a,\"\"b\"\"\n\x1b[2Jc\",FALSE,2020-01-01,2020-01-01 00:00:00.123,not JSON,CAFE\n" +
			",,,,,,,,\n",
		"json": "[\n" +
			`  {"N": 1, "D": -12.50, "F": 1.5, "S": "Räikkönen", "T": true, "DAY": "2020-01-01", "AT": "2020-01-01 00:00:00.123", "V": {"a": [1]}, "X": "CAFE"},` + "\n" +
			`  {"N": 2, "D": -12.50, "F": "NaN", "S": "a,\"b\"\n\u001b[2Jc", "T": false, "DAY": "2020-01-01", "AT": "2020-01-01 00:00:00.123", "V": "not JSON", "X": "CAFE"},` + "\n" +
			`  {"N": null, "D": null, "F": null, "S": null, "T": null, "DAY": null, "AT": null, "V": null, "X": null}` + "\n]\n",
	} {
		var out bytes.Buffer
		if n, err := report.Rows(&out, format, rows(nil), 0); err != nil || n != 3 {
			t.Errorf("%s: %d rows, %v", format, n, err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", format, diff)
		}
	}
}

// A table is for a terminal: no control character reaches it, numbers stand to
// the right.
func TestRowsTable(t *testing.T) {
	var out bytes.Buffer
	if n, err := report.Rows(&out, "table", rows(nil), 2); err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
	if bytes.ContainsRune(out.Bytes(), 0x1b) {
		t.Errorf("a control character is in %q", out.String())
	}
	if !bytes.Contains(out.Bytes(), []byte("│ -12.50 │ 1.5 │ Räikkönen │")) && !bytes.Contains(out.Bytes(), []byte("│ -12.50 │ 1.5 │ Räikkönen ")) {
		t.Errorf("the table is\n%s", out.String())
	}
}

// A result that breaks off is an error, after the rows that came.
func TestRowsFail(t *testing.T) {
	lost := errors.New("the connection is gone")
	for _, format := range report.Formats {
		if n, err := report.Rows(&bytes.Buffer{}, format, rows(lost), 0); !errors.Is(err, lost) || n != 3 {
			t.Errorf("%s: %d rows, %v", format, n, err)
		}
	}
}
