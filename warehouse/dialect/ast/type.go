package ast

// A Type is a data type as it was written.
type Type struct {
	At
	Name    string      // in upper case, "NUMBER", "DOUBLE PRECISION", "TIMESTAMP_NTZ"
	Args    []string    // (38, 0), (16777216)
	Elems   []*Type     // ARRAY(INT), MAP(VARCHAR, INT), VECTOR(FLOAT, 256)
	Fields  []TypeField // OBJECT(a INT, b VARCHAR)
	NotNull bool        // inside ARRAY, MAP and OBJECT
}

// A TypeField is one key of a structured OBJECT. Its name has the case in which
// it was written, with quotes and without.
type TypeField struct {
	Name Ident
	Type *Type
}
