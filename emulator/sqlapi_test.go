package emulator_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// An api speaks Snowflake's SQL API.
type api struct {
	t   *testing.T
	url string
}

func openAPI(t *testing.T, config emulator.Config) *api {
	config.Users = []emulator.User{{Name: "ann", Tokens: []string{"pat-of-ann"}}, {Name: "bob", Tokens: []string{"pat-of-bob"}}}
	return &api{t, emulatortest.Serve(t, config)}
}

func (a *api) as(token, method, path, body string) (int, map[string]any) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	var in io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		if in, err = gzip.NewReader(res.Body); err != nil {
			a.t.Fatal(err)
		}
	}
	answer := map[string]any{}
	if err := json.NewDecoder(in).Decode(&answer); err != nil {
		a.t.Fatal(err)
	}
	return res.StatusCode, answer
}

func (a *api) run(statement string, more map[string]any) (int, map[string]any) {
	a.t.Helper()
	body := map[string]any{"statement": statement, "database": "DB", "schema": "PUBLIC"}
	for k, v := range more {
		body[k] = v
	}
	text, _ := json.Marshal(body)
	return a.as("pat-of-ann", "POST", "/api/v2/statements?requestId="+uuid.NewString(), string(text))
}

func TestSQLAPI(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	for _, c := range []struct {
		sql    string
		more   map[string]any
		status int
		want   string // of "code", then "data"
	}{
		{"select 1 as n, 'a', true, null", nil, 200, "090001 [[1 a true <nil>]]"},
		{"select ? + 1, ?", map[string]any{"bindings": map[string]any{"1": map[string]string{"type": "FIXED", "value": "1"}, "2": map[string]string{"type": "TEXT", "value": "x"}}}, 200, "090001 [[2 x]]"},
		{"create table t (a int)", nil, 200, "090001 [[Table T successfully created.]]"},
		{"insert into t values (1), (2)", nil, 200, "090001 [[2]]"},
		{"select 1; select 2", nil, 422, "000008 <nil>"},
		{"select 1; select 2", map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": "0"}}, 200, "090001 [[Multiple statements executed successfully.]]"},
		{"select * from nosuch", nil, 422, "002003 <nil>"},
		{"use schema x", nil, 422, "391911 <nil>"},
		{"put file:///a @b", nil, 422, "391911 <nil>"},
		{"", nil, 422, "000900 <nil>"},
	} {
		status, got := a.run(c.sql, c.more)
		if text := fmt.Sprint(got["code"], " ", got["data"]); status != c.status || text != c.want {
			t.Errorf("%s: %d %s, want %d %s (%v)", c.sql, status, text, c.status, c.want, got["message"])
		}
	}
	_, got := a.run("select 1; select 2", map[string]any{"parameters": map[string]any{"MULTI_STATEMENT_COUNT": "2"}})
	handles, _ := got["statementHandles"].([]any)
	if len(handles) != 2 {
		t.Fatalf("handles: %v", got)
	}
	if _, second := a.as("pat-of-ann", "GET", fmt.Sprint("/api/v2/statements/", handles[1]), ""); fmt.Sprint(second["data"]) != "[[2]]" {
		t.Errorf("the second statement's: %v", second)
	}
}

func TestSQLAPILetsInWhoItKnows(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	_, got := a.run("select 1", nil)
	handle := fmt.Sprint("/api/v2/statements/", got["statementHandle"])
	for _, c := range []struct {
		token, method, path string
		status              int
		code                string
	}{
		{"", "POST", "/api/v2/statements", 400, "390146"},
		{"wrong", "POST", "/api/v2/statements", 401, "390144"},
		{"a.b.c", "POST", "/api/v2/statements", 401, "390144"},
		{"pat-of-bob", "GET", handle, 404, "000709"},
		{"pat-of-bob", "POST", handle + "/cancel", 404, "000709"},
		{"pat-of-ann", "GET", handle + "?partition=7", 422, "391922"},
		{"pat-of-ann", "GET", handle + "?partition=-1", 422, "391922"},
		{"pat-of-ann", "GET", handle + "?partition=two", 422, "391922"},
		{"pat-of-ann", "GET", handle + "?partition=00", 200, "090001"},
	} {
		status, got := a.as(c.token, c.method, c.path, `{"statement":"select 1"}`)
		if status != c.status || got["code"] != c.code {
			t.Errorf("%q %s: %d %v, want %d %s", c.token, c.path, status, got, c.status, c.code)
		}
	}
}

// Values of every type come as the reference has them, and the description of a
// result has its fields.
func TestSQLAPITypes(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	for _, c := range []struct{ kind, value, cast, want string }{
		{"FIXED", "123", "number(38,0)", "123"}, {"REAL", "1.5", "float", "1.5"}, {"REAL", "NaN", "float", "NaN"},
		{"TEXT", "é", "varchar", "é"}, {"BOOLEAN", "true", "boolean", "true"}, {"BINARY", "0aff", "binary", "0AFF"},
		{"DATE", "1709164800000", "date", "2024-02-29"}, {"TIME", "45296789000000", "time", "12:34:56.789"},
		{"TIMESTAMP_NTZ", "1709210096789000000", "timestamp_ntz", "2024-02-29 12:34:56.789"},
		{"TIMESTAMP_LTZ", "1709210096789000000", "timestamp_ltz", "2024-02-29 12:34:56.789"},
		{"TIMESTAMP_TZ", "1709210096789000000 1440", "timestamp_tz", "2024-02-29 12:34:56.789"},
	} {
		sql := "select to_varchar(?::" + c.cast + ")"
		switch {
		case c.cast == "time":
			sql = "select to_varchar(?::time, 'HH24:MI:SS.FF3')"
		case strings.HasPrefix(c.cast, "timestamp"):
			sql = "select to_varchar(?::" + c.cast + ", 'YYYY-MM-DD HH24:MI:SS.FF3')"
		case c.cast == "boolean", c.cast == "float":
			sql = "select ?::" + c.cast
		}
		status, got := a.run(sql, map[string]any{"parameters": map[string]any{"TIMEZONE": "UTC"},
			"bindings": map[string]any{"1": map[string]string{"type": c.kind, "value": c.value}}})
		if status != 200 || fmt.Sprint(got["data"]) != "[["+c.want+"]]" {
			t.Errorf("%s %s: %d %v %v, want %s", c.kind, c.value, status, got["data"], got["message"], c.want)
		}
	}
	if _, got := a.run("insert into missing values (?)", map[string]any{"bindings": map[string]any{"1": map[string]any{"type": "FIXED", "value": []string{"1"}}}}); got["code"] != "002003" || got["statementHandle"] == nil || got["createdOn"] == nil {
		t.Errorf("a failure: %v", got)
	}
	_, got := a.run("select 1.5::number(10,2) as price, 'x'::varchar(7) as name", nil)
	meta := got["resultSetMetaData"].(map[string]any)
	column := meta["rowType"].([]any)[0].(map[string]any)
	if column["name"] != "PRICE" || column["type"] != "fixed" || column["precision"] != 10.0 || column["scale"] != 2.0 || meta["format"] != "jsonv2" || meta["numRows"] != 1.0 {
		t.Errorf("described as %v", meta)
	}
	for _, key := range []string{"requestId", "statementHandle", "createdOn", "statementStatusUrl", "sqlState", "message", "code"} {
		if got[key] == nil || got[key] == "" {
			t.Errorf("there is no %s: %v", key, got)
		}
	}
}

// nullable=false writes nulls as text, in every partition.
func TestSQLAPINulls(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	const statement = `{"statement":"select null::int, iff(seq4() = 0, null, true), repeat('x', 50) from table(generator(rowcount => 20000)) order by seq4()"}`
	_, got := a.as("pat-of-ann", "POST", "/api/v2/statements?nullable=false", statement)
	data, _ := got["data"].([]any)
	if len(data) == 0 || !strings.HasPrefix(fmt.Sprint(data[0]), "[null null x") || !strings.HasPrefix(fmt.Sprint(data[1]), "[null true x") {
		t.Fatalf("%.300v", got)
	}
	_, part := a.as("pat-of-ann", "GET", fmt.Sprintf("/api/v2/statements/%v?partition=1", got["statementHandle"]), "")
	if more, _ := part["data"].([]any); len(more) == 0 || !strings.HasPrefix(fmt.Sprint(more[0]), "[null true x") {
		t.Errorf("%.300v", part)
	}
	if _, got := a.as("pat-of-ann", "POST", "/api/v2/statements?nullable=true", `{"statement":"select null"}`); fmt.Sprint(got["data"]) != "[[<nil>]]" {
		t.Errorf("%v", got)
	}
}

// A refusal has the statement's own state, and counts are told of changes that
// changed something.
func TestSQLAPIAnswers(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	for _, c := range []struct{ sql, key, want string }{
		{"select * from nosuch", "sqlState", "42S02"}, {"create table t (a int)", "stats", "<nil>"}, {"delete from t", "stats", "<nil>"},
		{"create table u as select 1 as a", "stats", "map[numDmlDuplicates:0 numRowsDeleted:0 numRowsInserted:1 numRowsUpdated:0]"},
		{"truncate table u", "stats", "map[numDmlDuplicates:0 numRowsDeleted:1 numRowsInserted:0 numRowsUpdated:0]"},
		{"insert into t values (1), (2)", "stats", "map[numDmlDuplicates:0 numRowsDeleted:0 numRowsInserted:2 numRowsUpdated:0]"},
	} {
		if _, got := a.run(c.sql, nil); fmt.Sprint(got[c.key]) != c.want {
			t.Errorf("%s: %s is %v, want %s", c.sql, c.key, got[c.key], c.want)
		}
	}
	variant := map[string]any{"bindings": map[string]any{"1": map[string]string{"type": "VARIANT", "value": "{}"}}}
	if status, got := a.run("select ?", variant); status != 422 || got["code"] != "002040" {
		t.Errorf("a VARIANT: %d %v", status, got)
	}
	status, got := a.as("pat-of-ann", "POST", "/api/v2/statements?async=true", `{"statement":"select 1"}`)
	if status != 202 || got["code"] != "333334" || !strings.HasPrefix(fmt.Sprint(got["statementStatusUrl"]), "/api/v2/statements/") {
		t.Errorf("async: %d %v", status, got)
	}
}

func TestSQLAPIPartitions(t *testing.T) {
	a := openAPI(t, emulator.Config{})
	status, got := a.run("select seq4(), 'some text that takes room', true from table(generator(rowcount => 150000))", nil)
	if status != 200 {
		t.Fatal(got)
	}
	meta := got["resultSetMetaData"].(map[string]any)
	parts := meta["partitionInfo"].([]any)
	rows := len(got["data"].([]any))
	for i := 1; i < len(parts); i++ {
		_, part := a.as("pat-of-ann", "GET", fmt.Sprintf("/api/v2/statements/%v?partition=%d", got["statementHandle"], i), "")
		data := part["data"].([]any)
		if want := parts[i].(map[string]any)["rowCount"]; float64(len(data)) != want {
			t.Errorf("partition %d has %d rows, want %v", i, len(data), want)
		}
		rows += len(data)
	}
	if rows != 150000 || len(parts) < 3 || meta["numRows"] != 150000.0 {
		t.Errorf("%d rows in %d partitions, %v", rows, len(parts), meta["numRows"])
	}
}

const slow = "select count(*) from table(generator(rowcount => 100000)) a, table(generator(rowcount => 10000000)) b where random() = 7"

func TestSQLAPIAsync(t *testing.T) {
	a := openAPI(t, emulator.Config{Times: emulator.Times{Patience: 50 * time.Millisecond}})
	status, got := a.run(slow, nil)
	if status != 202 || got["code"] != "333333" {
		t.Fatalf("%d %v", status, got)
	}
	handle := fmt.Sprint("/api/v2/statements/", got["statementHandle"])
	if status, got := a.as("pat-of-ann", "GET", handle, ""); status != 202 {
		t.Errorf("while it runs: %d %v", status, got)
	}
	if status, got := a.as("pat-of-ann", "POST", handle+"/cancel", ""); status != 200 {
		t.Errorf("cancel: %d %v", status, got)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		status, got = a.as("pat-of-ann", "GET", handle, "")
		if status != 202 || time.Now().After(deadline) {
			break
		}
	}
	if status != 422 || got["code"] != "000604" {
		t.Errorf("after the cancel: %d %v", status, got)
	}
	status, got = a.run(slow, map[string]any{"timeout": 1})
	for status == 202 && time.Now().Before(deadline) {
		status, got = a.as("pat-of-ann", "GET", fmt.Sprint("/api/v2/statements/", got["statementHandle"]), "")
	}
	if status != 408 || got["code"] != "000630" {
		t.Errorf("after its time: %d %v", status, got)
	}
}
