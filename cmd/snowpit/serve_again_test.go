package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A client speaks the wire by hand, to send a request again as a driver does
// that has not heard its answer.
type client struct {
	*victim
	token, master string
}

// reply is what a client looks at of an answer.
type reply struct {
	Success bool
	Code    string
	Message string
	Data    struct {
		Token, MasterToken, SessionToken string
		QueryID                          string
		RowSet                           [][]string
		ResultIDs                        string
	}
}

func (c *client) post(ctx context.Context, path, token string, body any) (r reply, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return r, err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", c.url+path, bytes.NewReader(text))
	if err != nil {
		return r, err
	}
	req.Header.Set("Authorization", `Snowflake Token="`+token+`"`)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	return r, json.NewDecoder(res.Body).Decode(&r)
}

func (v *victim) login() *client {
	v.t.Helper()
	c := &client{victim: v}
	r, err := c.post(v.t.Context(), "/session/v1/login-request?databaseName=DB&schemaName=PUBLIC", "", map[string]any{"data": map[string]any{"LOGIN_NAME": "snowpit", "PASSWORD": "snowpit"}})
	if err != nil || !r.Success {
		v.t.Fatalf("login: %v, %v", r, err)
	}
	c.token, c.master = r.Data.Token, r.Data.MasterToken
	return c
}

func (c *client) ask(ctx context.Context, id, sql string) (reply, error) {
	return c.post(ctx, "/queries/v1/query-request?requestId="+url.QueryEscape(id), c.token, map[string]any{"sqlText": sql, "parameters": map[string]any{"MULTI_STATEMENT_COUNT": 0}})
}

// must is ask where there is to be an answer, on a session that is made anew if
// the server says so.
func (c *client) must(id, sql string) reply {
	c.t.Helper()
	r, err := c.ask(c.t.Context(), id, sql)
	if err == nil && r.Code == "390112" {
		if r, err = c.post(c.t.Context(), "/session/token-request", c.master, map[string]any{"oldSessionToken": c.token, "requestType": "RENEW"}); err == nil && r.Success {
			c.token, c.master = r.Data.SessionToken, r.Data.MasterToken
			r, err = c.ask(c.t.Context(), id, sql)
		}
	}
	if err != nil {
		c.t.Fatalf("%s: %v", sql, err)
	}
	return r
}

// A change that was committed before the server was killed is not made again
// when its client, which has not heard of it, sends the request again.
func TestServeKilledRemembersRequests(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	s.exec("create table t (n int)")
	c := s.login()
	asked := []struct{ sql, want string }{
		{"insert into t values (1), (2)", "[[2]]"},
		{"update t set n = n + 10", "[[2 0]]"},
		{"create table made (n int)", "[[Table MADE successfully created.]]"},
		{"insert into nowhere values (1)", "[]"},
		{"insert into t values (5); insert into t values (6)", "[[Multiple statements executed successfully.]]"},
		{"merge into t using (select 1 as n) s on t.n = s.n when not matched then insert values (99)", "[[1]]"},
	}
	first := make([]reply, len(asked))
	for i, a := range asked {
		first[i] = c.must(fmt.Sprint("0193-", i), a.sql)
		if got := fmt.Sprint(first[i].Data.RowSet); got != a.want {
			t.Errorf("%s: %s %s, want %s", a.sql, got, first[i].Message, a.want)
		}
	}
	before := s.one("select listagg(n, ' ') within group (order by n) from t")
	s.again()
	for i, a := range asked {
		if again := c.must(fmt.Sprint("0193-", i), a.sql); fmt.Sprint(again) != fmt.Sprint(first[i]) {
			t.Errorf("%s: at first\n%v\nand then\n%v", a.sql, first[i], again)
		}
	}
	if got := s.one("select listagg(n, ' ') within group (order by n) from t"); got != before {
		t.Errorf("the table has %s, it had %s", got, before)
	}
	if got := c.must("0193-other", "insert into t values (7)"); fmt.Sprint(got.Data.RowSet) != "[[1]]" {
		t.Errorf("another request: %v", got)
	}
}

// However the kill falls between a commit and its answer, a request that is
// sent again changes nothing twice, and who is told that it was done can
// rely on it.
func TestServeKilledBetweenCommitAndAnswer(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	s.exec("create table t (n int)")
	c := s.login()
	outcomes := map[string]int{}
	for i := range 12 {
		id, sql := fmt.Sprint("0194-", i), fmt.Sprintf("insert into t values (%d)", i)
		c.must(id+"-first", "select 1") // the session is open
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			c.ask(t.Context(), id, sql) // nobody hears the answer
		}()
		time.Sleep(time.Duration(i) * time.Millisecond)
		s.again()
		<-sent
		r := c.must(id, sql)
		n := s.one(fmt.Sprintf("select count(*) from t where n = %d", i))
		switch {
		case r.Success && n == "1", r.Code == "000603" && n <= "1" && strings.Contains(r.Message, "whether it was committed is not known"):
		default:
			t.Errorf("try %d: %v, and the row is there %s times", i, r, n)
		}
		outcomes[fmt.Sprintf("success %v, %s rows", r.Success, n)]++
	}
	t.Log(outcomes)
}

// A transaction that the kill has rolled back is not committed by whoever does
// not know of it.
func TestServeKilledInTransaction(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	s.exec("create table t (n int)")
	for name, begin := range map[string][]string{"begin": {"begin"}, "autocommit": {"alter session set autocommit = false"}} {
		c := s.login()
		for i, sql := range append(begin, "insert into t values (1)") {
			if r := c.must(fmt.Sprint(name, i), sql); !r.Success {
				t.Fatalf("%s: %s", sql, r.Message)
			}
		}
		s.again()
		if r := c.must(name+"commit", "commit"); r.Success || !strings.Contains(r.Message, "rolled back") {
			t.Errorf("%s: commit: %v", name, r)
		}
		if r := c.must(name+"after", "select count(*) from t"); fmt.Sprint(r.Data.RowSet) != "[[0]]" {
			t.Errorf("%s: the table has %v", name, r)
		}
	}
}

// A session that was logged out stays so.
func TestServeKilledRemembersLogouts(t *testing.T) {
	s := serveState(t, filepath.Join(t.TempDir(), "state"))
	c := s.login()
	if r, err := c.post(t.Context(), "/session?delete=true", c.token, nil); err != nil || !r.Success {
		t.Fatalf("logout: %v, %v", r, err)
	}
	s.again()
	if r, err := c.ask(t.Context(), "0195", "select 1"); err != nil || r.Success || r.Code != "390111" {
		t.Errorf("its session token: %v, %v", r, err)
	}
	if r, err := c.post(t.Context(), "/session/token-request", c.master, map[string]any{"oldSessionToken": c.token, "requestType": "RENEW"}); err != nil || r.Success || r.Code != "390113" {
		t.Errorf("its master token: %v, %v", r, err)
	}
}
