package syntax

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// maxDepth is how deeply blocks and expressions may nest, and how many
// operators of one rank may follow each other. It keeps a hostile template
// from using up the stack, here and when it is rendered.
const maxDepth = 400

// Parse reads a template. An error is an [*Error]; name stands in its front.
func Parse(name, text string) (*File, error) { return parse(newSource(name, unify(text)), false) }

// ParseTrimmed is [Parse] of a text without the white space around it. Places
// are those in the whole text.
func ParseTrimmed(name, text string) (*File, error) {
	return parse(newSource(name, strings.TrimRightFunc(unify(text), unicode.IsSpace)), true)
}

func parse(src *Source, trim bool) (*File, error) {
	tokens, err := lex(src, trim)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens}
	body := p.stmts(nil)
	if p.err != nil {
		return nil, p.err
	}
	return &File{Source: src, Body: body, Macros: p.top}, nil
}

// A parser makes a tree of tokens. Its first error moves it to the end of the
// text, where every loop stops.
type parser struct {
	src      *Source
	tokens   []token
	i        int
	err      error
	depth    int
	loops    int      // loops around, in the same macro
	closures int      // macros and call blocks so far
	blocks   []*block // that are open
	macros   []*Macro // around
	top      []*Macro
}

// A block is a tag that waits for its end.
type block struct {
	name string
	pos  Pos
	ends []string
}

func (p *parser) failAt(at Pos, format string, args ...any) {
	if p.err == nil {
		p.err = p.src.At(at, fmt.Errorf(format, args...))
		p.i = len(p.tokens) - 1
	}
}

func (p *parser) fail(format string, args ...any) { p.failAt(p.cur().pos, format, args...) }

// enter goes one level down; the caller leaves it again.
func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail("nested too deeply: put parts of it into variables, with set, or into macros")
	}
}

func (p *parser) leave() { p.depth-- }

// chain counts operators that follow each other.
func (p *parser) chain(n *int) {
	if *n++; *n > maxDepth {
		p.fail("more than %d operators in a row: build the value in steps, with set", maxDepth)
	}
}

func (p *parser) cur() token { return p.tokens[p.i] }

func (p *parser) peek() token { return p.tokens[min(p.i+1, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != tokEOF {
		p.i++
	}
	return t
}

func (p *parser) isOp(op string) bool { t := p.cur(); return t.kind == tokOp && t.text == op }

func (p *parser) isName(name string) bool { t := p.cur(); return t.kind == tokName && t.text == name }

func (p *parser) skipOp(op string) bool {
	if p.isOp(op) {
		p.i++
		return true
	}
	return false
}

func (p *parser) skipName(name string) bool {
	if p.isName(name) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expectOp(op string) {
	if !p.skipOp(op) {
		p.fail("expected token '%s', got '%s'", op, p.cur())
	}
}

func (p *parser) expectName() string {
	if p.cur().kind != tokName {
		p.fail("expected token 'name', got '%s'", p.cur())
		return ""
	}
	return p.next().text
}

// tagEnd takes the end of a block tag. Jinja2 allows a colon before it.
func (p *parser) tagEnd() {
	p.skipOp(":")
	if p.cur().kind != tokBlockEnd {
		p.fail("expected token 'end of statement block', got '%s'", p.cur())
		return
	}
	p.i++
}

// stmts reads up to a tag that ends the innermost block b, whose name it
// leaves current, or up to the end of the text for none.
func (p *parser) stmts(b *block) []Stmt {
	var out []Stmt
	for p.err == nil {
		switch t := p.cur(); t.kind {
		case tokEOF:
			if b != nil {
				p.unclosed(b)
			}
			return out
		case tokData:
			out = append(out, &Data{node{t.pos}, t.text})
			p.i++
		case tokVarBegin:
			out = append(out, p.print())
		default: // only a block tag can stand here
			p.i++
			if b != nil && p.cur().kind == tokName && slices.Contains(b.ends, p.cur().text) {
				return out
			}
			out = append(out, p.statement())
		}
	}
	return out
}

func (p *parser) print() Stmt {
	p.i++
	x := p.tuple()
	if p.cur().kind != tokVarEnd {
		p.fail("expected token 'end of print statement', got '%s'", p.cur())
	}
	p.next()
	return &Print{node{x.Pos()}, x}
}

// body reads the body of a block that was opened at pos, and the name of the
// tag that ends it.
func (p *parser) body(name string, pos Pos, ends ...string) (body []Stmt, end string) {
	b := &block{name, pos, ends}
	p.blocks = append(p.blocks, b)
	body = p.stmts(b)
	p.blocks = p.blocks[:len(p.blocks)-1]
	return body, p.expectName()
}

// block reads a body with one possible end, and the end.
func (p *parser) block(name string, pos Pos) []Stmt {
	body, _ := p.body(name, pos, "end"+name)
	p.tagEnd()
	return body
}

// unclosed complains that the text ends inside b.
func (p *parser) unclosed(b *block) { p.fail("Unexpected end of template. %s", p.lookingFor(b)) }

// lookingFor says what b needs, as Jinja2 does.
func (p *parser) lookingFor(b *block) string {
	line, _ := p.src.Position(b.pos)
	return fmt.Sprintf("Jinja was looking for the following tags: '%s'. The innermost block that needs to be closed is '%s', of line %d",
		strings.Join(b.ends, "' or '"), b.name, line)
}
