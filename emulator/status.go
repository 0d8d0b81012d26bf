package emulator

import (
	"context"
	"net/http"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// monitoring says how a statement is.
func (s *Server) monitoring(w http.ResponseWriter, r *http.Request, found *session.Session) {
	data := wire.Monitoring{Queries: []wire.Monitored{}}
	if st := s.find(r.PathValue("id"), found); st != nil {
		m := monitored(st)
		if m.Status == "SUCCESS" {
			m.Stats["scanBytes"] = s.bytesRead(r.Context(), st)
		}
		data.Queries = append(data.Queries, m)
	}
	reply(w, wire.OK(data))
}

// bytesRead is how many bytes a statement has read, by the tables as they are now; 0
// while its session runs another one.
func (s *Server) bytesRead(ctx context.Context, st *session.Statement) int64 {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	done, err := st.Session.Turn(ctx)
	if err != nil {
		return 0
	}
	defer done()
	size, err := warehouse.ScanSize(ctx, st.Session.Conn, st.SQL)
	if err != nil {
		s.log.Debug("what a statement has read is not known", "query_id", st.ID, "error", err)
	}
	return size
}

func monitored(st *session.Statement) wire.Monitored {
	m := wire.Monitored{ID: st.ID, Status: "RUNNING", State: "RUNNING", SQLText: st.SQL, StartTime: st.Started.UnixMilli(), Stats: map[string]int64{}}
	o, ended := st.Outcome()
	if !ended {
		return m
	}
	m.EndTime = st.Ended().UnixMilli()
	m.Stats["producedRows"] = o.Rows
	if o.Err == nil {
		m.Status, m.State = "SUCCESS", "SUCCEEDED"
		return m
	}
	e := wire.AsError(o.Err)
	code := wire.Code(e.Code).String()
	m.Status, m.State, m.ErrorCode, m.ErrorMessage = "FAILED_WITH_ERROR", "FAILED", &code, &e.Message
	if wire.Code(e.Code) == wire.CodeCanceled {
		m.Status = "ABORTED"
	}
	return m
}

const notRunning = "Identified SQL statement is not currently executing."

// abortRequest cancels the statement that a request brought.
func (s *Server) abortRequest(w http.ResponseWriter, r *http.Request, found *session.Session) {
	var req wire.AbortRequest
	if _, ok := s.read(w, r, &req); !ok {
		return
	}
	hit := false
	for _, st := range s.ledger.Running(found.ID) {
		if st.RequestID == req.RequestID && req.RequestID != "" {
			st.Cancel(session.ErrCanceled)
			hit = true
		}
	}
	if !hit {
		reply(w, wire.Refuse(wire.CodeNotRunning, notRunning))
		return
	}
	reply(w, wire.OK(nil))
}

// abortQuery cancels a statement by its id.
func (s *Server) abortQuery(w http.ResponseWriter, r *http.Request, found *session.Session) {
	st := s.find(r.PathValue("id"), found)
	if st == nil {
		reply(w, wire.Refuse(wire.CodeNotRunning, notRunning))
		return
	}
	st.Cancel(session.ErrCanceled)
	reply(w, wire.OK(nil))
}
