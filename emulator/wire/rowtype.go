package wire

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// The most that a VARCHAR's characters and a BINARY's bytes may be.
const (
	maxChars = 16777216
	maxBytes = 8388608
)

// A RowType describes one column of a result. Every key is there, null or not:
// the Python driver has no defaults. Type is lower case, for the Go driver.
type RowType struct {
	Name       string  `json:"name"`
	Database   string  `json:"database"`
	Schema     string  `json:"schema"`
	Table      string  `json:"table"`
	Type       string  `json:"type"`
	Nullable   bool    `json:"nullable"`
	Length     *int    `json:"length"`
	ByteLength *int    `json:"byteLength"`
	Precision  *int    `json:"precision"`
	Scale      *int    `json:"scale"`
	Collation  *string `json:"collation"`

	// Fields are what a structured type holds; those of others must be missing.
	Fields []RowType `json:"fields,omitempty"`
}

// RowTypes describes a result's columns.
func RowTypes(columns []warehouse.Column) []RowType {
	out := make([]RowType, len(columns))
	for i, c := range columns {
		out[i] = rowType(c)
	}
	return out
}

func rowType(c warehouse.Column) RowType {
	r := RowType{Name: c.Name, Type: logical(c.Type), Nullable: c.Nullable}
	switch c.Type {
	case warehouse.Number:
		r.Precision, r.Scale = number(precision(c)), number(c.Scale)
	case warehouse.Varchar:
		r.Length, r.ByteLength = number(maxChars), number(maxChars)
		if c.Length > 0 {
			r.Length, r.ByteLength = number(c.Length), number(min(4*c.Length, maxChars))
		}
	case warehouse.Binary:
		r.Length, r.ByteLength = number(maxBytes), number(maxBytes)
		if c.Length > 0 {
			r.Length, r.ByteLength = number(c.Length), number(c.Length)
		}
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		r.Precision, r.Scale = number(0), number(c.Precision)
	}
	if c.Fields != nil {
		r.Fields = RowTypes(c.Fields)
	}
	return r
}

// logical is a type's name on the wire.
func logical(t warehouse.Type) string {
	switch t {
	case warehouse.Number:
		return "fixed"
	case warehouse.Float:
		return "real"
	case warehouse.Varchar:
		return "text"
	}
	return strings.ToLower(string(t))
}

func precision(c warehouse.Column) int {
	if c.Precision == 0 {
		return 38
	}
	return c.Precision
}

func number(n int) *int { return &n }

// Column is the column that a row type describes; ok is false for a type that is
// not known.
func (r RowType) Column() (c warehouse.Column, ok bool) {
	at := func(n *int) int {
		if n == nil {
			return 0
		}
		return *n
	}
	c = warehouse.Column{Name: r.Name, Type: warehouse.Type(strings.ToUpper(r.Type)), Nullable: r.Nullable}
	switch strings.ToLower(r.Type) {
	case "fixed":
		c.Type, c.Precision, c.Scale = warehouse.Number, at(r.Precision), at(r.Scale)
		if c.Precision == 0 {
			c.Precision = 38
		}
	case "real":
		c.Type = warehouse.Float
	case "text":
		if c.Type = warehouse.Varchar; at(r.Length) < maxChars {
			c.Length = at(r.Length)
		}
	case "time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz":
		c.Precision = at(r.Scale)
	case "array", "object", "map", "boolean", "date", "variant", "binary":
	default:
		return c, false
	}
	for _, f := range r.Fields {
		field, known := f.Column()
		if !known {
			return c, false
		}
		c.Fields = append(c.Fields, field)
	}
	return c, true
}
