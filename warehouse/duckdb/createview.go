package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// createView is CREATE VIEW.
func (s *session) createView(ctx context.Context, rec *record, stmt *ast.CreateView, sql string, args []any) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	if res, err := s.there(ctx, rec, stmt.Create, stmt.Name); res != nil || err != nil {
		return res, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	m := catalog.Meta{Created: time.Now(), Secure: stmt.Secure, Comment: commentOption(stmt.Options), Tags: tagsOf(stmt.Tags),
		Text: strings.TrimSpace(sql)}
	for _, c := range stmt.Columns {
		if c.Comment != nil {
			m.Column(c.Name.Name).Comment = c.Comment.Value
		}
	}
	given, err := s.queryColumns(ctx, stmt.Query)
	if err != nil {
		return nil, err
	}
	if n := len(given); len(stmt.Columns) > 0 && n != len(stmt.Columns) {
		return nil, &warehouse.Error{Code: 2057, State: "42601", Message: fmt.Sprintf(
			"SQL compilation error:\nView definition for %s declared %d column(s), but view query produces %d column(s).", catalog.Written(to, true), len(stmt.Columns), n)}
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	made := t.made
	for i := range min(len(stmt.Columns), len(made)) {
		made[i].Name = stmt.Columns[i].Name.Name
	}
	m.Derive(made)
	m.DeriveSizes(asGiven(made, given))
	if err := distinctColumns(made); err != nil {
		return nil, err
	}
	if err := s.define(ctx, rec, t, args, nil, []string{catalog.CommentOn("view", at, m)}); err != nil {
		return nil, err
	}
	if err := s.placed(stmt.Create, stmt.CopyGrants, at); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("View %s successfully created.", name)), nil
}

// asGiven are the columns of a query, with their derived types where DuckDB has
// such values there.
func asGiven(made, given []types.Column) []types.Column {
	out := slices.Clone(made)
	for i := range out {
		if t := out[i].Type; i >= len(given) || t.Kind != given[i].Type.Kind || t.Scale != given[i].Type.Scale {
			out[i].Type = types.Type{}
		}
	}
	return out
}

// createSequence is CREATE SEQUENCE.
func (s *session) createSequence(ctx context.Context, rec *record, stmt *ast.CreateSequence, sql string) (*warehouse.Result, error) {
	if res, err := s.there(ctx, rec, stmt.Create, stmt.Name); res != nil || err != nil {
		return res, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	m := catalog.Meta{Created: time.Now(), Comment: commentOption(stmt.Options), Ordered: stmt.Order == "ORDER"}
	if stmt.Start == nil { // DuckDB would begin at the least value
		stmt.Start, rec.settled = &ast.Number{Text: "1"}, true
	}
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	t.text += " " + sequenceBounds
	if err := s.define(ctx, rec, t, nil, nil, []string{catalog.CommentOn("sequence", to, m)}); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Sequence %s successfully created.", stmt.Name.Last())), nil
}

func orOne(n *ast.Number) string {
	if n == nil {
		return "1"
	}
	return n.Text
}
