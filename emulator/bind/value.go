package bind

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A value is one bound value: what is passed, and the SQL around its place.
type value struct {
	arg           any
	before, after string // such as "" and "::DATE"
}

// literal writes the value as SQL, for where a place for a value may not stand.
func (v value) literal() string {
	switch a := v.arg.(type) {
	case nil:
		return "NULL" + v.after
	case bool:
		return strconv.FormatBool(a)
	case int64:
		return strconv.FormatInt(a, 10)
	case float64:
		return "'" + strconv.FormatFloat(a, 'g', -1, 64) + "'::FLOAT"
	case string:
		return v.before + warehouse.QuoteString(a) + v.after
	case []byte:
		return "X'" + hex.EncodeToString(a) + "'"
	case time.Time:
		return "'" + a.UTC().Format(stamp) + "'::TIMESTAMP_NTZ"
	}
	return "NULL"
}

const stamp = "2006-01-02 15:04:05.999999999"

// misfit is a value that is not what its type says.
func misfit(typ, text string, err error) error {
	return &warehouse.Error{Code: 2086, State: "42601", Err: err,
		Message: fmt.Sprintf("SQL compilation error:\nbind value '%.100s' does not fit its type %s", text, typ)}
}

// valueOf reads one value of a type as the wire has it.
func valueOf(typ string, s *string) (value, error) {
	if s == nil {
		return value{}, nil
	}
	text, typ := *s, strings.ToUpper(typ)
	var v value
	var err error
	switch typ {
	case "FIXED":
		v, err = fixed(text)
	case "REAL":
		v.arg, err = strconv.ParseFloat(text, 64)
	case "BOOLEAN":
		v.arg, err = strconv.ParseBool(strings.ToLower(text))
	case "BINARY":
		v.arg, err = hex.DecodeString(text)
	case "DATE", "TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "TIMESTAMP":
		v, err = clock(typ, text)
	case "VARIANT", "OBJECT", "ARRAY", "MAP":
		v = value{arg: text, before: "PARSE_JSON(", after: ")"}
	case "DECFLOAT":
		v.arg, err = strconv.ParseFloat(text, 64)
	default: // TEXT, ANY, and what there may be one day
		v.arg = text
	}
	if err != nil {
		return value{}, misfit(typ, text, err)
	}
	return v, nil
}

// fixed reads an exact number.
func fixed(text string) (value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value{arg: n}, nil
	}
	if strings.ContainsAny(text, "eE/_xX") {
		return value{}, fmt.Errorf("no decimal number")
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return value{}, fmt.Errorf("no decimal number")
	}
	_, fraction, _ := strings.Cut(text, ".")
	scale := len(fraction)
	if scale > 37 {
		return value{}, fmt.Errorf("more than 37 digits behind the point")
	}
	return value{arg: r.FloatString(scale), after: "::NUMBER(38," + strconv.Itoa(scale) + ")"}, nil
}

// clock reads a date in milliseconds, a time or a timestamp in nanoseconds, or
// either as text.
func clock(typ, text string) (value, error) {
	count, offset, zoned := strings.Cut(text, " ")
	n, ok := new(big.Int).SetString(count, 10)
	if !ok {
		return value{arg: text, after: "::" + typ}, nil // a date or a time as it is written
	}
	switch typ {
	case "DATE":
		if !n.IsInt64() {
			return value{}, fmt.Errorf("no date")
		}
		return value{arg: time.UnixMilli(n.Int64()).UTC().Format(time.DateOnly), after: "::DATE"}, nil
	case "TIME":
		if !n.IsInt64() {
			return value{}, fmt.Errorf("no time")
		}
		return value{arg: time.Unix(0, n.Int64()).UTC().Format("15:04:05.999999999"), after: "::TIME"}, nil
	}
	at, err := instant(n)
	if err != nil {
		return value{}, err
	}
	if typ == "TIMESTAMP_NTZ" || typ == "TIMESTAMP" {
		return value{arg: at}, nil
	}
	if zoned {
		minutes, err := strconv.Atoi(offset)
		if err != nil || minutes < 0 || minutes > 2880 {
			return value{}, fmt.Errorf("no offset")
		}
		at = at.In(time.FixedZone("", (minutes-1440)*60))
	}
	return value{arg: at.Format(stamp + "-07:00"), after: "::" + typ}, nil
}

// instant is so many nanoseconds from 1970, which may be more than an int64 has.
func instant(n *big.Int) (time.Time, error) {
	seconds, rest := new(big.Int).DivMod(n, big.NewInt(1e9), new(big.Int))
	if !seconds.IsInt64() || seconds.Int64() > 1<<40 || seconds.Int64() < -1<<40 {
		return time.Time{}, fmt.Errorf("no timestamp")
	}
	return time.Unix(seconds.Int64(), rest.Int64()).UTC(), nil
}

// structured is one value of a structured type, which its schema tells.
func structured(b wire.Binding, s *string) (value, error) {
	c, ok := b.Schema.Column()
	if !ok || c.Fields == nil {
		return valueOf(b.Type, s)
	}
	v := value{after: "::" + c.SQL()}
	if s != nil {
		v = value{arg: *s, before: "PARSE_JSON(", after: ")::" + c.SQL()}
	}
	return v, nil
}

// column is one binding in one type for all its rows, so that they can share a
// statement's text: decimals get the scale of the longest.
func column(b wire.Binding) ([]value, error) {
	values := make([]value, len(b.Values))
	scale, texts := 0, false
	for i, s := range b.Values {
		v, err := valueOf(b.Type, s)
		if b.Schema != nil {
			v, err = structured(b, s)
		}
		if err != nil {
			return nil, err
		}
		values[i] = v
		if d, ok := strings.CutPrefix(v.after, "::NUMBER(38,"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(d, ")"))
			scale, texts = max(scale, n), true
		}
	}
	after := "::NUMBER(38," + strconv.Itoa(scale) + ")"
	for i, v := range values {
		if n, ok := v.arg.(int64); ok && texts {
			values[i].arg = strconv.FormatInt(n, 10)
		}
		if texts {
			values[i].after = after
		}
	}
	return values, nil
}
