package saml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/saml/samltest"
)

const service = "http://127.0.0.1:8100"

func TestSubject(t *testing.T) {
	idp, other := samltest.Start(t, "ann", "pw"), samltest.Start(t, "ann", "pw")
	idp.Service, other.Service = service, service
	provider := idp.Config()
	with := func(change func(*samltest.Assertion)) string {
		a := idp.Assertion("ann")
		change(&a)
		return idp.Page(a)
	}
	good := with(func(*samltest.Assertion) {})
	for name, c := range map[string]struct{ page, want string }{
		"a good one":              {good, "ann"},
		"another user's":          {with(func(a *samltest.Assertion) { a.User = "bob" }), "bob"},
		"nobody's":                {with(func(a *samltest.Assertion) { a.User = "" }), ""},
		"of another issuer":       {with(func(a *samltest.Assertion) { a.Issuer = "https://other" }), ""},
		"for another audience":    {with(func(a *samltest.Assertion) { a.Audience = "https://other" }), ""},
		"for another recipient":   {with(func(a *samltest.Assertion) { a.Recipient = "https://other/fed/login" }), ""},
		"of yesterday":            {with(func(a *samltest.Assertion) { a.Until = time.Now().Add(-time.Hour) }), ""},
		"of tomorrow":             {with(func(a *samltest.Assertion) { a.From = time.Now().Add(time.Hour) }), ""},
		"signed by another":       {other.Page(idp.Assertion("ann")), ""},
		"not signed":              {samltest.Form(service, "<Response/>"), ""},
		"no XML":                  {samltest.Form(service, "hello"), ""},
		"no form":                 {"<html><body>Sign in</body></html>", ""},
		"nothing":                 {"", ""},
		"a field that is no text": {`<input name=SAMLResponse value="%%%">`, ""},
	} {
		got, err := provider.Subject(c.page, service)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func FuzzSubject(f *testing.F) {
	idp := samltest.Start(f, "ann", "pw")
	idp.Service = service
	good := idp.Page(idp.Assertion("ann"))
	f.Add(good)
	f.Add(strings.Replace(good, "SAMLResponse", "samlresponse", 1))
	f.Add(samltest.Form(service, "<Response><Assertion/></Response>"))
	provider := idp.Config()
	f.Fuzz(func(t *testing.T, page string) {
		if who, err := provider.Subject(page, service); err == nil && who != "ann" {
			t.Errorf("it vouches for %q", who)
		}
	})
}

func TestAuthenticates(t *testing.T) {
	idp := samltest.Start(t, "ann", "pw")
	provider := idp.Config()
	for authenticator, want := range map[string]bool{idp.URL: true, idp.URL + "/": true, strings.ToUpper(idp.URL): true,
		"https://other.okta.com": false, "externalbrowser": false, "": false, ":": false} {
		if got := provider.Authenticates(authenticator); got != want {
			t.Errorf("%q: %v", authenticator, got)
		}
	}
	if want := idp.URL + "/api/v1/authn"; provider.TokenURL() != want {
		t.Errorf("%s, want %s", provider.TokenURL(), want)
	}
}
