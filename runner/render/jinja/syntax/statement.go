package syntax

// statement reads a tag whose name is current, with its block if it has one.
func (p *parser) statement() Stmt {
	p.enter()
	defer p.leave()
	t := p.cur()
	if t.kind != tokName {
		p.fail("tag name expected")
		return &Data{}
	}
	p.i++
	at := node{t.pos}
	switch t.text {
	case "if":
		return p.ifStmt(at)
	case "for":
		return p.forStmt(at)
	case "set":
		return p.set(at)
	case "macro", "test", "data_test", "materialization", "docs", "snapshot":
		return p.macro(at, t.text)
	case "call":
		return p.callBlock(at)
	case "filter":
		return p.filterBlock(at)
	case "do":
		x := p.tuple()
		p.tagEnd()
		return &Do{at, x}
	case "with":
		return p.with(at)
	case "break", "continue":
		return p.jump(at, t.text)
	}
	p.unknown(t)
	return &Data{}
}

// absent are the tags of Jinja2 that dbt has no use for, and what to do instead.
var absent = map[string]string{
	"block": "put the text in a macro", "extends": "put the text in a macro", "include": "put the text in a macro",
	"import": "every macro of a project can be called by its name", "from": "every macro of a project can be called by its name",
	"autoescape": "nothing is escaped; use the filter e", "trans": "templates are not translated",
	"pluralize": "templates are not translated", "debug": "use log()",
}

// unknown complains about a tag, with what would fit.
func (p *parser) unknown(t token) {
	if instead, ok := absent[t.text]; ok {
		p.failAt(t.pos, "the tag '%s' is not supported: %s", t.text, instead)
		return
	}
	if len(p.blocks) == 0 {
		p.failAt(t.pos, "Encountered unknown tag '%s'", t.text)
		return
	}
	p.failAt(t.pos, "Encountered unknown tag '%s'. %s", t.text, p.lookingFor(p.blocks[len(p.blocks)-1]))
}

func (p *parser) ifStmt(at node) Stmt {
	s := &If{node: at}
	for {
		s.Tests = append(s.Tests, p.tuple())
		p.tagEnd()
		then, end := p.body("if", at.pos, "elif", "else", "endif")
		s.Then = append(s.Then, then)
		if end == "elif" {
			continue
		}
		p.tagEnd()
		if end == "else" {
			s.Else = p.block("if", at.pos)
		}
		return s
	}
}

func (p *parser) forStmt(at node) Stmt {
	s := &For{node: at, Target: p.target(true)}
	if !p.skipName("in") {
		p.fail("expected token 'in', got '%s'", p.cur())
	}
	s.Over = p.sequence()
	if p.skipName("if") {
		s.Filter = p.expression()
	}
	s.Recursive = p.skipName("recursive")
	p.tagEnd()
	p.loops++
	before := p.closures
	body, end := p.body("for", at.pos, "endfor", "else")
	p.loops--
	s.Body, s.Captured = body, p.closures > before
	p.tagEnd()
	if end == "else" {
		s.Else = p.block("for", at.pos)
	}
	return s
}

func (p *parser) jump(at node, name string) Stmt {
	if p.loops == 0 {
		p.failAt(at.pos, "'%s' outside loop", name)
	}
	p.tagEnd()
	if name == "break" {
		return &Break{at}
	}
	return &Continue{at}
}

func (p *parser) set(at node) Stmt {
	target := p.target(false)
	if p.skipOp("=") {
		x := p.tuple()
		p.tagEnd()
		return &Set{at, target, x}
	}
	var filters []*Filter
	for p.skipOp("|") {
		filters = append(filters, p.filter(nil))
	}
	p.tagEnd()
	return &SetBlock{at, target, filters, p.block("set", at.pos)}
}

func (p *parser) filterBlock(at node) Stmt {
	filters := []*Filter{p.filter(nil)}
	for p.skipOp("|") {
		filters = append(filters, p.filter(nil))
	}
	p.tagEnd()
	return &FilterBlock{at, filters, p.block("filter", at.pos)}
}

func (p *parser) with(at node) Stmt {
	s := &With{node: at}
	for p.err == nil && p.cur().kind != tokBlockEnd {
		if len(s.Targets) > 0 {
			p.expectOp(",")
		}
		s.Targets = append(s.Targets, p.target(false))
		p.expectOp("=")
		s.Values = append(s.Values, p.expression())
	}
	p.tagEnd()
	s.Body = p.block("with", at.pos)
	return s
}

// target reads what is assigned to: a name, namespace.name, or several of them.
func (p *parser) target(inFor bool) Expr {
	p.enter()
	defer p.leave()
	first := p.oneTarget()
	if !p.isOp(",") {
		return first
	}
	list := &List{node: node{first.Pos()}, Items: []Expr{first}, Tuple: true}
	for p.skipOp(",") {
		if p.isOp(")") || inFor && p.isName("in") {
			break
		}
		list.Items = append(list.Items, p.oneTarget())
	}
	return list
}

func (p *parser) oneTarget() Expr {
	at := node{p.cur().pos}
	if p.skipOp("(") {
		x := p.target(false)
		p.expectOp(")")
		return x
	}
	name := p.expectName()
	if _, isConst := constants[name]; isConst {
		p.failAt(at.pos, "can't assign to '%s'", name)
	}
	if p.skipOp(".") {
		return &Attr{at, &Name{at, name}, p.expectName()}
	}
	return &Name{at, name}
}
