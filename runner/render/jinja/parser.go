package jinja

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// ---------- AST ----------
type expr interface{ ln() place }
type base struct{ line place }

func (b base) ln() place { return b.line }

type (
	eConst struct {
		base
		v any
	}
	eName struct {
		base
		name string
	}
	eList struct {
		base
		items []expr
	}
	eTuple struct {
		base
		items []expr
	}
	eDict struct {
		base
		keys, vals []expr
	}
	eAttr struct {
		base
		obj  expr
		name string
	}
	eItem struct {
		base
		obj, key expr
	}
	eSlice struct {
		base
		lo, hi, step expr
	}
	eCall struct {
		base
		fn   expr
		args []arg
	}
	eFilter struct {
		base
		in   expr
		name string
		args []arg
	}
	eTest struct {
		base
		in   expr
		name string
		args []arg
		not  bool
	}
	eUn struct {
		base
		op string
		x  expr
	}
	eBin struct {
		base
		op   string
		l, r expr
	}
	eCmp struct {
		base
		first expr
		ops   []string
		rest  []expr
	}
	eConcat struct {
		base
		items []expr
	}
	eCond struct {
		base
		test, yes, no expr
	}
)
type arg struct {
	kind byte // 0 positional, 'k' keyword, '*' list, 'd' dict
	name string
	e    expr
}

type stmt interface{}
type (
	sData struct{ s string }
	sOut  struct{ e expr }
	sIf   struct {
		conds  []expr
		bodies [][]stmt
		els    []stmt
	}
	sFor struct {
		target, iter, cond expr
		body, els          []stmt
		rec                bool
		line               place
	}
	sSet struct {
		target, e expr
		line      place
	}
	sSetBlk struct {
		target  expr
		filters []eFilter
		body    []stmt
	}
	sMacro struct{ m *Macro }
	sCall  struct {
		params []param
		call   expr
		body   []stmt
		line   place
	}
	sFiltB struct {
		filters []eFilter
		body    []stmt
	}
	sDo   struct{ e expr }
	sWith struct {
		names, vals []expr
		body        []stmt
	}
	sBreak struct{}
	sCont  struct{}
)
type param struct {
	name string
	def  expr
}

// Macro is a parsed macro; Kind is macro, test, materialization, docs or snapshot.
type Macro struct {
	Name        string
	Kind        string
	Adapter     string
	Params      []param
	Body        []stmt
	Line        int // from 1
	at          place
	usesVarargs bool
	usesKwargs  bool
	usesCaller  bool
}

type Template struct {
	Name   string
	Body   []stmt
	Macros []*Macro // top level, in source order
	src    *source
}

type parser struct {
	src  *source
	toks []token
	i    int
	fr   []*Macro // enclosing macros, for varargs/kwargs/caller detection
	tpl  *Template
	deep int
}

type perr struct{ e error }

func (p *parser) fail(f string, a ...any) {
	panic(perr{p.src.at(p.cur().line, fmt.Errorf(f, a...))})
}

// failAt ends the parse with an error at a place behind.
func (p *parser) failAt(at place, f string, a ...any) {
	panic(perr{p.src.at(at, fmt.Errorf(f, a...))})
}
func (p *parser) cur() token { return p.toks[p.i] }
func (p *parser) peek() token {
	if p.i+1 < len(p.toks) {
		return p.toks[p.i+1]
	}
	return p.toks[len(p.toks)-1]
}
func (p *parser) next() token { t := p.toks[p.i]; p.i++; return t }
func (p *parser) isOp(v string) bool {
	return p.cur().kind == tOp && p.cur().val == v
}
func (p *parser) isName(v string) bool {
	return p.cur().kind == tName && p.cur().val == v
}
func (p *parser) skipOp(v string) bool {
	if p.isOp(v) {
		p.i++
		return true
	}
	return false
}
func (p *parser) skipName(v string) bool {
	if p.isName(v) {
		p.i++
		return true
	}
	return false
}
func (p *parser) expectOp(v string) {
	if !p.skipOp(v) {
		p.fail("expected token '%s', got '%s'", v, p.cur().val)
	}
}
func (p *parser) expectName() string {
	if p.cur().kind != tName {
		p.fail("expected a name, got '%s'", p.cur().val)
	}
	return p.next().val
}
func (p *parser) blockEnd() {
	p.skipOp(":") // Jinja2 tolerates a Python-style colon before the end of a block tag
	if p.cur().kind != tBlockEnd {
		p.fail("expected end of statement block, got '%s'", p.cur().val)
	}
	p.i++
}

