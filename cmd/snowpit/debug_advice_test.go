package main

import (
	"bytes"
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// refusing is an emulator that says of some statements what Snowflake says to a
// role without the privilege.
func refusing(t *testing.T, statements string) *url.URL {
	t.Helper()
	to, err := url.Parse(emulatortest.Serve(t, emulator.Config{Users: []emulator.User{{Name: "ci", Password: password}}}))
	if err != nil {
		t.Fatal(err)
	}
	refused, proxy := regexp.MustCompile(statements), httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var query struct{ SQLText string }
		if json.Unmarshal(body, &query) == nil && query.SQLText != "" && refused.MatchString(query.SQLText) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"data":{"queryId":"01b0c5e2-0000-1234-0000-000000000001","sqlState":"42501"},"code":"003001","success":false,
				"message":"SQL access control error:\nInsufficient privileges to operate on schema 'PUBLIC'"}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestDebugSaysWhatToDo refuses what each step needs: it fails with Snowflake's
// words and says what to grant, and what hangs on it is skipped.
func TestDebugSaysWhatToDo(t *testing.T) {
	dir := projectDir(t, "-- dbt_project.yml --\nname: races\nprofile: f1\n")
	const denied = "003001 (42501): SQL access control error:"
	for _, c := range []struct {
		refused string
		want    []string
	}{
		{`information_schema\.schemata`, []string{"failed   database     " + denied, `-> make it with create database FORMULA1, or grant usage on database FORMULA1 to role`, "skipped  privileges   needs database", "skipped  stage        needs database"}},
		{`^create table`, []string{"failed   privileges   " + denied, "-> grant usage on schema FORMULA1.PUBLIC to role ...; grant create table, create view, create stage", "skipped  load         needs privileges", "ok       stage"}},
		{`^create view`, []string{"failed   privileges   " + denied, "-> grant usage on schema FORMULA1.PUBLIC to role"}},
		{`^create temporary stage`, []string{"ok       privileges", "failed   load         a temporary stage to load through: " + denied, "-> a load needs a temporary stage: grant create stage on schema FORMULA1.PUBLIC", "ok       stage"}},
		{`(?i)^create stage`, []string{"ok       load", "failed   stage        ", "Insufficient privileges", "-> grant create stage on schema FORMULA1.PUBLIC to role"}},
		{`(?i)^put `, []string{"failed   load         ", "let this machine reach the account's stage (select system$allowlist())", "failed   stage        ", "-> this machine must reach the storage behind the account's stages"}},
	} {
		code, out, errs := snowpit(t.Context(), "debug", "--project-dir", dir, "--profiles-dir", profilesOf(t, refusing(t, c.refused), "ci", password), "--target", "prod")
		if code != 1 {
			t.Errorf("%s refused: status %d: %s%s", c.refused, code, out, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s refused: there is no %q in\n%s", c.refused, want, out)
			}
		}
	}
}

// TestNoSecretIsShown logs in by each method, with the right secret and with a
// wrong one, and tells as much as it can of that: none of it is the secret.
func TestNoSecretIsShown(t *testing.T) {
	const pat, passphrase = "pat-s3cret-of-ci", "sesame"
	pem, err := filepath.Abs("../../warehouse/snowflake/testdata/keys/aes256.pem")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(pem)
	if err != nil {
		t.Fatal(err)
	}
	key, err := account.ParseKey(string(text), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(emulatortest.Serve(t, emulator.Config{Users: []emulator.User{
		{Name: "ci", Password: password, Tokens: []string{pat}, Keys: []crypto.PublicKey{&key.PublicKey}}}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, setting, secret, more string }{
		{"password", "password", password, ""},
		{"token", "token", pat, "authenticator: programmatic_access_token"},
		{"key", "private_key_passphrase", passphrase, "private_key_path: " + pem},
	} {
		for _, secret := range []string{c.secret, "wrong-" + c.secret} {
			profiles := profilesOf(t, at, "ci", "")
			text, err := os.ReadFile(filepath.Join(profiles, "profiles.yml"))
			if err != nil {
				t.Fatal(err)
			}
			with := strings.Replace(string(text), `password: ""`, fmt.Sprintf("%s: %q\n      %s", c.setting, secret, c.more), 1)
			if err := os.WriteFile(filepath.Join(profiles, "profiles.yml"), []byte(with), 0o600); err != nil {
				t.Fatal(err)
			}
			dir := projectDir(t, "-- dbt_project.yml --\nname: races\nprofile: f1\n-- models/m.sql --\nselect 1 as a\n")
			for _, command := range [][]string{{"debug"}, {"build"}, {"sql", "select 1"}, {"history"}, {"compile"}} {
				for _, format := range []string{"text", "json"} {
					args := append(command, "--project-dir", dir, "--profiles-dir", profiles, "--target", "prod", "--debug", "--log-format", format)
					code, out, errs := snowpit(t.Context(), args...)
					if command[0] == "debug" && (code == 0) != (secret == c.secret) {
						t.Errorf("%s %s: status %d: %s%s", c.method, command[0], code, out, errs)
					}
					if strings.Contains(out+errs, c.secret) {
						t.Errorf("%s %s shows it: %s%s", c.method, command[0], out, errs)
					}
				}
			}
			filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if text, _ := os.ReadFile(path); strings.Contains(string(text), c.secret) {
					t.Errorf("%s: %s has it", c.method, path)
				}
				return err
			})
		}
	}
}
