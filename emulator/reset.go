package emulator

import (
	"net/http"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// reset ends every session and empties the backend, for a user who says who
// they are with HTTP's Basic authentication.
func (s *Server) reset(w http.ResponseWriter, r *http.Request) {
	name, password, _ := r.BasicAuth()
	if _, err := s.authenticate(wire.Login{LoginName: name, Password: password}); err != nil {
		reply(w, wire.RefuseLogin(wire.CodeLogin, "%s Reset takes them as HTTP Basic authentication.", errPassword.message))
		return
	}
	if s.config.Reset == nil && s.config.Isolate == nil {
		reply(w, wire.Refuse(wire.CodeBadRequest, "This server keeps its state; start it with --memory or --isolated to be able to reset it."))
		return
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	s.sessions.Clear()
	s.work.Wait()
	s.ledger.Clear()
	if s.config.Reset != nil {
		fresh, err := s.config.Reset(r.Context())
		if err != nil {
			s.log.Error("reset failed", "error", err)
			reply(w, wire.Refuse(wire.CodeInternal, "reset: %v", err))
			return
		}
		s.mu.Lock()
		s.backend = fresh
		s.mu.Unlock()
	}
	s.log.Info("reset")
	reply(w, wire.OK(nil))
}
