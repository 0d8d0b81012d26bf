package seed

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A kind is one type a column may turn out to have, in the order dbt tries
// them.
type kind int

const (
	integer     kind = iota // fits 64 bits
	wideInteger             // up to 38 digits
	number
	date
	timestamp
	boolean
	text
)

// A guess is the set of kinds that all values of a column have been so far,
// one bit a kind.
type guess uint

const (
	anyKind  guess = 1<<(text+1) - 1
	onlyText guess = 1 << text
)

// implied has, for each kind, the kinds that any value of it is also of.
var implied = [...]guess{
	integer:     1<<integer | 1<<wideInteger | 1<<number | onlyText,
	wideInteger: 1<<wideInteger | 1<<number | onlyText,
	number:      1<<number | onlyText,
	date:        1<<date | onlyText,
	timestamp:   1<<timestamp | onlyText,
	boolean:     1<<boolean | onlyText,
	text:        onlyText,
}

// see rules out the kinds that value is not.
func (g *guess) see(value string) {
	if *g != onlyText {
		*g &= implied[kindOf(value, g.kind())]
	}
}

// kind is the first kind left; a column of nulls alone is an integer, as in
// dbt.
func (g guess) kind() kind { return kind(bits.TrailingZeros(uint(g))) }

// kindOf is the first kind from k on that value is.
func kindOf(value string, k kind) kind {
	for ; k < text; k++ {
		if is(value, k) {
			return k
		}
	}
	return text
}

// is reports whether value is of kind k.
func is(value string, k kind) bool {
	value = strings.TrimSpace(value)
	switch k {
	case integer:
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case wideInteger:
		digits := strings.TrimLeft(value, "+-")
		return len(digits) <= 38 && len(value)-len(digits) <= 1 && strings.Trim(digits, "0123456789") == "" && digits != ""
	case number:
		if strings.ContainsAny(value, "xXpPnNiI_") {
			return false
		}
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case date:
		_, err := time.Parse(time.DateOnly, value)
		return err == nil
	case timestamp:
		_, err := parseTimestamp(value)
		return err == nil
	case boolean:
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	}
	return true
}

// parseTimestamp reads a timestamp without a zone; the fraction may be missing.
func parseTimestamp(value string) (time.Time, error) {
	t, err := time.Parse("2006-01-02 15:04:05", value)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04:05", value)
	}
	return t, err
}

// column is the kind's type in the warehouse, as dbt-snowflake has it.
func (k kind) column() warehouse.Column {
	c := warehouse.Column{Nullable: true}
	switch k {
	case integer, wideInteger:
		c.Type, c.Precision = warehouse.Number, 38
	case number:
		c.Type = warehouse.Float
	case date:
		c.Type = warehouse.Date
	case timestamp:
		c.Type, c.Precision = warehouse.TimestampNTZ, 9
	case boolean:
		c.Type = warehouse.Boolean
	case text:
		c.Type = warehouse.Varchar
	}
	return c
}

// arrow is the kind's Arrow type.
func (k kind) arrow() arrow.DataType {
	switch k {
	case integer:
		return arrow.PrimitiveTypes.Int64
	case wideInteger:
		return &arrow.Decimal128Type{Precision: 38}
	case number:
		return arrow.PrimitiveTypes.Float64
	case date:
		return arrow.FixedWidthTypes.Date32
	case timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case boolean:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}

// add appends a value that is not null.
func (k kind) add(b array.Builder, value string) error {
	if k == text {
		b.(*array.StringBuilder).Append(value)
		return nil
	}
	value = strings.TrimSpace(value)
	switch k {
	case integer:
		n, err := strconv.ParseInt(value, 10, 64)
		b.(*array.Int64Builder).Append(n)
		return err
	case wideInteger:
		n, err := decimal128.FromString(value, 38, 0)
		b.(*array.Decimal128Builder).Append(n)
		return err
	case number:
		f, err := strconv.ParseFloat(value, 64)
		b.(*array.Float64Builder).Append(f)
		return err
	case date:
		t, err := time.Parse(time.DateOnly, value)
		b.(*array.Date32Builder).Append(arrow.Date32FromTime(t))
		return err
	case timestamp:
		t, err := parseTimestamp(value)
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(t.UnixMicro()))
		return err
	case boolean:
		b.(*array.BooleanBuilder).Append(strings.EqualFold(value, "true"))
		return nil
	}
	return fmt.Errorf("no such kind %d", k)
}
