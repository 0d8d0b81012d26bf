package emulator

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// unblock rolls back the transaction that a statement has waited for in vain, if
// its session has been quiet for long: its client may be gone. Snowflake does so
// after 5 minutes, too.
func (s *Server) unblock(err error) {
	var locked *warehouse.LockedError
	if !errors.As(err, &locked) {
		return
	}
	id, err := strconv.ParseInt(locked.Session, 10, 64)
	holder := s.sessions.Find(id)
	if err != nil || holder == nil || holder.Quiet() < s.config.Times.Blocking {
		return
	}
	ctx, cancel := context.WithTimeout(holder.Context(), time.Second)
	defer cancel()
	done, err := holder.Turn(ctx)
	if err != nil { // it goes on after all, or has ended
		return
	}
	defer done()
	if holder.Quiet() < s.config.Times.Blocking {
		return
	}
	if _, err := warehouse.Exec(ctx, holder.Conn, "rollback"); err != nil {
		s.log.Error("a transaction that others wait for cannot be rolled back", "session", id, "error", err)
		return
	}
	holder.Lose()
	s.noted(s.config.Journal.Transaction(id, false))
	s.log.Warn("a transaction was rolled back: its session was quiet, and another waited for what it had locked", "session", id, "quiet", holder.Quiet())
}

// rolledBack is what the first statement is told that comes after its session
// has lost a transaction: it may have been meant to be part of it.
func rolledBack(why string) session.Outcome {
	return session.Outcome{Err: &warehouse.Error{Code: int(wire.CodeInternal), State: "25000",
		Message: "The session's transaction was rolled back, because " + why + ". Run it again from its beginning."}}
}
