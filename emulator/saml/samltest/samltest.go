// Package samltest plays an identity provider in tests: Okta's authentication API
// and a page that signs in to one application.
package samltest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/snowpit-dev/snowpit/emulator/saml"
)

// A Provider is one that serves until its test ends.
type Provider struct {
	URL     string            // of it, https
	Trust   []byte            // the certificate by which it speaks that, as PEM
	Service string            // of the application; set before anybody signs in
	Users   map[string]string // passwords

	t      testing.TB
	signer *dsig.SigningContext
	cert   *x509.Certificate
}

// Start starts a provider that knows one user.
func Start(t testing.TB, user, password string) *Provider {
	t.Helper()
	p := &Provider{t: t, Users: map[string]string{user: password}}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "identity provider"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if p.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	p.signer = dsig.NewDefaultSigningContext(dsig.TLSCertKeyStore(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}))
	p.signer.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/authn", p.authenticate)
	mux.HandleFunc("GET /sso", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, p.Page(p.Assertion(r.FormValue("onetimetoken"))))
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	p.URL, p.Trust = server.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return p
}

// Config is what a server is to know of it.
func (p *Provider) Config() *saml.Provider {
	sso, err := url.Parse(p.URL + "/sso")
	if err != nil {
		p.t.Fatal(err)
	}
	return &saml.Provider{SSO: sso, Issuer: p.URL, Certs: []*x509.Certificate{p.cert}}
}

// authenticate gives a token for a password: here, the user's name.
func (p *Provider) authenticate(w http.ResponseWriter, r *http.Request) {
	var who struct{ Username, Password string }
	if json.NewDecoder(r.Body).Decode(&who) != nil || who.Password == "" || p.Users[who.Username] != who.Password {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"errorCode": "E0000004"})
		return
	}
	json.NewEncoder(w).Encode(map[string]string{"status": "SUCCESS", "sessionToken": who.Username})
}

// An Assertion is what a response says. Its fields may be changed before it is
// put on a page.
type Assertion struct {
	User, Issuer, Audience, Recipient string
	From, Until                       time.Time
}

// Assertion is a good one for a user.
func (p *Provider) Assertion(user string) Assertion {
	return Assertion{User: user, Issuer: p.URL, Audience: p.Service, Recipient: p.Service + "/fed/login",
		From: time.Now().Add(-time.Minute), Until: time.Now().Add(time.Minute)}
}

// Page is the page of a signed response.
func (p *Provider) Page(a Assertion) string {
	p.t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(a.xml()); err != nil {
		p.t.Fatal(err)
	}
	response := doc.Root()
	assertion := response.FindElement("Assertion")
	signed, err := p.signer.SignEnveloped(assertion)
	if err != nil {
		p.t.Fatal(err)
	}
	response.RemoveChild(assertion)
	response.AddChild(signed)
	text, err := doc.WriteToString()
	if err != nil {
		p.t.Fatal(err)
	}
	return Form(a.Recipient, text)
}

// Form is a page that posts a response to an address.
func Form(address, response string) string {
	return `<html><body><form method="post" action="` + html.EscapeString(address) + `">` +
		`<input type="hidden" name="SAMLResponse" value="` + base64.StdEncoding.EncodeToString([]byte(response)) + `"/>` +
		`<input type="hidden" name="RelayState" value=""/></form></body></html>`
}

// xml is a response before it is signed, as the SAML 2.0 core and its profile for
// the web have it.
func (a Assertion) xml() string {
	const layout = "2006-01-02T15:04:05Z"
	from, until := a.From.UTC().Format(layout), a.Until.UTC().Format(layout)
	return fmt.Sprintf(`<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" ID="r1" IssueInstant="%[1]s" Version="2.0" Destination="%[6]s">`+
		`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">%[3]s</saml2:Issuer>`+
		`<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>`+
		`<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="a1" IssueInstant="%[1]s" Version="2.0"><saml2:Issuer>%[3]s</saml2:Issuer>`+
		`<saml2:Subject><saml2:NameID>%[4]s</saml2:NameID><saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`+
		`<saml2:SubjectConfirmationData NotOnOrAfter="%[2]s" Recipient="%[6]s"/></saml2:SubjectConfirmation></saml2:Subject>`+
		`<saml2:Conditions NotBefore="%[1]s" NotOnOrAfter="%[2]s"><saml2:AudienceRestriction><saml2:Audience>%[5]s</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>`+
		`</saml2:Assertion></saml2p:Response>`, from, until, html.EscapeString(a.Issuer), html.EscapeString(a.User), html.EscapeString(a.Audience), html.EscapeString(a.Recipient))
}
