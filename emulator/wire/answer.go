package wire

import (
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// An Answer is the envelope of every reply. Its Code is digits or null, and a
// refusal comes with HTTP status 200: anything else makes drivers try again.
type Answer struct {
	Data    any     `json:"data"`
	Code    *string `json:"code"`
	Message *string `json:"message"`
	Success bool    `json:"success"`
	Headers any     `json:"headers"`
}

// OK is the answer that carries data.
func OK(data any) Answer { return Answer{Data: data, Success: true} }

// Pending says that a statement is not done and where its result will be.
func Pending(code Code, id string) Answer {
	return Answer{Success: true, Code: code.text(), Message: text("Query execution in progress."),
		Data: PendingData{QueryID: id, GetResultURL: "/queries/" + id + "/result", QueryAbortsAfterSecs: 300}}
}

// PendingData is the data of [Pending]. The URL is a path without parameters:
// the Go driver escapes a question mark.
type PendingData struct {
	QueryID              string  `json:"queryId"`
	GetResultURL         string  `json:"getResultUrl"`
	QueryAbortsAfterSecs int     `json:"queryAbortsAfterSecs"`
	ProgressDesc         *string `json:"progressDesc"`
}

// Refuse is the answer to a request that is refused before any statement.
func Refuse(code Code, format string, args ...any) Answer {
	return Answer{Code: code.text(), Message: text(fmt.Sprintf(format, args...)), Data: struct{}{}}
}

// RefuseLogin is the answer to a wrong user, password, key or token.
func RefuseLogin(code Code, format string, args ...any) Answer {
	a := Refuse(code, format, args...)
	a.Data = map[string]string{"nextAction": "RETRY_LOGIN", "authnMethod": "USERNAME_PASSWORD"}
	return a
}

// Failure is the data of a statement's refusal. The text stands in the
// envelope's message only: the Python driver would double it.
type Failure struct {
	InternalError              bool   `json:"internalError"`
	UnredactedFromSecureObject bool   `json:"unredactedFromSecureObject"`
	ErrorCode                  string `json:"errorCode"`
	Age                        int    `json:"age"`
	SQLState                   string `json:"sqlState"`
	QueryID                    string `json:"queryId"`
	Line                       int    `json:"line"`
	Pos                        int    `json:"pos"`
	Type                       string `json:"type"`
}

// Failed is the answer to a statement that was refused, with the id it has.
// Whatever err is, the client gets a code of Snowflake's.
func Failed(err error, id string) Answer {
	e := AsError(err)
	f := Failure{ErrorCode: Code(e.Code).String(), SQLState: e.State, QueryID: id, Line: -1, Pos: -1, Type: "COMPILATION"}
	if e.Line > 0 {
		f.Line, f.Pos = e.Line, e.Column
	}
	if e.Code >= 100000 {
		f.Type = "EXECUTION"
	}
	message := e.Text()
	return Answer{Code: text(f.ErrorCode), Message: &message, Data: f}
}

// AsError is err in Snowflake's terms: as it is where a warehouse refused, and
// an internal error for what is no refusal.
func AsError(err error) *warehouse.Error {
	var e *warehouse.Error
	if errors.As(err, &e) {
		return e
	}
	return &warehouse.Error{Code: int(CodeInternal), State: "XX000", Message: "SQL execution internal error: " + err.Error(), Err: err}
}

func text(s string) *string { return &s }
