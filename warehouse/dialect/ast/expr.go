package ast

// Null is NULL.
type Null struct{ At }

// Bool is TRUE or FALSE.
type Bool struct {
	At
	Value bool
}

// Number is a numeric literal.
type Number struct {
	At
	Text string // as it was written
}

// String is a text literal.
type String struct {
	At
	Value  string // escapes resolved
	Dollar bool   // written between $$
}

// Hex is a binary literal, X'48'.
type Hex struct {
	At
	Digits string // an even number of them
}

// A Column is a column, or anything else that a bare name can mean where it
// stands, a unit of time in DATEADD for one.
type Column struct {
	At
	Parts []Ident
}

// A Bind is a place for a value: ?, :1 or :name.
type Bind struct {
	At
	Name string // "" for ?, digits for :1, the name in upper case for :name
}

// A Variable is a session variable, $name.
type Variable struct {
	At
	Name string
}

// A Tuple is several values in parentheses, or none.
type Tuple struct {
	At
	Items []Expr
}

func (*Null) expr()     {}
func (*Bool) expr()     {}
func (*Number) expr()   {}
func (*String) expr()   {}
func (*Hex) expr()      {}
func (*Column) expr()   {}
func (*Bind) expr()     {}
func (*Variable) expr() {}
func (*Tuple) expr()    {}

// A Type is a data type as it was written.
type Type struct {
	At
	Name    string      // in upper case, "NUMBER", "DOUBLE PRECISION", "TIMESTAMP_NTZ"
	Args    []string    // (38, 0), (16777216)
	Elems   []*Type     // ARRAY(INT), MAP(VARCHAR, INT), VECTOR(FLOAT, 256)
	Fields  []TypeField // OBJECT(a INT, b VARCHAR)
	NotNull bool        // inside ARRAY, MAP and OBJECT
	Parens  bool        // written with parentheses, though they may be empty
}

// A TypeField is one key of a structured OBJECT.
type TypeField struct {
	Name Ident
	Type *Type
}

// An Identifier is identifier(…) as an expression.
type Identifier struct {
	At
	Arg Expr
}

func (*Identifier) expr() {}
