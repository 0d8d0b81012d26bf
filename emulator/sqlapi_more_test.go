package emulator_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/emulator"
)

// A list of values is a row for each, and a request that comes again with its id
// and retry=true is answered as before, and runs once.
func TestSQLAPIArrayBindings(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	a.run("create table t (a int, b varchar)", nil)
	const body = `{"statement":"insert into t values (?, ?)","database":"DB","schema":"PUBLIC",
		"bindings":{"1":{"type":"FIXED","value":["1","2",null]},"2":{"type":"TEXT","value":["x","y","z"]}}}`
	path := "/api/v2/statements?requestId=" + uuid.NewString()
	for _, more := range []string{"", "&retry=true"} {
		status, got := a.as("pat-of-ann", "POST", path+more, body)
		if stats, _ := got["stats"].(map[string]any); status != 200 || fmt.Sprint(got["data"]) != "[[3]]" || stats["numRowsInserted"] != 3.0 {
			t.Errorf("%q: %d %v", more, status, got)
		}
	}
	if _, got := a.run("select count(*), sum(a), listagg(b, '') within group (order by b) from t", nil); fmt.Sprint(got["data"]) != "[[3 3 xyz]]" {
		t.Errorf("the table has %v", got["data"])
	}
	uneven := map[string]any{"bindings": map[string]any{"1": map[string]any{"type": "FIXED", "value": []string{"1", "2"}}, "2": map[string]any{"type": "TEXT", "value": []string{"x"}}}}
	if status, got := a.run("insert into t values (?, ?)", uneven); status != 422 || got["code"] == nil {
		t.Errorf("lists of different lengths: %d %v", status, got)
	}
	if _, got := a.run("select count(*) from t", nil); fmt.Sprint(got["data"]) != "[[3]]" {
		t.Errorf("after that, the table has %v", got["data"])
	}
}

// Telemetry is taken from whoever sends it, and dropped.
func TestTelemetryIsDropped(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(`{"logs":[{"timestamp":"1","message":{"type":"x"}}]}`))
	z.Close()
	for _, path := range []string{"/telemetry/send", "/telemetry/send/sessionless"} {
		for _, token := range []string{c.token, "", "nonsense"} {
			for _, body := range []string{`{"logs":[]}`, zipped.String(), "", "no JSON"} {
				if r := c.call("POST", path, body, token); !r.Success {
					t.Errorf("%s %.20q: %s", path, body, r.raw)
				}
			}
		}
	}
	if r := c.run("select 1"); r.rows() == "" {
		t.Errorf("the session is gone: %s", r.raw)
	}
}

// Only a POST with the password resets, and then sessions are gone with all
// that there was.
func TestResetWantsThePassword(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	for _, try := range []struct{ method, user, password, code string }{
		{"POST", "", "", "390100"}, {"POST", "snowpit", "wrong", "390100"}, {"POST", "nobody", "snowpit", "390100"},
		{"POST", "snowpit", "snowpit", "390400"}, // this one keeps what it has
	} {
		req, err := http.NewRequestWithContext(t.Context(), try.method, c.url+"/reset", nil)
		if err != nil {
			t.Fatal(err)
		}
		if try.user != "" {
			req.SetBasicAuth(try.user, try.password)
		}
		if _, text := do(t, req); !bytes.Contains([]byte(text), []byte(`"code":"`+try.code+`"`)) {
			t.Errorf("%+v: %s", try, text)
		}
	}
	if r := c.run("select 1"); !r.Success {
		t.Errorf("a reset that was refused ended the session: %s", r.raw)
	}
}
