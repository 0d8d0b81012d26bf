package wire

import "fmt"

// A Code is one of Snowflake's numbers. The wire has it as six digits.
type Code int

// The codes that a server gives on its own account.
const (
	CodeStatementCount Code = 8
	CodeInternal       Code = 603
	CodeCanceled       Code = 604
	CodeNotRunning     Code = 605
	CodeTimeout        Code = 630
	CodeNoResult       Code = 709
	CodeEmpty          Code = 900

	CodeLogin          Code = 390100 // wrong user or password
	CodeNoToken        Code = 390101 // no Authorization header
	CodeInvalidToken   Code = 390104 // no token of ours
	CodeSessionGone    Code = 390111 // logged out, or forgotten
	CodeSessionExpired Code = 390112 // the one code that makes a client renew
	CodeMasterUnknown  Code = 390113
	CodeMasterExpired  Code = 390114
	CodeMasterInvalid  Code = 390115
	CodeJWT            Code = 390144
	CodeRoleNotGranted Code = 390186
	CodeNoRole         Code = 390189
	CodeNoObject       Code = 390201
	CodeBadRequest     Code = 390400
	CodeOAuth          Code = 390303
	CodeOAuthUser      Code = 390309 // somebody else's access token
	CodeOAuthRole      Code = 390317 // an access token for other roles
	CodeOAuthExpired   Code = 390318
	CodeSAML           Code = 390133 // an identity provider's answer that is no good
	CodeNoIdentity     Code = 390139 // no such identity provider
	CodeOtherUser      Code = 390191 // than the one whom the identity provider vouches for
	CodePAT            Code = 394400
	CodePasscode       Code = 394507 // of a second factor, and wrong
	CodeNoPasscode     Code = 394508

	CodeRunning Code = 333333 // a statement goes on beyond a request's time
	CodeAsync   Code = 333334 // a statement was taken on
)

// String is the code as the wire has it.
func (c Code) String() string { return fmt.Sprintf("%06d", int(c)) }

func (c Code) text() *string { return text(c.String()) }

// The statement types that are more than a number to clients.
const (
	TypeSelect   = 0x1000
	TypeMultiple = 0xA000
	TypeInsert   = 0x3100
	TypePut      = 33793
	TypeGet      = 33794
)

// statementTypes are Snowflake's numbers of statement types, by the kind that
// QUERY_HISTORY gives them. The drivers take 0x3000 to 0x3500 for changes
// whose one row is a count.
var statementTypes = map[string]int{
	"SELECT": TypeSelect, "CALL": TypeSelect, "EXPLAIN": TypeSelect, "EXECUTE_IMMEDIATE": TypeSelect, "MULTISTATEMENT": TypeMultiple,
	"INSERT": TypeInsert, "UPDATE": 0x3200, "DELETE": 0x3300, "MERGE": 0x3400, "MULTI_TABLE_INSERT": 0x3500,
	"COPY": 0x3600, "UNLOAD": 0x3700,
	"ALTER_SESSION": 0x4100, "SET": 0x4100, "UNSET": 0x4100, "USE": 0x4300, "SHOW": 0x4400, "LIST_FILES": 0x4400, "REMOVE_FILES": 0x4400, "DESCRIBE": 0x4500,
	"BEGIN_TRANSACTION": 0x5000, "COMMIT": 0x5000, "ROLLBACK": 0x5000,
	"PUT_FILES": TypePut, "GET_FILES": TypeGet,
}

// StatementType is the number of a statement's kind; that of a definition for
// a kind it does not know.
func StatementType(kind string) int {
	if n, ok := statementTypes[kind]; ok {
		return n
	}
	return 0x6000
}

// IsChange reports whether a kind's only row is the count of rows it changed.
func IsChange(kind string) bool {
	n := StatementType(kind)
	return n >= 0x3000 && n <= 0x3500
}
