package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// create reads CREATE of anything.
func (p *parser) create() ast.Statement {
	at := p.here()
	c := p.createHead()
	switch {
	case p.accept("TABLE"):
		return p.createTable(&ast.CreateTable{At: at, Create: c})
	case p.accept("HYBRID", "TABLE"):
		return p.createTable(&ast.CreateTable{At: at, Create: c, Hybrid: true})
	case p.atView():
		return p.createView(at, c)
	case p.accept("STAGE"):
		return p.createStage(at, c)
	case p.accept("SEQUENCE"):
		return p.createSequence(at, c)
	case p.atFunction():
		return p.createFunction(at, c)
	}
	if object := p.phrase(plain); object != "" {
		return p.createObject(at, c, object)
	}
	if object := p.phrase(droppable); object != "" {
		p.refuse("CREATE "+object, at.Position)
	} else if p.at("SNOWFLAKE") && p.peek(1).Kind == token.Dot {
		p.refuse("CREATE of an instance of a class", at.Position)
	} else {
		p.unexpected()
	}
	return &ast.CreateObject{}
}

// plain are the objects that have a name and properties, and no more.
var plain = words(`DATABASE "DATABASE ROLE" SCHEMA "FILE FORMAT" WAREHOUSE ROLE USER TAG`)

// createHead reads CREATE and the words before the kind of object.
func (p *parser) createHead() ast.Create {
	var c ast.Create
	p.expect("CREATE")
	if p.accept("OR") {
		if c.OrAlter = p.accept("ALTER"); !c.OrAlter {
			p.expect("REPLACE")
			c.Replace = true
		}
	}
	c.Scoped = p.accept("SCOPED")
	if p.atAny("LOCAL", "GLOBAL") {
		p.next()
	}
	switch {
	case p.accept("TEMPORARY"), p.accept("TEMP"), p.accept("VOLATILE"):
		c.Temporary = true
	case p.accept("TRANSIENT"):
		c.Transient = true
	}
	return c
}

// named reads IF NOT EXISTS before or behind the name, as Snowflake lets it
// stand in both places.
func (p *parser) named(c *ast.Create) *ast.Name {
	c.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	name := p.name()
	if !c.IfNotExists {
		c.IfNotExists = p.accept("IF", "NOT", "EXISTS")
	}
	return name
}

func (p *parser) createStage(at ast.At, c ast.Create) ast.Statement {
	s := &ast.CreateStage{At: at, Create: c}
	s.Name = p.named(&s.Create)
	s.Like, s.Clone = p.copied()
	s.Options, s.Tags = p.properties()
	return s
}

// copied reads LIKE name or CLONE name.
func (p *parser) copied() (like, clone *ast.Name) {
	switch {
	case p.accept("LIKE"):
		like = p.name()
	case p.accept("CLONE"):
		clone = p.name()
		p.refuseTravel()
		if p.at("IGNORE") {
			p.refuse("CLONE … IGNORE", p.tok.Pos)
		}
	}
	return like, clone
}

func (p *parser) createObject(at ast.At, c ast.Create, object string) ast.Statement {
	s := &ast.CreateObject{At: at, Create: c, Object: object}
	s.Name = p.named(&s.Create)
	s.Like, s.Clone = p.copied()
	if object == "DATABASE" && p.atAny("FROM", "AS") {
		p.refuse("CREATE DATABASE "+p.words(2), at.Position)
	}
	if object == "SCHEMA" {
		s.Managed = p.accept("WITH", "MANAGED", "ACCESS")
	}
	if (object == "WAREHOUSE" || object == "USER") && !p.at("WITH", "TAG") {
		p.accept("WITH")
	}
	if object == "TAG" && p.accept("ALLOWED_VALUES") {
		t := &ast.Tuple{At: p.here()}
		t.Items = list(p, func() ast.Expr { return p.text() })
		s.Options = append(s.Options, ast.Option{At: t.At, Key: "ALLOWED_VALUES", Value: t})
	}
	opts, tags := p.properties()
	s.Options, s.Tags = append(s.Options, opts...), tags
	if object == "SCHEMA" && !s.Managed {
		s.Managed = p.accept("WITH", "MANAGED", "ACCESS")
	}
	return s
}

