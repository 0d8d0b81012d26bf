package emulator_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// wrong are one of each type that JSON has.
var wrong = []any{nil, true, -1, 1.5, 1e300, "", "x", "\x00", strings.Repeat("9", 400), []any{}, []any{nil}, []any{[]any{map[string]any{}}}, map[string]any{}, map[string]any{"1": nil}}

// mutate gives tree with each of its values replaced by each wrong one.
func mutate(tree any, yield func(any)) {
	for _, w := range wrong {
		yield(w)
	}
	switch tree := tree.(type) {
	case map[string]any:
		for k := range tree {
			mutate(tree[k], func(w any) {
				changed := maps.Clone(tree)
				changed[k] = w
				yield(changed)
			})
		}
	case []any:
		for i := range tree {
			mutate(tree[i], func(w any) {
				changed := slices.Clone(tree)
				changed[i] = w
				yield(changed)
			})
		}
	}
}

// TestWrongTypes sends what clients send with each value replaced by one of
// every type: each is answered, and none is a fault of the server's.
func TestWrongTypes(t *testing.T) {
	s, err := emulator.New(emulator.Config{Backend: emulatortest.Memory(t), Limits: emulator.Limits{Sessions: 100000}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	token := tokenOf(t, s)
	n := 0
	for _, c := range [][2]string{
		{"/session/v1/login-request?databaseName=D&schemaName=S&warehouse=W&roleName=R&requestId=1",
			`{"data":{"LOGIN_NAME":"snowpit","PASSWORD":"snowpit","ACCOUNT_NAME":"a","AUTHENTICATOR":"SNOWFLAKE_JWT","TOKEN":"a.b.c","CLIENT_APP_ID":"Go","CLIENT_APP_VERSION":"1",
			"SESSION_PARAMETERS":{"TIMEZONE":"UTC","QUERY_TAG":"t","CLIENT_SESSION_KEEP_ALIVE":true},"CLIENT_ENVIRONMENT":{"OS":"linux"}}}`},
		{"/session/token-request?requestId=1", `{"oldSessionToken":"x","requestType":"RENEW"}`},
		{"/queries/v1/query-request?requestId=1", `{"sqlText":"select ?, ?","sequenceId":1,"asyncExec":false,"describeOnly":false,"isInternal":false,"querySubmissionTime":1,
			"parameters":{"MULTI_STATEMENT_COUNT":1,"TIMEZONE":"UTC"},"queryContextDTO":{"entries":[{"id":0,"timestamp":1}]},
			"bindings":{"1":{"type":"FIXED","value":"1","fmt":"","schema":null},"2":{"type":"TIMESTAMP_TZ","value":"1 1440"}}}`},
		{"/queries/v1/query-request", `{"sqlText":"insert into t values (?, ?)","bindings":{"1":{"type":"DATE","value":["1000"]},"2":{"type":"TEXT","value":["a"]}},"bindStage":"@x/y"}`},
		{"/queries/v1/query-request", `{"sqlText":"select ?::variant, ?::binary, ?::time","bindings":{"1":{"type":"OBJECT","value":"{}","fmt":"json"},"2":{"type":"BINARY","value":"00"},"3":{"type":"TIME","value":"0"}}}`},
		{"/queries/v1/abort-request", `{"requestId":"1","sqlText":"select 1"}`},
		{"/api/v2/statements", `{"statement":"select ?","timeout":10,"database":"SNOWPIT","schema":"PUBLIC","warehouse":"W","role":"R","resultSetMetaData":{"format":"jsonv2"},
			"parameters":{"query_tag":"x","multi_statement_count":"1","binary_output_format":"HEX"},"bindings":{"1":{"type":"FIXED","value":"1"}}}`},
		{"/telemetry/send", `{"logs":[{"message":{"a":1},"timestamp":"1"}]}`},
	} {
		var body any
		if err := json.Unmarshal([]byte(c[1]), &body); err != nil {
			t.Fatal(err)
		}
		mutate(body, func(w any) {
			n++
			text, err := json.Marshal(w)
			if err != nil {
				t.Fatal(err)
			}
			fuzzOnce(t, s, token, c[0], string(text))
		})
	}
	if n < 500 {
		t.Errorf("%d bodies: what became of them?", n)
	}
	r := httptest.NewRequest("POST", "/queries/v1/query-request", strings.NewReader(`{"sqlText":"select 41 + 1"}`))
	r.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); !strings.Contains(w.Body.String(), `[["42"]]`) {
		t.Errorf("the session does not go on: %s", w.Body)
	}
}
