package project

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// pythonModel is the function that a Python model defines.
var pythonModel = regexp.MustCompile(`(?m)^def\s+model\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)`)

// pythonCall is a call that dbt reads from a Python model without running it.
var pythonCall = regexp.MustCompile(`\b(\w+)\s*\.\s*(ref|source|config)\s*\(`)

// parsePython reads what a Python model needs and how it is configured, from
// its calls of dbt.ref, dbt.source and dbt.config with literal arguments.
func (l *loader) parsePython(n *runner.Node) (nodeconfig.Layer, error) {
	l.p.Read.Parsed++
	code := blankPython(n.Raw, false)
	def := pythonModel.FindStringSubmatchIndex(code)
	if def == nil {
		return nil, fmt.Errorf("%s: a Python model defines one function, def model(dbt, session)", n.Pos)
	}
	param := code[def[2]:def[3]]
	if param != "dbt" {
		return nil, fmt.Errorf("%s: the first parameter of model() is called dbt, not %s", place(n.Pos.File, n.Raw, def[2]), param)
	}
	if at := strings.Index(code, "{{"); at >= 0 {
		return nil, fmt.Errorf("%s: a Python model has no templates: use dbt.config.get() instead", place(n.Pos.File, n.Raw, at))
	}
	set := nodeconfig.Layer{}
	for _, m := range pythonCall.FindAllStringSubmatchIndex(code, -1) {
		if code[m[2]:m[3]] != "dbt" {
			continue
		}
		at, fn := place(n.Pos.File, n.Raw, m[2]), code[m[4]:m[5]]
		end := closing(code, m[1]-1)
		if end < 0 {
			return nil, fmt.Errorf("%s: dbt.%s( is not closed", at, fn)
		}
		scope := l.noting(n)
		scope.Config = func(_ runner.Pos, more map[string]any) error {
			set, n.Config.Pos = nodeconfig.Overlay(set, more), at
			return nil
		}
		if err := l.literalCall(fn, blankPython(n.Raw[m[1]:end], true), scope); err != nil {
			return nil, fmt.Errorf("%s: dbt.%s() takes literals: %w", at, fn, err)
		}
		for i := range l.calls[n.ID] {
			if l.calls[n.ID][i].at.File != n.Pos.File {
				l.calls[n.ID][i].at = at
			}
		}
	}
	return set, nil
}

// literalCall makes a call whose arguments are written in Python. Python's
// literals are those of templates.
func (l *loader) literalCall(fn, args string, scope render.Scope) error {
	args = strings.TrimSpace(strings.ReplaceAll(args, "\n", " "))
	_, err := l.p.lib.Value(context.Background(), "python", fn+"("+args+")", scope)
	return inner(err)
}

// inner is an error without its place.
func inner(err error) error {
	if e, ok := err.(*jinja.Error); ok {
		return e.Err
	}
	return err
}

// blankPython is Python's text with space in place of its comments and, unless
// they are kept, what its strings hold.
func blankPython(text string, keep bool) string {
	out := []byte(text)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '#':
			end := i + strings.IndexByte(text[i:]+"\n", '\n')
			blank(i, end)
			i = end
		case c == '"' || c == '\'':
			end := stringEnd(text, i)
			if !keep {
				blank(i+1, end-1)
			}
			i = end
		default:
			i++
		}
	}
	return string(out)
}

// stringEnd is behind the Python string that begins at i.
func stringEnd(text string, i int) int {
	quote := text[i : i+1]
	if strings.HasPrefix(text[i:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	for j := i + len(quote); j < len(text); j++ {
		switch {
		case text[j] == '\\':
			j++
		case strings.HasPrefix(text[j:], quote):
			return j + len(quote)
		case text[j] == '\n' && len(quote) == 1:
			return j
		}
	}
	return len(text)
}

// closing is where the parenthesis that opens at i closes, or -1.
func closing(code string, i int) int {
	depth := 0
	for ; i < len(code); i++ {
		switch code[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
