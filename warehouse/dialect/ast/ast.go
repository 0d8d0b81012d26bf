package ast

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A Node is any part of a tree.
type Node interface {
	// Pos is where the node begins in the text it came from. A node that no
	// text wrote has none; see [token.Pos.IsValid].
	Pos() token.Pos
	walk(*walker)
}

// A Statement is what a semicolon ends.
type Statement interface {
	Node
	statement()
}

// A Chain is statements with ->> between them, each of which can read the results
// of those before it.
type Chain struct {
	At
	Links []Link
}

// A Link is one statement of a chain.
type Link struct {
	Statement Statement
	Text      string // as it was written
}

func (*Chain) statement() {}

// An Expr has a value.
type Expr interface {
	Node
	expr()
}

// At is a node's place. Every node embeds one.
type At struct{ Position token.Pos }

// Pos is the place.
func (a At) Pos() token.Pos { return a.Position }
func (At) walk(*walker)     {} // for nodes that hold no others

// An Ident is one part of a name.
type Ident struct {
	At
	Name   string // as Snowflake stores it
	Quoted bool   // written in double quotes
}

// Names are identifiers as Snowflake stores them.
func Names(parts []Ident) (names []string) {
	for _, p := range parts {
		names = append(names, p.Name)
	}
	return names
}

// A Name is a name of one to four parts, db.schema.object, or an expression
// in identifier(…) that gives it. An empty part stands for PUBLIC, as in
// db..object.
type Name struct {
	At
	Parts   []Ident
	Dynamic Expr // the argument of identifier(…), or nil
}

// Last is the name's own part, without its qualifiers; "" if it is dynamic.
func (n *Name) Last() string {
	if len(n.Parts) == 0 {
		return ""
	}
	return n.Parts[len(n.Parts)-1].Name
}

// An Option is one KEY = value of a statement's properties.
type Option struct {
	At
	Key    string   // in upper case
	Value  Expr     // nil if the option has Nested ones; KEY = () is a Tuple
	Nested []Option // KEY = (A = 1 B = 2)
}

// An Other is a statement that could not be read, taken as it stands. Only
// lenient reading makes one.
type Other struct {
	At
	Kind string // see [Kind]
	Text string // as it stands, comments included
}

func (*Other) statement() {}
