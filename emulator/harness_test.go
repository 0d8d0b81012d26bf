package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// serveBy is a client of s that has logged in.
func serveBy(t *testing.T, s *emulator.Server) *client {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	c := &client{t: t, url: web.URL, app: "JavaScript"}
	if r := c.login(nil); !r.Success {
		t.Fatalf("%s", r.raw)
	}
	return c
}

func fuzzBackend(f *testing.F) emulator.Backend { return emulatortest.Memory(f) }

// tokenOf is a session's token, got without a connection.
func tokenOf(f testing.TB, s http.Handler) string {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "/session/v1/login-request", strings.NewReader(`{"data":{"LOGIN_NAME":"snowpit","PASSWORD":"snowpit"}}`)))
	var r reply
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || r.Data.Token == "" {
		f.Fatalf("login: %s", w.Body)
	}
	return r.Data.Token
}

func fuzzOnce(t *testing.T, s http.Handler, token, path, body string) {
	u, err := url.ParseRequestURI(path)
	if err != nil || !strings.HasPrefix(path, "/") || u.Path == "/session" {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader(body))
	r.URL = u
	r.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	start := time.Now()
	s.ServeHTTP(w, r)
	if w.Code >= 500 || strings.Contains(w.Body.String(), "internal error") && !strings.Contains(w.Body.String(), "SQL execution") {
		t.Errorf("%s %q: %d %s", path, body, w.Code, w.Body)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("%s %q took %v", path, body, took)
	}
}
