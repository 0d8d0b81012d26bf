package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// A loginError is why somebody is not let in, as they are told.
type loginError struct {
	code    wire.Code
	message string
}

func (e *loginError) Error() string { return e.message }

var errPassword = &loginError{wire.CodeLogin, "Incorrect username or password was specified."}

// authenticate finds out who logs in, and whether they are who they say.
func (s *Server) authenticate(l wire.Login) (*User, error) {
	kind := strings.ToUpper(l.Authenticator)
	if kind == "" && l.Password == "" && l.Token != "" {
		kind = "OAUTH" // the Go driver, with an access token that it has fetched itself
	}
	switch kind {
	case "", "SNOWFLAKE", "USERNAME_PASSWORD_MFA":
		return s.byPassword(l)
	case "SNOWFLAKE_JWT":
		return s.byKey(l.Token)
	case "PROGRAMMATIC_ACCESS_TOKEN":
		return s.byToken(l.LoginName, l.Token)
	case "OAUTH":
		return s.byAccess(l.LoginName, l.Token)
	}
	return nil, &loginError{wire.CodeBadRequest, "Authenticator " + l.Authenticator +
		" is not supported by Snowpit: log in with a password, a key pair (SNOWFLAKE_JWT) or a PROGRAMMATIC_ACCESS_TOKEN."}
}

// user is the user of a name, nil if there is none.
func (s *Server) user(name string) *User {
	for i := range s.config.Users {
		if strings.EqualFold(s.config.Users[i].Name, name) {
			return &s.config.Users[i]
		}
	}
	return nil
}

// same compares secrets in a time that says nothing of them.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// byToken lets in whoever has one of a user's access tokens. A login without a
// name is the token's own user's.
func (s *Server) byToken(name, token string) (*User, error) {
	for i := range s.config.Users {
		user := &s.config.Users[i]
		if name != "" && !strings.EqualFold(user.Name, name) {
			continue
		}
		for _, good := range user.Tokens {
			if good != "" && same(token, good) {
				return user, nil
			}
		}
	}
	return nil, &loginError{wire.CodePAT, "Programmatic access token is invalid."}
}
