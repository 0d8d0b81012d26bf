package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// apiBody is a request of Snowflake's SQL API. Each is a session of its own.
type apiBody struct {
	Statement  string                  `json:"statement"`
	Timeout    int64                   `json:"timeout"` // seconds, 0 for the default
	Database   string                  `json:"database"`
	Schema     string                  `json:"schema"`
	Warehouse  string                  `json:"warehouse"`
	Role       string                  `json:"role"`
	Bindings   map[string]wire.Binding `json:"bindings"`
	Parameters map[string]any          `json:"parameters"`

	nulls bool // a null is to be the text "null"
}

// An apiError is a request that is refused, with its HTTP status.
type apiError struct {
	status  int
	code    wire.Code
	message string
	state   string // 00000 if empty
}

func (e *apiError) Error() string { return e.message }

// write answers with JSON and a status.
func write(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // a bug: answers are made of what JSON has
		status, body = http.StatusInternalServerError, []byte(`{"message":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// api answers what f refuses.
func (s *Server) api(f func(http.ResponseWriter, *http.Request, *User) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, err := s.apiUser(r)
		if err == nil {
			err = f(w, r, user)
		}
		var refused *apiError
		if err == nil {
			return
		}
		if !errors.As(err, &refused) {
			e := wire.AsError(err)
			refused = &apiError{http.StatusUnprocessableEntity, wire.Code(e.Code), e.Message, e.State}
		}
		write(w, refused.status, map[string]any{"code": refused.code.String(), "message": refused.message, "sqlState": or(refused.state, "00000")})
	}
}

// apiUser is who the request's bearer token is of: a JWT of a key pair, an
// issuer's access token or a programmatic access token. The header that says which is optional.
func (s *Server) apiUser(r *http.Request) (*User, error) {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, &apiError{status: http.StatusBadRequest, code: 390146, message: "Authorization header is missing: Bearer, and a key pair's JWT or a programmatic access token."}
	}
	login := wire.Login{Token: text, Authenticator: "PROGRAMMATIC_ACCESS_TOKEN"}
	kind := r.Header.Get("X-Snowflake-Authorization-Token-Type")
	if kind == "KEYPAIR_JWT" || kind == "" && strings.Count(text, ".") == 2 {
		login.Authenticator = "SNOWFLAKE_JWT"
	}
	code := wire.CodeJWT
	if kind == "OAUTH" {
		login.Authenticator, code = kind, wire.CodeOAuth
	}
	user, err := s.authenticate(login)
	if err != nil {
		return nil, &apiError{status: http.StatusUnauthorized, code: code, message: err.Error()}
	}
	return user, nil
}

// apiSubmit runs a statement.
func (s *Server) apiSubmit(w http.ResponseWriter, r *http.Request, user *User) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return &apiError{status: http.StatusBadRequest, code: wire.CodeBadRequest, message: "Content-Type is not application/json."}
	}
	raw, err := s.body(w, r)
	if err != nil {
		return &apiError{status: http.StatusBadRequest, code: wire.CodeBadRequest, message: err.Error()}
	}
	var body apiBody
	if err := json.Unmarshal(raw, &body); err != nil {
		return &apiError{status: http.StatusBadRequest, code: wire.CodeBadRequest, message: "the request cannot be read: " + err.Error()}
	}
	if err := apiTakes(body.Statement); err != nil {
		return err
	}
	if err := apiBinds(body.Bindings); err != nil {
		return err
	}
	async := r.URL.Query().Get("async") == "true"
	body.nulls = r.URL.Query().Get("nullable") == "false"
	key := ""
	if id := r.URL.Query().Get("requestId"); id != "" {
		key = fmt.Sprintf("api/%s/%s/%x", strings.ToUpper(user.Name), id, digest(raw))
	}
	st, err := s.apiStart(r.Context(), user, &body, key, async)
	if err != nil {
		return err
	}
	if async {
		s.apiPending(w, r, st, wire.CodeAsync)
		return nil
	}
	return s.apiAwait(w, r, st)
}

// apiTakes refuses the statements that make no sense in a session of one.
func apiTakes(sql string) error {
	first, pieces := parse.First(sql), parse.Split(sql)
	if len(pieces) == 0 {
		return &apiError{status: http.StatusUnprocessableEntity, code: wire.CodeEmpty, message: "Empty SQL statement."}
	}
	lone := len(pieces) == 1
	for _, word := range []string{"PUT", "GET", "USE", "BEGIN", "COMMIT", "ROLLBACK"} {
		if first.Is(word) && (lone || word == "PUT" || word == "GET") {
			return &apiError{status: http.StatusUnprocessableEntity, code: 391911, message: "Command not supported by SQL API: " + word}
		}
	}
	return nil
}

// apiBinds refuses values of the types that the SQL API does not take.
func apiBinds(bindings map[string]wire.Binding) error {
	for name, b := range bindings {
		if strings.EqualFold(b.Type, "VARIANT") {
			return &apiError{http.StatusUnprocessableEntity, 2040, "SQL compilation error:\nUnsupported data type 'VARIANT' of bind variable " + name + ": bind TEXT, and PARSE_JSON it.", "42601"}
		}
	}
	return nil
}

// apiStart opens the request's session and runs its statement there.
func (s *Server) apiStart(ctx context.Context, user *User, body *apiBody, key string, async bool) (*session.Statement, error) {
	role, err := user.role(body.Role)
	if err != nil {
		return nil, &apiError{status: http.StatusUnauthorized, code: wire.CodeRoleNotGranted, message: err.Error()}
	}
	claim := session.Claim{ID: newSessionID(), User: strings.ToUpper(user.Name), App: "SQLAPI", Database: body.Database, Schema: body.Schema,
		Role: role, Warehouse: user.warehouse(body.Warehouse)}
	own, err := s.open(ctx, claim, body.Parameters)
	if errors.Is(err, session.ErrFull) {
		return nil, &apiError{status: http.StatusTooManyRequests, code: wire.CodeBadRequest, message: wire.AsError(err).Message}
	}
	if err != nil {
		return nil, err
	}
	if body.Timeout > 0 {
		own.Parameters.Set("STATEMENT_TIMEOUT_IN_SECONDS", body.Timeout)
	}
	st := session.NewStatement(s.queryID(key), key, own, body.Statement, async)
	st.NullText = body.nulls
	st, fresh, err := s.ledger.Begin(ctx, st)
	if err != nil {
		return nil, errors.Join(&apiError{status: http.StatusTooManyRequests, code: 90073, message: err.Error()}, s.sessions.Remove(own.ID))
	}
	if !fresh {
		return st, s.sessions.Remove(own.ID)
	}
	req := &wire.QueryRequest{SQLText: body.Statement, Bindings: body.Bindings, Parameters: body.Parameters}
	s.start(st, s.running(st, req))
	go func() {
		<-st.Done()
		if err := s.sessions.Remove(own.ID); err != nil {
			s.log.Error("a session did not close well", "session", own.ID, "error", err)
		}
	}()
	return st, nil
}

// apiAwait answers with a statement's first rows, or says that it goes on.
func (s *Server) apiAwait(w http.ResponseWriter, r *http.Request, st *session.Statement) error {
	if !st.Wait(r.Context(), s.config.Times.Patience) {
		s.apiPending(w, r, st, wire.CodeRunning)
		return nil
	}
	return s.apiResult(w, r, st)
}

func statusURL(st *session.Statement) string { return "/api/v2/statements/" + st.ID }

func (s *Server) apiPending(w http.ResponseWriter, r *http.Request, st *session.Statement, code wire.Code) {
	write(w, http.StatusAccepted, map[string]any{"code": code.String(), "message": "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.",
		"statementHandle": st.ID, "statementStatusUrl": statusURL(st)})
}

// apiStatement is the statement of the handle in the path.
func (s *Server) apiStatement(r *http.Request, user *User) (*session.Statement, error) {
	st := s.ledger.Find(r.PathValue("handle"))
	if st == nil || st.Session.User != strings.ToUpper(user.Name) {
		return nil, &apiError{status: http.StatusNotFound, code: wire.CodeNoResult, message: "Statement " + r.PathValue("handle") + " not found"}
	}
	return st, nil
}

// apiGet answers with a statement's result, or a part of it.
func (s *Server) apiGet(w http.ResponseWriter, r *http.Request, user *User) error {
	st, err := s.apiStatement(r, user)
	if err != nil {
		return err
	}
	text := r.URL.Query().Get("partition")
	part, err := strconv.Atoi(or(text, "0"))
	if err == nil && part == 0 {
		return s.apiAwait(w, r, st)
	}
	o, _ := st.Outcome()
	v, ok := o.Value.(*rows)
	if err != nil || !ok || part < 0 || part > len(v.Chunks) {
		return &apiError{status: http.StatusUnprocessableEntity, code: 391922, message: "Partition " + text + " is not there."}
	}
	var buf bytes.Buffer
	if _, err := v.Chunks[part-1].WriteTo(&buf); err != nil {
		return &apiError{status: http.StatusGone, code: wire.CodeNoResult, message: err.Error()}
	}
	data, err := apiRows(v, buf.Bytes(), st.NullText)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	defer z.Close()
	fmt.Fprintf(z, `{"data":%s}`, data)
	return nil
}

// apiCancel ends a statement.
func (s *Server) apiCancel(w http.ResponseWriter, r *http.Request, user *User) error {
	st, err := s.apiStatement(r, user)
	if err != nil {
		return err
	}
	st.Cancel(session.ErrCanceled)
	write(w, http.StatusOK, map[string]any{"code": "000604", "sqlState": "57014", "message": "SQL execution canceled", "statementHandle": st.ID, "statementStatusUrl": statusURL(st)})
	return nil
}

// apiResult is the answer to a statement that has ended.
func (s *Server) apiResult(w http.ResponseWriter, r *http.Request, st *session.Statement) error {
	o, _ := st.Outcome()
	if o.Err != nil {
		e := wire.AsError(o.Err)
		status := http.StatusUnprocessableEntity
		if wire.Code(e.Code) == wire.CodeTimeout {
			status = http.StatusRequestTimeout
		}
		write(w, status, map[string]any{"code": wire.Code(e.Code).String(), "sqlState": e.State, "message": e.Message,
			"statementHandle": st.ID, "createdOn": st.Started.UnixMilli()})
		return nil
	}
	answer := map[string]any{"code": "090001", "sqlState": "00000", "message": "Statement executed successfully.", "statementHandle": st.ID,
		"createdOn": st.Started.UnixMilli(), "statementStatusUrl": statusURL(st), "requestId": r.URL.Query().Get("requestId")}
	switch v := o.Value.(type) {
	case *rows:
		if err := apiFill(answer, v, st.NullText); err != nil {
			return err
		}
	case *several:
		answer["statementHandles"] = v.ids
		answer["resultSetMetaData"] = apiMeta(1, []wire.RowType{{Name: "multiple statement execution", Type: "text"}}, []apiPart{{RowCount: 1}})
		answer["data"] = [][]string{{"Multiple statements executed successfully."}}
	}
	w.Header().Set("Link", fmt.Sprintf(`<%s?partition=0>;rel="first"`, statusURL(st)))
	write(w, http.StatusOK, answer)
	return nil
}

// apiPart describes one partition.
type apiPart struct {
	RowCount         int64 `json:"rowCount"`
	UncompressedSize int   `json:"uncompressedSize"`
	CompressedSize   int   `json:"compressedSize,omitempty"`
}

func apiMeta(n int64, types []wire.RowType, parts []apiPart) map[string]any {
	return map[string]any{"numRows": n, "format": "jsonv2", "rowType": types, "partitionInfo": parts}
}

func apiFill(answer map[string]any, v *rows, nulls bool) error {
	first := v.Total
	parts := []apiPart{{UncompressedSize: len(v.Inline)}}
	for _, c := range v.Chunks {
		first -= c.Rows
		parts = append(parts, apiPart{RowCount: c.Rows, UncompressedSize: c.Size})
	}
	parts[0].RowCount = first
	data, err := apiRows(v, v.Inline, nulls)
	if err != nil {
		return err
	}
	answer["resultSetMetaData"] = apiMeta(v.Total, wire.RowTypes(v.Columns), parts)
	answer["data"] = data
	if all := stats(v); all != nil && *all != (wire.Stats{}) {
		answer["stats"] = all
	}
	return nil
}

// apiRows are rows as the SQL API writes them: truths are words, and nulls too
// where they are to be.
func apiRows(v *rows, inner []byte, nulls bool) (json.RawMessage, error) {
	all := append(append([]byte{'['}, inner...), ']')
	var truths []int
	for i, c := range v.Columns {
		if c.Type == warehouse.Boolean {
			truths = append(truths, i)
		}
	}
	if len(truths) == 0 && !nulls {
		return all, nil
	}
	var table [][]*string
	if err := json.Unmarshal(all, &table); err != nil {
		return nil, fmt.Errorf("read a kept result: %w", err)
	}
	for _, row := range table {
		for _, i := range truths {
			if row[i] != nil {
				word := strconv.FormatBool(*row[i] == "1")
				row[i] = &word
			}
		}
		for i := range row {
			if nulls && row[i] == nil {
				row[i] = new("null")
			}
		}
	}
	return json.Marshal(table)
}

// apiRoutes are the SQL API's.
func (s *Server) apiRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v2/statements", s.api(s.apiSubmit))
	mux.HandleFunc("GET /api/v2/statements/{handle}", s.api(s.apiGet))
	mux.HandleFunc("POST /api/v2/statements/{handle}/cancel", s.api(s.apiCancel))
}
