package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/emulator/journal"
	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// digest tells what is asked under a request's id, to later processes, too.
func digest(values []byte) []byte {
	sum := sha256.Sum256(values)
	return sum[:16]
}

// An answered is what a request that was to change something came to, as the
// journal has it.
type answered struct {
	Kind     string             `json:",omitempty"`
	Columns  []warehouse.Column `json:",omitempty"`
	Rows     string             `json:",omitempty"` // of JSON, without the outer brackets
	Total    int64              `json:",omitempty"`
	Affected int64              `json:",omitempty"`
	Replaced int64              `json:",omitempty"`
	Place    session.Place
	Refused  *refusedBefore    `json:",omitempty"`
	IDs      []string          `json:",omitempty"` // of several statements
	Types    []string          `json:",omitempty"`
	Parts    []json.RawMessage `json:",omitempty"`
	Lost     bool              `json:",omitempty"` // it is too large to be kept
}

// refusedBefore is an error that a client was told.
type refusedBefore struct {
	Code         int
	State, Text  string
	Line, Column int
}

// once is run, but for a request that a process before this one has taken on:
// that has its outcome from the journal. What changes something is noted there.
func (s *Server) once(st *session.Statement, run func(context.Context) session.Outcome) func(context.Context) session.Outcome {
	if s.config.Journal == nil {
		return run
	}
	return func(ctx context.Context) session.Outcome {
		if r, ok := s.config.Journal.Earlier(st.Request); ok && st.Request != "" {
			return s.before(st, r)
		}
		if s.config.Journal.Lost(st.Session.ID) && !rollsBack(st.SQL) {
			return rolledBack("the server ended in the middle of it")
		}
		if st.Request == "" || !changes(st.SQL) {
			return run(ctx)
		}
		s.noted(s.config.Journal.Note(st.Request, journal.Request{QueryID: st.ID}))
		o := run(ctx)
		if o.Err != nil && st.HungUp() || s.uncommitted(st.Session) {
			s.noted(s.config.Journal.Forget(st.Request)) // nothing came of it that lasts
		} else {
			s.noted(s.config.Journal.Note(st.Request, journal.Request{QueryID: st.ID, Outcome: s.outcome(o)}))
		}
		return o
	}
}

// noted reports what could not be noted: then a kill may have a request answered twice.
func (s *Server) noted(err error) {
	if err != nil {
		s.log.Error("a request is missing from the journal", "error", err)
	}
}

// queryID is the id of a request's statement: the one that it had in a process
// before this one, or a new one.
func (s *Server) queryID(request string) string {
	if r, ok := s.config.Journal.Earlier(request); ok && request != "" {
		return r.QueryID
	}
	return newID()
}

// uncommitted reports whether a session has, or may have, changes that a
// COMMIT is still to make last.
func (s *Server) uncommitted(of *session.Session) bool {
	return of.InTransaction() || of.Parameters.Get("AUTOCOMMIT") == false
}

// watched keeps the journal's word of whether a session has a transaction. It
// gives what notes how that is after a statement.
func (s *Server) watched(of *session.Session) func() {
	if s.config.Journal == nil {
		return func() {}
	}
	before := s.uncommitted(of)
	return func() {
		if now := s.uncommitted(of); now != before {
			s.noted(s.config.Journal.Transaction(of.ID, now))
		}
	}
}

// readers are the kinds of statements that leave nothing changed that lasts.
var readers = map[string]bool{
	"SELECT": true, "SHOW": true, "DESCRIBE": true, "EXPLAIN": true, "USE": true, "SET": true, "UNSET": true, "ALTER_SESSION": true,
	"LIST_FILES": true, "PUT_FILES": true, "GET_FILES": true, "BEGIN_TRANSACTION": true, "ROLLBACK": true,
}

// changes reports whether one of the statements of a text changes something.
func changes(sql string) bool {
	for _, p := range parse.Split(sql) {
		if tree, err := parse.Lenient(p.Text); err == nil && !readers[ast.Kind(tree)] {
			return true
		}
	}
	return false
}

func rollsBack(sql string) bool {
	tree, err := parse.Lenient(sql)
	return err == nil && ast.Kind(tree) == "ROLLBACK"
}

// outcome is an outcome as the journal has it.
func (s *Server) outcome(o session.Outcome) json.RawMessage {
	a := answered{Kind: o.Kind, Place: o.Place}
	var refused *warehouse.Error
	switch v := o.Value.(type) {
	case *rows:
		a.Columns, a.Total, a.Affected, a.Replaced = v.Columns, v.Total, v.Affected, v.Replaced
		if a.Lost = len(v.Chunks) > 0 || v.Format != wire.FormatJSON; !a.Lost {
			a.Rows = string(v.Inline)
		}
	case *several:
		a.IDs, a.Types = v.ids, v.types
		for _, id := range v.ids {
			part := session.Outcome{Err: noResult(id)}
			if st := s.ledger.Find(id); st != nil {
				part, _ = st.Outcome()
			}
			a.Parts = append(a.Parts, s.outcome(part))
		}
	}
	if o.Err != nil && !errors.As(o.Err, &refused) {
		refused = wire.AsError(o.Err)
	}
	if refused != nil {
		a.Refused = &refusedBefore{refused.Code, refused.State, refused.Text(), refused.Line, refused.Column}
	}
	text, err := json.Marshal(a)
	if err != nil { // a bug: it is made of what JSON has
		s.noted(err)
	}
	return text
}

// before is the outcome of a request that an earlier process has taken on.
func (s *Server) before(st *session.Statement, r journal.Request) session.Outcome {
	if r.Outcome == nil {
		return session.Outcome{Err: &warehouse.Error{Code: int(wire.CodeInternal), State: "XX000", Message: fmt.Sprintf(
			"The server was killed while statement %s ran, and whether it was committed is not known. Look, before you run it again.", r.QueryID)}}
	}
	o, err := s.restored(st, r.Outcome)
	if err != nil {
		return session.Outcome{Err: err}
	}
	return o
}

// restored is an outcome of the journal's.
func (s *Server) restored(st *session.Statement, text json.RawMessage) (session.Outcome, error) {
	var a answered
	if err := json.Unmarshal(text, &a); err != nil {
		return session.Outcome{}, fmt.Errorf("the journal of requests: %w", err)
	}
	o := session.Outcome{Kind: a.Kind, Place: a.Place, Rows: a.Total}
	switch {
	case a.Refused != nil:
		o.Err = &warehouse.Error{Code: a.Refused.Code, State: a.Refused.State, Message: a.Refused.Text, Line: a.Refused.Line, Column: a.Refused.Column}
	case a.Lost:
		o.Err = &warehouse.Error{Code: int(wire.CodeNoResult), State: "02000", Message: "The statement was carried out before the server ended; its result is not kept."}
	case a.IDs != nil:
		for i, id := range a.IDs {
			part, err := s.restored(st, a.Parts[i])
			if err != nil {
				return o, err
			}
			child := session.NewStatement(id, "", st.Session, "", false)
			child.Finish(part)
			s.ledger.Keep(child)
		}
		o.Value = &several{ids: a.IDs, types: a.Types}
	default:
		res := &result.Result{Columns: a.Columns, Kind: a.Kind, Format: wire.FormatJSON, Total: a.Total, Affected: a.Affected, Replaced: a.Replaced, Inline: []byte(a.Rows)}
		o.Value, o.Size = &rows{Result: res}, res.Held()
	}
	return o, nil
}
