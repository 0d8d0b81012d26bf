package snowflake_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
)

// losing is a server that takes objects as the emulator does, and keeps every
// one but the n-th.
func losing(t *testing.T, n int64) (address string) {
	t.Helper()
	to, err := url.Parse(emulatortest.Serve(t, emulator.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	var puts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/stage/") && puts.Add(1) == n {
			io.Copy(io.Discard, r.Body)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestReplaceWantsEveryFile keeps a table whose replacement would lack a file
// that was put and is not there.
func TestReplaceWantsEveryFile(t *testing.T) {
	config := local(t, losing(t, 2))
	config.FileSize = 1
	w, err := snowflake.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s, err := w.Open(t.Context(), warehouse.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, "create table kept as select 'old' as a")
	batch, columns := batchOf(t, []arrow.DataType{arrow.BinaryTypes.String}, []string{`["new"]`})
	defer batch.Release()
	_, err = load(t.Context(), t, s, "kept", warehouse.LoadReplace, columns, batch, batch, batch)
	if err == nil || !strings.Contains(err.Error(), "load into kept: 2 files of ") || !strings.Contains(err.Error(), "and 3 of ") {
		t.Errorf("one file of three is lost: %v", err)
	}
	if got := one(t, s, "select a from kept"); got != "old" {
		t.Errorf("got %q", got)
	}
	if n, err := load(t.Context(), t, s, "kept", warehouse.LoadReplace, columns, batch, batch); n != 2 || err != nil {
		t.Errorf("the next load: %d rows, %v", n, err)
	}
}
