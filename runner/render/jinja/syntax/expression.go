package syntax

// tuple reads an expression, or several with commas between them.
func (p *parser) tuple() Expr { return p.items(p.expression, nil) }

// sequence reads what a loop goes over: its if belongs to the loop.
func (p *parser) sequence() Expr {
	return p.items(p.or, func() bool { return p.isName("if") || p.isName("recursive") })
}

func (p *parser) items(one func() Expr, stop func() bool) Expr {
	first := one()
	if !p.isOp(",") {
		return first
	}
	list := &List{node: node{first.Pos()}, Items: []Expr{first}, Tuple: true}
	for p.skipOp(",") {
		if k := p.cur().kind; k == tokVarEnd || k == tokBlockEnd || p.isOp(")") || stop != nil && stop() {
			break
		}
		list.Items = append(list.Items, one())
	}
	return list
}

// expression reads an expression with its if and else.
func (p *parser) expression() Expr {
	p.enter()
	defer p.leave()
	x, n := p.or(), 0
	for p.isName("if") {
		p.chain(&n)
		at := node{p.next().pos}
		cond := &Cond{node: at, Yes: x, Test: p.or()}
		if p.skipName("else") {
			cond.No = p.expression()
		}
		x = cond
	}
	return x
}

func (p *parser) or() Expr {
	x, n := p.and(), 0
	for p.isName("or") {
		p.chain(&n)
		at := node{p.next().pos}
		x = &Binary{at, Or, x, p.and()}
	}
	return x
}

func (p *parser) and() Expr {
	x, n := p.not(), 0
	for p.isName("and") {
		p.chain(&n)
		at := node{p.next().pos}
		x = &Binary{at, And, x, p.not()}
	}
	return x
}

func (p *parser) not() Expr {
	if !p.isName("not") {
		return p.compare()
	}
	p.enter()
	defer p.leave()
	at := node{p.next().pos}
	return &Unary{at, Not, p.not()}
}

var comparisons = map[string]Op{"==": Eq, "!=": Ne, "<": Lt, "<=": Le, ">": Gt, ">=": Ge}

// comparison takes a comparing operator if one is current.
func (p *parser) comparison() (Op, bool) {
	switch t := p.cur(); {
	case t.kind == tokOp:
		op, ok := comparisons[t.text]
		if ok {
			p.i++
		}
		return op, ok
	case p.skipName("in"):
		return In, true
	case p.isName("not") && p.peek().kind == tokName && p.peek().text == "in":
		p.i += 2
		return NotIn, true
	}
	return 0, false
}

func (p *parser) compare() Expr {
	first := p.sum()
	op, ok := p.comparison()
	if !ok {
		return first
	}
	c := &Compare{node: node{first.Pos()}, First: first}
	for ; ok; op, ok = p.comparison() {
		c.Ops = append(c.Ops, op)
		c.Rest = append(c.Rest, p.sum())
	}
	return c
}

var sums = map[string]Op{"+": Add, "-": Sub}

func (p *parser) sum() Expr { return p.binary(sums, p.concat) }

func (p *parser) concat() Expr {
	x := p.product()
	if !p.isOp("~") {
		return x
	}
	c := &Concat{node{x.Pos()}, []Expr{x}}
	for p.skipOp("~") {
		c.Items = append(c.Items, p.product())
	}
	return c
}

var products = map[string]Op{"*": Mul, "/": Div, "//": FloorDiv, "%": Mod}

func (p *parser) product() Expr { return p.binary(products, p.power) }

var powers = map[string]Op{"**": Pow}

// power groups from the left, as Jinja2 does and Python does not.
func (p *parser) power() Expr {
	return p.binary(powers, func() Expr { return p.unary(true) })
}

// binary reads operators of one rank, which group from the left.
func (p *parser) binary(ops map[string]Op, operand func() Expr) Expr {
	x, n := operand(), 0
	for p.cur().kind == tokOp {
		op, ok := ops[p.cur().text]
		if !ok {
			break
		}
		p.chain(&n)
		at := node{p.next().pos}
		x = &Binary{at, op, x, operand()}
	}
	return x
}

// unary reads signs, an operand, and what stands behind it. A sign takes no
// filters: they belong to the whole.
func (p *parser) unary(filters bool) Expr {
	p.enter()
	defer p.leave()
	var x Expr
	switch at := (node{p.cur().pos}); {
	case p.skipOp("-"):
		x = &Unary{at, Sub, p.unary(false)}
	case p.skipOp("+"):
		x = &Unary{at, Add, p.unary(false)}
	default:
		x = p.primary()
	}
	x = p.postfix(x)
	if filters {
		x = p.filters(x)
	}
	return x
}
