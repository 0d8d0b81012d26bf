package javascript

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/dop251/goja"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Program is a function's or a procedure's code, and what must be known of it
// to call it.
type Program struct {
	Name   string           `json:"name"`
	Params []string         `json:"params,omitempty"` // their names, as the code has them
	Types  []warehouse.Type `json:"types,omitempty"`  // theirs
	Result warehouse.Type   `json:"result"`
	Strict bool             `json:"strict,omitempty"` // a null as an argument is a null as the result
	Zone   string           `json:"zone"`             // of the session, an IANA name
	Body   string           `json:"body"`
}

// Encode is p as the text that [Load] takes.
func (p *Program) Encode() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts have JSON
	}
	return string(text)
}

// Takes reports the types that a function in JavaScript may have arguments and
// results of.
func Takes(t warehouse.Type) bool {
	switch t {
	case warehouse.Float, warehouse.Varchar, warehouse.Boolean, warehouse.Binary, warehouse.Variant, warehouse.Object, warehouse.Array:
		return true
	}
	return IsTime(t)
}

// IsTime reports the types whose values are a Date there, which is a
// TIMESTAMP_LTZ of milliseconds.
func IsTime(t warehouse.Type) bool {
	switch t {
	case warehouse.Date, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return true
	}
	return false
}

// callable are the names by which code can call itself.
var callable = regexp.MustCompile(`^[A-Z_$][A-Z0-9_$]*$`)

// longest is how long code may be, in bytes.
const longest = 100 << 10

// compile reads the code, whose first line is a line of its own.
func (p *Program) compile() (*goja.Program, error) {
	if len(p.Body) > longest {
		return nil, &Error{Code: 100131, Message: fmt.Sprintf("JavaScript compilation error: the code of %s has %d bytes, and may have %d", p.Name, len(p.Body), longest)}
	}
	name := p.Name
	if !callable.MatchString(name) {
		name = ""
	}
	prg, err := goja.Compile(p.Name, "(function "+name+"("+strings.Join(p.Params, ", ")+") {\n"+p.Body+"\n})", false)
	if err != nil {
		return nil, p.uncompiled(err)
	}
	return prg, nil
}

// An Error is what went wrong in code, with Snowflake's code for it.
type Error struct {
	Code    int
	Message string

	thrown goja.Value // what the code threw, or nil
}

func (e *Error) Error() string { return e.Message }

func failure(format string, args ...any) *Error {
	return &Error{Code: 100132, Message: "JavaScript execution error: " + fmt.Sprintf(format, args...)}
}

// uncompiled is the error of code that is none.
func (p *Program) uncompiled(err error) error {
	text := strings.TrimPrefix(err.Error(), "SyntaxError: ")
	if first, _, ok := strings.Cut(text, "\n"); ok {
		text = first
	}
	return &Error{Code: 100131, Message: "JavaScript compilation error: Uncaught SyntaxError: " + text}
}

// thrown is the error of what code threw or met.
func (p *Program) thrown(err error) error {
	switch e := err.(type) {
	case *goja.InterruptedError:
		if cause, ok := e.Value().(error); ok {
			return cause
		}
		return failure("it was interrupted in %s", p.Name)
	case *goja.StackOverflowError:
		return failure("Uncaught RangeError: Maximum call stack size exceeded in %s", p.Name)
	case *goja.Exception:
		f := failure("Uncaught %s%s", text(e.Value()), p.place(e.Stack()))
		f.thrown = e.Value()
		return f
	}
	return failure("%v in %s", err, p.Name)
}

// text is what a value that was thrown says.
func text(v goja.Value) (said string) {
	defer func() {
		if recover() != nil { // its toString throws
			said = "an exception that cannot be shown"
		}
	}()
	return v.String()
}

// place says where in the code something was thrown, as Snowflake does.
func (p *Program) place(stack []goja.StackFrame) string {
	lines := strings.Split(p.Body, "\n")
	first, all := "", ""
	for _, f := range stack {
		at := f.Position()
		line := at.Line - 1 // the wrapper's first line is not the code's
		if f.SrcName() != p.Name || line < 1 || line > len(lines) {
			continue
		}
		if first == "" {
			first = fmt.Sprintf(" in %s at '%s' position %d", p.Name, lines[line-1], max(0, at.Column-1))
		}
		all += fmt.Sprintf("\n%s line: %d", p.Name, line)
	}
	if first == "" {
		return " in " + p.Name
	}
	return first + "\nstackstrace: " + all
}