// Parse compiles template source.
func Parse(name, src string) (t *Template, err error) {
	text, toks, err := lex(name, src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: text, toks: toks, tpl: &Template{Name: name, src: text}}
	defer func() {
		if r := recover(); r != nil {
			if pe, ok := r.(perr); ok {
				t, err = nil, pe.e
				return
			}
			panic(r)
		}
	}()
	p.tpl.Body = p.stmts()
	if p.cur().kind != tEOF {
		p.fail("unexpected tag '%s'", p.peek().val)
	}
	return p.tpl, nil
}

// stmts parses until EOF or a block tag with one of the given names (the tag name is left current).
func (p *parser) stmts(ends ...string) []stmt {
	var out []stmt
	for {
		t := p.cur()
		switch t.kind {
		case tEOF:
			if len(ends) > 0 {
				p.fail("unexpected end of template, looking for: %s", strings.Join(ends, ", "))
			}
			return out
		case tData:
			out = append(out, &sData{t.val})
			p.i++
		case tVarBegin:
			p.i++
			e := p.tuple(true, false)
			if p.cur().kind != tVarEnd {
				p.fail("expected end of print statement, got '%s'", p.cur().val)
			}
			p.i++
			out = append(out, &sOut{e})
		case tBlockBegin:
			n := p.peek()
			if n.kind != tName {
				p.i++
				p.fail("tag name expected")
			}
			for _, e := range ends {
				if n.val == e {
					p.i++
					return out
				}
			}
			p.i++
			if s := p.statement(); s != nil {
				out = append(out, s)
			}
		default:
			p.fail("unexpected token '%s'", t.val)
		}
	}
}

func (p *parser) statement() stmt {
	line := p.cur().line
	kw := p.expectName()
	p.deep++
	defer func() { p.deep-- }()
	switch kw {
	case "if":
		s := &sIf{}
		for {
			s.conds = append(s.conds, p.tuple(false, false))
			p.blockEnd()
			s.bodies = append(s.bodies, p.stmts("elif", "else", "endif"))
			switch p.expectName() {
			case "elif":
				continue
			case "else":
				p.blockEnd()
				s.els = p.stmts("endif")
				p.expectName()
			}
			p.blockEnd()
			return s
		}
	case "for":
		s := &sFor{line: line}
		s.target = p.assignTarget("in")
		if !p.skipName("in") {
			p.fail("expected 'in'")
		}
		s.iter = p.tuple(false, true)
		if p.skipName("if") {
			s.cond = p.expression()
		}
		s.rec = p.skipName("recursive")
		p.blockEnd()
		s.body = p.stmts("endfor", "else")
		if p.expectName() == "else" {
			p.blockEnd()
			s.els = p.stmts("endfor")
			p.expectName()
		}
		p.blockEnd()
		return s
	case "set":
		target := p.assignTarget("")
		if p.skipOp("=") {
			e := p.tuple(true, false)
			p.blockEnd()
			return &sSet{target, e, line}
		}
		var fs []eFilter
		for p.skipOp("|") {
			fs = append(fs, p.filterTail(nil))
		}
		p.blockEnd()
		b := p.stmts("endset")
		p.expectName()
		p.blockEnd()
		return &sSetBlk{target, fs, b}
	case "macro", "test", "materialization", "docs", "snapshot", "data_test":
		m := &Macro{Kind: kw, at: line, Adapter: "default"}
		m.Line, _ = p.src.position(line)
		if kw == "data_test" {
			m.Kind = "test"
		}
		m.Name = p.expectName()
		switch m.Kind {
		case "macro", "test":
			m.Params = p.signature()
		case "materialization":
			for p.skipOp(",") {
				n := p.expectName()
				if p.skipOp("=") {
					v := p.expression()
					if c, ok := v.(*eConst); ok && n == "adapter" {
						m.Adapter, _ = c.v.(string)
					}
				}
			}
		}
		p.blockEnd()
		p.fr = append(p.fr, m)
		m.Body = p.stmts("end" + kw)
		p.fr = p.fr[:len(p.fr)-1]
		p.expectName()
		if p.cur().kind == tName {
			p.i++
		}
		p.blockEnd()
		if p.deep == 1 {
			p.tpl.Macros = append(p.tpl.Macros, m)
		}
		return &sMacro{m}
	case "call":
		s := &sCall{line: line}
		if p.isOp("(") {
			s.params = p.signature()
		}
		s.call = p.expression()
		if _, ok := s.call.(*eCall); !ok {
			p.fail("expected call")
		}
		p.blockEnd()
		s.body = p.stmts("endcall")
		p.expectName()
		p.blockEnd()
		return s
	case "filter":
		s := &sFiltB{}
		s.filters = append(s.filters, p.filterTail(nil))
		for p.skipOp("|") {
			s.filters = append(s.filters, p.filterTail(nil))
		}
		p.blockEnd()
		s.body = p.stmts("endfilter")
		p.expectName()
		p.blockEnd()
		return s
	case "do":
		e := p.tuple(true, false)
		p.blockEnd()
		return &sDo{e}
	case "with":
		s := &sWith{}
		for p.cur().kind != tBlockEnd {
			if len(s.names) > 0 {
				p.expectOp(",")
			}
			s.names = append(s.names, p.assignTarget(""))
			p.expectOp("=")
			s.vals = append(s.vals, p.expression())
		}
		p.blockEnd()
		s.body = p.stmts("endwith")
		p.expectName()
		p.blockEnd()
		return s
	case "break":
		p.blockEnd()
		return &sBreak{}
	case "continue":
		p.blockEnd()
		return &sCont{}
	}
	p.failAt(line, "Encountered unknown tag '%s'", kw)
	return nil
}

