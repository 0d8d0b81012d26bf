package types

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// fields are what a structured type holds, nil if t is none.
func fields(t *ast.Type) []warehouse.Column {
	if t.Fields == nil && len(t.Elems) == 0 {
		return nil
	}
	out := []warehouse.Column{}
	for _, e := range t.Elems {
		out = append(out, field("", e))
	}
	for _, f := range t.Fields {
		out = append(out, field(f.Name.Name, f.Type))
	}
	return out
}

func field(name string, t *ast.Type) warehouse.Column {
	c := Of(t).Column(name)
	c.Nullable = !t.NotNull
	return c
}

// Badly says what is wrong with a type as it is written, "" if nothing is.
func Badly(t *ast.Type) string {
	switch {
	case t.Name == "MAP" && len(t.Elems) != 2:
		return "MAP needs a type for its keys and one for its values"
	case t.Name == "MAP" && !keyType(Of(t.Elems[0])):
		return "Unsupported data type '" + Of(t.Elems[0]).String() + "' for the keys of a MAP; they are VARCHAR or NUMBER of scale 0"
	case t.Name == "ARRAY" && len(t.Elems) > 1:
		return "ARRAY has one type for its elements"
	case t.Name != "ARRAY" && t.Name != "MAP" && t.Name != "VECTOR" && len(t.Elems) > 0:
		return "the type " + t.Name + " holds no others"
	}
	seen := map[string]bool{}
	for _, f := range t.Fields {
		if seen[f.Name.Name] {
			return "duplicate key '" + f.Name.Name + "' in a structured OBJECT"
		}
		seen[f.Name.Name] = true
	}
	return ""
}

func keyType(t Type) bool {
	return t.Is(warehouse.Varchar) || t.Is(warehouse.Number) && t.Scale == 0
}

// Element is the type of what an ARRAY's elements or a MAP's values are, not
// known for other types.
func (t Type) Element() Type {
	if n := len(t.Fields); n > 0 && t.Is(warehouse.Array, warehouse.Map) {
		return OfColumn(t.Fields[n-1])
	}
	return Type{}
}

// Key is the type of a MAP's keys.
func (t Type) Key() Type {
	if t.Is(warehouse.Map) && len(t.Fields) == 2 {
		return OfColumn(t.Fields[0])
	}
	return Type{}
}

// Member is the type of what a structured OBJECT has under a key; ok is false
// if there is no such key.
func (t Type) Member(key string) (member Type, ok bool) {
	for _, f := range t.Fields {
		if t.Is(warehouse.Object) && f.Name == key {
			return OfColumn(f), true
		}
	}
	return Type{}, false
}

// ArrayOf is ARRAY(t), whose elements may be null.
func ArrayOf(t Type) Type {
	return Type{Kind: warehouse.Array, Fields: []warehouse.Column{t.Column("")}}
}

// Same reports whether two types have the same values, the lengths of texts and
// the digits of numbers and times aside.
func Same(a, b Type) bool {
	return a.Kind == b.Kind && (a.Fields == nil) == (b.Fields == nil) && slices.EqualFunc(a.Fields, b.Fields, func(a, b warehouse.Column) bool {
		return a.Name == b.Name && Same(OfColumn(a), OfColumn(b))
	})
}

// Equal reports whether two types are the same in everything.
func Equal(a, b Type) bool {
	return a.Kind == b.Kind && a.Precision == b.Precision && a.Scale == b.Scale && a.Length == b.Length &&
		(a.Fields == nil) == (b.Fields == nil) && slices.EqualFunc(a.Fields, b.Fields, func(a, b warehouse.Column) bool {
		return a.Name == b.Name && a.Nullable == b.Nullable && Equal(OfColumn(a), OfColumn(b))
	})
}

// Coercible reports whether Snowflake makes a structured value of one type a
// value of another without being asked: their numbers and their timestamps may
// differ, and how long texts are.
//
// Source: Snowflake's documentation, "Structured data types", "Implicit casting
// a value (coercion)".
func Coercible(from, to Type) bool {
	if from.Structured() != to.Structured() || len(from.Fields) != len(to.Fields) {
		return false
	}
	if !from.Structured() {
		zoned := []warehouse.Type{warehouse.TimestampLTZ, warehouse.TimestampTZ}
		return from.Kind == to.Kind || from.Numeric() && to.Numeric() || from.Is(zoned...) && to.Is(zoned...)
	}
	if from.Kind != to.Kind {
		return false
	}
	for i, f := range from.Fields {
		if f.Name != to.Fields[i].Name || !Coercible(OfColumn(f), OfColumn(to.Fields[i])) {
			return false
		}
	}
	return from.Kind != warehouse.Map || from.Fields[0].Type == to.Fields[0].Type
}

// widerFields have room for the values of two structured types, nil if there
// are no such.
func widerFields(a, b Type) []warehouse.Column {
	if !Coercible(a, b) {
		return nil
	}
	out := slices.Clone(a.Fields)
	for i, f := range b.Fields {
		c := common(OfColumn(out[i]), OfColumn(f)).Column(f.Name)
		c.Nullable = out[i].Nullable || f.Nullable
		out[i] = c
	}
	return out
}

// Under is the type of what a value has under a key or at a place, not known
// where a structured OBJECT has no such key.
func (t Type) Under(key ast.Expr) Type {
	switch {
	case !t.Structured():
		return Variant
	case !t.Is(warehouse.Object):
		return t.Element()
	}
	if name, ok := key.(*ast.String); ok {
		member, _ := t.Member(name.Value)
		return member
	}
	return Type{}
}

// Steps are the keys and places of a path such as a.b[0]['c d'].
func Steps(path string) (steps []string) {
	for path != "" {
		var step string
		if rest, ok := strings.CutPrefix(path, "["); ok {
			step, path, _ = strings.Cut(rest, "]")
			step = strings.Trim(step, `'"`)
		} else {
			path = strings.TrimPrefix(path, ".")
			i := strings.IndexAny(path+".", ".[")
			step, path = path[:i], path[i:]
		}
		steps = append(steps, step)
	}
	return steps
}

// Holds reports a structured type with values of a kind anywhere in it.
func (t Type) Holds(kind warehouse.Type) bool {
	return slices.ContainsFunc(t.Fields, func(f warehouse.Column) bool { return f.Type == kind || OfColumn(f).Holds(kind) })
}
