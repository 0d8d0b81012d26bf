package parse

import (
	"errors"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// Lenient reads one statement as [Statement] does, but takes one that it
// cannot read as it stands, an [ast.Other], for a backend that hands on what
// it does not translate. It still refuses what is not SQL at all, a stage
// statement with a mistake in it, and what is over a limit.
func Lenient(src string) (ast.Statement, error) {
	s, err := Statement(src)
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != codeSyntax && refused.Code != codeUnsupported {
		return s, err
	}
	if tooLong(src, token.Pos{}) != nil {
		return nil, err
	}
	toks := lex(src)
	pieces := ranges(toks)
	if len(pieces) != 1 {
		return nil, err
	}
	r := pieces[0]
	for _, t := range toks[r.from:r.to] {
		if t.Kind == token.Invalid {
			return nil, err
		}
	}
	kind := kindOf(toks[r.from:r.to])
	if kind == "UNKNOWN" || ofStage(toks[r.from:r.to]) {
		return nil, err
	}
	first, last := toks[r.from], toks[r.to-1]
	return &ast.Other{At: ast.At{Position: first.Pos}, Kind: kind, Text: src[first.Pos.Offset:last.End()]}, nil
}

// ofStage reports whether a statement is one about stages.
func ofStage(toks []token.Token) bool {
	switch toks[0].Value {
	case "PUT", "GET", "LIST", "LS", "REMOVE", "RM", "SHOW":
		return true
	case "CREATE", "DROP", "ALTER":
		for _, t := range toks[1:min(8, len(toks))] {
			if t.Kind != token.Word {
				break
			}
			if t.Value == "STAGE" {
				return true
			}
		}
	}
	return false
}

// kindOf is what QUERY_HISTORY calls a statement that begins with toks and is
// not read in full.
func kindOf(toks []token.Token) string {
	for len(toks) > 0 && toks[0].Kind == token.LeftParen {
		toks = toks[1:]
	}
	if len(toks) == 0 || toks[0].Kind != token.Word {
		return "UNKNOWN"
	}
	switch first := toks[0].Value; first {
	case "SELECT", "VALUES":
		return "SELECT"
	case "WITH":
		return kindOfWith(toks)
	case "CREATE":
		return kindOfCreate(toks)
	case "INSERT":
		if len(toks) > 1 && (toks[1].Is("ALL") || toks[1].Is("FIRST")) {
			return "MULTI_TABLE_INSERT"
		}
		return first
	case "COPY":
		return kindOfCopy(toks)
	case "ALTER":
		return kindOfAlter(toks)
	case "BEGIN", "START":
		return "BEGIN_TRANSACTION"
	case "TRUNCATE":
		return "TRUNCATE_TABLE"
	case "DESC", "DESCRIBE":
		return "DESCRIBE"
	case "UNDROP":
		return "RESTORE"
	case "EXECUTE":
		return "EXECUTE_IMMEDIATE"
	case "UPDATE", "DELETE", "MERGE", "DROP", "COMMENT", "GRANT", "REVOKE", "USE", "SET", "UNSET",
		"COMMIT", "ROLLBACK", "CALL", "EXPLAIN":
		return first
	}
	return "UNKNOWN"
}

// kindOfWith looks behind the common table expressions.
func kindOfWith(toks []token.Token) string {
	depth := 0
	for _, t := range toks {
		switch {
		case t.Kind == token.LeftParen:
			depth++
		case t.Kind == token.RightParen:
			depth--
		case depth == 0 && (t.Is("CALL") || t.Is("SELECT")):
			return t.Value
		}
	}
	return "SELECT"
}

// kindOfCreate reads over the adjectives to the kind of object.
func kindOfCreate(toks []token.Token) string {
	for i, t := range toks[1:] {
		if t.Kind != token.Word {
			break
		}
		switch t.Value {
		case "TABLE":
			if selects(toks[i+1:]) {
				return "CREATE_TABLE_AS_SELECT"
			}
			return "CREATE_TABLE"
		case "VIEW":
			return "CREATE_VIEW"
		case "SEQUENCE", "ROLE", "USER":
			return "CREATE_" + t.Value
		case "SCHEMA", "DATABASE", "FUNCTION", "PROCEDURE", "FORMAT", "STAGE", "WAREHOUSE":
			return "CREATE"
		}
	}
	return "CREATE"
}

// selects reports whether AS and a query stand outside all parentheses.
func selects(toks []token.Token) bool {
	depth := 0
	for i, t := range toks {
		switch {
		case t.Kind == token.LeftParen:
			depth++
		case t.Kind == token.RightParen:
			depth--
		case depth == 0 && t.Is("AS") && i+1 < len(toks):
			next := toks[i+1]
			return next.Is("SELECT") || next.Is("WITH") || next.Is("VALUES") || next.Kind == token.LeftParen
		}
	}
	return false
}

// kindOfCopy tells a load from an unload by where the rows go.
func kindOfCopy(toks []token.Token) string {
	if len(toks) > 2 && (toks[2].Kind == token.Stage || toks[2].Kind == token.String) {
		return "UNLOAD"
	}
	return "COPY"
}

func kindOfAlter(toks []token.Token) string {
	if len(toks) > 1 && (toks[1].Is("SESSION") || toks[1].Is("TABLE")) {
		return "ALTER_" + toks[1].Value
	}
	return "ALTER"
}
