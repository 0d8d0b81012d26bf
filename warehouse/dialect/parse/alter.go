package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func (p *parser) alter() ast.Statement {
	at := p.here()
	p.expect("ALTER")
	if p.accept("SESSION") {
		return p.alterSession(at)
	}
	s := &ast.Alter{At: at}
	switch s.Object = p.phrase(droppable); {
	case s.Object == "" && p.at("ACCOUNT"):
		p.refuse("ALTER ACCOUNT", at.Position)
	case s.Object == "":
		p.unexpected()
	case !alterable[s.Object]:
		p.refuse("ALTER "+s.Object, at.Position)
	}
	s.IfExists = p.accept("IF", "EXISTS")
	if s.Object != "WAREHOUSE" || !p.atAny("SUSPEND", "RESUME", "SET", "UNSET", "ABORT") {
		s.Name = p.name()
	}
	if s.Object == "FUNCTION" || s.Object == "PROCEDURE" {
		s.Args, s.HasArgs = p.signature()
	}
	if s.Object == "SEQUENCE" && p.atAny("SET", "INCREMENT", "ORDER", "NOORDER") {
		s.Actions = p.sequenceActions()
		return s
	}
	s.Actions = list(p, func() ast.Action {
		p.refuseAction(s.Object)
		return p.action()
	})
	return s
}

// alterable are the objects whose changes are read. Those of the other kinds
// are refused by their name, whatever the change is.
var alterable = words(`DATABASE "DATABASE ROLE" "FILE FORMAT" FUNCTION "MATERIALIZED VIEW" PROCEDURE ROLE SCHEMA SEQUENCE STAGE TABLE TAG
	USER VIEW WAREHOUSE`)

// sequenceActions reads [SET] INCREMENT [BY] n, ORDER and properties.
func (p *parser) sequenceActions() []ast.Action {
	var out []ast.Action
	for at := p.here(); ; at = p.here() {
		p.accept("SET")
		switch {
		case p.atAny("ORDER", "NOORDER"):
			out = append(out, &ast.Do{At: at, Words: "SET " + p.words(1)})
		case p.at("INCREMENT"), p.atOption():
			out = append(out, &ast.SetOptions{At: at, Options: []ast.Option{p.option()}})
		case p.accept("TAG"):
			out = append(out, &ast.SetOptions{At: at, Tags: list(p, p.tag)})
		default:
			p.unexpected()
		}
		if p.take(token.Comma); p.is(token.EOF) {
			return out
		}
	}
}

// refusedActions are what ALTER adds, drops, sets and unsets in Snowflake alone.
var refusedActions = words(`"ROW ACCESS POLICY" "ALL ROW ACCESS" "AGGREGATION POLICY" "JOIN POLICY" "STORAGE LIFECYCLE POLICY"
	"MASKING POLICY" "PASSWORD POLICY" "SESSION POLICY" "AUTHENTICATION POLICY" "FEATURE POLICY" "PRIVACY POLICY"
	"PACKAGES POLICY" "SEARCH OPTIMIZATION" "DATA METRIC FUNCTION" "DCM PROJECT" "DELEGATED AUTHORIZATION"
	"DELEGATED AUTHORIZATIONS" "PROGRAMMATIC ACCESS TOKEN" "CONTACT STEWARD" "CONTACT SUPPORT" "CONTACT ACCESS_APPROVAL"`)

// refuseAction refuses a change of something that Snowpit does not have.
func (p *parser) refuseAction(object string) {
	if p.atAny("RECLUSTER") || p.at("REFRESH", "SUBPATH") {
		p.refuse("ALTER "+object+" "+p.tok.Value, p.tok.Pos)
	}
	if !p.atAny("ADD", "DROP", "SET", "UNSET", "REMOVE", "ROTATE", "MODIFY") {
		return
	}
	if what, _ := p.ahead(1, refusedActions); what != "" {
		p.refuse("ALTER "+object+" "+p.tok.Value+" "+what, p.tok.Pos)
	}
}

func (p *parser) alterSession(at ast.At) ast.Statement {
	s := &ast.AlterSession{At: at}
	switch {
	case p.accept("SET"):
		s.Set = []ast.Option{p.option()}
		p.take(token.Comma)
		s.Set = append(s.Set, p.options()...)
	case p.accept("UNSET"):
		s.Unset = list(p, func() string { return p.ident().Name })
	default:
		p.unexpected()
	}
	return s
}

