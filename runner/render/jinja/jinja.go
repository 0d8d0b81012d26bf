package jinja

import (
	"github.com/snowpit-dev/snowpit/runner/render/jinja/syntax"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// An Error is a template that cannot be parsed or rendered, and where.
type Error = syntax.Error

// A Macro is a block of a template that has a name: a macro, or one of dbt's
// test, materialization, docs and snapshot.
type Macro = syntax.Macro

// A Template is a template that has been parsed. Several goroutines may
// render it at once.
type Template struct {
	Name   string
	Macros []*Macro // at the top level, in the order of the text
	file   *syntax.File
}

// Parse reads a template. What is wrong with it is an [*Error], in front of
// which name stands.
func Parse(name, text string) (*Template, error) { return template(syntax.Parse(name, text)) }

// ParseTrimmed is [Parse] of a text without the white space around it, as dbt
// reads a file. Places are those in the whole text.
func ParseTrimmed(name, text string) (*Template, error) {
	return template(syntax.ParseTrimmed(name, text))
}

func template(f *syntax.File, err error) (*Template, error) {
	if err != nil {
		return nil, err
	}
	return &Template{Name: f.Name(), Macros: f.Macros, file: f}, nil
}

// Position is the line and column of a macro of the template, from 1.
func (t *Template) Position(m *Macro) (line, col int) { return t.file.Position(m.Pos()) }

// Text is a macro of the template as it is written, from its opening tag to its
// closing one.
func (t *Template) Text(m *Macro) string { return t.file.Block(m.Pos(), m.End) }

// Block is a template of the body of one of t's blocks, such as a snapshot.
// Its errors have their places in t.
func (t *Template) Block(m *Macro) *Template {
	return &Template{Name: t.Name, file: &syntax.File{Source: t.file.Source, Body: m.Body}}
}

// The values of templates that hosts handle most; package value has the rest.
type (
	// List is a Python list or tuple.
	List = value.List
	// Dict is a Python dict.
	Dict = value.Dict
)

// FromGo makes a value of what encoding/json decodes to; see [value.FromGo].
func FromGo(v any) any { return value.FromGo(v) }

// ToGo is a value as encoding/json decodes it; see [value.ToGo].
func ToGo(v any) (any, error) { return value.ToGo(v) }

// Str is Python's str(); see [value.Str].
func Str(v any) string { return value.Str(v) }

// Repr is Python's repr(); see [value.Repr].
func Repr(v any) string { return value.Repr(v) }
