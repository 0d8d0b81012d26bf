package structure

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// scalar casts a value that holds no others, and is not null.
func (c *Caster) scalar(dst []byte, to warehouse.Column, raw []byte) ([]byte, error) {
	text, isText := textOf(raw)
	ok := true
	switch to.Type {
	case warehouse.Varchar:
		if ok = to.Length == 0 || utf8.RuneCountInString(text) <= to.Length; ok {
			return quote(dst, text), nil
		}
	case warehouse.Number:
		var digits string
		if digits, ok = decimal(asNumber(text, isText), to.Precision, to.Scale); ok {
			return append(dst, digits...), nil
		}
	case warehouse.Float:
		var number string
		if number, ok = float(asNumber(text, isText)); ok {
			return append(dst, number...), nil
		}
	case warehouse.Boolean:
		var value bool
		if value, ok = boolean(text, isText); ok {
			return strconv.AppendBool(dst, value), nil
		}
	case warehouse.Binary:
		var value []byte
		var err error
		if value, err = hex.DecodeString(text); err == nil && isText && (to.Length == 0 || len(value) <= to.Length) {
			return quote(dst, strings.ToUpper(text)), nil
		}
	default:
		var at time.Time
		at, ok = ParseTime(text, c.zone)
		ok = ok && isText && layouts[to.Type] != "" && (to.Type == warehouse.Time || at.Year() > 0) // a time of day is no date
		if ok {
			return quote(dst, timeText(to, at)), nil
		}
	}
	return nil, failed(raw, to)
}

// textOf is a JSON value as text, a string without its quotes.
func textOf(raw []byte) (text string, isText bool) {
	if json.Unmarshal(raw, &text) == nil {
		return variant.PlainText(text), !variant.IsNumber(text)
	}
	return string(bytes.TrimSpace(raw)), false
}

// asNumber makes numbers of true and false.
func asNumber(text string, isText bool) string {
	switch {
	case isText:
		return strings.TrimSpace(text)
	case text == "true":
		return "1"
	case text == "false":
		return "0"
	}
	return text
}

// decimal is a number with no more than so many digits, rounded half away from
// zero to scale, without zeros at its end.
func decimal(text string, precision, scale int) (string, bool) {
	if len(text) > 400 || strings.ContainsAny(text, "/_xXpPiIaA") {
		return "", false
	}
	if _, exponent, has := strings.Cut(strings.ToLower(text), "e"); has {
		if n, err := strconv.Atoi(exponent); err != nil || n > 400 || n < -400 {
			return "", false
		}
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", false
	}
	out := r.FloatString(scale)
	whole, _, _ := strings.Cut(strings.TrimPrefix(out, "-"), ".")
	if strings.Trim(whole, "0") != "" && len(whole) > precision-scale {
		return "", false
	}
	if scale > 0 {
		out = strings.TrimRight(strings.TrimRight(out, "0"), ".")
	}
	if out == "-0" {
		out = "0"
	}
	return out, true
}

// float is a FLOAT as JSON has it, in quotes where JSON has no number for it.
func float(text string) (string, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "_xXpP") {
		return "", false
	}
	switch {
	case math.IsNaN(f):
		return `"NaN"`, true
	case math.IsInf(f, 1):
		return `"inf"`, true
	case math.IsInf(f, -1):
		return `"-inf"`, true
	case f == 0:
		return "0", true
	}
	return strconv.FormatFloat(f, 'g', -1, 64), true
}

// boolean reads the words that TO_BOOLEAN knows, and numbers that are no text.
func boolean(text string, isText bool) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "t", "yes", "y", "on", "1":
		return true, true
	case "false", "f", "no", "n", "off", "0":
		return false, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return f != 0, err == nil && !isText
}

// layouts are the texts of dates and times.
var layouts = map[warehouse.Type]string{
	warehouse.Date: time.DateOnly, warehouse.Time: "15:04:05.999999999", warehouse.TimestampNTZ: "2006-01-02 15:04:05.999999999",
	warehouse.TimestampLTZ: "2006-01-02 15:04:05.999999999Z07:00", warehouse.TimestampTZ: "2006-01-02 15:04:05.999999999Z07:00",
}

// timeText is a time in the form that values of c's type have, its digits cut
// to those of the type.
func timeText(c warehouse.Column, at time.Time) string {
	unit := time.Second
	for range c.Precision {
		unit /= 10
	}
	at = at.Add(-time.Duration(at.Nanosecond()) % max(unit, 1))
	if c.Type == warehouse.TimestampLTZ {
		at = at.UTC()
	}
	return at.Format(layouts[c.Type])
}

// ParseTime reads a date, a time or a timestamp; one without a zone is in zone.
func ParseTime(text string, zone *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, day := range []string{time.DateOnly, ""} {
		for _, clock := range clocks(day) {
			for _, offset := range offsets(clock) {
				if at, err := time.ParseInLocation(day+clock+offset, text, zone); err == nil {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

func clocks(day string) []string {
	if day == "" {
		return []string{"15:04:05", "15:04"}
	}
	return []string{" 15:04:05", "T15:04:05", "", " 15:04", "T15:04"}
}

func offsets(clock string) []string {
	if clock == "" {
		return []string{""}
	}
	return []string{"", "Z07:00", "Z0700", "Z07", " Z07:00", " Z0700", " Z07"}
}
