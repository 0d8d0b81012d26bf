package print

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// location writes a place where files are, in quotes if its path needs them.
func (p *printer) location(loc *ast.Location) {
	text := Location(loc)
	if loc.Kind == ast.ExternalURL || strings.ContainsAny(loc.Path, " \t\r\n\f\v(),;'") {
		text = warehouse.QuoteString(text)
	}
	p.word(text)
}

// Location is loc without quotes around it, @~/path for one.
func Location(loc *ast.Location) string {
	if loc.Kind == ast.ExternalURL {
		return loc.Path
	}
	var names printer
	if loc.Kind == ast.UserStage {
		names.word("~")
	}
	for i, id := range loc.Name {
		if i > 0 {
			names.glueOpen(".")
		}
		if loc.Kind == ast.TableStage && i == len(loc.Name)-1 {
			names.open("%")
		}
		// Behind an @ no word is a keyword.
		if plain(id.Name) && !id.Quoted {
			names.word(id.Name)
		} else {
			names.ident(ast.Ident{Name: id.Name, Quoted: true})
		}
	}
	text := "@" + names.b.String()
	if loc.Path != "" {
		text += "/" + loc.Path
	}
	return text
}

func (p *printer) file(path string) { p.word(warehouse.QuoteString("file://" + path)) }

func (p *printer) pattern(s *ast.String) {
	if s != nil {
		p.word("PATTERN =")
		p.text(s)
	}
}

func (p *printer) show(s *ast.Show) {
	p.word("SHOW")
	p.when(s.Terse, "TERSE")
	p.word(s.Object)
	p.when(s.History, "HISTORY")
	if s.Like != nil {
		p.word("LIKE")
		p.text(s.Like)
	}
	if s.Where != nil {
		p.word(s.Where.Preposition)
		p.when(s.Where.Object != "", s.Where.Object)
		if s.Where.Name != nil {
			p.name(s.Where.Name)
		}
	}
	if s.Starts != nil {
		p.word("STARTS WITH")
		p.text(s.Starts)
	}
	if s.Limit != nil {
		p.word("LIMIT")
		p.expr(s.Limit)
	}
	if s.From != nil {
		p.word("FROM")
		p.text(s.From)
	}
}
