package emulator

import (
	"crypto"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// An Issuer is an authorization server whose access tokens let in, as one of
// Snowflake's integrations for External OAuth names it: JWTs that are signed with
// one of its keys and say how long they hold.
type Issuer struct {
	Name      string             // what iss says; "" for whatever it says
	Keys      []crypto.PublicKey // of RSA or ECDSA
	UserClaim string             // the claim that is a user's name here; "" for sub
}

// access is what an access token says.
type access struct {
	Issuer  string  `json:"iss"`
	Expires float64 `json:"exp"` // seconds
	Before  float64 `json:"nbf"`
	Scope   scopes  `json:"scope"`
	Short   scopes  `json:"scp"`

	user string
}

// scopes are a list, or a text with blanks between them.
type scopes []string

func (s *scopes) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*s = strings.Fields(text)
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}

// roles are those that the token is for, none for any.
func (a *access) roles() (roles []string) {
	for _, scope := range append(a.Scope, a.Short...) {
		if name, ok := strings.CutPrefix(scope, "session:role:"); ok {
			roles = append(roles, warehouse.FoldIdent(name))
		}
	}
	return roles
}

var (
	errOAuth        = &loginError{wire.CodeOAuth, "Invalid OAuth access token."}
	errOAuthExpired = &loginError{wire.CodeOAuthExpired, "OAuth access token expired."}
	errOAuthUser    = &loginError{wire.CodeOAuthUser, "The user you were trying to authenticate as differs from the user tied to the access token."}
	errOAuthRole    = &loginError{wire.CodeOAuthRole, "The role requested in the connection or the default role if none was requested in the connection is not listed in the Access Token or was filtered."}
	errNoIssuer     = &loginError{wire.CodeOAuth, "Invalid OAuth access token. Snowpit knows nobody who would have issued it: name the key of who has " +
		"(serve --oauth-key), or log in with a password, a key pair (SNOWFLAKE_JWT) or a PROGRAMMATIC_ACCESS_TOKEN."}
)

// byAccess lets in the user of an access token of one of the issuers, with the
// roles that the token is for.
func (s *Server) byAccess(name, token string) (*User, error) {
	if len(s.config.Issuers) == 0 {
		return nil, errNoIssuer
	}
	for _, issuer := range s.config.Issuers {
		a, err := issuer.read(token, time.Now())
		if errors.Is(err, errOAuth) {
			continue
		} else if err != nil {
			return nil, err
		}
		user := s.user(a.user)
		if user == nil || name != "" && !strings.EqualFold(name, a.user) {
			return nil, errOAuthUser
		}
		return user.limited(a.roles())
	}
	return nil, errOAuth
}

// limited is the user with those of its roles alone that are in roles, or with
// all of them if roles are none.
func (u *User) limited(roles []string) (*User, error) {
	if len(roles) == 0 {
		return u, nil
	}
	own := *u
	own.Roles = slices.DeleteFunc(slices.Clone(roles), func(name string) bool { return len(u.Roles) > 0 && !slices.Contains(u.Roles, name) })
	if len(own.Roles) == 0 {
		return nil, errOAuthRole
	}
	return &own, nil
}

// read is what a token says, if this issuer has signed it and it holds.
func (i Issuer) read(token string, now time.Time) (*access, error) {
	t, err := parseToken(token)
	if err != nil {
		return nil, errOAuth
	}
	var a access
	claims := map[string]any{}
	if decode(t.claims, &a) != nil || decode(t.claims, &claims) != nil || i.Name != "" && a.Issuer != i.Name {
		return nil, errOAuth
	}
	if !t.signedByOne(i.Keys) {
		return nil, errOAuth
	}
	if at := float64(now.Unix()); a.Expires == 0 || at > a.Expires+5 || at < a.Before-5 {
		return nil, errOAuthExpired
	}
	a.user, _ = claims[or(i.UserClaim, "sub")].(string)
	if a.user == "" {
		return nil, errOAuth
	}
	return &a, nil
}
