package structure

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// kinds are the letters of the types that JSON has not, as package variant has
// them.
var kinds = map[warehouse.Type]string{
	warehouse.Date: "d", warehouse.Time: "t", warehouse.TimestampNTZ: "s", warehouse.TimestampLTZ: "l", warehouse.TimestampTZ: "z",
	warehouse.Binary: "b", warehouse.Float: variant.Float,
}

// Loose appends to dst a value of a structured type as a semi-structured one,
// whose values keep their types; a null in an ARRAY is a gap. A TIMESTAMP_LTZ is
// what a clock in zone shows.
func Loose(dst []byte, c warehouse.Column, value []byte, zone *time.Location) ([]byte, error) {
	made, err := loose(nil, c, value, zone)
	if err != nil {
		return nil, err
	}
	return variant.Made(dst, made)
}

func loose(dst []byte, c warehouse.Column, value []byte, zone *time.Location) ([]byte, error) {
	if c.Fields == nil || isNull(value) {
		return looseScalar(dst, c, value, zone), nil
	}
	parts, err := Decode(c, value)
	if err != nil {
		return nil, err
	}
	open, end := "{", "}"
	if c.Type == warehouse.Array {
		open, end = "[", "]"
	}
	dst = append(dst, open...)
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case c.Type != warehouse.Array:
			dst = append(quote(dst, p.Key), ':')
		case isNull(p.Value):
			dst = quote(dst, variant.Mark+variant.Gap)
			continue
		}
		if dst, err = loose(dst, p.Column, p.Value, zone); err != nil {
			return nil, err
		}
	}
	return append(dst, end...), nil
}

func looseScalar(dst []byte, c warehouse.Column, value []byte, zone *time.Location) []byte {
	kind := kinds[c.Type]
	if kind == "" || isNull(value) {
		return append(dst, value...)
	}
	var text string
	if json.Unmarshal(value, &text) != nil { // a FLOAT
		text = string(value)
	}
	return quote(dst, variant.Mark+kind+looseTime(c.Type, text, zone))
}

// looseTime is a time in the form that it has in a VARIANT.
func looseTime(t warehouse.Type, text string, zone *time.Location) string {
	layout := layouts[t]
	if layout == "" || t == warehouse.Date || t == warehouse.Time {
		return text
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return text
	}
	if t == warehouse.TimestampLTZ {
		at = at.In(zone)
	}
	digits := max(3, len(strings.TrimRight(strconv.Itoa(1e9+at.Nanosecond()), "0"))-1)
	layout = "2006-01-02 15:04:05." + strings.Repeat("0", digits)
	if t != warehouse.TimestampNTZ {
		layout += " Z0700"
	}
	return at.Format(layout)
}