// actionWords are the actions that are words alone.
var actionWords = [][]string{
	{"SUSPEND", "RECLUSTER"}, {"RESUME", "RECLUSTER"}, {"DROP", "CLUSTERING", "KEY"}, {"SUSPEND"},
	{"RESUME", "IF", "SUSPENDED"}, {"RESUME"}, {"ABORT", "ALL", "QUERIES"}, {"SET", "SECURE"},
	{"UNSET", "SECURE"}, {"ENABLE", "MANAGED", "ACCESS"}, {"DISABLE", "MANAGED", "ACCESS"},
	{"SET", "ORDER"}, {"SET", "NOORDER"}, {"REFRESH"}, {"RESET", "PASSWORD"}, {"EXECUTE", "AS", "CALLER"}, {"EXECUTE", "AS", "OWNER"},
}

// action reads one thing that ALTER does.
func (p *parser) action() ast.Action {
	at := p.here()
	for _, words := range actionWords {
		if p.at(words...) {
			return &ast.Do{At: at, Words: p.words(len(words))}
		}
	}
	switch {
	case p.accept("RENAME"):
		return p.rename(at)
	case p.accept("SWAP"):
		p.expect("WITH")
		return &ast.SwapWith{At: at, Name: p.name()}
	case p.accept("CLUSTER"):
		p.expect("BY")
		return &ast.ClusterBy{At: at, Keys: p.clusterKeys()}
	case p.accept("ADD"):
		return p.add(at)
	case p.accept("DROP"):
		return p.dropPart(at)
	case p.atAny("ALTER", "MODIFY"):
		return p.alterColumns(at)
	case p.accept("SET"):
		return p.setOptions(at)
	case p.accept("UNSET"):
		return p.unsetOptions(at)
	}
	p.unexpected()
	return &ast.Do{}
}

func (p *parser) rename(at ast.At) ast.Action {
	if p.accept("CONSTRAINT") {
		r := &ast.RenameConstraint{At: at, From: p.ident()}
		p.expect("TO")
		r.To = p.ident()
		return r
	}
	if !p.accept("COLUMN") {
		p.expect("TO")
		return &ast.RenameTo{At: at, Name: p.name()}
	}
	r := &ast.RenameColumn{At: at, From: p.columnName()}
	p.expect("TO")
	r.To = p.columnName()
	return r
}

func (p *parser) setOptions(at ast.At) ast.Action {
	s := &ast.SetOptions{At: at}
	if p.accept("TAG") {
		s.Tags = list(p, p.tag)
		return s
	}
	s.Options = []ast.Option{p.option()}
	p.take(token.Comma)
	more, tags := p.properties()
	s.Options, s.Tags = append(s.Options, more...), tags
	return s
}

func (p *parser) unsetOptions(at ast.At) ast.Action {
	u := &ast.UnsetOptions{At: at}
	if p.accept("TAG") {
		u.Tags = list(p, p.name)
		return u
	}
	u.Keys = list(p, func() string { return p.ident().Name })
	return u
}

// add reads ADD of columns or of a constraint.
func (p *parser) add(at ast.At) ast.Action {
	if p.atConstraint() {
		return &ast.AddConstraint{At: at, Constraint: p.constraint(true)}
	}
	p.accept("COLUMN")
	a := &ast.AddColumn{At: at, IfNotExists: p.accept("IF", "NOT", "EXISTS")}
	a.Columns = []ast.ColumnDef{p.columnDef()}
	for p.is(token.Comma) && !p.atNextAction() {
		p.next()
		p.accept("COLUMN")
		if at := p.tok.Pos; p.accept("IF", "NOT", "EXISTS") && !a.IfNotExists {
			p.refuse("IF NOT EXISTS of some of the columns that ALTER TABLE adds", at)
		}
		a.Columns = append(a.Columns, p.columnDef())
	}
	return a
}

// atNextAction reports whether a comma here stands before another action.
func (p *parser) atNextAction() bool {
	next := p.peek(1)
	return next.Is("ADD") || next.Is("DROP") || next.Is("ALTER")
}