func (p *parser) createSequence(at ast.At, c ast.Create) ast.Statement {
	s := &ast.CreateSequence{At: at, Create: c}
	s.Name = p.named(&s.Create)
	p.accept("WITH")
	s.Identity = p.counting()
	s.Options, _ = p.properties()
	return s
}

// counting reads START [WITH] n INCREMENT [BY] n ORDER, in any order and with
// commas or equals signs if they come.
func (p *parser) counting() ast.Identity {
	var id ast.Identity
	for {
		switch {
		case id.Start == nil && p.accept("START"):
			p.accept("WITH")
			p.take(token.Equal)
			id.Start = p.signedNumber()
		case id.Increment == nil && p.accept("INCREMENT"):
			p.accept("BY")
			p.take(token.Equal)
			id.Increment = p.signedNumber()
		case id.Order == "" && p.atAny("ORDER", "NOORDER"):
			id.Order = p.words(1)
		default:
			return id
		}
		if next := p.peek(1); next.Is("START") || next.Is("INCREMENT") || next.Is("ORDER") || next.Is("NOORDER") {
			p.take(token.Comma)
		}
	}
}

func (p *parser) createTable(s *ast.CreateTable) ast.Statement {
	s.Name = p.named(&s.Create)
	if p.accept("CLUSTER", "BY") { // where GET_DDL puts it
		s.ClusterBy = p.clusterKeys()
	}
	if p.is(token.LeftParen) && !p.opensQuery() {
		p.tableElements(s)
	}
	s.Like, s.Clone = p.copied()
	if p.at("COPY", "GRANTS", "USING") {
		s.CopyGrants = p.accept("COPY", "GRANTS")
	}
	if p.accept("USING", "TEMPLATE") {
		s.Template = p.parenQuery()
	}
	for p.tableProperty(s) {
	}
	if p.accept("AS") {
		s.Query = p.query()
	}
	if p.err == nil && s.Columns == nil && s.Like == nil && s.Clone == nil && s.Template == nil && s.Query == nil {
		p.unexpected()
	}
	return s
}

// tableProperty reads one property behind a table's columns, if one comes.
func (p *parser) tableProperty(s *ast.CreateTable) bool {
	switch {
	case p.accept("CLUSTER", "BY"):
		s.ClusterBy = p.clusterKeys()
		return true
	case p.accept("COPY", "GRANTS"):
		s.CopyGrants = true
		return true
	case p.refusePolicy("a table"):
		return false
	}
	opts, tags := p.properties()
	s.Options, s.Tags = append(s.Options, opts...), append(s.Tags, tags...)
	return opts != nil || tags != nil
}

// governing are the things of governance that can stand behind columns, tables
// and views.
var governing = words(`"ROW ACCESS POLICY" "AGGREGATION POLICY" "JOIN POLICY" "MASKING POLICY" "PROJECTION POLICY"
	"STORAGE LIFECYCLE POLICY" CONTACT "COPY TAGS"`)

// refusePolicy refuses [WITH] … POLICY and what is like it, if one comes next
// behind the kind of object that on names, and reports whether one did.
func (p *parser) refusePolicy(on string) bool {
	n := 0
	if p.at("WITH") {
		n = 1
	}
	what, words := p.ahead(n, governing)
	switch {
	case what == "", what == "CONTACT" && p.peek(n+words).Kind != token.LeftParen:
		return false
	case strings.HasSuffix(what, "POLICY"):
		p.refuse("policies on "+on, p.tok.Pos)
	default:
		p.refuse(what+" of "+on, p.tok.Pos)
	}
	return true
}

func (p *parser) clusterKeys() []ast.Expr {
	p.accept("LINEAR")
	p.need(token.LeftParen)
	keys := list(p, p.expr)
	p.need(token.RightParen)
	return keys
}

