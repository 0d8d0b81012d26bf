package emulator_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// A shared buffer may be written to by several goroutines.
type shared struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *shared) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *shared) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// Whatever way a secret comes in, neither the log nor the trace has it.
func TestSecretsStayOut(t *testing.T) {
	const password, pat = `qu"ote\back's s3cret`, "pat-s3cret"
	trace, log := &shared{}, &shared{}
	config := emulator.Config{Trace: trace, Logger: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Users: []emulator.User{{Name: emulator.DefaultUser, Password: password, Tokens: []string{pat}}}}
	c := &client{t: t, url: emulatortest.Serve(t, config), app: "Go"}
	tokens := []string{}
	for _, data := range []map[string]any{{"PASSWORD": password}, {"AUTHENTICATOR": "PROGRAMMATIC_ACCESS_TOKEN", "TOKEN": pat}} {
		r := c.login(data)
		if !r.Success {
			t.Fatalf("%s", r.raw)
		}
		tokens = append(tokens, r.Data.Token, r.Data.MasterToken)
	}
	renewed := c.call("POST", "/session/token-request", `{"oldSessionToken":"`+c.token+`","requestType":"RENEW"}`, c.master)
	tokens = append(tokens, renewed.Data.SessionToken)
	c.login(map[string]any{"PASSWORD": `wrong "s3cret`})
	c.login(map[string]any{"AUTHENTICATOR": "PROGRAMMATIC_ACCESS_TOKEN", "TOKEN": "wrong-s3cret"})
	c.login(map[string]any{"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": "e30.s3cret.s3cret"})
	c.login(map[string]any{"PASSWORD": password})
	tokens = append(tokens, c.token, c.master)
	for _, sql := range []string{
		`create user ann password = 'its ''s3cret'' in quotes'`, `alter user ann set password = $$s3cret$$`, `alter user ann set passwd = 'mistyped-s3cret`,
		`create stage s url = 's3://b' credentials = (aws_key_id = 'k' aws_secret_key = 'aws/s3cret')`,
		`create stage t storage_integration = x credentials = (aws_token => 's3cret')`,
		`alter user ann set password = 's3cret ` + strings.Repeat("s3cret ", 5000) + `'`,
	} {
		c.query(sql, nil)
	}
	c.run("create stage st")
	put := c.run("put file:///x/a.txt @st auto_compress=false").Data.StageInfo.PresignedURL
	send(t, "PUT", put, "hello")
	tokens = append(tokens, put[strings.LastIndexByte(put, '/')+1:])
	(&api{t, c.url}).as(pat, "POST", "/api/v2/statements", `{"statement":"alter user ann set password = 's3cret'"}`)
	(&api{t, c.url}).as("wrong-s3cret", "POST", "/api/v2/statements", `{"statement":"select 1"}`)
	req, err := http.NewRequestWithContext(t.Context(), "POST", c.url+"/reset", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("snowpit", password)
	do(t, req)
	for name, text := range map[string]string{"trace": trace.text(), "log": log.text()} {
		if i := strings.Index(text, "s3cret"); i >= 0 {
			t.Errorf("the %s has a secret: …%s…", name, text[max(0, i-200):min(len(text), i+50)])
		}
		for _, token := range tokens {
			if strings.Contains(text, token) {
				t.Errorf("the %s has a token", name)
			}
		}
		if !strings.Contains(text, "create stage") || name == "trace" && !strings.Contains(text, `"sqlText":"create user ann password = '***'`) {
			t.Errorf("the %s lacks what it is for: %.3000s", name, text)
		}
	}
	for line := range strings.Lines(log.text()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