func (p *parser) signature() []param {
	p.expectOp("(")
	var out []param
	for !p.isOp(")") {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		pr := param{name: p.expectName()}
		if p.skipOp(":") { // dbt's optional type annotation
			p.typeName()
		}
		if p.skipOp("=") {
			pr.def = p.expression()
		}
		out = append(out, pr)
	}
	p.expectOp(")")
	return out
}

func (p *parser) typeName() {
	p.expectName()
	if p.skipOp("[") {
		p.typeName()
		for p.skipOp(",") {
			p.typeName()
		}
		p.expectOp("]")
	}
}

func (p *parser) assignTarget(end string) expr {
	one := func() expr {
		line := p.cur().line
		if p.skipOp("(") {
			e := p.assignTarget("")
			p.expectOp(")")
			return e
		}
		n := p.expectName()
		var e expr = &eName{base{line}, n}
		if p.skipOp(".") {
			e = &eAttr{base{line}, e, p.expectName()}
		}
		return e
	}
	first := one()
	if !p.isOp(",") {
		return first
	}
	items := []expr{first}
	for p.skipOp(",") {
		if p.cur().kind != tName && !p.isOp("(") || (end != "" && p.isName(end)) {
			break
		}
		items = append(items, one())
	}
	return &eTuple{base{first.ln()}, items}
}

func (p *parser) tupleEnd() bool {
	k := p.cur()
	return k.kind == tVarEnd || k.kind == tBlockEnd || (k.kind == tOp && k.val == ")")
}

// tuple parses an expression or a bare comma-separated tuple.
func (p *parser) tuple(withCond, forIter bool) expr {
	parse := func() expr {
		if forIter {
			return p.or()
		}
		return p.expression()
	}
	_ = withCond
	first := parse()
	if !p.isOp(",") {
		return first
	}
	items := []expr{first}
	for p.skipOp(",") {
		if p.tupleEnd() || (forIter && (p.isName("if") || p.isName("recursive"))) {
			break
		}
		items = append(items, parse())
	}
	return &eTuple{base{first.ln()}, items}
}

