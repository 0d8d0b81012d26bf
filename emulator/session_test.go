package emulator_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	sf "github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// What a login must say for each client to go on.
func TestLoginAnswer(t *testing.T) {
	c := connect(t, emulator.Config{}, "PythonConnector")
	r := c.login(map[string]any{"SESSION_PARAMETERS": map[string]any{"QUERY_TAG": "mine", "UNHEARD_OF": 1, "CLIENT_PREFETCH_THREADS": 4}})
	if !r.Success || r.Data.Token == "" || r.Data.MasterToken == "" || r.Data.SessionID == 0 {
		t.Fatalf("%s", r.raw)
	}
	got := map[string]any{}
	for _, p := range r.Data.Parameters {
		got[p.Name] = p.Value
	}
	for name, want := range map[string]any{"TIMEZONE": "UTC", "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 0.0, "BINARY_OUTPUT_FORMAT": "HEX",
		"CLIENT_TELEMETRY_ENABLED": false, "QUERY_TAG": "mine", "TIME_OUTPUT_FORMAT": "HH24:MI:SS"} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	// A client shows a TIMESTAMP_LTZ in the zone that it is told: the warehouse's.
	if r := c.query("show parameters like 'TIMEZONE'", nil); len(r.Data.RowSet) != 1 || *r.Data.RowSet[0][1] != got["TIMEZONE"] {
		t.Errorf("the warehouse's zone is %s", r.raw)
	}
	if r := c.query("select current_user(), current_client()", map[string]any{"parameters": map[string]any{"QUERY_RESULT_FORMAT": "JSON"}}); len(r.Data.RowSet) != 1 ||
		*r.Data.RowSet[0][0] != "SNOWPIT" || *r.Data.RowSet[0][1] != "PythonConnector 1" {
		t.Errorf("who it is: %s", r.raw)
	}
	if db := r.Data.SessionInfo["databaseName"]; db == nil || *db != "TESTDB" {
		t.Errorf("the session is in %s", r.raw)
	}
}

// Parameters of the login that begin with a dollar sign are variables.
func TestLoginVariables(t *testing.T) {
	db := open(t, emulator.Config{}, "%24CHOSEN=it%27s")
	var name, value string
	var ignored any
	if err := db.QueryRow("show variables").Scan(&ignored, &ignored, &ignored, &name, &value, &ignored, &ignored); err != nil || name != "CHOSEN" || value != "it's" {
		t.Errorf("%s is %q, %v", name, value, err)
	}
	var itself string
	if err := db.QueryRow("select $chosen").Scan(&itself); err != nil || itself != "it's" {
		t.Errorf("it is %q, %v", itself, err)
	}
}

func TestLoginRefused(t *testing.T) {
	c := connect(t, emulator.Config{}, "Go")
	for want, data := range map[string]map[string]any{
		"390100": {"PASSWORD": "wrong"},
		"390400": {"AUTHENTICATOR": "EXTERNALBROWSER"},
		"390144": {"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": "a.b.c"},
		"390303": {"AUTHENTICATOR": "OAUTH", "TOKEN": "x"},
		"394400": {"AUTHENTICATOR": "PROGRAMMATIC_ACCESS_TOKEN", "TOKEN": "x"},
	} {
		if r := c.login(data); r.Success || r.Code != want || r.Message == "" {
			t.Errorf("%v: %s", data, r.raw)
		}
	}
	if r := c.login(map[string]any{"LOGIN_NAME": "nobody"}); r.Code != "390100" {
		t.Errorf("an unknown user: %s", r.raw)
	}
	if r := c.login(map[string]any{"LOGIN_NAME": "SnowPit"}); !r.Success {
		t.Errorf("a user in another case: %s", r.raw)
	}
}

