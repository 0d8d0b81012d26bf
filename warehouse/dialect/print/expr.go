package print

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// How tightly expressions bind, the loosest first, as in package parse.
const (
	precLowest = iota
	precOr
	precAnd
	precNot
	precCompare
	precConcat
	precAdd
	precMultiply
	precUnary
	precPostfix
	precPrimary
)

var binaryPrec = map[string]int{
	"OR": precOr, "AND": precAnd,
	"=": precCompare, "<>": precCompare, "<": precCompare, "<=": precCompare, ">": precCompare, ">=": precCompare,
	"||": precConcat, "+": precAdd, "-": precAdd, "*": precMultiply, "/": precMultiply, "%": precMultiply,
}

// precOf is how tightly e binds.
func precOf(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.Binary:
		return binaryPrec[e.Op]
	case *ast.Is, *ast.Like, *ast.Between, *ast.In:
		return precCompare
	case *ast.Unary:
		if e.Op == "NOT" {
			return precNot
		}
		return precUnary
	case *ast.Cast:
		if e.Colons {
			return precPostfix
		}
	case *ast.Collate, *ast.Index, *ast.Path:
		return precPostfix
	case *ast.Lambda:
		return precLowest
	case *ast.Number:
		if strings.HasPrefix(e.Text, "-") {
			return precUnary
		}
	}
	return precPrimary
}

// operand writes e, in parentheses if it binds looser than prec.
func (p *printer) operand(e ast.Expr, prec int) {
	if precOf(e) >= prec {
		p.expr(e)
		return
	}
	p.open("(")
	p.expr(e)
	p.close(")")
}

func (p *printer) expr(e ast.Expr) {
	if p.spelt(e) {
		return
	}
	switch e := e.(type) {
	case *ast.Null:
		p.word("NULL")
	case *ast.Bool:
		p.word(map[bool]string{true: "TRUE", false: "FALSE"}[e.Value])
	case *ast.Number:
		p.word(e.Text)
	case *ast.String:
		p.text(e)
	case *ast.Hex:
		p.word("X'" + e.Digits + "'")
	case *ast.Typed:
		p.word(e.Type)
		p.quoted(e.Value)
	case *ast.Interval:
		p.word("INTERVAL")
		p.quoted(e.Value)
		p.when(e.Unit != "", e.Unit)
	case *ast.Default:
		p.word("DEFAULT")
	case *ast.Column:
		p.dotted(e.Parts)
		if e.Outer {
			p.glue("(+)")
		}
	case *ast.Position:
		p.position(e)
	case *ast.Variable:
		p.word("$" + e.Name)
	case *ast.Bind:
		p.bind(e)
	case *ast.Identifier:
		p.open("IDENTIFIER(")
		p.expr(e.Arg)
		p.close(")")
	default:
		p.compound(e)
	}
}

// compound writes the expressions that hold others.
func (p *printer) compound(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Parens:
		p.open("(")
		p.expr(e.X)
		p.close(")")
	case *ast.ResultOf:
		p.open("(")
		p.statement(e.Statement.Statement)
		p.close(")")
	case *ast.Tuple:
		p.open("(")
		comma(p, e.Items, p.expr)
		p.close(")")
	case *ast.Array:
		p.open("[")
		comma(p, e.Items, p.expr)
		p.close("]")
	case *ast.Object:
		p.object(e)
	case *ast.Unary:
		p.unary(e)
	case *ast.Binary:
		p.binary(e)
	case *ast.Is, *ast.Like, *ast.Between, *ast.In:
		p.predicate(e)
	case *ast.Exists:
		p.word("EXISTS")
		p.parenQuery(e.Query)
	case *ast.Subquery:
		p.parenQuery(e.Query)
	case *ast.Quantified:
		p.word(e.Word)
		p.parenQuery(e.Query)
	case *ast.Case:
		p.caseExpr(e)
	case *ast.Cast:
		p.cast(e)
	case *ast.Extract:
		p.open("EXTRACT(")
		p.expr(e.Part)
		p.word("FROM")
		p.expr(e.X)
		p.close(")")
	case *ast.Call:
		p.call(e)
	case *ast.Lambda:
		p.lambda(e)
	case *ast.Star:
		p.star(e)
	case *ast.Grouping:
		p.word(e.Kind)
		p.open("(")
		comma(p, e.Sets, p.expr)
		p.close(")")
	default:
		p.postfix(e)
	}
}

// postfix writes what stands behind its operand.
func (p *printer) postfix(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Collate:
		p.operand(e.X, precPostfix)
		p.word("COLLATE")
		p.quoted(e.Name)
	case *ast.Index:
		p.operand(e.X, precPostfix)
		p.glueOpen("[")
		p.expr(e.I)
		p.close("]")
	case *ast.Path:
		p.operand(e.X, precPostfix)
		if e.Colon || !steps(e.X) {
			p.glue(":")
		} else {
			p.glue(".")
		}
		p.glue(key(e.Key))
	}
}

// steps reports whether a dot behind e reads as a step into it.
func steps(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Path, *ast.Index, *ast.Position:
		return true
	}
	return false
}

