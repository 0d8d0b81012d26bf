package token

import "fmt"

// A Pos is a place in a text.
type Pos struct {
	Offset int // bytes from the start of the text
	Line   int // from 1; 0 means no place at all
	Column int // characters from the start of the line, from 0, as Snowflake counts
}

// IsValid reports whether p is a place in a text.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String is the place in Snowflake's words.
func (p Pos) String() string {
	if !p.IsValid() {
		return "unknown position"
	}
	return fmt.Sprintf("line %d at position %d", p.Line, p.Column)
}

// A Kind says what a token is.
type Kind uint8

// The kinds of token. Words include keywords: Snowflake reserves few, so the
// parser decides by where a word stands.
const (
	EOF      Kind = iota
	Invalid       // what no statement may contain; Value says why
	Word          // an unquoted identifier or a keyword; Value in upper case
	Quoted        // "an identifier"; Value without its quotes
	Number        // 1, 2.5, .5, 1e10
	String        // 'text'; Value with its escapes resolved
	Dollar        // $$text$$; Value as it stands
	Hex           // X'48'; Value the digits
	Variable      // $name; Value the name in upper case
	Column        // $1; Value the digits
	Stage         // @stage/path, as it stands
	File          // file://path, as it stands

	Comma          // ,
	Semicolon      // ;
	LeftParen      // (
	RightParen     // )
	LeftBracket    // [
	RightBracket   // ]
	LeftBrace      // {
	RightBrace     // }
	Dot            // .
	Colon          // :
	DoubleColon    // ::
	Question       // ?
	Plus           // +
	Minus          // -
	Star           // *
	DoubleStar     // **
	Slash          // /
	Percent        // %
	Concat         // ||
	Equal          // =
	NotEqual       // <> or !=
	Less           // <
	LessEqual      // <=
	Greater        // >
	GreaterEqual   // >=
	Arrow          // ->
	FatArrow       // =>
	Flow           // ->>
	Assign         // :=
	Pipe           // |
	Ampersand      // &
	Caret          // ^
	Tilde          // ~
	Exclamation    // !
	numberOfKinds_ = iota
)

var spellings = [numberOfKinds_]string{
	EOF: "<EOF>", Invalid: "invalid text", Word: "word", Quoted: "quoted identifier",
	Number: "number", String: "string", Dollar: "dollar-quoted string", Hex: "binary literal",
	Variable: "session variable", Column: "column position", Stage: "stage location", File: "file URL",
	Comma: ",", Semicolon: ";", LeftParen: "(", RightParen: ")", LeftBracket: "[", RightBracket: "]",
	LeftBrace: "{", RightBrace: "}", Dot: ".", Colon: ":", DoubleColon: "::", Question: "?",
	Plus: "+", Minus: "-", Star: "*", DoubleStar: "**", Slash: "/", Percent: "%", Concat: "||",
	Equal: "=", NotEqual: "<>", Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=",
	Arrow: "->", FatArrow: "=>", Flow: "->>", Assign: ":=", Pipe: "|", Ampersand: "&", Caret: "^",
	Tilde: "~", Exclamation: "!",
}

// String is the operator itself, or what the kind is called.
func (k Kind) String() string {
	if int(k) < len(spellings) {
		return spellings[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// A Token is one piece of a text.
type Token struct {
	Kind  Kind
	Text  string // as it stands in the text
	Value string // what it stands for; see the kinds
	Pos   Pos
}

// End is the offset just behind the token.
func (t Token) End() int { return t.Pos.Offset + len(t.Text) }

// Is reports whether t is the keyword word, given in upper case.
func (t Token) Is(word string) bool { return t.Kind == Word && t.Value == word }
