// Package emulatortest runs a Snowflake emulator inside a test, for Go code
// that talks to Snowflake through gosnowflake.
//
//	func TestReport(t *testing.T) {
//		db, err := sql.Open("snowflake", emulatortest.Start(t))
//		…
//	}
//
// Everything is in memory and in the test's own process, on a port of its own,
// and gone when the test ends; tests that run in parallel do not see one
// another. Nothing needs to be installed or reached.
package emulatortest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb"
)

// Start runs an emulator until the test ends and gives the DSN that
// gosnowflake opens it with: database TEST, schema PUBLIC, user and password
// [emulator.DefaultUser] and [emulator.DefaultPassword].
func Start(t testing.TB) (dsn string) {
	t.Helper()
	return DSN(Serve(t, emulator.Config{}))
}

// Serve runs an emulator of config until the test ends, on an empty warehouse
// in memory where config has none, and gives its address, http://127.0.0.1:port.
func Serve(t testing.TB, config emulator.Config) (url string) {
	t.Helper()
	if config.Backend.Warehouse == nil && config.Isolate == nil {
		config.Backend = Memory(t)
	}
	s, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
		web.CloseClientConnections()
		web.Close()
	})
	return web.URL
}

// Memory is an empty warehouse in memory, with stages, until the test ends.
func Memory(t testing.TB) emulator.Backend {
	t.Helper()
	stages, err := dir.Temp()
	if err != nil {
		t.Fatal(err)
	}
	w, err := duckdb.Open(context.Background(), duckdb.Config{Stages: stages})
	if err != nil {
		stages.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close the warehouse: %v", err)
		}
		stages.Close()
	})
	return emulator.Backend{Warehouse: w, Stages: stages}
}

// DSN is what gosnowflake opens an emulator at url with, and the parameters
// given, such as "timezone=UTC".
func DSN(url string, parameters ...string) string {
	dsn := fmt.Sprintf("%s:%s@%s/TEST/PUBLIC?account=snowpit&protocol=http&warehouse=SNOWPIT_WH&role=ACCOUNTADMIN",
		emulator.DefaultUser, emulator.DefaultPassword, strings.TrimPrefix(url, "http://"))
	return strings.Join(append([]string{dsn}, parameters...), "&")
}
