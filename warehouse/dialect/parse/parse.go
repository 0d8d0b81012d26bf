package parse

import (
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// Snowflake's codes for what this package finds.
const (
	codeCount       = 8
	codeEmpty       = 900
	codeSyntax      = 1003
	codeUnsupported = 2019
)

// The limits of one statement.
const (
	MaxBytes  = 128 << 20 // of text: one value may have as many
	MaxTokens = 1 << 20   // words, signs and values
	MaxDepth  = 1000      // parentheses, subqueries and the like in one another
	MaxHeight = 10_000    // levels of the tree: operators, joins, unions in a row
)

// Statement reads one statement, a semicolon behind it or not. Its error is a
// *warehouse.Error.
func Statement(src string) (ast.Statement, error) {
	if err := tooLong(src, token.Pos{Line: 1}); err != nil {
		return nil, err
	}
	toks := lex(src)
	pieces := ranges(toks)
	switch len(pieces) {
	case 0:
		return nil, &warehouse.Error{Code: codeEmpty, State: "42601", Line: 1, Kind: warehouse.ErrSyntax,
			Message: "SQL compilation error:\nEmpty SQL statement."}
	case 1:
		return statement(src, toks, pieces[0])
	}
	if err := brokenBlock(src, toks, pieces); err != nil {
		return nil, err
	}
	second := toks[pieces[1].from].Pos
	return nil, &warehouse.Error{Code: codeCount, State: "0A000", Line: second.Line, Column: second.Column,
		Message: fmt.Sprintf("Actual statement count %d did not match the desired statement count 1.", len(pieces))}
}

// Inner reads one statement of a block by its text, as Statement does: it may have
// an INTO.
func Inner(src string) (ast.Statement, error) {
	toks := lex(src)
	pieces := ranges(toks)
	if len(pieces) != 1 {
		return Statement(src)
	}
	p := newParser(src, toks, pieces[0])
	p.blocks = 1
	return p.whole()
}

// brokenBlock is the mistake in a block that a semicolon cuts because of it, nil
// if pieces are no such block.
func brokenBlock(src string, toks []token.Token, pieces []span) error {
	first := pieces[0]
	if !toks[first.from].Is("DECLARE") && (!toks[first.from].Is("BEGIN") || isTransaction(toks[first.from+1])) {
		return nil
	}
	if _, err := statement(src, toks, first); err == nil {
		return nil
	}
	_, err := statement(src, toks, span{first.from, pieces[len(pieces)-1].to})
	return err
}

// Type reads a type, such as NUMBER(38,0).
func Type(src string) (*ast.Type, error) {
	stmt, err := Statement("select null::" + src)
	if err != nil {
		return nil, fmt.Errorf("the type %s: %w", src, err)
	}
	if q, ok := stmt.(*ast.Query); ok {
		if sel, ok := q.Body.(*ast.Select); ok && len(sel.Items) == 1 && len(sel.From) == 0 {
			if cast, ok := sel.Items[0].X.(*ast.Cast); ok {
				return cast.Type, nil
			}
		}
	}
	return nil, fmt.Errorf("the type %s: it is more than a type", src)
}

// Name reads a name with its qualifiers, nil if the text is none.
func Name(src string) []ast.Ident {
	stmt, err := Statement("drop table " + src)
	drop, ok := stmt.(*ast.Drop)
	if err != nil || !ok || drop.Name == nil || drop.Behavior != "" || drop.Name.Dynamic != nil {
		return nil
	}
	return drop.Name.Parts
}

// Script reads statements with semicolons between them. It goes on behind a
// bad one, so its error can join several *warehouse.Error, in their order; the
// statements are then those that could be read.
func Script(src string) ([]ast.Statement, error) {
	toks := lex(src)
	var out []ast.Statement
	var errs []error
	for _, r := range ranges(toks) {
		s, err := statement(src, toks, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, s)
	}
	return out, errors.Join(errs...)
}

// statement reads the tokens of r.
func statement(src string, toks []token.Token, r span) (ast.Statement, error) {
	first, last := toks[r.from], toks[r.to-1]
	if err := tooLong(src[first.Pos.Offset:last.End()], first.Pos); err != nil {
		return nil, err
	}
	return newParser(src, toks, r).whole()
}

func newParser(src string, toks []token.Token, r span) *parser {
	return &parser{src: src, toks: toks, i: r.from, end: r.to, tok: toks[r.from]}
}

// whole reads a statement and nothing behind it. It returns an error, not a
// *warehouse.Error, so that none is nil.
func (p *parser) whole() (ast.Statement, error) {
	s := p.statement()
	if p.err == nil && p.tok.Kind != token.EOF {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return s, nil
}

func tooLong(text string, pos token.Pos) error {
	switch {
	case len(text) > MaxBytes:
		return unsupported(fmt.Sprintf("a statement of %d bytes, and %d is the most", len(text), MaxBytes), pos)
	case len(text) > MaxTokens && tooMany(text):
		return unsupported(fmt.Sprintf("a statement of more than %d words, signs and values", MaxTokens), pos)
	}
	return nil
}

// tooMany reports whether a text has more tokens than a statement may have. It
// keeps none of them.
func tooMany(text string) bool {
	l := &lexer{src: text, line: 1}
	for range MaxTokens {
		t := l.next()
		if t.Kind == token.EOF {
			return false
		}
		l.toks = append(l.toks[:0], t) // it looks at the last one
	}
	return true
}

func unsupported(what string, pos token.Pos) *warehouse.Error {
	return &warehouse.Error{Code: codeUnsupported, State: "0A000", Line: pos.Line, Column: pos.Column, Kind: warehouse.ErrUnsupported,
		Message: fmt.Sprintf("Unsupported by Snowpit: %s (line %d)", what, pos.Line)}
}

func syntaxError(t token.Token) *warehouse.Error {
	what := fmt.Sprintf("syntax error %v unexpected '%s'.", t.Pos, shown(t))
	if t.Kind == token.Invalid && t.Value == unterminated {
		what = fmt.Sprintf("parse error %v near '%s'.", t.Pos, unterminated)
	}
	return &warehouse.Error{Code: codeSyntax, State: "42000", Line: t.Pos.Line, Column: t.Pos.Column, Kind: warehouse.ErrSyntax,
		Message: "SQL compilation error:\n" + what}
}

// shown is a token's text for an error, cut to a length that can be read.
func shown(t token.Token) string {
	const most = 80
	switch {
	case t.Kind == token.EOF:
		return unterminated
	case len(t.Text) > most:
		return t.Text[:most] + "..."
	}
	return t.Text
}
