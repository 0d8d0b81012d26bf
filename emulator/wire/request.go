package wire

// Login is the body of a login request, without its wrapper.
type Login struct {
	ClientAppID       string         `json:"CLIENT_APP_ID"`
	ClientAppVersion  string         `json:"CLIENT_APP_VERSION"`
	AccountName       string         `json:"ACCOUNT_NAME"`
	LoginName         string         `json:"LOGIN_NAME"`
	Password          string         `json:"PASSWORD"`
	Authenticator     string         `json:"AUTHENTICATOR"`
	Token             string         `json:"TOKEN"`
	Passcode          string         `json:"PASSCODE"`
	RawSAML           string         `json:"RAW_SAML_RESPONSE"`    // the page that an identity provider has answered with
	Duo               string         `json:"EXT_AUTHN_DUO_METHOD"` // passcode, where it stands behind the password if not beside it
	SessionParameters map[string]any `json:"SESSION_PARAMETERS"`
}

// LoginRequest is the body of a login request.
type LoginRequest struct {
	Data Login `json:"data"`
}

// ProviderData says where an identity provider is.
type ProviderData struct {
	TokenURL string  `json:"tokenUrl"`
	SSOURL   string  `json:"ssoUrl"`
	ProofKey *string `json:"proofKey"`
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
