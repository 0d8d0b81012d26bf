package structure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
)

// A Caster makes values of one structured type. Several goroutines may use it
// at once.
type Caster struct {
	to     warehouse.Column
	zone   *time.Location
	add    bool              // what a structured OBJECT lacks is null
	rename map[string]string // the keys of a structured OBJECT by those they get
}

// NewCaster casts to the type of a column. Times without a zone are in zone
// where the type has one.
func NewCaster(to warehouse.Column, zone *time.Location) *Caster { return &Caster{to: to, zone: zone} }

// AddFields makes what an OBJECT lacks null, as CAST(… ADD FIELDS) does.
func (c *Caster) AddFields() { c.add = true }

// RenameFields takes the members of an OBJECT of type from by their places, as
// CAST(… RENAME FIELDS) does.
func (c *Caster) RenameFields(from warehouse.Column) {
	c.rename = map[string]string{}
	for i, f := range c.to.Fields {
		if i < len(from.Fields) {
			c.rename[f.Name] = from.Fields[i].Name
		}
	}
}

// Cast appends to dst the value that src, a JSON text, is as a value of the
// type. ok is false for a JSON null, which is a null of any type. What does not
// fit is a *[warehouse.Error].
func (c *Caster) Cast(dst, src []byte) (out []byte, ok bool, err error) {
	out, err = c.value(dst, c.to, src, true)
	return out, !bytes.Equal(out[len(dst):], null), err
}

var null = []byte("null")

func isNull(raw []byte) bool {
	return len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), null) || variant.IsGap(raw)
}

// value casts one value; top is the outermost, whose keys may be renamed.
func (c *Caster) value(dst []byte, to warehouse.Column, raw []byte, top bool) ([]byte, error) {
	switch {
	case to.Type == warehouse.Variant, to.Fields == nil && to.Type == warehouse.Object, to.Fields == nil && to.Type == warehouse.Array:
		return semi(dst, to, raw)
	case isNull(raw):
		if !to.Nullable && !top {
			return nil, failed(raw, to)
		}
		return append(dst, null...), nil
	case to.Fields == nil:
		return c.scalar(dst, to, raw)
	case to.Type == warehouse.Array:
		return c.array(dst, to, raw)
	case to.Type == warehouse.Map:
		return c.pairs(dst, to, raw)
	}
	return c.object(dst, to, raw, top)
}

// semi keeps a semi-structured value, JSON nulls among them, as it is.
func semi(dst []byte, to warehouse.Column, raw []byte) ([]byte, error) {
	first := byte('n')
	if text := bytes.TrimSpace(raw); len(text) > 0 {
		first = text[0]
	}
	if to.Type == warehouse.Object && first != '{' && first != 'n' || to.Type == warehouse.Array && first != '[' && first != 'n' ||
		!to.Nullable && first == 'n' && to.Type != warehouse.Variant {
		return nil, failed(raw, to)
	}
	if len(raw) == 0 {
		return append(dst, null...), nil
	}
	return append(dst, raw...), nil
}

func (c *Caster) array(dst []byte, to warehouse.Column, raw []byte) ([]byte, error) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, failed(raw, to)
	}
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		begin := len(dst)
		if dst, err = c.value(dst, to.Fields[0], item, false); err != nil {
			return nil, err
		}
		if to.Fields[0].Type != warehouse.Variant && bytes.Equal(dst[begin:], null) {
			dst = quote(dst[:begin], variant.Mark+variant.Gap)
		}
	}
	return append(dst, ']'), nil
}

func (c *Caster) object(dst []byte, to warehouse.Column, raw []byte, top bool) ([]byte, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil, failed(raw, to)
	}
	dst = append(dst, '{')
	found := 0
	for i, f := range to.Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		key := f.Name
		if from, renamed := c.rename[key]; renamed && top {
			key = from
		}
		member, ok := members[key]
		if ok {
			found++
		} else if !c.add || !top {
			return nil, failed(raw, to)
		}
		var err error
		if dst, err = c.value(append(quote(dst, f.Name), ':'), f, member, false); err != nil {
			return nil, err
		}
	}
	if found < len(members) { // a key that the type has not
		return nil, failed(raw, to)
	}
	return append(dst, '}'), nil
}

func (c *Caster) pairs(dst []byte, to warehouse.Column, raw []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil, failed(raw, to)
	}
	type pair struct{ sort, key, text string }
	var all []pair
	for text := range members {
		key, err := c.scalar(nil, to.Fields[0], quote(nil, text))
		if err != nil {
			return nil, err
		}
		sort, err := Key(to.Fields[0], key)
		if err != nil {
			return nil, err
		}
		all = append(all, pair{sort, string(key), text})
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(a.sort, b.sort) })
	dst = append(dst, '{')
	for i, p := range all {
		if i > 0 {
			if p.key == all[i-1].key {
				return nil, failed(raw, to)
			}
			dst = append(dst, ',')
		}
		if to.Fields[0].Type == warehouse.Varchar {
			dst = append(dst, p.key...)
		} else {
			dst = quote(dst, p.key)
		}
		var err error
		if dst, err = c.value(append(dst, ':'), to.Fields[1], members[p.text], false); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// quote appends a text as JSON.
func quote(dst []byte, text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil { // no string can be the cause
		return append(dst, `""`...)
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// failed is the refusal of a value that does not fit.
func failed(raw []byte, to warehouse.Column) error {
	shown := string(raw)
	if len(shown) > 200 {
		shown = shown[:200] + "…"
	}
	return &warehouse.Error{Code: 100071, State: "22000", Message: fmt.Sprintf("Failed to cast variant value %s to %s",
		strings.ToValidUTF8(shown, "\ufffd"), named(to))}
}

// named is a type as refusals of casts have it.
func named(to warehouse.Column) string {
	switch to.Type {
	case warehouse.Number:
		return "FIXED"
	case warehouse.Float:
		return "REAL"
	case warehouse.Varchar:
		return "TEXT"
	}
	return to.SQL()
}
