package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/redact"
)

// newID is a query id: a UUID, which clients check.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// requestKey tells one request from another. The Go driver sends different
// statements under one id, so what is asked is part of the key; the number of
// the request within its session is not.
func requestKey(id string, found *session.Session, req *wire.QueryRequest, body []byte) string {
	if id == "" {
		return ""
	}
	values := body // with lists of values, all of it: they are long, and sent again as they are
	if len(req.Bindings) == 0 {
		values = fmt.Appendf(nil, "%t %t %s %v %s", req.AsyncExec, req.DescribeOnly, req.BindStage, req.Parameters, req.SQLText)
	}
	return fmt.Sprintf("%d/%s/%x", found.ID, id, digest(values))
}

// query runs a statement, or joins the one that the same request has brought
// before, and answers with its result or with where that will be.
func (s *Server) query(w http.ResponseWriter, r *http.Request, found *session.Session) {
	var req wire.QueryRequest
	body, ok := s.read(w, r, &req)
	if !ok {
		return
	}
	id := r.URL.Query().Get("requestId")
	key := requestKey(id, found, &req, body)
	st := session.NewStatement(s.queryID(key), key, found, req.SQLText, req.AsyncExec)
	st.RequestID = id
	st, fresh, err := s.ledger.Begin(r.Context(), st)
	if err != nil {
		reply(w, wire.Failed(&warehouse.Error{Code: 90073, State: "57014", Err: err, Message: "Too many statements are running; try again later."}, newID()))
		return
	}
	if fresh {
		s.start(st, s.running(st, &req))
	}
	if st.Async {
		reply(w, wire.Pending(wire.CodeAsync, st.ID))
		return
	}
	s.await(w, r, st)
}

// await answers with a statement's result once it is there.
func (s *Server) await(w http.ResponseWriter, r *http.Request, st *session.Statement) {
	if !st.Wait(r.Context(), s.config.Times.Patience) {
		code := wire.CodeRunning
		if st.Async {
			code = wire.CodeAsync
		}
		s.deserted(st)
		reply(w, wire.Pending(code, st.ID))
		return
	}
	reply(w, s.answer(r, st))
}

// queryResult answers with the result of a statement by its id.
func (s *Server) queryResult(w http.ResponseWriter, r *http.Request, found *session.Session) {
	st := s.find(r.PathValue("id"), found)
	if st == nil {
		reply(w, wire.Failed(noResult(r.PathValue("id")), r.PathValue("id")))
		return
	}
	s.await(w, r, st)
}

// find is the statement of an id, if found's user ran it.
func (s *Server) find(id string, found *session.Session) *session.Statement {
	st := s.ledger.Find(id)
	if st == nil || st.Session.User != found.User {
		return nil
	}
	return st
}

func noResult(id string) error {
	return &warehouse.Error{Code: int(wire.CodeNoResult), State: "02000", Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("Statement %.40s not found; the server keeps the results of the newest statements only.", id)}
}

// running is what runs a request's statement: in its session's turn, unless it
// is one that cancels others.
func (s *Server) running(st *session.Statement, req *wire.QueryRequest) func(context.Context) session.Outcome {
	if c := cancels(req); c != nil {
		return func(context.Context) session.Outcome {
			o := s.cancel(st, c, req.DescribeOnly)
			o.Place = st.Session.Place()
			return o
		}
	}
	return func(ctx context.Context) session.Outcome {
		done, err := st.Session.Turn(ctx)
		if err != nil {
			return session.Outcome{Err: err}
		}
		defer done()
		if st.Session.Lost() && !rollsBack(st.SQL) {
			return rolledBack("nothing came for long while others waited for what it had locked")
		}
		note := s.watched(st.Session)
		o := s.once(st, func(ctx context.Context) session.Outcome {
			o := s.statement(ctx, st, req)
			note()
			return o
		})(ctx)
		st.Session.Moved()
		o.Place = st.Session.Place()
		if o.Err == nil {
			st.Session.SetLast(st.ID)
		}
		return o
	}
}

// start runs a statement apart from the request that brought it.
func (s *Server) start(st *session.Statement, run func(context.Context) session.Outcome) {
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		s.finish(st, s.safely(st, run))
	}()
}

// safely runs a statement; a bug in the way is its error.
func (s *Server) safely(st *session.Statement, run func(context.Context) session.Outcome) (o session.Outcome) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("a statement failed", "query_id", st.ID, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			o = session.Outcome{Err: fmt.Errorf("internal error: %v", v)}
		}
	}()
	ctx, cancel := s.timed(st)
	defer cancel()
	o = run(ctx)
	if o.Err != nil {
		o.Err = s.reason(st, ctx, o.Err)
	}
	return o
}

// timed is the statement's context, which ends when its time is up.
func (s *Server) timed(st *session.Statement) (context.Context, context.CancelFunc) {
	if n := st.Session.Parameters.Int("STATEMENT_TIMEOUT_IN_SECONDS"); n > 0 {
		return context.WithTimeout(st.Context(), time.Duration(n)*time.Second)
	}
	return st.Context(), func() {}
}

// reason is err as the client is told it: cancelled and timed-out statements
// have codes of their own.
func (s *Server) reason(st *session.Statement, ctx context.Context, err error) error {
	var refused *warehouse.Error
	switch {
	case ctx.Err() == nil, errors.As(err, &refused):
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &warehouse.Error{Code: int(wire.CodeTimeout), State: "57014", Err: err,
			Message: "Statement reached its statement or warehouse timeout of " + strconv.FormatInt(st.Session.Parameters.Int("STATEMENT_TIMEOUT_IN_SECONDS"), 10) + " second(s) and was canceled."}
	}
	return &warehouse.Error{Code: int(wire.CodeCanceled), State: "57014", Err: err, Message: "SQL execution canceled"}
}

// finish notes how a statement ended.
func (s *Server) finish(st *session.Statement, o session.Outcome) {
	st.Finish(o)
	s.ledger.End(st)
	took := time.Since(st.Started)
	if o.Err != nil {
		s.unblock(o.Err)
		e := wire.AsError(o.Err)
		s.log.Warn("statement failed", "session", st.Session.ID, "query_id", st.ID, "duration", took, "code", wire.Code(e.Code).String(), "error", redact.SQL(e.Message), "sql", short(st.SQL))
		return
	}
	s.log.Info("statement", "session", st.Session.ID, "query_id", st.ID, "duration", took, "rows", o.Rows, "kind", o.Kind, "sql", short(st.SQL))
}

// short is a statement for a log line, without secrets.
func short(sql string) string {
	const most = 500
	if len(sql) > most {
		sql = strings.ToValidUTF8(sql[:most], "") + "…"
	}
	return redact.SQL(sql)
}

// deserted cancels a statement that nobody has asked for in all that time.
func (s *Server) deserted(st *session.Statement) {
	if st.Async {
		return
	}
	time.AfterFunc(s.config.Times.Deserted, func() {
		if _, ended := st.Outcome(); !ended && st.Idle() >= s.config.Times.Deserted {
			st.Cancel(session.ErrHungUp)
		}
	})
}
