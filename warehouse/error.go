package warehouse

import (
	"errors"
	"fmt"
)

// The kinds of refusal that callers act on. Test for one with [errors.Is].
var (
	ErrNotExist    = errors.New("does not exist or not authorized")
	ErrExist       = errors.New("already exists")
	ErrSyntax      = errors.New("syntax error")
	ErrUnsupported = errors.New("unsupported by Snowpit")
)

// ErrLocked is a local warehouse that another process has open.
// It comes from opening a warehouse, never from a statement.
var ErrLocked = errors.New("in use by another process")

// A LockedError is a table that a session's open transaction has locked.
type LockedError struct{ Session string }

func (e *LockedError) Error() string { return "session " + e.Session + " has locked it" }

// An Error is a statement the database refused. It carries Snowflake's own
// number and state, so a client reads the same ones from every backend.
type Error struct {
	Code    int    // such as 2003
	State   string // SQLSTATE, such as "42S02"
	Message string // Snowflake's wording where it is known
	Line    int    // from 1, 0 where unknown
	Column  int    // from 0 as Snowflake counts positions; meaningless when Line is 0
	QueryID string // the statement refused, or "" where it never got one
	Kind    error  // one of the Err values above, or nil
	Err     error  // what the backend itself said, or nil
}

func (e *Error) Error() string {
	return fmt.Sprintf("%06d (%s): %s", e.Code, e.State, e.Text())
}

// Text is what the error says without code and state: its message, or else
// what the backend said, or else its kind.
func (e *Error) Text() string {
	switch {
	case e.Message != "":
		return e.Message
	case e.Err != nil:
		return e.Err.Error()
	case e.Kind != nil:
		return e.Kind.Error()
	}
	return ""
}

// Unsupported refuses what Snowflake has and Snowpit has not, by its name.
func Unsupported(what string) *Error {
	return &Error{Code: 2019, State: "0A000", Kind: ErrUnsupported, Message: "Unsupported by Snowpit: " + what}
}

// Unwrap gives errors.Is and errors.As the kind and the cause.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }
