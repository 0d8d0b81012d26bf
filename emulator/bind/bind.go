package bind

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A Statement is what a session is to run.
type Statement struct {
	SQL  string
	Args []any
}

// The most rows and values of one INSERT that stands for many.
const (
	mostRows   = 1000
	mostValues = 4000
)

// A Bound is a statement with its values.
type Bound struct {
	sql     string
	places  []place
	columns map[string][]value
	rows    int  // 0 without a list
	inline  bool // values go in as text: the statement is of a kind that has no places for them
	group   span // the one row of VALUES that is repeated, or empty
	values  int  // where VALUES in front of it is
}

// A place is where a value goes.
type place struct {
	span
	name  string // of the binding
	fixed bool   // only text may stand here
}

type span struct{ from, to int }

// New finds the places of sql for the bindings, whose names are "1", "2", …
// for ? and :1, and the name in :name. A place without a binding is an error,
// and so are lists of unequal lengths.
func New(sql string, bindings map[string]wire.Binding) (*Bound, error) {
	b := &Bound{sql: sql}
	if len(bindings) == 0 {
		return b, nil
	}
	toks := parse.Tokens(sql)
	b.places = places(toks)
	b.inline = !takesValues(toks)
	if err := b.bind(bindings); err != nil {
		return nil, err
	}
	if b.rows > 0 {
		b.group, b.values = valuesOf(toks, b.places)
	}
	return b, nil
}

func (b *Bound) bind(bindings map[string]wire.Binding) error {
	b.columns = map[string][]value{}
	named := map[string]wire.Binding{}
	for name, v := range bindings {
		named[strings.ToUpper(name)] = v
	}
	for _, p := range b.places {
		v, ok := named[p.name]
		if !ok {
			return &warehouse.Error{Code: 2049, State: "42601", Message: fmt.Sprintf("SQL compilation error:\nBind variable %s not set.", p.name)}
		}
		if b.columns[p.name] != nil {
			continue
		}
		values, err := column(v)
		if err != nil {
			return err
		}
		b.columns[p.name] = values
		if !v.Array {
			continue
		}
		if b.rows > 0 && b.rows != len(values) || len(values) == 0 {
			return &warehouse.Error{Code: 2099, State: "42601", Message: "SQL compilation error:\nArray binds are of different lengths, or empty."}
		}
		b.rows = len(values)
	}
	return nil
}

// Rows is how many rows the lists have, 0 if no value is a list.
func (b *Bound) Rows() int { return b.rows }

// Statements are what is to run, in order.
func (b *Bound) Statements() iter.Seq[Statement] {
	return func(yield func(Statement) bool) {
		switch {
		case b.rows == 0:
			yield(b.one(0))
		case b.group.to > 0:
			b.many(yield)
		default:
			for row := range b.rows {
				if !yield(b.one(row)) {
					return
				}
			}
		}
	}
}

// one is the statement with the values of one row.
func (b *Bound) one(row int) Statement {
	var w writer
	w.put(b, span{0, len(b.sql)}, row)
	return Statement{w.text.String(), w.args}
}

// Text is the statement with its values, those of the first row, written into
// it: what a description hangs on that is asked for before anything runs.
func (b *Bound) Text() string {
	whole := *b
	whole.inline = true
	return whole.one(0).SQL
}

// many are INSERTs of many rows each.
func (b *Bound) many(yield func(Statement) bool) {
	step := max(1, min(mostRows, mostValues/max(1, len(b.places))))
	for from := 0; from < b.rows; from += step {
		var w writer
		w.put(b, span{0, b.group.from}, from)
		for row := from; row < min(from+step, b.rows); row++ {
			if row > from {
				w.text.WriteString(", ")
			}
			w.put(b, b.group, row)
		}
		w.put(b, span{b.group.to, len(b.sql)}, from)
		if !yield(Statement{w.text.String(), w.args}) {
			return
		}
	}
}

// A writer puts a statement together.
type writer struct {
	text strings.Builder
	args []any
}

// put writes a part of the statement with the values of a row.
func (w *writer) put(b *Bound, part span, row int) {
	at := part.from
	for _, p := range b.places {
		if p.from < part.from || p.from >= part.to {
			continue
		}
		w.text.WriteString(b.sql[at:p.from])
		at = p.to
		values := b.columns[p.name]
		v := values[min(row, len(values)-1)]
		if p.fixed || b.inline {
			w.text.WriteString(v.literal())
			continue
		}
		w.text.WriteString(v.before + "?" + v.after)
		w.args = append(w.args, v.arg)
	}
	w.text.WriteString(b.sql[at:part.to])
}

