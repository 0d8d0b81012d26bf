package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Login is the body of a login request, without its wrapper.
type Login struct {
	ClientAppID       string         `json:"CLIENT_APP_ID"`
	ClientAppVersion  string         `json:"CLIENT_APP_VERSION"`
	AccountName       string         `json:"ACCOUNT_NAME"`
	LoginName         string         `json:"LOGIN_NAME"`
	Password          string         `json:"PASSWORD"`
	Authenticator     string         `json:"AUTHENTICATOR"`
	Token             string         `json:"TOKEN"`
	SessionParameters map[string]any `json:"SESSION_PARAMETERS"`
}

// LoginRequest is the body of a login request.
type LoginRequest struct {
	Data Login `json:"data"`
}

// LoginData answers a login. SessionInfo and Parameters are never null: the
// Python driver would crash.
type LoginData struct {
	Token                   string      `json:"token"`
	MasterToken             string      `json:"masterToken"`
	ValidityInSeconds       int64       `json:"validityInSeconds"`
	MasterValidityInSeconds int64       `json:"masterValidityInSeconds"`
	SessionID               int64       `json:"sessionId"`
	DisplayUserName         string      `json:"displayUserName"`
	ServerVersion           string      `json:"serverVersion"`
	FirstLogin              bool        `json:"firstLogin"`
	RemMeToken              *string     `json:"remMeToken"`
	RemMeValidityInSeconds  int64       `json:"remMeValidityInSeconds"`
	HealthCheckInterval     int64       `json:"healthCheckInterval"`
	NewClientForUpgrade     *string     `json:"newClientForUpgrade"`
	IDToken                 *string     `json:"idToken"`
	IDTokenValidity         int64       `json:"idTokenValidityInSeconds"`
	MFAToken                *string     `json:"mfaToken"`
	MFATokenValidity        int64       `json:"mfaTokenValidityInSeconds"`
	ResponseData            *string     `json:"responseData"`
	Parameters              []Parameter `json:"parameters"`
	SessionInfo             SessionInfo `json:"sessionInfo"`
}

// SessionInfo is where a session stands. A null is a name that there is not.
type SessionInfo struct {
	DatabaseName  *string `json:"databaseName"`
	SchemaName    *string `json:"schemaName"`
	WarehouseName *string `json:"warehouseName"`
	RoleName      *string `json:"roleName"`
}

// A Parameter is one session parameter; its value keeps its JSON type.
type Parameter struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// RenewRequest is the body of a token request.
type RenewRequest struct {
	OldSessionToken string `json:"oldSessionToken"`
	RequestType     string `json:"requestType"`
}

// RenewData answers a token request.
type RenewData struct {
	SessionToken            string `json:"sessionToken"`
	ValidityInSecondsST     int64  `json:"validityInSecondsST"`
	MasterToken             string `json:"masterToken"`
	ValidityInSecondsMT     int64  `json:"validityInSecondsMT"`
	MasterValidityInSeconds int64  `json:"masterValidityInSeconds"`
	SessionID               int64  `json:"sessionId"`
}

// QueryRequest is the body of a query request.
type QueryRequest struct {
	SQLText      string             `json:"sqlText"`
	AsyncExec    bool               `json:"asyncExec"`
	SequenceID   uint64             `json:"sequenceId"`
	IsInternal   bool               `json:"isInternal"`
	DescribeOnly bool               `json:"describeOnly"`
	Parameters   map[string]any     `json:"parameters"`
	Bindings     map[string]Binding `json:"bindings"`
	BindStage    string             `json:"bindStage"`
}

// AbortRequest is the body of a request to cancel.
type AbortRequest struct {
	RequestID string `json:"requestId"`
	SQLText   string `json:"sqlText"`
}

// A Binding is what stands for one place for a value: one value, or, for an
// array binding, one a row.
type Binding struct {
	Type   string   // FIXED, REAL, TEXT, BOOLEAN, BINARY, DATE, TIME, TIMESTAMP_*, VARIANT, OBJECT, ARRAY, ANY
	Format string   // "json" for a value of a structured type
	Schema *RowType // of such a value, nil for others
	Values []*string
	Array  bool // whether Values are rows
}

// UnmarshalJSON reads a value that is text, null or a list of both.
func (b *Binding) UnmarshalJSON(data []byte) error {
	var raw struct {
		Type   string          `json:"type"`
		Format string          `json:"fmt"`
		Schema *RowType        `json:"schema"`
		Value  json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*b = Binding{Type: raw.Type, Format: raw.Format, Schema: raw.Schema}
	value := bytes.TrimSpace(raw.Value)
	if len(value) > 0 && value[0] == '[' {
		b.Array = true
		return b.rows(value)
	}
	one, err := scalar(value)
	b.Values = []*string{one}
	return err
}

func (b *Binding) rows(data []byte) error {
	if json.Unmarshal(data, &b.Values) == nil {
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	b.Values = make([]*string, len(raw))
	for i, r := range raw {
		one, err := scalar(r)
		if err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
		b.Values[i] = one
	}
	return nil
}

// scalar reads text or null; a bare number or truth value is taken as its text.
func scalar(data []byte) (*string, error) {
	var v any
	if len(data) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return &v, nil
	case bool, float64:
		return text(string(data)), nil
	}
	return nil, errors.New("a bound value is text, null or a list of these")
}
