package syntax

type kind uint8

const (
	tokEOF kind = iota
	tokData
	tokVarBegin
	tokVarEnd
	tokBlockBegin
	tokBlockEnd
	tokName
	tokString
	tokInt
	tokFloat
	tokOp
)

// kindNames are what Jinja2's messages call the tokens that have no text.
var kindNames = [...]string{
	tokEOF: "end of template", tokData: "template data", tokVarBegin: "begin of print statement",
	tokVarEnd: "end of print statement", tokBlockBegin: "begin of statement block",
	tokBlockEnd: "end of statement block", tokString: "string", tokInt: "integer", tokFloat: "float",
}

// A token is a piece of a template. A string's text has its escapes undone.
type token struct {
	kind kind
	text string
	pos  Pos
}

// String is the token as messages name it.
func (t token) String() string {
	if t.kind == tokName || t.kind == tokOp {
		return t.text
	}
	return kindNames[t.kind]
}