func (p *parser) expression() expr {
	e := p.or()
	for p.isName("if") {
		line := p.next().line
		c := p.or()
		var no expr
		if p.skipName("else") {
			no = p.expression()
		}
		e = &eCond{base{line}, c, e, no}
	}
	return e
}
func (p *parser) or() expr {
	l := p.and()
	for p.isName("or") {
		line := p.next().line
		l = &eBin{base{line}, "or", l, p.and()}
	}
	return l
}
func (p *parser) and() expr {
	l := p.not()
	for p.isName("and") {
		line := p.next().line
		l = &eBin{base{line}, "and", l, p.not()}
	}
	return l
}
func (p *parser) not() expr {
	if p.isName("not") {
		line := p.next().line
		return &eUn{base{line}, "not", p.not()}
	}
	return p.compare()
}
func (p *parser) compare() expr {
	first := p.sum()
	var ops []string
	var rest []expr
	for {
		t := p.cur()
		op := ""
		if t.kind == tOp {
			switch t.val {
			case "==", "!=", "<", "<=", ">", ">=":
				op = t.val
				p.i++
			}
		} else if t.kind == tName && t.val == "in" {
			op = "in"
			p.i++
		} else if t.kind == tName && t.val == "not" && p.peek().kind == tName && p.peek().val == "in" {
			op = "notin"
			p.i += 2
		}
		if op == "" {
			break
		}
		ops = append(ops, op)
		rest = append(rest, p.sum())
	}
	if len(ops) == 0 {
		return first
	}
	return &eCmp{base{first.ln()}, first, ops, rest}
}
func (p *parser) sum() expr {
	l := p.concat()
	for p.isOp("+") || p.isOp("-") {
		t := p.next()
		l = &eBin{base{t.line}, t.val, l, p.concat()}
	}
	return l
}
func (p *parser) concat() expr {
	l := p.mul()
	if !p.isOp("~") {
		return l
	}
	items := []expr{l}
	for p.skipOp("~") {
		items = append(items, p.mul())
	}
	return &eConcat{base{l.ln()}, items}
}
func (p *parser) mul() expr {
	l := p.pow()
	for p.isOp("*") || p.isOp("/") || p.isOp("//") || p.isOp("%") {
		t := p.next()
		l = &eBin{base{t.line}, t.val, l, p.pow()}
	}
	return l
}
func (p *parser) pow() expr {
	l := p.unary(true)
	for p.isOp("**") {
		t := p.next()
		l = &eBin{base{t.line}, "**", l, p.unary(true)}
	}
	return l
}
func (p *parser) unary(filters bool) expr {
	var e expr
	switch {
	case p.isOp("-"):
		line := p.next().line
		e = &eUn{base{line}, "-", p.unary(false)}
	case p.isOp("+"):
		line := p.next().line
		e = &eUn{base{line}, "+", p.unary(false)}
	default:
		e = p.primary()
	}
	e = p.postfix(e)
	if filters {
		e = p.filterExpr(e)
	}
	return e
}

func (p *parser) primary() expr {
	t := p.cur()
	b := base{t.line}
	switch t.kind {
	case tName:
		p.i++
		switch t.val {
		case "true", "True":
			return &eConst{b, true}
		case "false", "False":
			return &eConst{b, false}
		case "none", "None":
			return &eConst{b, nil}
		case "varargs", "kwargs", "caller":
			for _, m := range p.fr {
				switch t.val {
				case "varargs":
					m.usesVarargs = true
				case "kwargs":
					m.usesKwargs = true
				case "caller":
					m.usesCaller = true
				}
			}
		}
		return &eName{b, t.val}
	case tString:
		s := ""
		for p.cur().kind == tString {
			s += p.next().val
		}
		return &eConst{b, s}
	case tInt:
		p.i++
		n, err := strconv.ParseInt(t.val, 10, 64)
		if err != nil {
			bi, ok := new(big.Int).SetString(t.val, 10)
			if !ok {
				p.fail("bad integer")
			}
			return &eConst{b, bi}
		}
		return &eConst{b, n}
	case tFloat:
		p.i++
		f, _ := strconv.ParseFloat(t.val, 64)
		return &eConst{b, f}
	case tOp:
		switch t.val {
		case "(":
			p.i++
			if p.skipOp(")") {
				return &eTuple{b, nil}
			}
			e := p.tuple(true, false)
			p.expectOp(")")
			return e
		case "[":
			p.i++
			l := &eList{base: b}
			for !p.isOp("]") {
				if len(l.items) > 0 {
					p.expectOp(",")
					if p.isOp("]") {
						break
					}
				}
				l.items = append(l.items, p.expression())
			}
			p.expectOp("]")
			return l
		case "{":
			p.i++
			d := &eDict{base: b}
			for !p.isOp("}") {
				if len(d.keys) > 0 {
					p.expectOp(",")
					if p.isOp("}") {
						break
					}
				}
				d.keys = append(d.keys, p.expression())
				p.expectOp(":")
				d.vals = append(d.vals, p.expression())
			}
			p.expectOp("}")
			return d
		}
	}
	p.fail("unexpected '%s'", t.val)
	return nil
}

