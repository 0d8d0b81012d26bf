package syntax

// macro reads a macro, or another of dbt's blocks.
func (p *parser) macro(at node, tag string) Stmt {
	p.closures++
	m := &Macro{node: at, Kind: tag, Adapter: "default"}
	if tag == "data_test" {
		m.Kind = "test"
	}
	m.Name = p.expectName()
	switch m.Kind {
	case "macro", "test":
		m.Params = p.signature()
	case "materialization":
		p.adapter(m)
	}
	p.tagEnd()
	p.inMacro(m, func() { m.Body, _ = p.body(tag, at.pos, "end"+tag) })
	if p.cur().kind == tokName { // endmacro may repeat the name
		p.i++
	}
	p.tagEnd()
	m.End = p.src.behindTag(p.tokens[max(0, p.i-1)].pos)
	if p.depth == 1 {
		p.top = append(p.top, m)
	}
	return m
}

// inMacro reads a body whose special names belong to m.
func (p *parser) inMacro(m *Macro, read func()) {
	loops := p.loops
	p.loops, p.macros = 0, append(p.macros, m)
	read()
	p.loops, p.macros = loops, p.macros[:len(p.macros)-1]
}

// special notes a use of the names that Jinja provides.
func (p *parser) special(name string) {
	for _, m := range p.macros {
		switch name {
		case "varargs":
			m.Varargs = true
		case "kwargs":
			m.Kwargs = true
		case "caller":
			m.Caller = true
		}
	}
}

// adapter reads what stands behind a materialization's name.
func (p *parser) adapter(m *Macro) {
	for p.skipOp(",") {
		name := p.expectName()
		if !p.skipOp("=") {
			continue
		}
		if c, ok := p.expression().(*Const); ok && name == "adapter" {
			m.Adapter, _ = c.Value.(string)
		}
	}
}

func (p *parser) callBlock(at node) Stmt {
	p.closures++
	caller := &Macro{node: at, Kind: "macro", Name: "caller"}
	if p.isOp("(") {
		caller.Params = p.signature()
	}
	x := p.expression()
	call, ok := x.(*Call)
	if !ok {
		p.failAt(x.Pos(), "expected call")
	}
	p.tagEnd()
	loops := p.loops
	p.loops = 0
	caller.Body = p.block("call", at.pos)
	p.loops = loops
	return &CallBlock{at, caller, call}
}

// signature reads (a, b=1). A parameter may have a type, as dbt allows.
func (p *parser) signature() []Param {
	p.expectOp("(")
	var out []Param
	for p.err == nil && !p.isOp(")") {
		if len(out) > 0 {
			p.expectOp(",")
			if p.isOp(")") {
				break
			}
		}
		param := Param{Name: p.expectName()}
		if p.skipOp(":") {
			p.typeName()
		}
		if p.skipOp("=") {
			param.Default = p.expression()
		} else if len(out) > 0 && out[len(out)-1].Default != nil {
			p.fail("non-default argument follows default argument")
		}
		out = append(out, param)
	}
	p.expectOp(")")
	return out
}

func (p *parser) typeName() {
	p.enter()
	defer p.leave()
	p.expectName()
	if p.skipOp("[") {
		p.typeName()
		for p.skipOp(",") {
			p.typeName()
		}
		p.expectOp("]")
	}
}
