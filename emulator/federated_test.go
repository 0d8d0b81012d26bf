package emulator_test

import (
	"encoding/json"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/saml/samltest"
)

// The codes are those of Snowflake's page on troubleshooting federated logins.
func TestFederatedLogin(t *testing.T) {
	idp := samltest.Start(t, "ann", "pw")
	client := connect(t, emulator.Config{Users: []emulator.User{{Name: "ann"}, {Name: "bob"}}, Provider: idp.Config()}, "Go")
	idp.Service = client.url
	elsewhere := idp.Assertion("ann")
	elsewhere.Audience = "https://other"
	for name, c := range map[string]struct {
		page, user, code string
	}{
		"a good one":           {idp.Page(idp.Assertion("ann")), "ann", ""},
		"without a name":       {idp.Page(idp.Assertion("ann")), "", ""},
		"another user's":       {idp.Page(idp.Assertion("bob")), "ann", "390191"},
		"nobody's here":        {idp.Page(idp.Assertion("eve")), "eve", "390133"},
		"for another audience": {idp.Page(elsewhere), "ann", "390133"},
		"no answer":            {"<html></html>", "ann", "390133"},
	} {
		r := client.login(map[string]any{"LOGIN_NAME": c.user, "PASSWORD": "", "RAW_SAML_RESPONSE": c.page})
		if r.Success != (c.code == "") || !r.Success && r.Code != c.code {
			t.Errorf("%s: %v %s %s", name, r.Success, r.Code, r.Message)
		}
	}
}

func TestProviderIsNamed(t *testing.T) {
	idp := samltest.Start(t, "ann", "pw")
	with, without := connect(t, emulator.Config{Provider: idp.Config()}, "Go"), connect(t, emulator.Config{}, "Go")
	ask := func(c *client, authenticator string) (code, token, sso string) {
		body, err := json.Marshal(map[string]any{"data": map[string]any{"LOGIN_NAME": "ann", "AUTHENTICATOR": authenticator}})
		if err != nil {
			t.Fatal(err)
		}
		r := c.post("/session/authenticator-request", string(body))
		var answer struct {
			Data struct{ TokenURL, SSOURL string }
		}
		if err := json.Unmarshal([]byte(r.raw), &answer); err != nil {
			t.Fatal(err)
		}
		return r.Code, answer.Data.TokenURL, answer.Data.SSOURL
	}
	if code, token, sso := ask(with, idp.URL); token != idp.URL+"/api/v1/authn" || sso != idp.URL+"/sso" {
		t.Errorf("%s %s %s", code, token, sso)
	}
	for name, c := range map[string]struct {
		of            *client
		authenticator string
	}{"another provider": {with, "https://other.okta.com"}, "a browser": {with, "EXTERNALBROWSER"}, "none at all": {without, idp.URL}} {
		if code, token, _ := ask(c.of, c.authenticator); code != "390139" || token != "" {
			t.Errorf("%s: %s %s", name, code, token)
		}
	}
}