func TestKeyPairLogin(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	url := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ann", Keys: []crypto.PublicKey{&key.PublicKey}}}})
	open := func(key *rsa.PrivateKey) error {
		db := sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, sf.Config{Account: "acc", User: "ann", Host: "127.0.0.1", Port: port(url), Protocol: "http",
			Authenticator: sf.AuthTypeJwt, PrivateKey: key, Params: map[string]*string{}}))
		defer db.Close()
		return db.PingContext(t.Context())
	}
	if err := open(key); err != nil {
		t.Errorf("with the key: %v", err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(other); code(err) != 390144 {
		t.Errorf("with another key: %v", err)
	}
}

func port(url string) int {
	var n int
	fmt.Sscanf(url[strings.LastIndexByte(url, ':')+1:], "%d", &n)
	return n
}

// An elliptic key, and times in milliseconds, as the Node driver has them.
func TestKeyPairLoginOfOtherDrivers(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	c := connect(t, emulator.Config{Users: []emulator.User{{Name: "ann", Keys: []crypto.PublicKey{&key.PublicKey}}}}, "JavaScript")
	token := func(exp int64, user string) string {
		claims := fmt.Sprintf(`{"iss":"ACC.%s.SHA256:%s","sub":"ACC.%s","exp":%d}`, user, base64.StdEncoding.EncodeToString(sum[:]), user, exp)
		text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		digest := sha256.Sum256([]byte(text))
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	now := time.Now()
	for _, good := range []string{token(now.Add(time.Minute).Unix(), "ANN"), token(now.Add(time.Minute).UnixMilli(), "ANN")} {
		if r := c.login(map[string]any{"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": good, "PASSWORD": ""}); !r.Success {
			t.Errorf("%s", r.raw)
		}
	}
	for _, bad := range []string{token(now.Add(-time.Minute).Unix(), "ANN"), token(now.Add(time.Minute).Unix(), "BOB"), token(now.Add(time.Minute).Unix(), "ANN") + "A"} {
		if r := c.login(map[string]any{"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": bad, "PASSWORD": ""}); r.Success || r.Code != "390144" {
			t.Errorf("%s", r.raw)
		}
	}
}

func TestTokens(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	for token, want := range map[string]string{"": "390101", "nonsense": "390104", c.token + "x": "390104", c.master: "390104"} {
		if r := c.call("POST", "/session/heartbeat", "", token); r.Success || r.Code != want {
			t.Errorf("%.10q…: %s, want %s", token, r.raw, want)
		}
	}
	if r := c.call("POST", "/session/token-request", "{}", c.token); r.Code != "390113" {
		t.Errorf("renewed with a session token: %s", r.raw)
	}
	renewed := c.call("POST", "/session/token-request", `{"requestType":"RENEW"}`, c.master)
	if r := c.call("POST", "/session/heartbeat", "", renewed.Data.SessionToken); !r.Success {
		t.Errorf("with the new token: %s", r.raw)
	}
	c.post("/session?delete=true", "")
	for _, token := range []string{c.token, renewed.Data.SessionToken} {
		if r := c.call("POST", "/session/heartbeat", "", token); r.Code != "390111" {
			t.Errorf("after the logout: %s", r.raw)
		}
	}
	if r := c.call("POST", "/session/token-request", "{}", c.master); r.Code != "390113" {
		t.Errorf("renewed after the logout: %s", r.raw)
	}
}

// The Go driver renews a token that has expired, and nobody notices.
func TestRenewal(t *testing.T) {
	db := open(t, emulator.Config{Times: emulator.Times{Session: 50 * time.Millisecond}})
	db.SetMaxOpenConns(1)
	exec(t, db, "create temporary table t (a int)")
	for i := range 3 {
		time.Sleep(60 * time.Millisecond)
		exec(t, db, fmt.Sprintf("insert into t values (%d)", i))
	}
	if n := one[int](t, db, "select count(*) from t"); n != 3 {
		t.Errorf("%d rows", n)
	}
}

func TestMasterTokenExpires(t *testing.T) {
	c := login(t, emulator.Config{Times: emulator.Times{Session: 10 * time.Millisecond, Master: 20 * time.Millisecond}}, "Go")
	time.Sleep(50 * time.Millisecond)
	if r := c.query("select 1", nil); r.Code != "390112" {
		t.Errorf("%s", r.raw)
	}
	if r := c.call("POST", "/session/token-request", "{}", c.master); r.Code != "390114" {
		t.Errorf("%s", r.raw)
	}
}

// A server that comes back with its key knows its clients again.
func TestClientsOutliveTheServer(t *testing.T) {
	backend, key := emulatortest.Memory(t), bytes.Repeat([]byte{7}, 32)
	serve := func() *emulator.Server {
		s, err := emulator.New(emulator.Config{Backend: backend, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	current := serve()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.ServeHTTP(w, r) }))
	defer web.Close()
	db, err := sql.Open("snowflake", emulatortest.DSN(web.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec(t, db, "create table t (a int)")
	current.Close()
	current = serve()
	defer func() { current.Close() }()
	if n := one[int](t, db, "select count(*) from t"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// The same request again is the same answer, and runs once.
func TestRequestAgain(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	c.run("create table t (a int)")
	id := uuid.NewString()
	first := c.request(id, "insert into t values (1)", nil)
	again := c.request(id, "insert into t values (1)", nil)
	if first.Data.QueryID == "" || first.Data.QueryID != again.Data.QueryID {
		t.Errorf("ids %s and %s", first.Data.QueryID, again.Data.QueryID)
	}
	if other := c.request(id, "insert into t values (2)", nil); other.Data.QueryID == first.Data.QueryID {
		t.Error("another statement under the same id was taken for the same")
	}
	if got := c.run("select a from t order by 1").rows(); got != "[1 2]" {
		t.Errorf("rows %s", got)
	}
	var group sync.WaitGroup // at once, they join
	id = uuid.NewString()
	for range 8 {
		group.Go(func() {
			if r := c.request(id, "insert into t values (3)", nil); !r.Success {
				t.Errorf("%s", r.raw)
			}
		})
	}
	group.Wait()
	if got := c.run("select count(*) from t where a = 3").rows(); got != "[1]" {
		t.Errorf("it ran %s times", got)
	}
}

// A statement that takes long is asked for again, and can be cancelled by
// request and by id; both ends of it hear of it.
func TestLongStatements(t *testing.T) {
	c := login(t, emulator.Config{Times: emulator.Times{Patience: 50 * time.Millisecond}}, "PythonConnector")
	for _, how := range []string{"request", "id"} {
		id := uuid.NewString()
		r := c.request(id, slow, nil)
		if r.Code != "333333" || r.Data.GetResultURL == "" || strings.Contains(r.Data.GetResultURL, "?") {
			t.Fatalf("%s", r.raw)
		}
		if m := c.get("/monitoring/queries/" + r.Data.QueryID); len(m.Data.Queries) != 1 || m.Data.Queries[0].Status != "RUNNING" {
			t.Errorf("%s", m.raw)
		}
		var stop reply
		if how == "request" {
			stop = c.post("/queries/v1/abort-request?requestId="+uuid.NewString(), `{"sqlText":"x","requestId":"`+id+`"}`)
		} else {
			stop = c.post("/queries/"+r.Data.QueryID+"/abort-request", "{}")
		}
		if !stop.Success {
			t.Errorf("by %s: %s", how, stop.raw)
		}
		end := c.poll(r)
		if end.Code != "000604" || end.Data.SQLState != "57014" {
			t.Errorf("by %s: %s", how, end.raw)
		}
		if m := c.get("/monitoring/queries/" + r.Data.QueryID); m.Data.Queries[0].Status != "ABORTED" {
			t.Errorf("%s", m.raw)
		}
	}
	if r := c.post("/queries/v1/abort-request", `{"requestId":"`+uuid.NewString()+`"}`); r.Code != "000605" {
		t.Errorf("nothing to cancel: %s", r.raw)
	}
	if r := c.get("/monitoring/queries/" + uuid.NewString()); !r.Success || len(r.Data.Queries) != 0 {
		t.Errorf("an unknown id: %s", r.raw)
	}
	if got := c.run("select 1").Data.Total; got == nil || *got != 1 {
		t.Error("the session did not go on")
	}
}

// poll asks for a result until it is there.
func (c *client) poll(r reply) reply {
	c.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for r.Code == "333333" || r.Code == "333334" {
		if time.Now().After(deadline) {
			c.t.Fatal("it never ended")
		}
		r = c.get(r.Data.GetResultURL)
	}
	return r
}

func TestAsyncByHand(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	r := c.query("select 7", map[string]any{"asyncExec": true})
	if r.Code != "333334" {
		t.Fatalf("%s", r.raw)
	}
	if end := c.poll(r); end.rows() != "[7]" || end.Data.QueryID != r.Data.QueryID {
		t.Errorf("%s", end.raw)
	}
	bad := c.query("select * from nosuch", map[string]any{"asyncExec": true})
	if end := c.poll(bad); end.Code != "002003" {
		t.Errorf("%s", end.raw)
	}
	if m := c.get("/monitoring/queries/" + bad.Data.QueryID); m.Data.Queries[0].Status != "FAILED_WITH_ERROR" || *m.Data.Queries[0].ErrorCode != "002003" {
		t.Errorf("%s", m.raw)
	}
}

// A client that hangs up has its statement cancelled, and may send it again.
func TestHangUp(t *testing.T) {
	c := login(t, emulator.Config{}, "Go")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	id := uuid.NewString()
	body, _ := json.Marshal(map[string]any{"sqlText": slow})
	req, _ := http.NewRequestWithContext(ctx, "POST", c.url+"/queries/v1/query-request?requestId="+id, bytes.NewReader(body))
	req.Header.Set("Authorization", `Snowflake Token="`+c.token+`"`)
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Fatal("it was too fast")
	}
	start := time.Now()
	c.run("select 1") // waits for the session's turn
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("the statement went on for %v", took)
	}
}

func TestLimits(t *testing.T) {
	c := login(t, emulator.Config{Limits: emulator.Limits{Body: 20_000, Sessions: 2, Result: 4 << 20}}, "JavaScript")
	if r := c.query("select '"+strings.Repeat("x", 30_000)+"'", nil); r.Success || r.Code != "390400" || !strings.Contains(r.Message, "too large") {
		t.Errorf("a large request: %.200s", r.raw)
	}
	if r := c.query("select repeat('x', 1000) from table(generator(rowcount => 10000))", nil); r.Success || r.Code != "391908" {
		t.Errorf("a large result: %.200s", r.raw)
	}
	one, two := *c, *c
	if r := one.login(nil); !r.Success {
		t.Errorf("%s", r.raw)
	}
	if r := two.login(nil); r.Success || !strings.Contains(r.Message, "Too many sessions") {
		t.Errorf("%s", r.raw)
	}
	one.post("/session?delete=true", "")
	if r := two.login(nil); !r.Success {
		t.Errorf("after a logout: %s", r.raw)
	}
}

// A zipped body is known by its first bytes; a small one that unzips to a large
// one is refused.
func TestZippedRequests(t *testing.T) {
	c := login(t, emulator.Config{Limits: emulator.Limits{Body: 100_000}}, "PythonConnector")
	zip := func(text string) string {
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf)
		z.Write([]byte(text))
		z.Close()
		return buf.String()
	}
	if r := c.post("/queries/v1/query-request", zip(`{"sqlText":"select 1"}`)); !r.Success {
		t.Errorf("%s", r.raw)
	}
	if r := c.post("/queries/v1/query-request", zip(`{"sqlText":"`+strings.Repeat(" ", 1<<20)+`select 1"}`)); r.Code != "390400" {
		t.Errorf("%s", r.raw)
	}
	if r := c.post("/queries/v1/query-request", "\x1f\x8bnonsense"); r.Code != "390400" {
		t.Errorf("%s", r.raw)
	}
}

func TestPagesAreKeptOut(t *testing.T) {
	c := connect(t, emulator.Config{}, "Go")
	req, _ := http.NewRequestWithContext(t.Context(), "POST", c.url+"/session/v1/login-request",
		strings.NewReader(`{"data":{"LOGIN_NAME":"snowpit","PASSWORD":"snowpit"}}`))
	req.Header.Set("Origin", "http://evil.example")
	if _, text := do(t, req); !strings.Contains(text, "390400") {
		t.Errorf("%s", text)
	}
}

func TestSessionParameters(t *testing.T) {
	c := login(t, emulator.Config{}, "JavaScript")
	value := func(r reply, name string) any {
		for _, p := range r.Data.Parameters {
			if p.Name == name {
				return p.Value
			}
		}
		return nil
	}
	r := c.run("alter session set client_prefetch_threads = 9, query_tag = 'x'")
	if value(r, "CLIENT_PREFETCH_THREADS") != 9.0 || value(r, "QUERY_TAG") != "x" {
		t.Errorf("%s", r.raw)
	}
	if r := c.run("alter session set week_start = 1"); value(r, "WEEK_START") != nil || value(r, "TIMEZONE") == nil {
		t.Errorf("what only the server reads is told: %s", r.raw)
	}
	if r := c.run("alter session unset client_prefetch_threads"); value(r, "CLIENT_PREFETCH_THREADS") != 4.0 {
		t.Errorf("%s", r.raw)
	}
	if r := c.query("alter session set client_prefetch_threads = 'many'", nil); r.Success {
		t.Errorf("%s", r.raw)
	}
	c.run("alter session set multi_statement_count = 0")
	if r := c.run("select 1; select 2"); r.Data.ResultIDs == "" {
		t.Errorf("%s", r.raw)
	}
}

// The answer says where the session stands after the statement.
func TestFinalNames(t *testing.T) {
	c := login(t, emulator.Config{}, "PythonConnector")
	for _, x := range []struct{ sql, want string }{
		{"create database d2", "D2.PUBLIC ACCOUNTADMIN"}, {"create schema s2", "D2.S2 ACCOUNTADMIN"},
		{"use schema testdb.public", "TESTDB.PUBLIC ACCOUNTADMIN"}, {"use role analyst", "TESTDB.PUBLIC ANALYST"},
	} {
		d := c.run(x.sql).Data
		if got := *d.FinalDatabaseName + "." + *d.FinalSchemaName + " " + *d.FinalRoleName; got != x.want {
			t.Errorf("after %s: %s", x.sql, got)
		}
	}
}

// TestSuccessHasNoState keeps dbt's lines at SUCCESS: it prints a state if there
// is one. A failure has its own.
func TestSuccessHasNoState(t *testing.T) {
	c := login(t, emulator.Config{}, "PythonConnector")
	for _, sql := range []string{"create table t (a int)", "insert into t values (1)", "select a from t"} {
		if state := c.run(sql).Data.SQLState; state != "" {
			t.Errorf("%s: state %q", sql, state)
		}
	}
	if state := c.query("select nothing", nil).Data.SQLState; state != "42000" {
		t.Errorf("state %q of a failure", state)
	}
}
