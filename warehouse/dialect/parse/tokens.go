package parse

import "github.com/snowpit-dev/snowpit/warehouse/dialect/token"

// Tokens are the pieces of a text, the last of them EOF, for whoever works on
// a statement that has no tree. It never fails: what cannot be a token is one
// of kind Invalid.
func Tokens(src string) []token.Token { return lex(src) }

// First is the first of a text's pieces, found without reading the others.
func First(src string) token.Token {
	l := &lexer{src: src, line: 1}
	return l.next()
}
