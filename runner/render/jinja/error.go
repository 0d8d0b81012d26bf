package jinja

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error is a template that cannot be parsed or rendered, and where.
type Error struct {
	File string // as it was given to [Parse]
	Line int    // from 1
	Col  int    // from 1, in characters
	Err  error  // what is wrong
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Col, e.Err) }

// Unwrap is what is wrong, without the place.
func (e *Error) Unwrap() error { return e.Err }

// A source is a template's text under its name.
type source struct{ name, text string }

// A place is an offset into a source.
type place int

// position is a place's line and column, from 1.
func (s *source) position(p place) (line, col int) {
	before := s.text[:min(int(p), len(s.text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// at gives err a place, unless it has one or is no fault of the template.
func (s *source) at(p place, err error) error {
	var placed *Error
	var ret Return
	if err == nil || errors.As(err, &placed) || errors.As(err, &ret) || err == errBreak || err == errCont {
		return err
	}
	line, col := s.position(p)
	return &Error{s.name, line, col, err}
}