// key is a step of a path, in quotes if it needs them.
func key(name string) string {
	if plain(strings.ToUpper(name)) && strings.EqualFold(strings.ToUpper(name), name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (p *printer) position(e *ast.Position) {
	if e.Qualifier == nil {
		p.word("$" + e.Number)
		return
	}
	p.dotted(e.Qualifier)
	p.glue(".$" + e.Number)
}

func (p *printer) bind(b *ast.Bind) {
	if b.Name == "" {
		p.word("?")
		return
	}
	p.word(":" + b.Name)
}

func (p *printer) object(o *ast.Object) {
	p.open("{")
	if o.Star != nil {
		p.star(o.Star)
	}
	comma(p, o.Fields, func(f ast.Field) {
		p.text(f.Key)
		p.glue(":")
		p.expr(f.Value)
	})
	p.close("}")
}

func (p *printer) unary(e *ast.Unary) {
	switch e.Op {
	case "NOT":
		p.word("NOT")
		p.operand(e.X, precNot)
		return
	case "PRIOR", "CONNECT_BY_ROOT":
		p.word(e.Op)
		p.operand(e.X, precUnary)
		return
	}
	p.word(e.Op)
	// Two signs in a row would be a comment.
	if precOf(e.X) != precUnary {
		p.tight = true
	}
	p.operand(e.X, precUnary)
}

func (p *printer) binary(e *ast.Binary) {
	prec := binaryPrec[e.Op]
	p.operand(e.Left, prec)
	p.word(e.Op)
	p.operand(e.Right, prec+1)
}

func (p *printer) predicate(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Is:
		p.operand(e.X, precCompare)
		p.word("IS")
		p.when(e.Not, "NOT")
		p.word(e.What)
		if e.Y != nil {
			p.operand(e.Y, precConcat)
		}
	case *ast.Like:
		p.like(e)
	case *ast.Between:
		p.operand(e.X, precCompare)
		p.when(e.Not, "NOT")
		p.word("BETWEEN")
		p.operand(e.Low, precConcat)
		p.word("AND")
		p.operand(e.High, precConcat)
	case *ast.In:
		p.operand(e.X, precCompare)
		p.when(e.Not, "NOT")
		p.word("IN")
		if e.Query != nil {
			p.parenQuery(e.Query)
			return
		}
		p.open("(")
		comma(p, e.List, p.expr)
		p.close(")")
	}
}

func (p *printer) like(e *ast.Like) {
	p.operand(e.X, precCompare)
	p.when(e.Not, "NOT")
	p.word(e.Op)
	p.when(e.Quantifier != "", e.Quantifier)
	p.operand(e.Pattern, precConcat)
	if e.Escape != nil {
		p.word("ESCAPE")
		p.operand(e.Escape, precConcat)
	}
}

func (p *printer) caseExpr(e *ast.Case) {
	p.word("CASE")
	if e.Operand != nil {
		p.expr(e.Operand)
	}
	for _, w := range e.Whens {
		p.word("WHEN")
		p.expr(w.Cond)
		p.word("THEN")
		p.expr(w.Then)
	}
	if e.Else != nil {
		p.word("ELSE")
		p.expr(e.Else)
	}
	p.word("END")
}

func (p *printer) cast(e *ast.Cast) {
	if e.Colons {
		p.operand(e.X, precPostfix)
		p.glueOpen("::")
		p.dataType(e.Type)
		return
	}
	if e.Try {
		p.open("TRY_CAST(")
	} else {
		p.open("CAST(")
	}
	p.expr(e.X)
	p.word("AS")
	p.dataType(e.Type)
	p.when(e.Change != "", e.Change)
	p.close(")")
}

func (p *printer) dataType(t *ast.Type) {
	p.word(t.Name)
	if len(t.Args)+len(t.Elems) > 0 || t.Fields != nil {
		p.glueOpen("(")
		comma(p, t.Elems, p.dataType)
		if len(t.Elems) > 0 && len(t.Args) > 0 {
			p.glue(",")
		}
		comma(p, t.Args, p.word)
		comma(p, t.Fields, func(f ast.TypeField) {
			p.key(f.Name.Name)
			p.dataType(f.Type)
		})
		p.close(")")
	}
	p.when(t.NotNull, "NOT NULL")
}

// key writes the name of a key of a structured OBJECT, which keeps its case.
func (p *printer) key(name string) {
	if plain(strings.ToUpper(name)) {
		p.word(name)
		return
	}
	p.word(`"` + strings.ReplaceAll(name, `"`, `""`) + `"`)
}

func (p *printer) lambda(e *ast.Lambda) {
	p.open("(")
	comma(p, e.Params, func(param ast.Param) {
		p.ident(param.Name)
		if param.Type != nil {
			p.dataType(param.Type)
		}
	})
	p.close(")")
	p.word("->")
	p.expr(e.Body)
}

func (p *printer) star(e *ast.Star) {
	if e.Qualifier != nil {
		p.dotted(e.Qualifier)
		p.glue(".*")
	} else {
		p.word("*")
	}
	if e.Ilike != nil {
		p.word("ILIKE")
		p.text(e.Ilike)
	}
	if e.Exclude != nil {
		p.word("EXCLUDE")
		p.columns(e.Exclude)
	}
	if e.Replace != nil {
		p.open("REPLACE (")
		comma(p, e.Replace, p.item)
		p.close(")")
	}
	if e.Rename != nil {
		p.open("RENAME (")
		comma(p, e.Rename, func(r ast.Rename) {
			p.ident(r.From)
			p.word("AS")
			p.ident(r.To)
		})
		p.close(")")
	}
}

// columns writes names in parentheses, nothing for none.
func (p *printer) columns(ids []ast.Ident) {
	if ids == nil {
		return
	}
	p.open("(")
	comma(p, ids, p.ident)
	p.close(")")
}
