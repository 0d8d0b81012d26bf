package fileformat

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Property is one line of DESCRIBE FILE FORMAT.
type Property struct {
	Name, Type, Value, Default string
}

// Describe lists the properties in the order that DESCRIBE FILE FORMAT has.
func (f *Format) Describe() []Property {
	out := []Property{{"TYPE", string(text), f.typ, "CSV"}}
	for _, p := range properties[f.typ] {
		d := Property{p.name, string(p.kind), f.value(p.name), p.standard}
		switch {
		case p.kind == list:
			standard := []string{}
			if p.standard != "" {
				standard = []string{p.standard}
			}
			d.Value, d.Default = bracketed(f.List(p.name)), bracketed(standard)
		case p.sequence:
			d.Value, d.Default = escape(d.Value), escape(d.Default)
		}
		out = append(out, d)
	}
	return out
}

func bracketed(items []string) string {
	shown := make([]string, len(items))
	for i, item := range items {
		shown[i] = escape(item)
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

// Options is all properties as a JSON object, as SHOW FILE FORMATS has them.
func (f *Format) Options() string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"TYPE":%q`, f.typ)
	for _, p := range properties[f.typ] {
		var value any = f.value(p.name)
		switch p.kind {
		case boolean:
			value = f.Bool(p.name)
		case number:
			value = f.Int(p.name)
		case list:
			value = append([]string{}, f.List(p.name)...)
		}
		text, err := json.Marshal(value)
		if err != nil { // no text, number or list of texts can be the cause
			panic(err)
		}
		fmt.Fprintf(&b, ",%q:%s", p.name, text)
	}
	return b.String() + "}"
}

// SQL are the options that make the format, as CREATE FILE FORMAT has them: its
// type and what was set.
func (f *Format) SQL() []string {
	out := []string{"TYPE = " + f.typ}
	for _, p := range properties[f.typ] {
		if !f.IsSet(p.name) {
			continue
		}
		value := f.value(p.name)
		switch {
		case p.kind == list:
			var items []string
			for _, item := range f.List(p.name) {
				items = append(items, warehouse.QuoteString(item))
			}
			value = "(" + strings.Join(items, ", ") + ")"
		case p.kind == text && value != "NONE" && value != "AUTO":
			value = warehouse.QuoteString(value)
		}
		out = append(out, p.name+" = "+value)
	}
	return out
}

// kept is a format as it is kept on disk: what was set, and no defaults.
type kept struct {
	Type string              `json:"type"`
	Set  map[string][]string `json:"set,omitempty"`
}

// MarshalText is the format as [Format.UnmarshalText] reads it back.
func (f *Format) MarshalText() ([]byte, error) { return json.Marshal(kept{f.typ, f.values}) }

// UnmarshalText makes f the format that MarshalText wrote.
func (f *Format) UnmarshalText(data []byte) error {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return fmt.Errorf("file format: %w", err)
	}
	if properties[k.Type] == nil {
		return fmt.Errorf("file format: the type %q is unknown", k.Type)
	}
	for name, values := range k.Set {
		p := find(k.Type, name)
		if p == nil || p.kind != list && len(values) != 1 {
			return fmt.Errorf("file format: %s has no option %s of %d values", k.Type, name, len(values))
		}
	}
	f.typ, f.values = k.Type, k.Set
	if f.values == nil {
		f.values = map[string][]string{}
	}
	return nil
}
