package duckdb

import (
	"context"
	"errors"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/redact"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// record is a statement on its way into the history.
type record struct {
	s           *session
	statement   warehouse.Statement
	given       ast.Statement // read already, as a link of a chain is; nil where the text is all there is
	tree        ast.Statement // nil until it is read
	binds       []types.Type  // of the values bound
	changed     bool          // the tree was another than the text says from the start
	settled     bool          // whether the tree says more than the text
	once        bool          // it runs others, and never a second time
	translation *translation  // nil unless DuckDB gets one
	filled      int64         // rows of the table that a query made
	filling     bool          // that table has columns of other types than DuckDB's
}

// record begins a statement's entry.
func (s *session) record(ctx context.Context, sql string) *record {
	tag := warehouse.QueryTag(ctx)
	if tag == "" {
		tag = s.parameter("QUERY_TAG")
	}
	id := warehouse.QueryID(ctx)
	if id == "" {
		id = newID()
	}
	return &record{s: s, statement: warehouse.Statement{
		QueryID:   id,
		SessionID: s.id,
		Text:      sql,
		Tag:       tag,
		Database:  s.database,
		Schema:    s.schema,
		Start:     time.Now(),
	}}
}

// read is the statement, a fresh tree at each call: what runs it changes it.
func (rec *record) read(sql string) (ast.Statement, error) {
	if rec.given != nil {
		return ast.Clone(rec.given), nil
	}
	return parse.Lenient(sql)
}

// translated notes what runs for the statement.
func (rec *record) translated(t *translation) {
	rec.translation = t
	if t.text != t.original {
		rec.statement.Translated = t.text
	}
}

// finish puts the statement into the history.
func (rec *record) finish(ctx context.Context, rows int64, err error) {
	st := &rec.statement
	st.Duration = time.Since(st.Start)
	rec.s.defined(rec.tree)
	st.Rows, st.Status = rows, warehouse.Success
	var refused *warehouse.Error
	switch {
	case err == nil:
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		st.Status, st.Message = warehouse.Canceled, err.Error()
	case errors.As(err, &refused):
		st.Status, st.Code, st.Message = warehouse.Failed, refused.Code, redact.SQL(refused.Error())
	default:
		st.Status, st.Message = warehouse.Failed, redact.SQL(err.Error())
	}
	st.Text, st.Translated = redact.SQL(st.Text), redact.SQL(st.Translated)
	if err := rec.s.w.history.Add(*st); err != nil {
		rec.s.w.log.Warn("a statement is missing from the query history", "query_id", st.QueryID, "error", err)
	}
}
