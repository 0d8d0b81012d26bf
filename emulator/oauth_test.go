package emulator_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
)

// accessToken is a JWT of claims, signed with key.
func accessToken(t *testing.T, key *rsa.PrivateKey, claims map[string]any) string {
	t.Helper()
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// The codes are those of Snowflake's page on External OAuth.
func TestAccessTokens(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	soon, past := time.Now().Add(time.Minute).Unix(), time.Now().Add(-time.Minute).Unix()
	config := emulator.Config{
		Users:   []emulator.User{{Name: "ann", Roles: []string{"ANALYST", "LOADER"}}, {Name: "bob", Roles: []string{"LOADER"}}},
		Issuers: []emulator.Issuer{{Name: "https://idp", Keys: []crypto.PublicKey{&key.PublicKey}, UserClaim: "upn"}},
	}
	claims := func(user string, until int64, more ...any) map[string]any {
		c := map[string]any{"iss": "https://idp", "upn": user, "exp": until}
		for i := 0; i < len(more); i += 2 {
			c[more[i].(string)] = more[i+1]
		}
		return c
	}
	unsigned := strings.Join(append(strings.Split(accessToken(t, key, claims("ann", soon)), ".")[:2], ""), ".")
	for name, c := range map[string]struct{ token, user, code, role string }{
		"a good one":               {accessToken(t, key, claims("ann", soon)), "ann", "", "ANALYST"},
		"without a user":           {accessToken(t, key, claims("ann", soon)), "", "", "ANALYST"},
		"for one role":             {accessToken(t, key, claims("ann", soon, "scp", []string{"session:role:loader"})), "ann", "", "LOADER"},
		"for a role, as a text":    {accessToken(t, key, claims("ann", soon, "scope", "openid session:role:loader")), "ann", "", "LOADER"},
		"for a role of somebody's": {accessToken(t, key, claims("bob", soon, "scp", "session:role:analyst")), "bob", "390317", ""},
		"another user's":           {accessToken(t, key, claims("ann", soon)), "bob", "390309", ""},
		"nobody's":                 {accessToken(t, key, claims("eve", soon)), "eve", "390309", ""},
		"an old one":               {accessToken(t, key, claims("ann", past)), "ann", "390318", ""},
		"one that has no end":      {accessToken(t, key, map[string]any{"iss": "https://idp", "upn": "ann"}), "ann", "390318", ""},
		"one that is not yet":      {accessToken(t, key, claims("ann", soon, "nbf", soon)), "ann", "390318", ""},
		"another issuer's":         {accessToken(t, key, claims("ann", soon, "iss", "https://other")), "ann", "390303", ""},
		"signed by another":        {accessToken(t, stranger, claims("ann", soon)), "ann", "390303", ""},
		"without a signature":      {unsigned, "ann", "390303", ""},
		"no token":                 {"abc", "ann", "390303", ""},
	} {
		client := connect(t, config, "Go")
		r := client.login(map[string]any{"AUTHENTICATOR": "OAUTH", "TOKEN": c.token, "LOGIN_NAME": c.user, "PASSWORD": ""})
		if r.Success != (c.code == "") || !r.Success && r.Code != c.code {
			t.Errorf("%s: %v %s %s", name, r.Success, r.Code, r.Message)
			continue
		}
		if got := r.Data.SessionInfo["roleName"]; c.role != "" && (got == nil || *got != c.role) {
			t.Errorf("%s: the role of %s", name, r.raw)
		}
	}
	fetched := map[string]any{"TOKEN": accessToken(t, key, claims("ann", soon)), "LOGIN_NAME": "ann", "PASSWORD": ""}
	if r := connect(t, config, "Go").login(fetched); !r.Success {
		t.Errorf("an access token without an authenticator: %s %s", r.Code, r.Message)
	}
	if r := connect(t, emulator.Config{}, "Go").login(map[string]any{"AUTHENTICATOR": "OAUTH", "TOKEN": "abc"}); r.Code != "390303" || !strings.Contains(r.Message, "--oauth-key") {
		t.Errorf("without an issuer: %s %s", r.Code, r.Message)
	}
	client := connect(t, config, "Go")
	for token, want := range map[string]int{accessToken(t, key, claims("ann", soon)): 200, "abc": 401} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", client.url+"/api/v2/statements", strings.NewReader(`{"statement":"select 1"}`))
		req.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}, "X-Snowflake-Authorization-Token-Type": {"OAUTH"}}
		if status, text := do(t, req); status != want {
			t.Errorf("the SQL API: %d %s, want %d", status, text, want)
		}
	}
}

// Who asks where to log in with a browser or with Okta is told that it is nowhere.
func TestNoIdentityProvider(t *testing.T) {
	c := connect(t, emulator.Config{}, "Go")
	r := c.post("/session/authenticator-request", `{"data":{"AUTHENTICATOR":"EXTERNALBROWSER","LOGIN_NAME":"ann"}}`)
	if r.Success || r.Code != "390139" {
		t.Errorf("%s", r.raw)
	}
}
