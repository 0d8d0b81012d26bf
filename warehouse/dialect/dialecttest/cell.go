package dialecttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// cell is a value as Snowflake's clients show it.
func cell(c warehouse.Column, col arrow.Array, i int) string {
	if col.IsNull(i) {
		return null
	}
	switch col := col.(type) {
	case *array.Float64:
		return floatText(col.Value(i))
	case *array.Timestamp:
		text := clock(col.Value(i).ToTime(col.DataType().(*arrow.TimestampType).Unit), "2006-01-02 15:04:05", 3)
		if c.Type != warehouse.TimestampNTZ {
			text += " Z"
		}
		return text
	case *warehouse.FarArray:
		t, suffix := col.Value(i), ""
		switch c.Type {
		case warehouse.TimestampTZ:
			suffix = t.Format(" Z0700")
		case warehouse.TimestampLTZ:
			suffix = " Z"
		}
		return clock(t, "2006-01-02 15:04:05", 3) + suffix
	case *extensions.TimestampWithOffsetArray:
		t := col.Value(i)
		return clock(t, "2006-01-02 15:04:05", 3) + t.Format(" Z0700")
	case *array.Time64:
		return clock(col.Value(i).ToTime(col.DataType().(*arrow.Time64Type).Unit), "15:04:05", 0)
	case *array.Date32:
		return col.Value(i).ToTime().Format(time.DateOnly)
	case *array.Decimal128:
		return col.Value(i).ToString(col.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Binary:
		return strings.ToUpper(fmt.Sprintf("%x", col.Value(i)))
	}
	return col.ValueStr(i)
}

// floatText is a FLOAT as Snowflake writes it.
func floatText(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return map[bool]string{true: "inf", false: "-inf"}[v > 0]
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// clock is a time with as many digits behind the second as it needs, and no
// fewer than least.
func clock(t time.Time, layout string, least int) string {
	digits := strings.TrimRight(fmt.Sprintf("%09d", t.Nanosecond()), "0")
	if n := least - len(digits); n > 0 {
		digits += strings.Repeat("0", n)
	}
	if digits == "" {
		return t.Format(layout)
	}
	return t.Format(layout) + "." + digits
}

// agrees reports whether a cell of type t is as wanted.
func agrees(t warehouse.Type, want, got string) bool {
	switch {
	case want == got || want == anything:
		return true
	case want == null || got == null:
		return false
	case t == warehouse.Float:
		return sameFloat(want, got)
	case t == warehouse.Variant, t == warehouse.Object, t == warehouse.Array, t == warehouse.Map:
		return compact(want) == compact(got)
	}
	return false
}

// sameFloat compares FLOATs, by as many digits as want has if they are six or
// more.
func sameFloat(want, got string) bool {
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return false
	}
	g, err := strconv.ParseFloat(got, 64)
	if err != nil || w == g {
		return err == nil
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(want), "e")
	digits := len(strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0"))
	const enough = 15 // further digits are beyond what a FLOAT can tell
	if digits < 6 || digits > enough {
		digits = enough
	}
	return strconv.FormatFloat(w, 'e', digits-1, 64) == strconv.FormatFloat(g, 'e', digits-1, 64)
}

// gaps are where an array has no value, which no JSON knows, and the texts where
// that word is only a word.
var gaps = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|undefined`)

// compact is JSON, or an array with gaps, without the spaces between its tokens,
// other text as it is.
func compact(s string) string {
	known := gaps.ReplaceAllStringFunc(s, func(token string) string {
		if token == "undefined" {
			return `"\u0000"`
		}
		return token
	})
	var b bytes.Buffer
	if json.Compact(&b, []byte(known)) != nil {
		return s
	}
	return b.String()
}
