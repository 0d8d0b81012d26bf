package emulator

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/sign"
	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// reply writes an answer. A client that is gone is no concern.
func reply(w http.ResponseWriter, a wire.Answer) {
	body, err := json.Marshal(a)
	if err != nil { // a bug: every answer is made of what JSON has
		body, _ = json.Marshal(wire.Refuse(wire.CodeInternal, "the answer cannot be written: %v", err))
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// guarded keeps requests apart from one another: what goes wrong in one is
// answered, and browsers' pages are kept out.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == http.ErrAbortHandler {
				panic(v) // the connection is to break off
			}
			if v != nil {
				s.log.Error("a request failed", "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				reply(w, wire.Refuse(wire.CodeInternal, "internal error"))
			}
		}()
		if r.Header.Get("Origin") != "" {
			reply(w, wire.Refuse(wire.CodeBadRequest, "requests of web pages are not answered"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errTooLarge is a request body over the limit.
var errTooLarge = errors.New("the request is too large")

// body reads a request whole, unzipped: by its first bytes, for headers lie.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(s.config.Times.Read)) // a recorder of tests has none
	in := bufio.NewReader(http.MaxBytesReader(w, r.Body, s.config.Limits.Body))
	var from io.Reader = in
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("the request is no gzip: %w", err)
		}
		from = z
	}
	var buf bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= 1<<20 {
		buf.Grow(int(n) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(from, s.config.Limits.Body+1))
	var over *http.MaxBytesError
	if n > s.config.Limits.Body || errors.As(err, &over) {
		return nil, fmt.Errorf("%w: over %d bytes", errTooLarge, s.config.Limits.Body)
	}
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err) // the deadline stays: the server reads on before it answers
	}
	_ = c.SetReadDeadline(time.Time{})
	return buf.Bytes(), nil
}

// read reads a request's JSON into v, or answers that it cannot. An empty body
// is an empty object.
func (s *Server) read(w http.ResponseWriter, r *http.Request, v any) (body []byte, ok bool) {
	body, err := s.body(w, r)
	if err == nil && len(bytes.TrimSpace(body)) > 0 {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		reply(w, wire.Refuse(wire.CodeBadRequest, "the request cannot be read: %v", err))
		return nil, false
	}
	return body, true
}

// bearer is what stands in Authorization: Snowflake Token="…".
func bearer(r *http.Request) string {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), `Snowflake Token="`)
	if !ok {
		return ""
	}
	return strings.TrimSuffix(text, `"`)
}

// authorized lets those through who have a session's token.
func (s *Server) authorized(next func(http.ResponseWriter, *http.Request, *session.Session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found, refusal := s.session(bearer(r))
		if found == nil {
			reply(w, refusal)
			return
		}
		found.Touch()
		next(w, r, found)
	}
}

// session is the session of a token, or what its holder is told. A good token
// of a session that the server has forgotten makes the client renew it.
func (s *Server) session(token string) (*session.Session, wire.Answer) {
	var claim session.Claim
	switch err := s.key.Open(purposeSession, token, &claim); {
	case token == "":
		return nil, wire.Refuse(wire.CodeNoToken, "Authorization header is missing. Log in first.")
	case errors.Is(err, sign.ErrExpired):
		return nil, wire.Refuse(wire.CodeSessionExpired, "Session token has expired. It can be renewed with the master token.")
	case err != nil:
		return nil, wire.Refuse(wire.CodeInvalidToken, "Session token is invalid. Log in again.")
	}
	if found := s.sessions.Find(claim.ID); found != nil {
		return found, wire.Answer{}
	}
	if s.sessions.Gone(claim.ID) {
		return nil, wire.Refuse(wire.CodeSessionGone, "Session no longer exists. New login required to access the service.")
	}
	return nil, wire.Refuse(wire.CodeSessionExpired, "Session is not open any more. It can be renewed with the master token.")
}
