package types

import "github.com/snowpit-dev/snowpit/warehouse"

// Coerced is the type that a text counts as where a number is wanted.
var Coerced = Number(18, 5)

// maxScale is the largest scale that a product or a quotient has, unless an
// operand's own is larger.
const maxScale = 12

// Arithmetic is the type of a op b, where op is one of + - * / %.
func Arithmetic(op string, a, b Type) Type {
	if a.Kind == Null {
		a = b
	}
	if b.Kind == Null {
		b = a
	}
	if !a.Known() || !b.Known() {
		return Type{}
	}
	if t, ok := dated(op, a, b); ok {
		return t
	}
	a, b = asNumber(a), asNumber(b)
	if a.Is(warehouse.Float) || b.Is(warehouse.Float) {
		return Double
	}
	if !a.Is(warehouse.Number) || !b.Is(warehouse.Number) {
		return Type{}
	}
	left := func(t Type) int { return t.Precision - t.Scale }
	switch op {
	case "+", "-":
		scale := max(a.Scale, b.Scale)
		return Number(max(left(a), left(b))+scale+1, scale)
	case "*":
		scale := min(a.Scale+b.Scale, max(a.Scale, b.Scale, maxScale))
		return Number(left(a)+left(b)+scale, scale)
	case "/":
		scale := max(a.Scale, min(a.Scale+6, maxScale))
		return Number(left(a)+b.Scale+scale, scale)
	}
	scale := max(a.Scale, b.Scale)
	return Number(min(left(a), left(b))+scale, scale)
}

// asNumber is what t counts as in arithmetic.
func asNumber(t Type) Type {
	switch {
	case t.Is(warehouse.Varchar):
		return Coerced
	case t.JSON():
		return Double
	}
	return t
}

// dated is the type where one side is a point in time.
func dated(op string, a, b Type) (t Type, ok bool) {
	if b.Is(warehouse.Date) || b.Timestamp() || b.Is(warehouse.Time) {
		if a.Is(warehouse.Date) && b.Is(warehouse.Date) && op == "-" {
			return Number(9, 0), true
		}
		if op != "+" || a.Is(warehouse.Date) || a.Timestamp() {
			return Type{}, true
		}
		a, b = b, a
	}
	switch {
	case a.Is(warehouse.Date) && b.Is(Duration):
		return Type{Kind: warehouse.TimestampNTZ, Precision: 9}, true
	case a.Is(warehouse.Date), a.Timestamp(), a.Is(warehouse.Time):
		return finest(a), true
	}
	return Type{}, false
}

// Common is the type of values that stand for one another, in the branches of
// a CASE for one: text gives way to what else there is, as Snowflake converts
// it.
func Common(all ...Type) Type {
	out := Type{Kind: Null}
	for _, t := range all {
		if !t.Known() {
			return Type{}
		}
		out = common(out, t)
	}
	return out
}

func common(a, b Type) Type {
	switch {
	case a.Kind == Null:
		return b
	case b.Kind == Null:
		return a
	case a.Kind == b.Kind:
		return wider(a, b)
	case a.Is(warehouse.Variant) || b.Is(warehouse.Variant):
		return Variant
	case a.Is(warehouse.Varchar):
		return beside(b)
	case b.Is(warehouse.Varchar):
		return beside(a)
	case a.Numeric() && b.Numeric():
		return Double
	case a.Is(warehouse.Boolean) && b.Numeric():
		return b
	case b.Is(warehouse.Boolean) && a.Numeric():
		return a
	case a.Is(warehouse.Date) && b.Timestamp():
		return b
	case b.Is(warehouse.Date) && a.Timestamp():
		return a
	case a.Timestamp() && b.Timestamp():
		if a.Is(warehouse.TimestampNTZ) || b.Is(warehouse.TimestampTZ) {
			a, b = b, a
		}
		a.Fine = a.Fine || b.Fine
		return a
	}
	return Type{}
}

// beside is t with room for text that was converted to it.
func beside(t Type) Type {
	if t.Is(warehouse.Number) {
		return wider(t, Coerced)
	}
	return t
}

// wider has room for the values of two types of one kind.
func wider(a, b Type) Type {
	switch a.Kind {
	case warehouse.Number:
		scale := max(a.Scale, b.Scale)
		return Number(max(a.Precision-a.Scale, b.Precision-b.Scale)+scale, scale)
	case warehouse.Varchar, warehouse.Binary:
		if a.Length == 0 || b.Length == 0 {
			return Type{Kind: a.Kind}
		}
		return Type{Kind: a.Kind, Length: max(a.Length, b.Length)}
	case warehouse.Array, warehouse.Object, warehouse.Map:
		if a.Structured() && b.Structured() {
			return Type{Kind: a.Kind, Fields: widerFields(a, b)}
		}
		return Type{Kind: a.Kind}
	}
	a.Precision, a.Fine = max(a.Precision, b.Precision), a.Fine || b.Fine
	return a
}
