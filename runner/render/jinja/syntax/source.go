package syntax

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Pos is an offset into a [Source], in bytes.
type Pos int

// A Source is a template's text under its name, with line ends as \n.
type Source struct {
	name, text string
	lines      []Pos // where each line begins
}

func newSource(name, text string) *Source {
	s := &Source{name: name, text: text, lines: []Pos{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			s.lines = append(s.lines, Pos(i+1))
		}
	}
	return s
}

// Name is what the template was called when it was parsed.
func (s *Source) Name() string { return s.name }

// Position is the line of a place and its column in characters, both from 1.
func (s *Source) Position(p Pos) (line, col int) {
	p = min(p, Pos(len(s.text)))
	i, exact := slices.BinarySearch(s.lines, p)
	if !exact {
		i--
	}
	return i + 1, utf8.RuneCountInString(s.text[s.lines[i]:p]) + 1
}

// behindTag is the place behind the block tag that ends at or after p.
func (s *Source) behindTag(p Pos) Pos {
	if i := strings.Index(s.text[min(p, Pos(len(s.text))):], "%}"); i >= 0 {
		return p + Pos(i) + 2
	}
	return Pos(len(s.text))
}

// Block is the text of a block whose tag's name stands at p, up to end.
func (s *Source) Block(p, end Pos) string {
	start := max(0, strings.LastIndex(s.text[:p], "{%"))
	return s.text[start:max(end, Pos(start))]
}

// At gives err a place, unless it is nil or has one already.
func (s *Source) At(p Pos, err error) error {
	var placed *Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	line, col := s.Position(p)
	return &Error{File: s.name, Line: line, Col: col, Err: err}
}

// An Error is what is wrong with a template, and where.
type Error struct {
	File string // as it was given to [Parse]
	Line int    // from 1
	Col  int    // from 1, in characters
	Err  error  // what is wrong
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Col, e.Err) }

// Unwrap is what is wrong, without the place.
func (e *Error) Unwrap() error { return e.Err }
