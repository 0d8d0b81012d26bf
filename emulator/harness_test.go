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

// objectOf is the path of an object that can be got.
func objectOf(f *testing.F, s http.Handler, token string) string {
	var r reply
	for _, sql := range []string{"copy into @~/fuzz from (select 'abc') single = true", "get @~/fuzz file:///tmp"} {
		req := httptest.NewRequest("POST", "/queries/v1/query-request", strings.NewReader(`{"sqlText":"`+sql+`"}`))
		req.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || !r.Success {
			f.Fatalf("%s: %s", sql, w.Body)
		}
	}
	if len(r.Data.PresignedURLs) != 1 {
		f.Fatal("no URL")
	}
	u, err := url.Parse(r.Data.PresignedURLs[0])
	if err != nil {
		f.Fatal(err)
	}
	return u.Path
}

func fuzzHeader(t *testing.T, s http.Handler, method, path, name, value string) {
	u, err := url.ParseRequestURI(path)
	if err != nil || !strings.HasPrefix(path, "/") || u.Path == "/reset" && method == "POST" && strings.Contains(value, "Basic c25vd3BpdDpzbm93cGl0") {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", "/", strings.NewReader("{}"))
	r.Method, r.URL = method, u
	r.Header[http.CanonicalHeaderKey(name)] = []string{value}
	w := httptest.NewRecorder()
	start := time.Now()
	s.ServeHTTP(w, r)
	if w.Code >= 500 || strings.Contains(w.Body.String(), "internal error") {
		t.Errorf("%s %s %q: %q: %d %s", method, path, name, value, w.Code, w.Body)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("%s %s took %v", method, path, took)
	}
}