func (p *parser) postfix(e expr) expr {
	for {
		t := p.cur()
		if t.kind != tOp {
			return e
		}
		switch t.val {
		case ".":
			p.i++
			if p.cur().kind == tInt {
				n, _ := strconv.ParseInt(p.next().val, 10, 64)
				e = &eItem{base{t.line}, e, &eConst{base{t.line}, n}}
			} else {
				e = &eAttr{base{t.line}, e, p.expectName()}
			}
		case "[":
			p.i++
			var items []expr
			for !p.isOp("]") {
				if len(items) > 0 {
					p.expectOp(",")
				}
				items = append(items, p.subscript())
			}
			p.expectOp("]")
			if len(items) == 1 {
				e = &eItem{base{t.line}, e, items[0]}
			} else {
				e = &eItem{base{t.line}, e, &eTuple{base{t.line}, items}}
			}
		case "(":
			e = &eCall{base{t.line}, e, p.callArgs()}
		default:
			return e
		}
	}
}

func (p *parser) subscript() expr {
	line := p.cur().line
	var lo, hi, st expr
	if !p.isOp(":") {
		lo = p.expression()
		if !p.isOp(":") {
			return lo
		}
	}
	p.expectOp(":")
	if !p.isOp("]") && !p.isOp(":") && !p.isOp(",") {
		hi = p.expression()
	}
	if p.skipOp(":") && !p.isOp("]") && !p.isOp(",") {
		st = p.expression()
	}
	return &eSlice{base{line}, lo, hi, st}
}

func (p *parser) callArgs() []arg {
	p.expectOp("(")
	var out []arg
	for !p.isOp(")") {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		switch {
		case p.skipOp("**"):
			out = append(out, arg{'d', "", p.expression()})
		case p.skipOp("*"):
			out = append(out, arg{'*', "", p.expression()})
		case p.cur().kind == tName && p.peek().kind == tOp && p.peek().val == "=":
			n := p.next().val
			p.i++
			out = append(out, arg{'k', n, p.expression()})
		default:
			out = append(out, arg{0, "", p.expression()})
		}
	}
	p.expectOp(")")
	return out
}

func (p *parser) filterTail(in expr) eFilter {
	line := p.cur().line
	n := p.expectName()
	for p.skipOp(".") {
		n += "." + p.expectName()
	}
	f := eFilter{base{line}, in, n, nil}
	if p.isOp("(") {
		f.args = p.callArgs()
	}
	return f
}

func (p *parser) filterExpr(e expr) expr {
	for {
		t := p.cur()
		switch {
		case t.kind == tOp && t.val == "|":
			p.i++
			f := p.filterTail(e)
			e = &f
		case t.kind == tName && t.val == "is":
			p.i++
			neg := p.skipName("not")
			n := p.expectName()
			for p.skipOp(".") {
				n += "." + p.expectName()
			}
			var args []arg
			c := p.cur()
			if p.isOp("(") {
				args = p.callArgs()
			} else if (c.kind == tName && c.val != "else" && c.val != "or" && c.val != "and" && c.val != "if" && c.val != "in" && c.val != "not" && c.val != "is") || c.kind == tString || c.kind == tInt || c.kind == tFloat || p.isOp("[") || p.isOp("{") {
				a := p.postfix(p.primary())
				args = []arg{{0, "", a}}
			}
			e = &eTest{base{t.line}, e, n, args, neg}
		case t.kind == tOp && t.val == "(":
			e = &eCall{base{t.line}, e, p.callArgs()}
		default:
			return e
		}
	}
}
