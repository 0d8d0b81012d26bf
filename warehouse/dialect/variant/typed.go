package variant

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// What JSON has no type for, a DATE for one, stands in the text of a VARIANT as a
// string that begins with Mark and a letter for its type. Users never see it.
const Mark = "\f\r\f"

// written is Mark behind the quote that begins a string, as JSON has it.
const written = `"\f\r\f`

// The letters behind Mark. A FLOAT and a NUMBER with more digits than JSON's
// readers keep have blanks, which DuckDB passes over where it reads a number.
const (
	Float  = " "
	Digits = "  "
	Text   = "v" // a string that has Mark for its own
	Gap    = "u" // an element of an array that is no value, which is undefined
)

// undefined is how users see a Gap.
const undefined = "undefined"

// gap is a Gap as JSON has it.
const gap = written + Gap + `"`

// Shown appends to dst a kept value as users see it.
func Shown(dst, json []byte) []byte { return show(dst, json, undefined) }

// JSON appends to dst a kept value as others read it, a gap as a null.
func JSON(dst, json []byte) []byte { return show(dst, json, "null") }

func show(dst, json []byte, none string) []byte {
	for {
		at := bytes.Index(json, []byte(written))
		if at < 0 {
			return append(dst, json...)
		}
		dst = append(dst, json[:at]...)
		end := at + len(written)
		for end < len(json) && json[end] != '"' {
			if json[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end+1, len(json))
		if token := json[at:end]; at > 0 && json[at-1] == '\\' || end < len(json) && json[end] == ':' {
			dst = append(dst, token...) // within a string, or a key
		} else {
			dst = shownToken(dst, token, none)
		}
		json = json[end:]
	}
}

// shownToken is one typed string as users see it.
func shownToken(dst, token []byte, none string) []byte {
	rest := strings.TrimSuffix(string(token[len(written):]), `"`)
	switch {
	case strings.HasPrefix(rest, Digits):
		return append(dst, rest[len(Digits):]...)
	case strings.HasPrefix(rest, Float):
		return append(dst, shownFloat(rest[len(Float):])...)
	case rest == "":
		return append(dst, token...)
	case rest == Gap:
		return append(dst, none...)
	}
	return append(append(append(dst, '"'), shownTime(rest)...), '"')
}

// fraction are the digits of a second in a time.
var fraction = regexp.MustCompile(`\.\d+`)

// shownTime is the text of a typed string: a time of day is shown without digits
// of a second, a timestamp with three, as they are by default.
func shownTime(rest string) string {
	kind, text := rest[0], rest[1:]
	switch at := fraction.FindStringIndex(text); {
	case at == nil:
	case kind == 't':
		return text[:at[0]]
	case strings.IndexByte("slz", kind) >= 0:
		return text[:min(at[1], at[0]+4)] + text[at[1]:]
	}
	return text
}

// shownFloat is a FLOAT as Snowflake shows one in a VARIANT.
func shownFloat(text string) string {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return text
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0]
	}
	return strconv.FormatFloat(f, 'e', 15, 64)
}

// IsGap reports a kept value that is none.
func IsGap(value []byte) bool { return string(value) == gap }

// Plain appends to dst a kept value as text, a string without its quotes. ok is
// false for a null and a gap.
func Plain(dst, value []byte) (out []byte, ok bool) {
	value = bytes.TrimSpace(value)
	switch {
	case bytes.Equal(value, []byte("null")), IsGap(value):
		return dst, false
	case len(value) == 0 || value[0] != '"':
		return Shown(dst, value), true
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return append(dst, value...), true
	}
	return append(dst, PlainText(text)...), true
}

// PlainText is a string of a kept value without what says its type.
func PlainText(text string) string {
	rest, typed := strings.CutPrefix(text, Mark)
	switch {
	case !typed || rest == "":
		return text
	case strings.HasPrefix(rest, Float):
		return plainFloat(strings.TrimLeft(rest, Float))
	}
	return rest[1:]
}

// IsNumber reports a string of a kept value that stands for a number.
func IsNumber(text string) bool { return strings.HasPrefix(text, Mark+Float) }

// plainFloat is DuckDB's text of a FLOAT as Snowflake's.
func plainFloat(text string) string {
	return strings.Replace(strings.TrimSuffix(text, ".0"), "nan", "NaN", 1)
}

// typed appends digits that are a FLOAT, or that DuckDB would read as one and
// lose some of.
func typed(dst []byte, kind, digits string) []byte {
	return append(append(append(append(dst, written...), kind...), digits...), '"')
}

// Exact reports a NUMBER's digits that come through a FLOAT as they are.
func Exact(digits string) bool {
	digits = strings.TrimPrefix(digits, "-")
	return !strings.Contains(digits, ".") || len(digits) <= 16 && !strings.HasPrefix(digits, "0.000000")
}

// float appends a FLOAT that JSON wrote.
func float(dst []byte, f float64) []byte {
	return typed(dst, Float, strconv.FormatFloat(f, 'g', -1, 64))
}

// number appends a NUMBER.
func number(dst []byte, digits string) []byte {
	if Exact(digits) {
		return append(dst, digits...)
	}
	return typed(dst, Digits, digits)
}
