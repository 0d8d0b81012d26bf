package conformance

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/emulator/saml/samltest"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// far are the tests that are about a server beyond a network: they end something
// before its answer is there, and take a server on the same machine for broken.
// Each request of theirs takes this long to arrive.
var far = map[string]time.Duration{
	"TestContextPropagatedToAuthWhenUsingOpen":      50 * time.Millisecond,
	"TestContextPropagatedToAuthWhenUsingOpenDB":    50 * time.Millisecond,
	"TestQueryArrowStreamMultiStatementWithTimeout": 20 * time.Millisecond,
	"TestPutCancel": 300 * time.Millisecond,
}

// beyond is next behind a network.
func beyond(next http.Handler, delay time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(delay):
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// authenticating are the tests of logins that run when they are asked to and need
// no browser: what they need besides the emulator is an authorization server, which
// is played here.
var authenticating = append([]string{"TestKeypairSuccessful", "TestKeypairInvalidKey", "TestEndToEndPatInvalidToken",
	"TestOauthInvalidToken", "TestOauthSuccessful", "TestOauthMismatchedUser", "TestOktaWrongAuthenticator", factored,
	"TestOauthOktaClientCredentialsSuccessful", "TestOauthOktaClientCredentialsMismatchedUsername", "TestOauthOktaClientCredentialsUnauthorized"}, federated...)

// federated are the tests of native logins with Okta, which is played here, too: what
// it vouches for, the emulator checks.
var federated = []string{"TestOktaSuccessful", "TestOktaWrongCredentials"}

// vouching has the emulator of such a test know Okta. What it returns tells the
// test where Okta is, and Okta for whom it vouches.
func (s *suite) vouching(t *testing.T, name string, config *emulator.Config) func(service string) []string {
	if !slices.Contains(federated, name) {
		return func(string) []string { return nil }
	}
	okta := samltest.Start(t, user, password)
	config.Provider = okta.Config()
	trusted := filepath.Join(s.home, name+".crt")
	if err := os.WriteFile(trusted, okta.Trust, 0o644); err != nil {
		t.Fatal(err)
	}
	return func(service string) []string {
		okta.Service = service
		return []string{"SNOWFLAKE_AUTH_TEST_OKTA_AUTH=" + okta.URL, "SSL_CERT_FILE=" + trusted}
	}
}

// The client that the authorization server knows, which is a user of the emulator's, too.
const (
	clientID     = "testclient"
	clientSecret = "testsecret"
)

// factored is the test of a second factor. It has its passcodes from a program of
// JavaScript that it calls by name: here they come from one that stands in for node.
const (
	factored = "TestMfaSuccessful"
	secret   = "ONXG653QNF2C2ZTBMN2G64Q"
)

// authenticator makes that program in a folder of its own, and tells where it is.
func authenticator(t *testing.T) []string {
	script := "#!/bin/sh\necho"
	for _, at := range []time.Time{time.Now(), time.Now().Add(30 * time.Second)} {
		code, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		script += " " + code
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "node"), []byte(script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for dir := folder; dir != os.TempDir(); dir = filepath.Dir(dir) { // for a user without rights, too
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "AUTHENTICATION_TESTS_ENV=docker",
		"SNOWFLAKE_AUTH_TEST_MFA_USER=" + user, "SNOWFLAKE_AUTH_TEST_MFA_PASSWORD=" + password}
}

// strict are the tests of logins that ask for what is not there. An account has
// what others ask for, and their logins make it here.
var strict = []string{"TestValidateDatabaseParameter"}

// config is the emulator that a test runs on.
func (s *suite) config(t *testing.T, name string) emulator.Config {
	own := emulator.User{Name: user, Password: password, Keys: []crypto.PublicKey{s.key}}
	config := emulator.Config{Backend: emulatortest.Memory(t), Issuers: []emulator.Issuer{s.tokens.issuer()}}
	if slices.Contains(strict, name) {
		made, err := config.Backend.Warehouse.Open(t.Context(), warehouse.SessionOptions{Database: database})
		if err != nil {
			t.Fatal(err)
		}
		made.Close()
		config.Strict, own.Roles, own.Warehouses = true, []string{"SYSADMIN"}, []string{"TESTWH"}
	}
	if slices.Contains(bucketed, name) {
		fillBuckets(t, config.Backend.Stages)
	}
	if name == factored {
		own.TOTP = secret
	}
	config.Users = []emulator.User{own, {Name: clientID}}
	return config
}

// An authorizer plays an authorization server: it gives access tokens for a
// client's secret, or for a user's password that the client passes on.
type authorizer struct {
	t   *testing.T
	key *rsa.PrivateKey
}

func newAuthorizer(t *testing.T) *authorizer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &authorizer{t, key}
}

// issuer is what the emulator is to know of it.
func (a *authorizer) issuer() emulator.Issuer {
	return emulator.Issuer{Name: "https://authorizer.test", Keys: []crypto.PublicKey{&a.key.PublicKey}}
}

func (a *authorizer) serve() *httptest.Server { return httptest.NewServer(http.HandlerFunc(a.token)) }

// token answers a request for an access token as RFC 6749 has it.
func (a *authorizer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	w.Header().Set("Content-Type", "application/json")
	if id != clientID || secret != clientSecret {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client"})
		return
	}
	subject := id
	if r.FormValue("grant_type") == "password" {
		if subject = r.FormValue("username"); r.FormValue("password") != password {
			w.WriteHeader(http.StatusBadRequest)
			json.NewEncoder(w).Encode(map[string]string{"error": "invalid_grant"})
			return
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "expires_in": 600, "access_token": a.sign(subject, r.FormValue("scope"))})
}

// sign is an access token for a user.
func (a *authorizer) sign(subject, scope string) string {
	claims, err := json.Marshal(map[string]any{"iss": a.issuer().Name, "sub": subject, "scope": scope, "exp": time.Now().Add(10 * time.Minute).Unix()})
	if err != nil {
		a.t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// authentication is what the tests of logins are told, nothing for others.
func (s *suite) authentication(name, tokens string) []string {
	if !slices.Contains(authenticating, name) {
		return nil
	}
	return []string{"RUN_AUTH_TESTS=true", "SNOWFLAKE_AUTH_TEST_PROTOCOL=http",
		"SNOWFLAKE_AUTH_TEST_OKTA_USER=" + user, "SNOWFLAKE_AUTH_TEST_OKTA_PASS=" + password,
		"SNOWFLAKE_AUTH_TEST_PRIVATE_KEY_PATH=" + s.home + "/good.pem",
		"SNOWFLAKE_AUTH_TEST_INVALID_PRIVATE_KEY_PATH=" + s.home + "/wrong.pem",
		"SNOWFLAKE_AUTH_TEST_OAUTH_URL=" + tokens, "SNOWFLAKE_AUTH_TEST_OAUTH_CLIENT_ID=" + clientID, "SNOWFLAKE_AUTH_TEST_OAUTH_CLIENT_SECRET=" + clientSecret,
		"SNOWFLAKE_AUTH_TEST_EXTERNAL_OAUTH_OKTA_TOKEN=" + tokens, "SNOWFLAKE_AUTH_TEST_EXTERNAL_OAUTH_OKTA_CLIENT_ID=" + clientID,
		"SNOWFLAKE_AUTH_TEST_EXTERNAL_OAUTH_OKTA_CLIENT_SECRET=" + clientSecret, "SNOWFLAKE_AUTH_TEST_ROLE=SYSADMIN",
		"SNOWFLAKE_AUTH_TEST_OKTA_AUTH=https://okta.test"}
}
