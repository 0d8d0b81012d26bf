package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// rows is a query's result as text: a line a row, bars between the columns.
func rows(ctx context.Context, s warehouse.Session, sql string, args ...any) (string, error) {
	res, err := s.Query(ctx, sql, args...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", sql, err)
	}
	defer res.Close()
	var lines []string
	for batch, err := range res.Batches() {
		if err != nil {
			return "", fmt.Errorf("%s: %w", sql, err)
		}
		for i := range int(batch.NumRows()) {
			lines = append(lines, line(batch, i))
		}
	}
	return strings.Join(lines, "\n"), res.Close()
}

func line(batch arrow.RecordBatch, row int) string {
	cells := make([]string, batch.NumCols())
	for i, col := range batch.Columns() {
		cells[i] = cell(col, row)
	}
	return strings.Join(cells, "|")
}

// cell is a value as text, the same for every Arrow form its type may take.
func cell(col arrow.Array, row int) string {
	if col.IsNull(row) {
		return "NULL"
	}
	switch col := col.(type) {
	case *array.Timestamp:
		t := col.DataType().(*arrow.TimestampType)
		return col.Value(row).ToTime(t.Unit).UTC().Format("2006-01-02 15:04:05.999999999")
	case *warehouse.FarArray:
		return col.Value(row).Format("2006-01-02 15:04:05.999999999")
	case *extensions.TimestampWithOffsetArray:
		return col.Value(row).Format("2006-01-02 15:04:05.999999999 -0700")
	case *array.Time64:
		t := col.DataType().(*arrow.Time64Type)
		return col.Value(row).ToTime(t.Unit).Format("15:04:05.999999999")
	case *array.Date32:
		return col.Value(row).ToTime().Format(time.DateOnly)
	case *array.Decimal128:
		return col.Value(row).ToString(col.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Binary:
		return fmt.Sprintf("%x", col.Value(row))
	}
	return col.ValueStr(row)
}

func want(ctx context.Context, s warehouse.Session, sql string, lines ...string) error {
	got, err := rows(ctx, s, sql)
	if err != nil {
		return err
	}
	if want := strings.Join(lines, "\n"); got != want {
		return fmt.Errorf("%s: got %q, want %q", sql, got, want)
	}
	return nil
}

// refused checks that an error is an *Error with the code and, unless nil, of
// the kind.
func refused(err error, code int, kind error) (*warehouse.Error, error) {
	var e *warehouse.Error
	switch {
	case err == nil:
		return nil, errors.New("it ran, want it refused")
	case !errors.As(err, &e):
		return nil, fmt.Errorf("error %w, want a *warehouse.Error", err)
	case e.Code != code:
		return nil, fmt.Errorf("code %d, want %d: %w", e.Code, code, err)
	case kind != nil && !errors.Is(err, kind):
		return nil, fmt.Errorf("error %w, want one of the kind %w", err, kind)
	}
	return e, nil
}

// refusal runs a statement that must be refused.
func (e *env) refusal(ctx context.Context, sql string, code int, kind error) (*warehouse.Error, error) {
	_, err := rows(ctx, e.s, sql)
	refusal, err := refused(err, code, kind)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	return refusal, nil
}

var pairSchema = arrow.NewSchema([]arrow.Field{
	{Name: "N", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "T", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

var pairColumns = []warehouse.Column{
	{Name: "N", Type: warehouse.Number, Precision: 38, Nullable: true},
	{Name: "T", Type: warehouse.Varchar, Nullable: true},
}

// pairs gives n rows of a number from 0 on and its text, every tenth text
// null, and then err. before is called ahead of each batch of a thousand.
func pairs(n int, err error, before func(batch int)) array.RecordReader {
	next, batch := 0, 0
	return warehouse.ReaderOf(pairSchema, func() (arrow.RecordBatch, error) {
		if before != nil {
			before(batch)
		}
		batch++
		if next >= n {
			return nil, err
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, pairSchema)
		defer b.Release()
		numbers, texts := b.Field(0).(*array.Int64Builder), b.Field(1).(*array.StringBuilder)
		for end := min(n, next+1000); next < end; next++ {
			numbers.Append(int64(next))
			if next%10 == 0 {
				texts.AppendNull()
			} else {
				texts.Append(fmt.Sprint("the number ", next))
			}
		}
		return b.NewRecordBatch(), nil
	})
}
