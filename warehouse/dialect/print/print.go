package print

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// SQL is the text of n.
func SQL(n ast.Node) string { return Config{}.SQL(n) }

// Item is the text of an item's expression, as it was written if it was parsed.
func Item(it *ast.Item) string {
	if it.Text != "" {
		return it.Text
	}
	return SQL(it.X)
}

// A Config changes how trees are spelt, for an engine other than Snowflake.
// Its zero value is Snowflake's spelling.
type Config struct {
	// String writes a text literal. Without it, Snowflake's escapes are used.
	String func(value string) string

	// Reserved reports words that need quotes as names, besides Snowflake's.
	Reserved func(word string) bool

	// Spell may write an expression or a table itself: it returns the text and
	// true. sql is the text of any part.
	Spell func(n ast.Node, sql func(ast.Node) string) (string, bool)
}

// SQL is the text of n.
func (c Config) SQL(n ast.Node) string {
	p := printer{config: c}
	p.node(n)
	return p.b.String()
}

// A printer collects words and puts a space between two where one is needed.
type printer struct {
	config Config
	b      strings.Builder
	tight  bool // no space before the next word
}

// spelt writes n if the configuration has its own way for it.
func (p *printer) spelt(n ast.Node) bool {
	if p.config.Spell == nil {
		return false
	}
	text, ok := p.config.Spell(n, p.config.SQL)
	if ok {
		p.word(text)
	}
	return ok
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
	case *ast.Over:
		p.over(n)
	case *ast.Order:
		p.order(*n)
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

// ident writes an identifier: as it is where that reads back, quoted where not.
func (p *printer) ident(id ast.Ident) {
	switch {
	case id.Name == "":
		p.word("") // db..object
	case id.Quoted || !plain(id.Name) || p.reserved(id.Name):
		p.word(`"` + strings.ReplaceAll(id.Name, `"`, `""`) + `"`)
	default:
		p.word(id.Name)
	}
}

func (p *printer) reserved(word string) bool {
	return token.Reserved(word) || p.config.Reserved != nil && p.config.Reserved(word)
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

func (p *printer) text(s *ast.String) {
	if s.Dollar && p.config.String == nil && !strings.Contains(s.Value, "$$") && !strings.HasSuffix(s.Value, "$") {
		p.word("$$" + s.Value + "$$")
		return
	}
	p.quoted(s.Value)
}

// quoted writes a text literal in single quotes.
func (p *printer) quoted(value string) {
	if p.config.String != nil {
		p.word(p.config.String(value))
		return
	}
	p.word(warehouse.QuoteString(value))
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
