package parse

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func (p *parser) insert() ast.Statement {
	at := p.here()
	p.expect("INSERT")
	overwrite := p.accept("OVERWRITE")
	if p.atAny("ALL", "FIRST") {
		return p.multiInsert(at, overwrite)
	}
	p.expect("INTO")
	s := &ast.Insert{At: at, Overwrite: overwrite, Into: p.name()}
	if p.is(token.LeftParen) && !p.opensQuery() {
		s.Columns = p.identList()
	}
	s.Query = p.query()
	return s
}

// multiInsert reads INSERT ALL and INSERT FIRST.
func (p *parser) multiInsert(at ast.At, overwrite bool) ast.Statement {
	s := &ast.MultiInsert{At: at, Overwrite: overwrite, First: p.at("FIRST")}
	p.next()
	if p.at("INTO") {
		s.Whens = []ast.InsertWhen{{Into: p.insertIntos()}}
	}
	for p.accept("WHEN") {
		w := ast.InsertWhen{Cond: p.expr()}
		p.expect("THEN")
		w.Into = p.insertIntos()
		s.Whens = append(s.Whens, w)
	}
	if p.at("ELSE") && s.Whens != nil {
		p.next()
		s.Whens = append(s.Whens, ast.InsertWhen{Else: true, Into: p.insertIntos()})
	}
	if s.Whens == nil {
		p.unexpected()
	}
	s.Query = p.query()
	return s
}

func (p *parser) insertIntos() []ast.InsertInto {
	if !p.at("INTO") {
		p.unexpected()
	}
	var out []ast.InsertInto
	for p.at("INTO") {
		in := ast.InsertInto{At: p.here()}
		p.next()
		in.Table = p.name()
		if !p.opensQuery() {
			in.Columns = p.identList()
		}
		if p.accept("VALUES") {
			p.need(token.LeftParen)
			in.Values = list(p, p.value)
			p.need(token.RightParen)
		}
		out = append(out, in)
	}
	return out
}

// target reads the table that a statement changes, with its alias.
func (p *parser) target() *ast.TableName {
	t := &ast.TableName{At: p.here(), Name: p.name()}
	t.Alias = p.tableAlias()
	return t
}

func (p *parser) update() ast.Statement {
	s := &ast.Update{At: p.here()}
	p.expect("UPDATE")
	s.Table = p.target()
	p.expect("SET")
	s.Set = list(p, p.assign)
	if p.accept("FROM") {
		s.From = list(p, p.table)
	}
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

func (p *parser) assign() ast.Assign {
	a := ast.Assign{At: p.here(), Column: []ast.Ident{p.ident()}}
	for p.take(token.Dot) {
		a.Column = append(a.Column, p.columnName())
	}
	p.need(token.Equal)
	if at := p.here(); p.at("DEFAULT") && p.peek(1).Kind != token.LeftParen && p.peek(1).Kind != token.Dot {
		p.next()
		a.Value = &ast.Default{At: at}
		return a
	}
	a.Value = p.expr()
	return a
}

func (p *parser) delete() ast.Statement {
	s := &ast.Delete{At: p.here()}
	p.expect("DELETE", "FROM")
	s.From = p.target()
	if p.accept("USING") {
		s.Using = list(p, p.table)
	}
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

func (p *parser) merge() ast.Statement {
	s := &ast.Merge{At: p.here()}
	p.expect("MERGE", "INTO")
	s.Into = p.target()
	p.expect("USING")
	s.Using = p.tableTerm()
	p.expect("ON")
	s.On = p.expr()
	if !p.at("WHEN") {
		p.unexpected()
	}
	for p.at("WHEN") {
		s.Whens = append(s.Whens, p.mergeWhen())
	}
	return s
}

func (p *parser) mergeWhen() ast.MergeWhen {
	w := ast.MergeWhen{At: p.here()}
	p.expect("WHEN")
	w.Not = p.accept("NOT")
	p.expect("MATCHED")
	if p.accept("AND") {
		w.Cond = p.expr()
	}
	p.expect("THEN")
	w.Action = p.tok.Value
	switch {
	case w.Not && p.accept("INSERT"):
		p.mergeInsert(&w)
	case !w.Not && p.accept("UPDATE"):
		if w.ByName = p.accept("ALL", "BY", "NAME"); !w.ByName {
			p.expect("SET")
			w.Set = list(p, p.assign)
		}
	case !w.Not && p.accept("DELETE"):
	default:
		p.unexpected()
	}
	return w
}

func (p *parser) mergeInsert(w *ast.MergeWhen) {
	if w.ByName = p.accept("ALL", "BY", "NAME"); w.ByName {
		return
	}
	w.Columns = p.identList()
	p.expect("VALUES")
	p.need(token.LeftParen)
	w.Values = list(p, p.value)
	p.need(token.RightParen)
}

func (p *parser) truncate() ast.Statement {
	s := &ast.Truncate{At: p.here()}
	p.expect("TRUNCATE")
	p.accept("TABLE")
	s.IfExists = p.accept("IF", "EXISTS")
	s.Name = p.name()
	return s
}

// copyInto reads COPY INTO, both ways.
func (p *parser) copyInto() ast.Statement {
	at := p.here()
	if p.accept("COPY", "FILES") {
		return p.copyFiles(at)
	}
	p.expect("COPY", "INTO")
	if p.atLocation() || p.is(token.String) {
		return p.copyUnload(at)
	}
	s := &ast.CopyInto{At: at, Into: p.name()}
	s.Columns = p.identList()
	if s.Into.Dynamic == nil && !p.at("FROM") { // the table's own stage
		s.From = &ast.Location{At: at, Kind: ast.TableStage, Name: slices.Clone(s.Into.Parts)}
		s.Options = p.options()
		return s
	}
	p.expect("FROM")
	if p.is(token.LeftParen) {
		s.Query = p.parenQuery()
	} else {
		s.From = p.anyLocation()
	}
	s.Options = p.options()
	return s
}

func (p *parser) copyFiles(at ast.At) ast.Statement {
	p.expect("INTO")
	s := &ast.CopyFiles{At: at, Into: p.location()}
	p.expect("FROM")
	if p.is(token.LeftParen) {
		s.Query = p.parenQuery()
	} else {
		s.From = p.location()
	}
	s.Options = p.options()
	return s
}

func (p *parser) copyUnload(at ast.At) ast.Statement {
	s := &ast.CopyUnload{At: at, Into: p.anyLocation()}
	p.expect("FROM")
	if p.is(token.LeftParen) {
		s.Query = p.parenQuery()
	} else {
		s.From = p.name()
	}
	if p.accept("PARTITION", "BY") {
		s.Partition = p.exprAbove(precCompare)
	}
	s.Options = p.options()
	return s
}

// anyLocation reads a stage location or the URL of an external one.
func (p *parser) anyLocation() *ast.Location {
	if p.is(token.String) && strings.Contains(p.tok.Value, "://") && !p.atLocation() {
		loc := &ast.Location{At: p.here(), Kind: ast.ExternalURL, Path: p.tok.Value}
		p.next()
		return loc
	}
	return p.location()
}