// tableElements reads columns and constraints in parentheses.
func (p *parser) tableElements(s *ast.CreateTable) {
	p.need(token.LeftParen)
	for {
		if p.atConstraint() {
			s.Constraints = append(s.Constraints, p.constraint(true))
		} else if s.Hybrid && p.atIndex() {
			s.Indexes = append(s.Indexes, p.index())
		} else {
			s.Columns = append(s.Columns, p.columnDef())
		}
		if !p.take(token.Comma) {
			break
		}
	}
	p.need(token.RightParen)
}

// atIndex reports whether an index comes next, and no column of that name, whose
// type would have a number in its parentheses.
func (p *parser) atIndex() bool {
	return p.at("INDEX") && isName(p.peek(1)) && p.peek(2).Kind == token.LeftParen && p.peek(3).Kind != token.Number
}

// index reads INDEX name (columns) [INCLUDE (columns)].
func (p *parser) index() ast.TableIndex {
	i := ast.TableIndex{At: p.here()}
	p.expect("INDEX")
	i.Name = p.ident()
	i.Columns = p.needIdents()
	if p.accept("INCLUDE") {
		i.Include = p.needIdents()
	}
	return i
}

// atConstraint reports whether a constraint comes next.
func (p *parser) atConstraint() bool {
	return p.atAny("CONSTRAINT", "UNIQUE") || p.at("PRIMARY", "KEY") || p.at("FOREIGN", "KEY") ||
		p.at("CHECK") && p.peek(1).Kind == token.LeftParen
}

// constraint reads a constraint, of a whole table or of one column.
func (p *parser) constraint(table bool) ast.Constraint {
	c := ast.Constraint{At: p.here()}
	if p.accept("CONSTRAINT") {
		name := p.ident()
		c.Name = &name
	}
	switch {
	case p.accept("PRIMARY", "KEY"):
		c.Kind = "PRIMARY KEY"
	case p.accept("UNIQUE"):
		c.Kind = "UNIQUE"
	case p.accept("FOREIGN", "KEY"), !table && p.at("REFERENCES"):
		c.Kind = "FOREIGN KEY"
	case p.accept("CHECK"):
		c.Kind = "CHECK"
		p.need(token.LeftParen)
		c.Check = p.expr()
		p.need(token.RightParen)
	default:
		p.unexpected()
	}
	if table && c.Kind != "CHECK" {
		c.Columns = p.needIdents()
	}
	if c.Kind == "FOREIGN KEY" {
		p.expect("REFERENCES")
		c.References = p.name()
		c.RefColumns = p.identList()
	}
	c.Properties = p.constraintProperties()
	return c
}

// constraintProperties reads what Snowflake accepts behind a constraint.
func (p *parser) constraintProperties() []string {
	var out []string
	for {
		switch {
		case p.at("NOT", "ENFORCED"), p.at("NOT", "DEFERRABLE"), p.at("INITIALLY", "DEFERRED"), p.at("INITIALLY", "IMMEDIATE"),
			p.at("MATCH", "FULL"), p.at("MATCH", "PARTIAL"), p.at("MATCH", "SIMPLE"):
			out = append(out, p.words(2))
		case p.atAny("ENFORCED", "DEFERRABLE", "RELY", "NORELY", "ENABLE", "DISABLE", "VALIDATE", "NOVALIDATE"):
			out = append(out, p.words(1))
		case p.at("ON", "DELETE"), p.at("ON", "UPDATE"):
			n := 3
			if p.peek(2).Is("SET") || p.peek(2).Is("NO") {
				n = 4
			}
			out = append(out, p.words(n))
		default:
			return out
		}
	}
}

// columnDef reads a column's definition.
func (p *parser) columnDef() ast.ColumnDef {
	c := ast.ColumnDef{At: p.here(), Name: p.columnName()}
	if p.is(token.Word) && !p.atColumnProperty() && !token.Reserved(p.tok.Value) {
		c.Type = p.dataType()
	}
	for p.columnProperty(&c) {
	}
	return c
}

// columnName reads a name that may be a word reserved only in FROM.
func (p *parser) columnName() ast.Ident {
	if p.is(token.Word) && limited(p.tok.Value) {
		return p.anyIdent()
	}
	return p.ident()
}

