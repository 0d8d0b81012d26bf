package types

import (
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// A Type is the type of an expression. The zero value is one that is not
// known.
type Type struct {
	Kind      warehouse.Type
	Precision int // as in [warehouse.Column]
	Scale     int
	Length    int

	// Fine says of a TIME or a timestamp that it has nine digits of a second here:
	// most have six, in which all that projects put into them has room.
	Fine bool

	// Fields are what a structured type holds, as in [warehouse.Column]; nil for
	// every other.
	Fields []warehouse.Column
}

// Kinds that an expression may have and no column.
const (
	Null     warehouse.Type = "NULL"     // of the word NULL, which takes any type
	Interval warehouse.Type = "INTERVAL" // of INTERVAL '1 day', whole days or longer
	Duration warehouse.Type = "DURATION" // of INTERVAL '1 hour', less than days in it
)

// MaxPrecision is the most digits that a NUMBER has.
const MaxPrecision = 38

// Simple types.
var (
	Whole   = Number(MaxPrecision, 0)
	Text    = Type{Kind: warehouse.Varchar}
	Boolean = Type{Kind: warehouse.Boolean}
	Double  = Type{Kind: warehouse.Float}
	Variant = Type{Kind: warehouse.Variant}
	Array   = Type{Kind: warehouse.Array}
	Object  = Type{Kind: warehouse.Object}
	Date    = Type{Kind: warehouse.Date}
)

// Number is NUMBER(precision, scale), the precision cut to what there is.
func Number(precision, scale int) Type {
	return Type{Kind: warehouse.Number, Precision: min(max(precision, scale, 1), MaxPrecision), Scale: scale}
}

// Known reports whether anything is known of t.
func (t Type) Known() bool { return t.Kind != "" }

// Is reports whether t is of one of some kinds.
func (t Type) Is(kinds ...warehouse.Type) bool {
	for _, k := range kinds {
		if t.Kind == k {
			return true
		}
	}
	return false
}

// Numeric reports NUMBER and FLOAT.
func (t Type) Numeric() bool { return t.Is(warehouse.Number, warehouse.Float) }

// JSON reports the types whose values are kept as JSON: VARIANT, OBJECT, ARRAY
// and MAP, semi-structured or structured.
func (t Type) JSON() bool {
	return t.Is(warehouse.Variant, warehouse.Object, warehouse.Array, warehouse.Map)
}

// Structured reports the types that say what they hold: ARRAY(INT), OBJECT(a INT), and MAP.
func (t Type) Structured() bool { return t.Fields != nil }

// Timestamp reports the three kinds of TIMESTAMP.
func (t Type) Timestamp() bool {
	return t.Is(warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ)
}

// String is the type as a column definition has it, "unknown" if it is not
// known.
func (t Type) String() string {
	if !t.Known() {
		return "unknown"
	}
	return t.Column("").SQL()
}

// Stored is t with the storage it takes, as SYSTEM$TYPEOF tells it.
func (t Type) Stored() string {
	in := "LOB"
	switch t.Kind {
	case warehouse.Number:
		for _, size := range [][2]int{{2, 1}, {4, 2}, {9, 4}, {18, 8}, {MaxPrecision, 16}} {
			if t.Precision <= size[0] {
				in = "SB" + strconv.Itoa(size[1])
				break
			}
		}
	case warehouse.Float:
		in = "DOUBLE"
	case warehouse.Boolean:
		in = "SB1"
	case warehouse.Date:
		in = "SB4"
	case warehouse.Time:
		in = "SB8"
	case warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		in = "SB16"
	}
	name := t.String()
	switch {
	case t.Is(warehouse.Varchar) && t.Length == 0:
		name = "VARCHAR(16777216)"
	case t.Is(warehouse.Binary) && t.Length == 0:
		name = "BINARY(8388608)"
	case t.Is(warehouse.Time) || t.Timestamp():
		name += "(" + strconv.Itoa(t.Precision) + ")"
	}
	return name + "[" + in + "]"
}

// Column is a column of type t.
func (t Type) Column(name string) warehouse.Column {
	return warehouse.Column{Name: name, Type: t.Kind, Precision: t.Precision, Scale: t.Scale, Length: t.Length, Nullable: true, Fields: t.Fields}
}

// OfColumn is the type of a column.
func OfColumn(c warehouse.Column) Type {
	return Type{Kind: c.Type, Precision: c.Precision, Scale: c.Scale, Length: c.Length, Fields: c.Fields}
}

// Of is the type that t writes.
func Of(t *ast.Type) Type {
	kind := kinds[t.Name]
	switch kind {
	case warehouse.Number:
		if whole[t.Name] || len(t.Args) == 0 {
			return Whole
		}
		out := Number(number(t.Args[0]), 0)
		if len(t.Args) > 1 {
			out.Scale = number(t.Args[1])
		}
		return out
	case warehouse.Varchar, warehouse.Binary:
		out := Type{Kind: kind}
		if length := LengthOf(t); length != "" {
			out.Length = number(length)
		}
		return out
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		out := Type{Kind: kind, Precision: 9}
		if len(t.Args) > 0 {
			out.Precision = number(t.Args[0])
		}
		return out
	case warehouse.Array, warehouse.Object, warehouse.Map:
		return Type{Kind: kind, Fields: fields(t)}
	}
	return Type{Kind: kind}
}

// LengthOf is the length that a type of text or bytes says, "" if none. That of
// CHAR is one character.
func LengthOf(t *ast.Type) string {
	switch {
	case len(t.Args) > 0:
		return t.Args[0]
	case t.Name == "CHAR" || t.Name == "CHARACTER" || t.Name == "NCHAR":
		return "1"
	}
	return ""
}

// number reads digits; the parser lets nothing else through.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// whole are the names of NUMBER(38, 0).
var whole = map[string]bool{"INT": true, "INTEGER": true, "BIGINT": true, "SMALLINT": true, "TINYINT": true, "BYTEINT": true}

// kinds are what the names of types mean.
var kinds = func() map[string]warehouse.Type {
	out := map[string]warehouse.Type{}
	for kind, names := range map[warehouse.Type]string{
		warehouse.Number: "NUMBER,NUMERIC,DECIMAL,DEC,INT,INTEGER,BIGINT,SMALLINT,TINYINT,BYTEINT",
		warehouse.Float:  "FLOAT,FLOAT4,FLOAT8,DOUBLE,DOUBLE PRECISION,REAL",
		warehouse.Varchar: "VARCHAR,STRING,TEXT,CHAR,CHARACTER,NCHAR,NVARCHAR,NVARCHAR2,VARCHAR2," +
			"CHAR VARYING,CHARACTER VARYING,NCHAR VARYING",
		warehouse.Boolean:      "BOOLEAN",
		warehouse.Binary:       "BINARY,VARBINARY",
		warehouse.Date:         "DATE",
		warehouse.Time:         "TIME",
		warehouse.TimestampNTZ: "TIMESTAMP,TIMESTAMP_NTZ,TIMESTAMPNTZ,DATETIME,TIMESTAMP WITHOUT TIME ZONE",
		warehouse.TimestampLTZ: "TIMESTAMP_LTZ,TIMESTAMPLTZ,TIMESTAMP WITH LOCAL TIME ZONE",
		warehouse.TimestampTZ:  "TIMESTAMP_TZ,TIMESTAMPTZ,TIMESTAMP WITH TIME ZONE",
		warehouse.Variant:      "VARIANT",
		warehouse.Object:       "OBJECT",
		warehouse.Array:        "ARRAY",
		warehouse.Map:          "MAP",
	} {
		for name := range strings.SplitSeq(names, ",") {
			out[name] = kind
		}
	}
	return out
}()

// Plain is a number literal without an exponent; ok is false where it would
// have more digits than a NUMBER.
func Plain(text string) (plain string, ok bool) {
	mantissa, exponent, has := strings.Cut(strings.ToLower(text), "e")
	if !has {
		return text, true
	}
	shift, err := strconv.Atoi(exponent)
	if err != nil || shift > MaxPrecision || shift < -MaxPrecision {
		return "", false
	}
	left, right, _ := strings.Cut(mantissa, ".")
	point := len(left) + shift
	digits := left + right
	if point < 0 {
		digits, point = strings.Repeat("0", -point)+digits, 0
	}
	digits += strings.Repeat("0", max(0, point-len(digits)))
	if point == len(digits) {
		return digits, len(digits) <= MaxPrecision
	}
	return digits[:point] + "." + digits[point:], len(digits) <= MaxPrecision
}

// literal is the type of a number as it is written: 1e10 has eleven digits, as
// the documentation of SYSTEM$TYPEOF has it.
func literal(text string) Type {
	text, ok := Plain(text)
	if !ok {
		return Double
	}
	left, right, _ := strings.Cut(text, ".")
	left = strings.TrimLeft(left, "0")
	if len(left)+len(right) > MaxPrecision {
		return Double
	}
	return Number(len(left)+len(right), len(right))
}
