package syntax

import (
	"strconv"
	"strings"
)

var constants = map[string]any{
	"true": true, "True": true, "false": false, "False": false, "none": nil, "None": nil,
}

// primary reads a literal, a name or a bracket.
func (p *parser) primary() Expr {
	t := p.cur()
	at := node{t.pos}
	switch t.kind {
	case tokName:
		p.i++
		if v, ok := constants[t.text]; ok {
			return &Const{at, v}
		}
		p.special(t.text)
		return &Name{at, t.text}
	case tokString:
		return &Const{at, p.strings()}
	case tokInt:
		v, err := integer(t.text)
		if err != nil {
			p.fail("%w", err)
		}
		p.next()
		return &Const{at, v}
	case tokFloat:
		p.i++
		v, _ := strconv.ParseFloat(t.text, 64) // out of range is infinite, as in Python
		return &Const{at, v}
	case tokOp:
		switch t.text {
		case "(":
			return p.paren(at)
		case "[":
			return p.list(at)
		case "{":
			return p.dict(at)
		}
	}
	p.fail("unexpected '%s'", t)
	return &Const{node: at}
}

// strings reads strings side by side, which are one.
func (p *parser) strings() string {
	first := p.next().text
	if p.cur().kind != tokString {
		return first
	}
	var b strings.Builder
	b.WriteString(first)
	for p.cur().kind == tokString {
		b.WriteString(p.next().text)
	}
	return b.String()
}

func (p *parser) paren(at node) Expr {
	p.i++
	if p.skipOp(")") {
		return &List{node: at, Tuple: true}
	}
	x := p.tuple()
	p.expectOp(")")
	return x
}

func (p *parser) list(at node) Expr {
	p.i++
	l := &List{node: at}
	for p.err == nil && !p.isOp("]") {
		if len(l.Items) > 0 {
			p.expectOp(",")
			if p.isOp("]") {
				break
			}
		}
		l.Items = append(l.Items, p.expression())
	}
	p.expectOp("]")
	return l
}

func (p *parser) dict(at node) Expr {
	p.i++
	d := &Dict{node: at}
	for p.err == nil && !p.isOp("}") {
		if len(d.Keys) > 0 {
			p.expectOp(",")
			if p.isOp("}") {
				break
			}
		}
		d.Keys = append(d.Keys, p.expression())
		p.expectOp(":")
		d.Values = append(d.Values, p.expression())
	}
	p.expectOp("}")
	return d
}

// postfix reads attributes, subscripts and calls.
func (p *parser) postfix(x Expr) Expr {
	for n := 0; p.cur().kind == tokOp; p.chain(&n) {
		at := node{p.cur().pos}
		switch p.cur().text {
		case ".":
			x = p.attribute(at, x)
		case "[":
			x = p.subscript(at, x)
		case "(":
			x = &Call{at, x, p.arguments(), p.src}
		default:
			return x
		}
	}
	return x
}

func (p *parser) attribute(at node, x Expr) Expr {
	p.i++
	if t := p.cur(); t.kind == tokInt {
		p.i++
		v, err := integer(t.text)
		if err != nil {
			p.failAt(t.pos, "%w", err)
		}
		return &Item{at, x, &Const{at, v}}
	}
	return &Attr{at, x, p.expectName()}
}

func (p *parser) subscript(at node, x Expr) Expr {
	p.i++
	var keys []Expr
	for p.err == nil && !p.isOp("]") {
		if len(keys) > 0 {
			p.expectOp(",")
		}
		keys = append(keys, p.key())
	}
	p.expectOp("]")
	if len(keys) == 1 {
		return &Item{at, x, keys[0]}
	}
	for _, k := range keys {
		if _, ok := k.(*Slice); ok {
			p.failAt(k.Pos(), "a slice stands alone between brackets")
		}
	}
	if keys == nil {
		p.failAt(at.pos, "Expected subscript expression")
	}
	return &Item{at, x, &List{node: at, Items: keys, Tuple: true}}
}

// key reads what stands between [ and ]: an expression or a slice.
func (p *parser) key() Expr {
	s := &Slice{node: node{p.cur().pos}}
	if !p.isOp(":") {
		s.Low = p.expression()
		if !p.isOp(":") {
			return s.Low
		}
	}
	p.expectOp(":")
	if !p.isOp("]") && !p.isOp(":") && !p.isOp(",") {
		s.High = p.expression()
	}
	if p.skipOp(":") && !p.isOp("]") && !p.isOp(",") {
		s.Step = p.expression()
	}
	return s
}

// filters reads filters, tests, and calls of what they give.
func (p *parser) filters(x Expr) Expr {
	for n := 0; ; p.chain(&n) {
		switch at := (node{p.cur().pos}); {
		case p.skipOp("|"):
			x = p.filter(x)
		case p.skipName("is"):
			x = p.test(at, x)
		case p.isOp("("):
			x = &Call{at, x, p.arguments(), p.src}
		default:
			return x
		}
	}
}

// filter reads a filter's name and arguments.
func (p *parser) filter(x Expr) *Filter {
	f := &Filter{node: node{p.cur().pos}, X: x, Name: p.dotted()}
	if p.isOp("(") {
		f.Args = p.arguments()
	}
	return f
}

func (p *parser) dotted() string {
	name := p.expectName()
	for p.skipOp(".") {
		name += "." + p.expectName()
	}
	return name
}

func (p *parser) test(at node, x Expr) Expr {
	t := &Test{node: at, X: x, Not: p.skipName("not"), Name: p.dotted()}
	switch {
	case p.isOp("("):
		t.Args = p.arguments()
	case p.bareArgument():
		t.Args = []Arg{{Value: p.postfix(p.primary())}}
	}
	return t
}

// bareArgument reports whether a test's argument follows without brackets, as
// in x is divisibleby 3.
func (p *parser) bareArgument() bool {
	switch t := p.cur(); t.kind {
	case tokString, tokInt, tokFloat:
		return true
	case tokOp:
		return t.text == "[" || t.text == "{"
	case tokName:
		switch t.text {
		case "else", "or", "and", "if", "in", "not":
			return false
		case "is":
			p.fail("You cannot chain multiple tests with is")
			return false
		}
		return true
	}
	return false
}

// arguments reads (a, name=b, *c, **d).
func (p *parser) arguments() []Arg {
	p.expectOp("(")
	var out []Arg
	var seen [4]bool
	for p.err == nil && !p.isOp(")") {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		at := p.cur().pos
		a := p.argument()
		misplaced := seen[DoubleStar] || seen[Star] && a.Kind != Keyword && a.Kind != DoubleStar || seen[Keyword] && a.Kind == Positional
		if misplaced {
			p.failAt(at, "invalid syntax for function call expression")
		}
		seen[a.Kind] = true
		out = append(out, a)
	}
	p.expectOp(")")
	return out
}

func (p *parser) argument() Arg {
	switch {
	case p.skipOp("**"):
		return Arg{DoubleStar, "", p.expression()}
	case p.skipOp("*"):
		return Arg{Star, "", p.expression()}
	case p.cur().kind == tokName && p.peek().kind == tokOp && p.peek().text == "=":
		name := p.next().text
		p.i++
		return Arg{Keyword, name, p.expression()}
	}
	return Arg{Positional, "", p.expression()}
}
