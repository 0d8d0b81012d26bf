package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// chainOf is the chain that a text is, nil if it is something else or cannot be
// read.
func chainOf(sql string) *ast.Chain {
	if !strings.Contains(sql, "->>") {
		return nil
	}
	stmt, err := parse.Statement(sql)
	if err != nil {
		return nil
	}
	c, _ := stmt.(*ast.Chain)
	return c
}

// chain runs the statements of a chain, each with an id of its own, and gives the
// last one's result. Those before it are read to their ends, as RESULT_SCAN
// wants them (docs.snowflake.com/sql-reference/operators-flow).
func (s *session) chain(ctx context.Context, c *ast.Chain, args []any) (*warehouse.Result, error) {
	if len(args) > 0 {
		return nil, refusal.Unsupported("bound values in a chain of statements")
	}
	last := len(c.Links) - 1
	ids := make([]string, last)
	for i, l := range c.Links[:last] {
		ids[i] = newID()
		at := warehouse.WithQueryID(ctx, ids[i])
		res, err := s.one(at, s.link(at, l, ids[:i]), l.Text, nil)
		if err != nil {
			return nil, err
		}
		if err := s.exhaust(res); err != nil {
			return nil, err
		}
	}
	l := c.Links[last]
	return s.one(ctx, s.link(ctx, l, ids), l.Text, nil)
}

// link is the record of one statement of a chain, which reads the results of
// those before it by their ids.
func (s *session) link(ctx context.Context, l ast.Link, before []string) *record {
	rec := s.record(ctx, l.Text)
	rec.given = ast.Rewrite(l.Statement, func(n ast.Node) ast.Node {
		p, ok := n.(*ast.Piped)
		if !ok {
			return n
		}
		id := &ast.String{At: p.At, Value: before[len(before)-p.Back]}
		scan := &ast.Call{At: p.At, Name: &ast.Name{At: p.At, Parts: []ast.Ident{{At: p.At, Name: "RESULT_SCAN"}}}, Args: []ast.Arg{{Value: id}}}
		return &ast.TableFunction{At: p.At, Table: true, X: scan, Alias: p.Alias}
	}).(ast.Statement)
	return rec
}

// exhaust reads a result to its end, while the session is held.
func (s *session) exhaust(res *warehouse.Result) error {
	r, streamed := res.Reader().(*rowReader)
	if !streamed {
		defer res.Close()
		for res.Reader().Next() {
		}
		return res.Reader().Err()
	}
	for r.next() {
	}
	r.finish(nil)
	return r.Err()
}