// dropPart reads DROP of columns or of a constraint.
func (p *parser) dropPart(at ast.At) ast.Action {
	if p.atConstraint() {
		d := &ast.DropConstraint{At: at, ConstraintRef: p.constraintRef()}
		if p.atAny("CASCADE", "RESTRICT") {
			d.Properties = append(d.Properties, p.words(1))
		}
		return d
	}
	p.accept("COLUMN")
	c := &ast.DropColumn{At: at, IfExists: p.accept("IF", "EXISTS")}
	c.Columns = []ast.Ident{p.columnName()}
	for p.is(token.Comma) && !p.atNextAction() {
		p.next()
		p.accept("COLUMN")
		c.Columns = append(c.Columns, p.columnName())
	}
	return c
}

// constraintRef reads the name of a constraint, or its kind and columns.
func (p *parser) constraintRef() ast.ConstraintRef {
	var r ast.ConstraintRef
	switch {
	case p.accept("CONSTRAINT"):
		name := p.ident()
		r.Kind, r.Name = "CONSTRAINT", &name
		return r
	case p.accept("PRIMARY", "KEY"):
		r.Kind = "PRIMARY KEY"
	case p.accept("UNIQUE"):
		r.Kind = "UNIQUE"
	case p.accept("FOREIGN", "KEY"):
		r.Kind = "FOREIGN KEY"
	default:
		p.unexpected()
	}
	r.Columns = p.identList()
	return r
}

// alterColumns reads ALTER or MODIFY and the changes of columns behind it,
// which may stand in parentheses, or that of a constraint.
func (p *parser) alterColumns(at ast.At) ast.Action {
	p.next()
	if p.atConstraint() {
		return &ast.ModifyConstraint{At: at, ConstraintRef: p.constraintRef(), Properties: p.constraintProperties()}
	}
	parens := p.take(token.LeftParen)
	p.accept("COLUMN")
	a := &ast.AlterColumns{At: at}
	a.Changes = []ast.ColumnChange{p.columnChange()}
	for p.is(token.Comma) && !p.atNextAction() {
		p.next()
		p.accept("COLUMN")
		a.Changes = append(a.Changes, p.columnChange())
	}
	if parens {
		p.need(token.RightParen)
	}
	return a
}

// atTag reports whether one more tag with its value stands behind a comma.
func (p *parser) atTag() bool {
	i := 2
	for p.peek(i).Kind == token.Dot {
		i += 2
	}
	return p.peek(i).Kind == token.Equal
}

func (p *parser) columnChange() ast.ColumnChange {
	c := ast.ColumnChange{At: p.here(), Column: p.columnName()}
	switch {
	case p.accept("SET", "NOT", "NULL"):
		c.Change = "SET NOT NULL"
	case p.accept("NOT", "NULL"):
		c.Change = "SET NOT NULL"
	case p.accept("DROP", "NOT", "NULL"):
		c.Change = "DROP NOT NULL"
	case p.accept("DROP", "DEFAULT"):
		c.Change = "DROP DEFAULT"
	case p.accept("SET", "DEFAULT"):
		c.Change, c.Default = "SET DEFAULT", p.exprAbove(precCompare)
	case p.accept("UNSET", "COMMENT"):
		c.Change = "UNSET COMMENT"
	case p.accept("SET", "TAG"):
		c.Change, c.Tags = "SET TAG", []ast.Tag{p.tag()}
		for p.is(token.Comma) && p.atTag() {
			p.next()
			c.Tags = append(c.Tags, p.tag())
		}
	case p.accept("UNSET", "TAG"):
		c.Change, c.Unset = "UNSET TAG", []*ast.Name{p.name()}
		for p.is(token.Comma) && !p.atNextAction() && !p.peek(1).Is("COLUMN") {
			p.next()
			c.Unset = append(c.Unset, p.name())
		}
	case p.at("COMMENT"):
		p.next()
		p.take(token.Equal)
		c.Change, c.Comment = "COMMENT", p.text()
	case p.at("SET", "MASKING"), p.at("UNSET", "MASKING"), p.at("SET", "PROJECTION"), p.at("UNSET", "PROJECTION"):
		p.refuse(p.words(2)+" on a column", c.Position)
	default:
		if !p.accept("SET", "DATA", "TYPE") {
			p.accept("TYPE")
		}
		c.Change, c.Type = "TYPE", p.dataType()
	}
	return c
}
