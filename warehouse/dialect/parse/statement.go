package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// statement reads one statement, or several with ->> between them.
func (p *parser) statement() ast.Statement {
	start := p.tok.Pos
	s := p.single()
	if !p.is(token.Flow) {
		return s
	}
	c := &ast.Chain{At: ast.At{Position: start}, Links: []ast.Link{{Statement: s, Text: p.since(start)}}}
	for p.take(token.Flow) {
		start = p.tok.Pos
		if p.atAny("PUT", "GET") {
			p.refuse(p.tok.Value+" in a chain of statements", start)
		}
		p.links = len(c.Links)
		s = p.single()
		c.Links = append(c.Links, ast.Link{Statement: s, Text: p.since(start)})
	}
	return c
}

// single reads one statement by its first word.
func (p *parser) single() ast.Statement {
	switch {
	case p.is(token.LeftParen), p.atAny("SELECT", "VALUES"):
		return p.query()
	case p.at("WITH"):
		if p.peek(2).Is("AS") && p.peek(3).Is("PROCEDURE") {
			return p.withProcedure()
		}
		return p.query()
	}
	if read := readerOf(p.tok.Value); read != nil && p.is(token.Word) {
		return read(p)
	}
	p.unexpected()
	return nil
}

// readerOf is what reads the statements that begin with word, nil if none do.
func readerOf(word string) func(*parser) ast.Statement {
	switch word {
	case "INSERT":
		return (*parser).insert
	case "UPDATE":
		return (*parser).update
	case "DELETE":
		return (*parser).delete
	case "MERGE":
		return (*parser).merge
	case "TRUNCATE":
		return (*parser).truncate
	case "COPY":
		return (*parser).copyInto
	case "CREATE":
		return (*parser).create
	case "ALTER":
		return (*parser).alter
	case "DROP":
		return (*parser).drop
	case "COMMENT":
		return (*parser).comment
	case "GRANT", "REVOKE":
		return (*parser).grant
	case "UNDROP", "DEFINE":
		return (*parser).refused
	case "DECLARE":
		return (*parser).block
	}
	return sessionReader(word)
}

// sessionReader is readerOf for the statements that change no table.
func sessionReader(word string) func(*parser) ast.Statement {
	switch word {
	case "PUT":
		return (*parser).put
	case "GET":
		return (*parser).get
	case "LIST", "LS":
		return (*parser).list
	case "REMOVE", "RM":
		return (*parser).remove
	case "SHOW":
		return (*parser).show
	case "DESCRIBE", "DESC":
		return (*parser).describe
	case "USE":
		return (*parser).use
	case "SET":
		return (*parser).set
	case "UNSET":
		return (*parser).unset
	case "BEGIN", "START":
		return (*parser).begin
	case "COMMIT":
		return (*parser).commit
	case "ROLLBACK":
		return (*parser).rollback
	case "CALL":
		return (*parser).callProcedure
	case "EXECUTE":
		return (*parser).execute
	case "EXPLAIN":
		return (*parser).explain
	}
	return nil
}

// refused refuses statements that Snowflake knows and Snowpit does not.
func (p *parser) refused() ast.Statement {
	p.refuse(p.tok.Value, p.tok.Pos)
	return nil
}
