package print

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// SQL is the text of n.
func SQL(n ast.Node) string {
	var p printer
	p.node(n)
	return p.b.String()
}

// A printer collects words and puts a space between two where one is needed.
type printer struct {
	b     strings.Builder
	tight bool // no space before the next word
}

// word writes s behind a space.
func (p *printer) word(s string) {
	if p.b.Len() > 0 && !p.tight {
		p.b.WriteByte(' ')
	}
	p.tight = false
	p.b.WriteString(s)
}

// glue writes s with no space before it.
func (p *printer) glue(s string) { p.b.WriteString(s) }

// open writes an opening bracket; what follows stands right behind it.
func (p *printer) open(s string) {
	p.word(s)
	p.tight = true
}

// glueOpen is open with no space before the bracket.
func (p *printer) glueOpen(s string) {
	p.glue(s)
	p.tight = true
}

func (p *printer) close(s string) {
	p.tight = false
	p.glue(s)
}

// when writes s if yes.
func (p *printer) when(yes bool, s string) {
	if yes {
		p.word(s)
	}
}

// comma writes items with commas between them.
func comma[T any](p *printer, items []T, item func(T)) {
	for i, it := range items {
		if i > 0 {
			p.glue(",")
		}
		item(it)
	}
}

func (p *printer) node(n ast.Node) {
	switch n := n.(type) {
	case ast.Statement:
		p.statement(n)
	case ast.Expr:
		p.expr(n)
	case *ast.Name:
		p.name(n)
	case ast.Table:
		p.table(n)
	case ast.Body:
		p.body(n)
	case ast.Action:
		p.action(n)
	case *ast.Type:
		p.dataType(n)
	case *ast.Location:
		p.location(n)
	}
}

func (p *printer) ident(id ast.Ident) { p.word(ident(id)) }

// ident is an identifier as SQL: as it is where that reads back, quoted where
// not.
func ident(id ast.Ident) string {
	switch {
	case id.Name == "":
		return "" // db..object
	case id.Quoted || !plain(id.Name) || token.Reserved(id.Name):
		return `"` + strings.ReplaceAll(id.Name, `"`, `""`) + `"`
	}
	return id.Name
}

// plain reports whether name reads back unchanged without quotes.
func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' || c >= 'A' && c <= 'Z':
		case i > 0 && (c == '$' || c >= '0' && c <= '9'):
		default:
			return false
		}
	}
	return name != ""
}

func (p *printer) name(n *ast.Name) {
	if n.Dynamic != nil {
		p.open("IDENTIFIER(")
		p.expr(n.Dynamic)
		p.close(")")
		return
	}
	p.dotted(n.Parts)
}

func (p *printer) dotted(parts []ast.Ident) {
	for i, id := range parts {
		if i > 0 {
			p.glueOpen(".")
		}
		p.ident(id)
	}
}

func (p *printer) text(s *ast.String) { p.word(quote(s)) }

// quote is a string literal as SQL.
func quote(s *ast.String) string {
	if s.Dollar && !strings.Contains(s.Value, "$$") && !strings.HasSuffix(s.Value, "$") {
		return "$$" + s.Value + "$$"
	}
	return warehouse.QuoteString(s.Value)
}

func (p *printer) options(opts []ast.Option) {
	for _, o := range opts {
		p.word(o.Key)
		p.word("=")
		if o.Nested != nil {
			p.open("(")
			p.options(o.Nested)
			p.close(")")
			continue
		}
		p.expr(o.Value)
	}
}

func (p *printer) tags(tags []ast.Tag) {
	if tags == nil {
		return
	}
	p.open("WITH TAG (")
	comma(p, tags, p.tag)
	p.close(")")
}

func (p *printer) tag(t ast.Tag) {
	p.name(t.Name)
	p.word("=")
	p.text(t.Value)
}