func (p *parser) atColumnProperty() bool {
	return p.atAny("DEFAULT", "AUTOINCREMENT", "IDENTITY", "COLLATE", "PRIMARY", "REFERENCES") ||
		p.at("COMMENT") && p.peek(1).Kind == token.String || p.atTags() || p.at("MASKING", "POLICY") || p.atConstraint()
}

// columnProperty reads one property behind a column's type, if one comes.
func (p *parser) columnProperty(c *ast.ColumnDef) bool {
	switch {
	case p.accept("NOT"):
		p.expect("NULL")
		c.NotNull = true
	case p.accept("NULL"):
	case p.accept("DEFAULT"):
		c.Default = p.exprAbove(precCompare)
	case p.accept("AUTOINCREMENT"), p.accept("IDENTITY"):
		c.Identity = p.identity()
	case p.accept("COLLATE"):
		c.Collate = p.text()
	case p.accept("COMMENT"):
		c.Comment = p.text()
	case p.at("AS"), p.at("GENERATED", "ALWAYS", "AS"):
		p.accept("GENERATED", "ALWAYS")
		p.next()
		p.need(token.LeftParen)
		c.Virtual = p.expr()
		p.need(token.RightParen)
		p.accept("VIRTUAL")
	case p.atConstraint(), p.at("REFERENCES"):
		c.Constraints = append(c.Constraints, p.constraint(false))
	case p.atTags():
		p.accept("WITH")
		p.next()
		c.Tags = append(c.Tags, p.tags()...)
	case p.refusePolicy("a column"):
		return false
	default:
		return false
	}
	return true
}

// identity reads (start, increment), or START n INCREMENT n.
func (p *parser) identity() *ast.Identity {
	if !p.is(token.LeftParen) {
		id := p.counting()
		return &id
	}
	p.need(token.LeftParen)
	id := &ast.Identity{Start: p.signedNumber()}
	p.need(token.Comma)
	id.Increment = p.signedNumber()
	p.need(token.RightParen)
	if p.atAny("ORDER", "NOORDER") {
		id.Order = p.words(1)
	}
	return id
}

func (p *parser) atView() bool {
	for n := range 6 {
		switch t := p.peek(n); {
		case t.Is("VIEW"):
			return true
		case !viewWords[t.Value] || t.Kind != token.Word:
			return false
		}
	}
	return false
}

// viewWords can stand between CREATE and VIEW, those of a temporary one behind
// SECURE, too.
var viewWords = words("SECURE RECURSIVE MATERIALIZED LOCAL GLOBAL TEMP TEMPORARY VOLATILE")

func (p *parser) createView(at ast.At, c ast.Create) ast.Statement {
	s := &ast.CreateView{At: at, Create: c}
	for !p.accept("VIEW") {
		switch {
		case p.accept("SECURE"):
			s.Secure = true
		case p.accept("RECURSIVE"):
			s.Recursive = true
		case p.accept("MATERIALIZED"):
			s.Materialized = true
		case p.accept("TEMPORARY"), p.accept("TEMP"), p.accept("VOLATILE"):
			s.Temporary = true
		default:
			p.next() // LOCAL or GLOBAL
		}
	}
	s.Name = p.named(&s.Create)
	if p.take(token.LeftParen) {
		s.Columns = list(p, p.viewColumn)
		p.need(token.RightParen)
	}
	for p.viewProperty(s) {
	}
	p.expect("AS")
	s.Query = p.query()
	return s
}

func (p *parser) viewColumn() ast.ViewColumn {
	c := ast.ViewColumn{Name: p.columnName()}
	if p.accept("COMMENT") {
		c.Comment = p.text()
	}
	if !p.refusePolicy("a column") && p.atTags() {
		p.refuse("tags on a view's column", p.tok.Pos)
	}
	return c
}

func (p *parser) viewProperty(s *ast.CreateView) bool {
	switch {
	case p.accept("COPY", "GRANTS"):
		s.CopyGrants = true
		return true
	case p.accept("CLUSTER", "BY"):
		s.ClusterBy = p.clusterKeys()
		return true
	case p.refusePolicy("a view"):
		return false
	}
	opts, tags := p.properties()
	s.Options, s.Tags = append(s.Options, opts...), append(s.Tags, tags...)
	return opts != nil || tags != nil
}
