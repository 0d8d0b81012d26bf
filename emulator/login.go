package emulator

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/sign"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// What tokens are for.
const (
	purposeSession = "session"
	purposeMaster  = "master"
	purposeChunk   = "chunk"
	purposeFactor  = "factor"
)

// login checks who comes and opens a session.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	var req wire.LoginRequest
	if _, ok := s.read(w, r, &req); !ok {
		return
	}
	who := s.authenticate
	if req.Data.RawSAML != "" {
		who = func(l wire.Login) (*User, error) { return s.bySAML(l, base(r)) }
	}
	user, err := who(req.Data)
	if err != nil {
		s.log.Warn("login refused", "user", req.Data.LoginName, "client", req.Data.ClientAppID, "error", err)
		var refused *loginError
		if !errors.As(err, &refused) {
			refused = &loginError{wire.CodeLogin, "Incorrect username or password was specified."}
		}
		reply(w, wire.RefuseLogin(refused.code, "%s", refused.message))
		return
	}
	q := r.URL.Query()
	role, err := user.role(q.Get("roleName"))
	if err != nil {
		reply(w, wire.RefuseLogin(wire.CodeNoRole, "%v", err))
		return
	}
	virtual := user.warehouse(q.Get("warehouse"))
	claim := session.Claim{
		ID: newSessionID(), User: strings.ToUpper(user.Name), App: req.Data.ClientAppID, Version: req.Data.ClientAppVersion,
		Database: q.Get("databaseName"), Schema: q.Get("schemaName"),
		Role: role, Warehouse: virtual,
	}
	opened, err := s.open(r.Context(), claim, req.Data.SessionParameters)
	if err != nil {
		s.log.Error("login failed", "user", claim.User, "error", err)
		reply(w, wire.RefuseLogin(codeOfLogin(err), "%s", wire.AsError(err).Message))
		return
	}
	if validate, _ := req.Data.SessionParameters["CLIENT_VALIDATE_DEFAULT_PARAMETERS"].(bool); validate {
		if what := lacking(q, opened.Place()); what != "" {
			s.log.Warn("login refused", "user", claim.User, "client", claim.App, "lacking", what)
			s.ended(opened.ID, s.sessions.Remove(opened.ID))
			reply(w, wire.RefuseLogin(wire.CodeNoObject, "The requested %s does not exist or not authorized.", what))
			return
		}
	}
	data, err := s.loginData(opened)
	if err == nil {
		err = s.giveFactor(user, req.Data, &data)
	}
	if err != nil {
		reply(w, wire.RefuseLogin(wire.CodeInternal, "%v", err))
		return
	}
	s.log.Info("login", "session", opened.ID, "user", claim.User, "client", claim.App+" "+claim.Version)
	reply(w, wire.OK(data))
}

// lacking is the first of what a login asks for that its session has not got.
func lacking(q url.Values, place session.Place) string {
	switch {
	case q.Get("databaseName") != "" && place.Database == "":
		return "database"
	case q.Get("schemaName") != "" && place.Schema == "":
		return "schema"
	case q.Get("warehouse") != "" && place.Warehouse == "":
		return "warehouse"
	}
	return ""
}

func codeOfLogin(err error) wire.Code {
	if errors.Is(err, session.ErrFull) {
		return wire.CodeBadRequest
	}
	return wire.Code(wire.AsError(err).Code)
}

// newSessionID is a number that JSON has no trouble with.
func newSessionID() int64 {
	var b [8]byte
	rand.Read(b[:])
	return int64(binary.BigEndian.Uint64(b[:])>>11) + 1
}

