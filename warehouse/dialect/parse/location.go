package parse

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// location reads @stage/path, bare or as a string.
func (p *parser) location() *ast.Location {
	if !p.atLocation() {
		p.unexpected()
		return &ast.Location{}
	}
	loc := locationOf(p.tok.Value)
	if loc == nil {
		p.unexpected()
		return &ast.Location{}
	}
	loc.At = p.here()
	p.next()
	return loc
}

func (p *parser) atLocation() bool {
	return p.is(token.Stage) || (p.is(token.String) || p.is(token.Dollar)) && strings.HasPrefix(p.tok.Value, "@")
}

// locationOf is what text means as a location, nil if nothing.
func locationOf(text string) *ast.Location {
	names, path := text[1:], ""
	if i := pathSlash(text); i >= 0 {
		names, path = text[1:i], text[i+1:]
	}
	loc := &ast.Location{Path: path}
	if names == "~" {
		loc.Kind = ast.UserStage
		return loc
	}
	toks := lex(names)
	end := 0 // of the last token; no space may stand behind it
	for i := 0; ; i += 2 {
		if toks[i].Kind == token.Percent && loc.Kind == ast.NamedStage {
			loc.Kind = ast.TableStage
			end = toks[i].End()
			i++
		}
		t := toks[i]
		if t.Kind != token.Word && t.Kind != token.Quoted || t.Pos.Offset != end {
			return nil
		}
		loc.Name = append(loc.Name, ast.Ident{Name: t.Value, Quoted: t.Kind == token.Quoted})
		switch next := toks[i+1]; {
		case next.Kind == token.EOF && t.End() == len(names):
			return loc
		case next.Kind != token.Dot || len(loc.Name) == 3 || loc.Kind == ast.TableStage:
			return nil
		default:
			end = next.End()
		}
	}
}

// pathSlash is where the path of a location begins, -1 if it has none: the
// first slash outside double quotes.
func pathSlash(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '/':
			return i
		case '"':
			end, _ := endOfQuoted(text, i)
			if end < 0 {
				return -1
			}
			i = end - 1
		}
	}
	return -1
}

// fileURL reads file://path, bare or as a string, and gives the path.
func (p *parser) fileURL() string {
	const scheme = "file://"
	text := p.tok.Value
	isText := p.is(token.File) || p.is(token.String) || p.is(token.Dollar)
	if !isText || len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		p.unexpected()
		return ""
	}
	p.next()
	return text[len(scheme):]
}

func (p *parser) put() ast.Statement {
	s := &ast.Put{At: p.here()}
	p.expect("PUT")
	s.File = p.fileURL()
	s.Location = p.location()
	s.Options = p.options()
	return s
}

func (p *parser) get() ast.Statement {
	s := &ast.Get{At: p.here()}
	p.expect("GET")
	s.Location = p.location()
	s.File = p.fileURL()
	s.Options = p.options()
	return s
}

func (p *parser) list() ast.Statement {
	s := &ast.List{At: p.here()}
	p.next()
	s.Location, s.Pattern = p.location(), p.pattern()
	return s
}

func (p *parser) remove() ast.Statement {
	s := &ast.Remove{At: p.here()}
	p.next()
	s.Location, s.Pattern = p.location(), p.pattern()
	return s
}

// pattern reads PATTERN = 'regex' if it comes.
func (p *parser) pattern() *ast.String {
	if !p.accept("PATTERN") {
		return nil
	}
	p.need(token.Equal)
	return p.text()
}

// Location reads @stage/path, as LIST or a function's argument has it; nil for
// a text that is none.
func Location(text string) *ast.Location {
	if !strings.HasPrefix(text, "@") {
		return nil
	}
	return locationOf(text)
}
