package duckdb_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// What a guessed expression is worth nobody knows; that it is worth the same in
// another place, everybody does.

// A guesser makes expressions over the table guessed, of the vocabulary in
// testdata/guesses.txt.
type guesser struct {
	*rand.Rand
	plain, made map[byte][]string // by what they give
}

func newGuesser(t *testing.T, seed uint64) guesser {
	t.Helper()
	text, err := os.ReadFile("testdata/guesses.txt")
	if err != nil {
		t.Fatal(err)
	}
	g := guesser{rand.New(rand.NewPCG(seed, 0)), map[byte][]string{}, map[byte][]string{}}
	for line := range bytes.Lines(text) {
		kind, form, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		switch {
		case kind == "--":
		case strings.HasSuffix(kind, "."):
			g.plain[kind[0]] = append(g.plain[kind[0]], form)
		default:
			g.made[kind[0]] = append(g.made[kind[0]], form)
		}
	}
	if len(g.plain) != 12 || len(g.made) != 12 {
		t.Fatalf("%d and %d kinds of expressions", len(g.plain), len(g.made))
	}
	return g
}

// expr is an expression of a kind, of so many parts within parts.
func (g guesser) expr(kind byte, depth int) string {
	if depth == 0 || g.IntN(6) == 0 {
		return g.plain[kind][g.IntN(len(g.plain[kind]))]
	}
	var b strings.Builder
	form := g.made[kind][g.IntN(len(g.made[kind]))]
	for i := 0; i < len(form); i++ {
		switch {
		case form[i] != '%':
			b.WriteByte(form[i])
		case form[i+1] == '%':
			b.WriteByte('%')
			i++
		default:
			b.WriteString(g.expr(form[i+1], depth-1))
			i++
		}
	}
	return b.String()
}

// guessed is a session with the table guessed.
func guessed(t *testing.T) warehouse.Session {
	t.Helper()
	text, err := os.ReadFile("testdata/guessed.sql")
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, duckdb.Config{}))
	for _, piece := range parse.Split(string(text)) {
		run(t, s, piece.Text)
	}
	return s
}

// guesses gives each some expressions and their values by row, all that work.
func guesses(t *testing.T, s warehouse.Session, seed uint64, kinds string, n int, each func(t *testing.T, expr, values string)) {
	g := newGuesser(t, seed)
	worked := 0
	for i := range n {
		expr := g.expr(kinds[i%len(kinds)], 1+g.IntN(3))
		values, err := rows(t.Context(), s, fmt.Sprintf("select id, %s as x from guessed order by id", expr))
		var refused *warehouse.Error
		switch {
		case errors.As(err, &refused):
			continue
		case err != nil:
			t.Fatalf("%s: %v", expr, err)
		}
		worked++
		t.Run(strconv.Itoa(i), func(t *testing.T) { each(t, expr, values) })
	}
	if worked < n*3/4 {
		t.Errorf("%d of %d expressions worked", worked, n)
	}
}

// TestGuessedElsewhere puts expressions into other places: printed by package
// print, into a subquery, a view and a table, and asked for of one row alone.
func TestGuessedElsewhere(t *testing.T) {
	s := guessed(t)
	guesses(t, s, 2, "ndftbesziyvl", 48, func(t *testing.T, expr, values string) {
		tree, err := parse.Statement(fmt.Sprintf("select id, %s as x from guessed order by id", expr))
		if err != nil {
			t.Fatal(err)
		}
		want(t, s, print.SQL(tree), values)
		want(t, s, fmt.Sprintf("select id, x from (select *, %s as x from guessed) order by id", expr), values)
		run(t, s, fmt.Sprintf("create or replace view seen as select id, %s as x from guessed", expr),
			"create or replace temporary table kept as select * from seen")
		want(t, s, "select id, x from kept order by id", values)
		if strings.Contains(expr, "over (") {
			return
		}
		for id, line := range strings.Split(values, "\n") {
			if id%3 == 1 {
				want(t, s, fmt.Sprintf("select id, %s as x from guessed where id = %d", expr, id+1), line)
			}
		}
	})
}

// TestGuessedConditions divides rows by what a condition is: true, false or
// null is each of them, and the same whether it filters, counts or deletes.
func TestGuessedConditions(t *testing.T) {
	s := guessed(t)
	guesses(t, s, 3, "b", 30, func(t *testing.T, expr, values string) {
		if strings.Contains(expr, "over (") {
			return // a window stands in no WHERE
		}
		where := "select id, true as x from guessed where %s union all select id, false from guessed where not (%[1]s) union all select id, null from guessed where (%[1]s) is null order by id"
		want(t, s, fmt.Sprintf(where, expr), values)
		want(t, s, fmt.Sprintf("select count_if(%s), count_if(not (%[1]s)), count_if((%[1]s) is null) from guessed", expr),
			fmt.Sprintf("%d|%d|%d", strings.Count(values, "|true"), strings.Count(values, "|false"), strings.Count(values, "|NULL")))
		if strings.Contains(expr, "guessed") {
			return
		}
		run(t, s, "create or replace temporary table rest as select * from guessed", "delete from rest where "+expr)
		want(t, s, "select count(*) from rest", strconv.Itoa(8-strings.Count(values, "|true")))
	})
}
