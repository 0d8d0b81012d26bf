package wire

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A JSONEncoder turns a result's batches into rows of text and null, as the
// wire has them in JSON. It is for one goroutine.
type JSONEncoder struct {
	columns []warehouse.Column
	form    Form
	cells   []cellWriter
}

// A cellWriter appends one cell, which is not null, as a JSON string.
type cellWriter func(dst []byte, row int) ([]byte, error)

// NewJSONEncoder is an encoder for batches that hold columns.
func NewJSONEncoder(columns []warehouse.Column, form Form) *JSONEncoder {
	return &JSONEncoder{columns: columns, form: form, cells: make([]cellWriter, len(columns))}
}

// Append adds the batch's rows to dst, each an array, with commas between them
// and around them no brackets: the form of a chunk.
func (e *JSONEncoder) Append(dst []byte, batch arrow.RecordBatch) ([]byte, error) {
	for i, c := range e.columns {
		cell, err := cellsOf(c, batch.Column(i), e.form)
		if err != nil {
			return dst, fmt.Errorf("column %s: %w", c.Name, err)
		}
		e.cells[i] = cell
	}
	var err error
	for row := range int(batch.NumRows()) {
		if len(dst) > 0 {
			dst = append(dst, ",\n"...)
		}
		dst = append(dst, '[')
		for i, cell := range e.cells {
			if i > 0 {
				dst = append(dst, ',')
			}
			if batch.Column(i).IsNull(row) {
				dst = append(dst, "null"...)
				continue
			}
			if dst, err = cell(dst, row); err != nil {
				return dst, fmt.Errorf("column %s: %w", e.columns[i].Name, err)
			}
		}
		dst = append(dst, ']')
	}
	return dst, nil
}

// cellsOf is how the cells of a column's array are written.
func cellsOf(c warehouse.Column, a arrow.Array, form Form) (cellWriter, error) {
	switch a := a.(type) {
	case *array.Int64:
		return func(dst []byte, row int) ([]byte, error) {
			return append(strconv.AppendInt(append(dst, '"'), a.Value(row), 10), '"'), nil
		}, nil
	case *array.Decimal128:
		return func(dst []byte, row int) ([]byte, error) {
			return append(appendDecimal(append(dst, '"'), a.Value(row), c.Scale), '"'), nil
		}, nil
	case *array.Float64:
		return func(dst []byte, row int) ([]byte, error) {
			return append(appendReal(append(dst, '"'), a.Value(row)), '"'), nil
		}, nil
	case *array.String:
		if isSemiStructured(c.Type) {
			return jsonCells(a, form.text(c)), nil
		}
		return func(dst []byte, row int) ([]byte, error) { return appendText(dst, a.Value(row)), nil }, nil
	case *array.Boolean:
		return func(dst []byte, row int) ([]byte, error) {
			if a.Value(row) {
				return append(dst, `"1"`...), nil
			}
			return append(dst, `"0"`...), nil
		}, nil
	case *array.Date32:
		return func(dst []byte, row int) ([]byte, error) {
			return append(strconv.AppendInt(append(dst, '"'), int64(a.Value(row)), 10), '"'), nil
		}, nil
	case *array.Binary:
		return func(dst []byte, row int) ([]byte, error) { return appendHex(dst, a.Value(row)), nil }, nil
	}
	return clockCells(c, a)
}

// jsonCells writes JSON texts, made by text if it is not nil.
func jsonCells(a *array.String, text func(dst []byte, value string) ([]byte, error)) cellWriter {
	var buf, made []byte
	return func(dst []byte, row int) ([]byte, error) {
		value := a.Value(row)
		if text != nil {
			var err error
			if made, err = text(made[:0], value); err != nil {
				return dst, err
			}
			value = string(made)
		}
		buf = appendIndented(buf[:0], value)
		return appendText(dst, string(buf)), nil
	}
}

// clockCells writes times and timestamps: seconds with exactly as many digits
// behind the point as the column has, and a zone's minutes and 1440.
func clockCells(c warehouse.Column, a arrow.Array) (cellWriter, error) {
	values, digits, err := clock(a)
	if err != nil {
		return nil, err
	}
	ahead, over := aheadOf(a), nanosOver(a)
	return func(dst []byte, row int) ([]byte, error) {
		var err error
		if dst = append(dst, '"'); over(row) > 0 && c.Precision > digits {
			dst = appendFar(dst, values[row], int64(over(row)), c.Precision)
		} else {
			dst, err = appendSeconds(dst, values[row], digits, c.Precision)
		}
		if err != nil {
			return dst, err
		}
		if c.Type == warehouse.TimestampTZ {
			dst = append(dst, ' ')
			dst = strconv.AppendInt(dst, int64(zoneUTC+ahead(row)), 10)
		}
		return append(dst, '"'), nil
	}, nil
}

// appendFar writes microseconds and the nanoseconds over them as seconds with over
// six digits, sign and magnitude.
func appendFar(dst []byte, us, ns int64, scale int) []byte {
	if us < 0 {
		dst = append(dst, '-')
		us, ns = -us-1, 1000-ns
	}
	fraction := us%1e6*1000 + ns
	return fmt.Appendf(dst, "%d.%09d", us/1e6, fraction)[:len(dst)+len(strconv.FormatInt(us/1e6, 10))+1+scale]
}

// appendSeconds writes ticks as seconds, sign and magnitude.
func appendSeconds(dst []byte, v int64, digits, scale int) ([]byte, error) {
	if digits > scale {
		v, digits = floor(v, powers[digits-scale]), scale
	}
	magnitude := uint64(v)
	if v < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	unit := uint64(powers[digits])
	dst = strconv.AppendUint(dst, magnitude/unit, 10)
	if scale == 0 {
		return dst, nil
	}
	dst = append(dst, '.')
	fraction := magnitude % unit
	for d := digits - 1; d >= 0; d-- {
		dst = append(dst, byte('0'+fraction/uint64(powers[d])%10))
	}
	for range scale - digits {
		dst = append(dst, '0')
	}
	return dst, nil
}

// appendReal writes a number as the drivers read it.
func appendReal(dst []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// appendHex writes bytes in upper case: the Python driver takes no other.
func appendHex(dst, v []byte) []byte {
	dst = append(dst, '"')
	at := len(dst)
	dst = hex.AppendEncode(dst, v)
	for i, c := range dst[at:] {
		if c >= 'a' {
			dst[at+i] = c - 'a' + 'A'
		}
	}
	return append(dst, '"')
}

const digitsOfHex = "0123456789abcdef"

// appendText writes a JSON string. What is not UTF-8 becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[from:i]...), `\ufffd`...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = append(dst, '\\', 'u', '0', '0', digitsOfHex[c>>4], digitsOfHex[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}