// places are where values go in a statement.
func places(toks []token.Token) (out []place) {
	n := 0
	for i, t := range toks {
		switch {
		case t.Kind == token.Question:
			n++
			out = append(out, place{span{t.Pos.Offset, t.End()}, strconv.Itoa(n), fixedAt(toks, i)})
		case t.Kind == token.Colon && named(toks, i):
			out = append(out, place{span{t.Pos.Offset, toks[i+1].End()}, toks[i+1].Value, fixedAt(toks, i)})
		}
	}
	return out
}

// named reports whether a colon begins :1 or :name rather than a path into a
// value, a:b.
func named(toks []token.Token, i int) bool {
	next := toks[i+1]
	if next.Kind != token.Word && next.Kind != token.Number || next.Pos.Offset != toks[i].End() {
		return false
	}
	if i == 0 {
		return true
	}
	switch prev := toks[i-1]; prev.Kind {
	case token.Word:
		return prev.End() < toks[i].Pos.Offset
	case token.Quoted, token.RightParen, token.RightBracket, token.Number, token.String, token.Column, token.Question, token.Variable:
		return false
	}
	return true
}

// fixedAt reports whether only text may stand in place of toks[i]: the argument
// of identifier(…), or one passed by its name.
func fixedAt(toks []token.Token, i int) bool {
	if i < 2 {
		return false
	}
	return toks[i-1].Kind == token.LeftParen && toks[i-2].Is("IDENTIFIER") || toks[i-1].Kind == token.FatArrow
}

// takesValues reports whether a statement is of a kind that an engine prepares.
// A definition is none: its columns' types hang on the values.
func takesValues(toks []token.Token) bool {
	for _, t := range toks {
		switch {
		case t.Kind == token.LeftParen:
		case t.Is("SELECT"), t.Is("INSERT"), t.Is("UPDATE"), t.Is("DELETE"), t.Is("MERGE"), t.Is("VALUES"):
			return true
		case t.Is("WITH"):
			return true
		default:
			return false
		}
	}
	return false
}

// valuesOf is the one row of an INSERT … VALUES (…), if all places for values
// are in it and nothing comes behind it, and where its VALUES is.
func valuesOf(toks []token.Token, places []place) (group span, values int) {
	if !toks[0].Is("INSERT") {
		return span{}, 0
	}
	for i, t := range toks {
		if !t.Is("VALUES") || toks[i+1].Kind != token.LeftParen {
			continue
		}
		end := closing(toks, i+1)
		if end < 0 || toks[end+1].Kind != token.EOF && toks[end+1].Kind != token.Semicolon {
			return span{}, 0
		}
		group := span{toks[i+1].Pos.Offset, toks[end].End()}
		for _, p := range places {
			if p.from < group.from || p.to > group.to {
				return span{}, 0
			}
		}
		return group, t.Pos.Offset
	}
	return span{}, 0
}

// closing is the parenthesis that closes toks[open], -1 if there is none.
func closing(toks []token.Token, open int) int {
	depth := 0
	for i := open; i < len(toks); i++ {
		switch toks[i].Kind {
		case token.LeftParen:
			depth++
		case token.RightParen:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// Share gives each of several statements of one request its own bindings: the
// question marks take theirs in order, one statement after the other, and what
// is named by number or name is the same for all.
func Share(statements []string, bindings map[string]wire.Binding) []map[string]wire.Binding {
	out := make([]map[string]wire.Binding, len(statements))
	taken := 0
	for i, sql := range statements {
		marks := 0
		for _, t := range parse.Tokens(sql) {
			if t.Kind == token.Question {
				marks++
			}
		}
		if marks == 0 || taken == 0 {
			out[i] = bindings
			taken += marks
			continue
		}
		out[i] = make(map[string]wire.Binding, marks)
		for n := range marks {
			if v, ok := bindings[strconv.Itoa(taken+n+1)]; ok {
				out[i][strconv.Itoa(n+1)] = v
			}
		}
		taken += marks
	}
	return out
}
