package emulator

import (
	"net/http"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/wire"
)

// errSAML is all that whoever comes with a bad response is told; the log has why.
var errSAML = &loginError{wire.CodeSAML, "SAML response is invalid or matching user is not found. Contact your local system administrator."}

// provider says where the identity provider is that a client asks for by its
// address, as it does to log in natively with Okta. What a browser would open has
// no contract with Snowpit.
func (s *Server) provider(w http.ResponseWriter, r *http.Request) {
	var req wire.LoginRequest
	if _, ok := s.read(w, r, &req); !ok {
		return
	}
	if p := s.config.Provider; p != nil && p.Authenticates(req.Data.Authenticator) {
		reply(w, wire.OK(wire.ProviderData{TokenURL: p.TokenURL(), SSOURL: p.SSO.String()}))
		return
	}
	s.log.Warn("login refused", "user", req.Data.LoginName, "client", req.Data.ClientAppID, "authenticator", req.Data.Authenticator)
	reply(w, wire.RefuseLogin(wire.CodeNoIdentity, "The specified authenticator is not accepted by your Snowflake account configuration. "+
		"Snowpit has no such identity provider: name Okta's (serve --okta-sso-url), or log in with a password, a key pair (SNOWFLAKE_JWT), an access token (OAUTH) or a PROGRAMMATIC_ACCESS_TOKEN."))
}

// bySAML lets in the user for whom the identity provider vouches at this service,
// whose address is the one that the client has called. A client may say who it
// thinks the user is.
func (s *Server) bySAML(l wire.Login, service string) (*User, error) {
	if s.config.Provider == nil {
		return nil, errSAML
	}
	name, err := s.config.Provider.Subject(l.RawSAML, service)
	if err != nil {
		s.log.Warn("an identity provider's answer is no good", "client", l.ClientAppID, "error", err)
		return nil, errSAML
	}
	if l.LoginName != "" && !strings.EqualFold(l.LoginName, name) {
		return nil, &loginError{wire.CodeOtherUser, "The user you were trying to authenticate as differs from the user currently logged in at the IDP."}
	}
	user := s.user(name)
	if user == nil {
		return nil, errSAML
	}
	return user, nil
}
