package parse

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// statement reads one statement by its first word.
func (p *parser) statement() ast.Statement {
	var s ast.Statement
	switch {
	case p.is(token.LeftParen), p.atAny("SELECT", "VALUES"):
		s = p.query()
	case p.at("WITH"):
		if p.peek(2).Is("AS") && p.peek(3).Is("PROCEDURE") {
			return p.withProcedure()
		}
		s = p.query()
	case p.is(token.Word):
		read := readerOf(p.tok.Value)
		if read == nil {
			p.unexpected()
			return nil
		}
		s = read(p)
	default:
		p.unexpected()
		return nil
	}
	if p.is(token.Flow) {
		p.refuse("the flow operator ->>", p.tok.Pos)
	}
	return s
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
	case "UNDROP", "DECLARE":
		return (*parser).refused
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
	what := p.tok.Value
	if what == "DECLARE" {
		what = "Snowflake Scripting blocks outside a procedure"
	}
	p.refuse(what, p.tok.Pos)
	return nil
}