// open opens the session that claim describes.
func (s *Server) open(ctx context.Context, claim session.Claim, parameters map[string]any) (*session.Session, error) {
	if s.sessions.Full() {
		return nil, &warehouse.Error{Code: int(wire.CodeBadRequest), State: "08004", Err: session.ErrFull,
			Message: "Too many sessions are open. Close some, or raise the limit."}
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	backend, free := s.current(), func() error { return nil }
	if s.config.Isolate != nil {
		own, err := s.config.Isolate(ctx)
		if err != nil {
			return nil, err
		}
		backend = own
		if own.Close != nil {
			free = own.Close
		}
	}
	conn, err := backend.Warehouse.Open(ctx, warehouse.SessionOptions{
		Database: claim.Database, Schema: claim.Schema, Role: claim.Role, Warehouse: claim.Warehouse,
		User: claim.User, Client: strings.TrimSpace(claim.App + " " + claim.Version), ID: strconv.FormatInt(claim.ID, 10), Existing: s.config.Strict})
	if err != nil {
		return nil, errors.Join(err, free())
	}
	opened := session.New(claim, session.NewParameters(claim.App), conn, backend.Stages, free)
	s.prepare(ctx, opened, parameters)
	return opened, s.sessions.Add(opened)
}

// current is the backend that sessions work on now.
func (s *Server) current() Backend {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.backend
}

// prepare sets the parameters that came with the login. Those that a warehouse
// does not take stay the client's.
func (s *Server) prepare(ctx context.Context, opened *session.Session, parameters map[string]any) {
	for name, value := range parameters {
		name = strings.ToUpper(name)
		if variable, ok := strings.CutPrefix(name, "$"); ok {
			s.setVariable(ctx, opened, variable, value)
			continue
		}
		if err := opened.Parameters.Set(name, value); err != nil || !plainName(name) {
			continue
		}
		sql := "ALTER SESSION SET " + name + " = " + warehouse.QuoteString(opened.Parameters.Text(name))
		if _, err := warehouse.Exec(ctx, opened.Conn, sql); err != nil {
			s.log.Debug("a parameter of the login has no effect", "session", opened.ID, "parameter", name, "error", err)
		}
	}
}

// setVariable sets a variable of the session's: a parameter of the login whose
// name begins with a dollar sign is one.
func (s *Server) setVariable(ctx context.Context, opened *session.Session, name string, value any) {
	text, ok := value.(string)
	if !ok {
		text = fmt.Sprint(value)
	}
	if !plainName(name) {
		s.log.Debug("a variable of the login has no plain name", "session", opened.ID, "variable", name)
		return
	}
	if _, err := warehouse.Exec(ctx, opened.Conn, "SET "+name+" = "+warehouse.QuoteString(text)); err != nil {
		s.log.Debug("a variable of the login has no effect", "session", opened.ID, "variable", name, "error", err)
	}
}

func plainName(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// tokens are a session's two.
func (s *Server) tokens(claim session.Claim) (token, master string, err error) {
	now := time.Now()
	if token, err = s.key.Seal(purposeSession, claim, now.Add(s.config.Times.Session)); err != nil {
		return "", "", err
	}
	master, err = s.key.Seal(purposeMaster, claim, now.Add(s.config.Times.Master))
	return token, master, err
}

func (s *Server) loginData(opened *session.Session) (wire.LoginData, error) {
	token, master, err := s.tokens(opened.Claim)
	place := opened.Place()
	return wire.LoginData{
		Token: token, MasterToken: master, SessionID: opened.ID, DisplayUserName: opened.User, ServerVersion: s.config.Version,
		ValidityInSeconds:       int64(s.config.Times.Session.Seconds()),
		MasterValidityInSeconds: int64(s.config.Times.Master.Seconds()),
		HealthCheckInterval:     45,
		Parameters:              opened.Parameters.List(),
		SessionInfo: wire.SessionInfo{
			DatabaseName: orNull(place.Database), SchemaName: orNull(place.Schema),
			WarehouseName: orNull(place.Warehouse), RoleName: orNull(place.Role),
		},
	}, err
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// renew gives a session new tokens for its master token, and makes it anew if
// the server has forgotten it.
func (s *Server) renew(w http.ResponseWriter, r *http.Request) {
	var req wire.RenewRequest
	if _, ok := s.read(w, r, &req); !ok {
		return
	}
	var claim session.Claim
	switch err := s.key.Open(purposeMaster, bearer(r), &claim); {
	case errors.Is(err, sign.ErrExpired):
		reply(w, wire.Refuse(wire.CodeMasterExpired, "Master token has expired. Log in again."))
		return
	case err != nil, s.sessions.Gone(claim.ID):
		reply(w, wire.Refuse(wire.CodeMasterUnknown, "Master token is not known. Log in again."))
		return
	}
	if s.sessions.Find(claim.ID) == nil {
		if _, err := s.open(r.Context(), claim, nil); err != nil && s.sessions.Find(claim.ID) == nil {
			reply(w, wire.Refuse(wire.CodeMasterInvalid, "The session cannot be opened again: %s", wire.AsError(err).Message))
			return
		}
	}
	token, master, err := s.tokens(claim)
	if err != nil {
		reply(w, wire.Refuse(wire.CodeInternal, "%v", err))
		return
	}
	validity := int64(s.config.Times.Master.Seconds())
	reply(w, wire.OK(wire.RenewData{
		SessionToken: token, ValidityInSecondsST: int64(s.config.Times.Session.Seconds()),
		MasterToken: master, ValidityInSecondsMT: validity, MasterValidityInSeconds: validity, SessionID: claim.ID,
	}))
}

func (s *Server) heartbeat(w http.ResponseWriter, r *http.Request, _ *session.Session) {
	reply(w, wire.OK(nil))
}

// ended notes a session that did not close well.
func (s *Server) ended(id int64, err error) {
	if err != nil {
		s.log.Error("a session did not close well", "session", id, "error", err)
	}
}

// logout ends a session.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, found *session.Session) {
	if r.URL.Query().Get("delete") != "true" {
		s.unknown(w, r)
		return
	}
	s.noted(s.config.Journal.LoggedOut(found.ID))
	s.ended(found.ID, s.sessions.Remove(found.ID))
	s.log.Info("logout", "session", found.ID)
	reply(w, wire.OK(nil))
}
