package structure

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// The marks between the parts of a key. The end of a list comes before another
// element, a null behind every value.
const (
	textEnd   = "\x01"
	escape    = "\x02"
	listEnd   = "1"
	listMore  = "3"
	valueMark = "5"
	nullMark  = "9"
)

// Key is a text whose order among other keys of the type is that of the values:
// an OBJECT's members count in the alphabetical order of their keys, an ARRAY
// before those that go on where it ends. Of two MAPs the one with the lower key
// is the greater where they differ in one.
func Key(c warehouse.Column, value []byte) (string, error) {
	var b strings.Builder
	if err := key(&b, c, value); err != nil {
		return "", fmt.Errorf("the order of %.100s: %w", value, err)
	}
	return b.String(), nil
}

func key(b *strings.Builder, c warehouse.Column, raw []byte) error {
	if isNull(raw) {
		b.WriteString(nullMark)
		return nil
	}
	b.WriteString(valueMark)
	switch {
	case c.Fields == nil:
		return scalarKey(b, c, raw)
	case c.Type == warehouse.Array:
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		for _, item := range items {
			b.WriteString(listMore)
			if err := key(b, c.Fields[0], item); err != nil {
				return err
			}
		}
		b.WriteString(listEnd)
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	if c.Type == warehouse.Map {
		return mapKey(b, c, members)
	}
	fields := slices.Clone(c.Fields)
	slices.SortFunc(fields, func(a, b warehouse.Column) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range fields {
		if err := key(b, f, members[f.Name]); err != nil {
			return err
		}
	}
	return nil
}

func mapKey(b *strings.Builder, c warehouse.Column, members map[string]json.RawMessage) error {
	type pair struct{ sort, name string }
	var all []pair
	for name := range members {
		var k strings.Builder
		text := []byte(name)
		if c.Fields[0].Type == warehouse.Varchar {
			text = quote(nil, name)
		}
		if err := scalarKey(&k, c.Fields[0], text); err != nil {
			return err
		}
		all = append(all, pair{k.String(), name})
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(a.sort, b.sort) })
	for _, p := range all {
		turned := []byte(p.sort)
		for i := range turned {
			turned[i] = ^turned[i]
		}
		b.WriteString(listMore + hex.EncodeToString(turned) + "~")
		if err := key(b, c.Fields[1], members[p.name]); err != nil {
			return err
		}
	}
	b.WriteString(listEnd)
	return nil
}

// scalarKey is the key of what holds no other value.
func scalarKey(b *strings.Builder, c warehouse.Column, raw []byte) error {
	text, _ := textOf(raw)
	switch c.Type {
	case warehouse.Number:
		r, ok := new(big.Rat).SetString(text)
		if !ok {
			return fmt.Errorf("%q is no number", text)
		}
		moved := new(big.Rat).Mul(r, new(big.Rat).SetInt(power(maxScale))) // whatever the type's own is
		fmt.Fprintf(b, "%077s", new(big.Int).Add(moved.Num(), power(2*maxScale+1)))
	case warehouse.Float:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		bits := math.Float64bits(f)
		if bits>>63 == 1 {
			bits = ^bits
		} else {
			bits |= 1 << 63
		}
		fmt.Fprintf(b, "%016x", bits)
	case warehouse.Boolean:
		b.WriteString(map[bool]string{true: "1", false: "0"}[text == "true"])
	case warehouse.Date, warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		at, ok := ParseTime(text, time.UTC)
		if !ok {
			return fmt.Errorf("%q is no time", text)
		}
		fmt.Fprintf(b, "%020d%09d", at.Unix()+1<<60, at.Nanosecond())
	default:
		for i := range len(text) {
			if text[i] <= escape[0] {
				b.WriteString(escape + string('0'+text[i]))
			} else {
				b.WriteByte(text[i])
			}
		}
		b.WriteString(textEnd)
	}
	return nil
}

// maxScale is the most digits that a NUMBER has behind its point.
const maxScale = 37

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
