// Package saml reads what an identity provider answers for a user who logs in
// natively with Okta: a page with a form, and in it a SAML response that the
// provider has signed.
package saml

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
	"golang.org/x/net/html"
)

// A Provider is an identity provider, as one of Snowflake's SAML2 integrations
// names it. It is safe for use by several goroutines.
type Provider struct {
	SSO    *url.URL            // where it signs in to this application
	Issuer string              // what its answers say of who made them; "" for whatever
	Certs  []*x509.Certificate // one of which its answers are signed by
}

// Authenticates reports whether an authenticator that a client names, an address, is
// this provider's.
func (p *Provider) Authenticates(authenticator string) bool {
	u, err := url.Parse(authenticator)
	return err == nil && strings.EqualFold(u.Scheme, p.SSO.Scheme) && strings.EqualFold(u.Host, p.SSO.Host)
}

// TokenURL is where a client exchanges a user's password for a token that the
// address SSO takes: the authentication API of Okta.
func (p *Provider) TokenURL() string {
	return (&url.URL{Scheme: p.SSO.Scheme, Host: p.SSO.Host, Path: "/api/v1/authn"}).String()
}

// Subject is the user for whom a page vouches at the service of an address, from
// which the page is told to be posted to /fed/login. The errors do not say more
// than an administrator may know.
func (p *Provider) Subject(page, service string) (string, error) {
	response, err := responseIn(page)
	if err != nil {
		return "", err
	}
	sp := &saml2.SAMLServiceProvider{
		IdentityProviderIssuer:      p.Issuer,
		AssertionConsumerServiceURL: service + "/fed/login",
		AudienceURI:                 service,
		IDPCertificateStore:         &dsig.MemoryX509CertificateStore{Roots: p.Certs},
		AllowMissingAttributes:      true,
	}
	info, err := sp.RetrieveAssertionInfo(response)
	switch {
	case err != nil:
		return "", fmt.Errorf("the SAML response: %w", err)
	case info.WarningInfo.InvalidTime:
		return "", errors.New("the SAML response does not hold now")
	case info.WarningInfo.NotInAudience:
		return "", errors.New("the SAML response is for another audience than " + service)
	case info.NameID == "":
		return "", errors.New("the SAML response names nobody")
	}
	return info.NameID, nil
}

// responseIn is the field SAMLResponse of a page's form.
func responseIn(page string) (string, error) {
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return "", errors.New("the answer of the identity provider has no SAML response")
		case html.StartTagToken, html.SelfClosingTagToken:
			if t := z.Token(); t.Data == "input" && attribute(t, "name") == "SAMLResponse" {
				return attribute(t, "value"), nil
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
