package emulator

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/s3"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/sign"
	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// A Server answers Snowflake's clients. It is an [http.Handler].
type Server struct {
	config    Config
	log       *slog.Logger
	key       sign.Key
	passcodes passcodes
	sessions  *session.Store
	ledger    *session.Ledger
	spool     *result.Spool
	s3        *s3.Handler
	handler   http.Handler
	started   time.Time

	stop    context.CancelFunc // ends the sweeping
	work    sync.WaitGroup     // statements that run
	gate    sync.RWMutex       // held to write while nobody may log in
	mu      sync.Mutex
	backend Backend
	closed  bool
}

var _ http.Handler = (*Server)(nil)

// New is a server for what config says. The caller closes it.
func New(config Config) (*Server, error) {
	if config.Backend.Warehouse == nil && config.Isolate == nil {
		return nil, errors.New("emulator: its config names no warehouse")
	}
	config = config.withDefaults()
	if err := checkFactors(config.Users); err != nil {
		return nil, err
	}
	s := &Server{
		config:   config,
		log:      config.Logger,
		key:      sign.NewKey(config.Key),
		sessions: session.NewStore(config.Limits.Sessions, config.Times.Master),
		ledger:   session.NewLedger(config.Limits.Statements, config.Limits.Results, config.Limits.Memory),
		spool:    result.NewSpool(config.TempDir, config.Limits.Memory, config.Limits.Result),
		started:  time.Now(),
		backend:  config.Backend,
	}
	for _, id := range config.Journal.Gone() {
		s.sessions.Forbid(id)
	}
	s.s3 = s3.New(s3.Config{Grants: s.grant, Limit: config.Limits.Object, TempDir: config.TempDir, Logger: s.log})
	s.handler = s.routes()
	var life context.Context
	life, s.stop = context.WithCancel(context.Background())
	go s.sweep(life)
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends every session, cancelling what runs, and waits for it to be
// cancelled. Closing twice is harmless.
func (s *Server) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	s.stop()
	s.sessions.Close()
	s.work.Wait()
	s.ledger.Clear()
	s.s3.Close()
	return nil
}

// Shutdown waits until nothing runs or ctx ends, and closes the server then.
func (s *Server) Shutdown(ctx context.Context) error {
	for len(s.ledger.Running(0)) > 0 && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
	return s.Close()
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /session/v1/login-request", s.login)
	mux.HandleFunc("POST /session/authenticator-request", s.provider)
	mux.HandleFunc("POST /session/token-request", s.renew)
	mux.HandleFunc("POST /session/heartbeat", s.authorized(s.heartbeat))
	mux.HandleFunc("POST /session", s.authorized(s.logout))
	mux.HandleFunc("POST /queries/v1/query-request", s.authorized(s.query))
	mux.HandleFunc("POST /queries/v1/abort-request", s.authorized(s.abortRequest))
	mux.HandleFunc("GET /queries/{id}/result", s.authorized(s.queryResult))
	mux.HandleFunc("POST /queries/{id}/abort-request", s.authorized(s.abortQuery))
	mux.HandleFunc("GET /monitoring/queries/{id}", s.authorized(s.monitoring))
	mux.HandleFunc("POST /telemetry/send", s.drop)
	mux.HandleFunc("POST /telemetry/send/sessionless", s.drop)
	mux.HandleFunc("GET /chunk/{token}", s.chunk)
	mux.HandleFunc("/stage/{token}", s.object)
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("POST /reset", s.reset)
	s.apiRoutes(mux)
	mux.HandleFunc("/", s.unknown)
	return s.trace(s.guarded(s.clouds(mux)))
}

// sweep closes forsaken sessions until life ends.
func (s *Server) sweep(life context.Context) {
	tick := time.NewTicker(max(time.Second, min(time.Minute, s.config.Times.Master/4)))
	defer tick.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-tick.C:
		}
		for _, id := range s.sessions.Sweep(s.config.Times.Master) {
			s.log.Info("session closed: its client was not heard of", "session", id)
		}
	}
}

// health says that the server is there.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	reply(w, wire.OK(map[string]any{
		"status": "ok", "version": s.config.Version, "sessions": s.sessions.Len(), "uptimeSeconds": int64(time.Since(s.started).Seconds()),
	}))
}

// drop takes what nobody needs.
func (s *Server) drop(w http.ResponseWriter, r *http.Request) { reply(w, wire.OK(nil)) }

// unknown answers what the server does not have. A success without data is
// what clients bear best.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	s.log.Warn("a path that is not there", "method", r.Method, "path", r.URL.Path)
	reply(w, wire.OK(nil))
}
