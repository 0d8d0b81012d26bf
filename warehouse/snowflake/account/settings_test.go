package account_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		name   string
		values map[string]any
		want   account.Config
		login  string
	}{
		{"password", map[string]any{"type": "snowflake", "account": "a", "user": "u", "password": "p", "role": "r", "warehouse": "w", "database": "d",
			"schema": "s", "threads": json.Number("4"), "query_tag": "nightly", "client_session_keep_alive": false, "reuse_connections": true},
			account.Config{Account: "a", User: "u", Password: "p", Role: "r", Warehouse: "w", Database: "d", Schema: "s", QueryTag: "nightly"}, "by password"},
		{"key pair", map[string]any{"account": "a", "user": "u", "private_key_path": "/k.p8", "private_key_passphrase": "x", "client_session_keep_alive": true},
			account.Config{Account: "a", User: "u", PrivateKeyPath: "/k.p8", PrivateKeyPassphrase: "x", KeepAlive: true}, "by key pair"},
		{"another host", map[string]any{"account": "a", "user": "u", "password": "p", "host": "h", "port": json.Number("8080"), "protocol": "http", "connect_timeout": json.Number("7")},
			account.Config{Account: "a", User: "u", Password: "p", Host: "h", Port: 8080, Protocol: "http", LoginTimeout: 7 * time.Second}, "by password"},
		{"OAuth", map[string]any{"account": "a", "authenticator": "oauth", "token": "t"}, account.Config{Account: "a", Authenticator: "oauth", Token: "t"}, "by OAuth token"},
		{"access token", map[string]any{"account": "a", "user": "u", "authenticator": "programmatic_access_token", "token": "t"},
			account.Config{Account: "a", User: "u", Authenticator: "programmatic_access_token", Token: "t"}, "by programmatic access token"},
		{"browser", map[string]any{"account": "a", "user": "u", "authenticator": "externalbrowser", "password": nil},
			account.Config{Account: "a", User: "u", Authenticator: "externalbrowser"}, "in the browser"},
		{"Okta", map[string]any{"account": "a", "user": "u", "password": "p", "authenticator": "https://x.okta.com"},
			account.Config{Account: "a", User: "u", Password: "p", Authenticator: "https://x.okta.com"}, "by Okta"},
		{"numbers", map[string]any{"account": json.Number("7"), "user": "u", "password": json.Number("1234")},
			account.Config{Account: "7", User: "u", Password: "1234"}, "by password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := account.Settings(c.values)
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(account.Config{}, "Logger")); diff != "" || err != nil {
				t.Errorf("error %v, want -, got +:\n%s", err, diff)
			}
			if got.Login() != c.login {
				t.Errorf("it logs in %s, want %s", got.Login(), c.login)
			}
		})
	}
}

// Each refusal names the setting, says what to do, and holds no value.
func TestSettingsRefuses(t *testing.T) {
	const secret = "value-7f3a"
	for _, c := range []struct {
		values map[string]any
		want   string
	}{
		{map[string]any{}, "setting account is missing"},
		{map[string]any{"account": "a", "password": secret}, "setting user is missing"},
		{map[string]any{"account": "a", "user": "u"}, "there is nothing to log in with"},
		{map[string]any{"account": "a", "user": "u", "pasword": secret}, "setting pasword: nothing of that name is known"},
		{map[string]any{"account": "a", "user": "u", "password": []any{secret}}, "setting password: it must be a text"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "port": secret}, "setting port: it must be a whole number"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "port": json.Number("70000")}, "setting port: it must be at most 65535"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "protocol": secret}, "setting protocol: it must be https or http"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "client_session_keep_alive": secret}, "setting client_session_keep_alive: it must be true or false"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "authenticator": "snowflake_jwt"}, "needs private_key_path or private_key"},
		{map[string]any{"account": "a", "user": "u", "authenticator": "oauth", "password": secret}, "authenticator oauth needs token"},
		{map[string]any{"account": "a", "user": "u", "password": secret, "authenticator": "pigeon"}, "authenticator pigeon is not supported"},
		{map[string]any{"account": "a", "user": "u", "private_key": secret, "private_key_path": "/k"}, "both set: leave one out"},
		{map[string]any{"account": "a", "user": "u", "token": secret, "authenticator": "oauth", "oauth_client_id": secret}, "setting oauth_client_id is not supported: fetch an access token"},
	} {
		_, err := account.Settings(c.values)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.values, err, c.want)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%v: the error holds the value: %v", c.values, err)
		}
	}
}

func TestConnection(t *testing.T) {
	home := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := write(".snowflake/connections.toml", "[prod]\naccount = \"a\"\nuser = \"u\"\npassword = \"p\"\nport = 8080\n", 0o600)
	second := write(".config/snowflake/config.toml", "[connections.ci]\naccount = \"b\"\n[log]\nlevel = \"info\"\n", 0o644)
	none := func(string) (string, bool) { return "", false }
	for _, c := range []struct{ name, file, account string }{{"prod", first, "a"}, {"ci", second, "b"}, {"nobody", "", ""}, {"log", "", ""}} {
		values, file, err := account.Connection(c.name, none, home)
		account, _ := values["account"].(string)
		if err != nil || file != c.file || account != c.account {
			t.Errorf("%s: %v in %q, %v", c.name, values, file, err)
		}
	}
	values, _, err := account.Connection("prod", none, home)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := account.Settings(values); err != nil || got.Port != 8080 || got.Password != "p" {
		t.Errorf("%+v, %v", got, err)
	}
	elsewhere := filepath.Join(home, "other")
	named := func(string) (string, bool) { return elsewhere, true }
	if _, file, err := account.Connection("prod", named, home); file != "" || err != nil {
		t.Errorf("SNOWFLAKE_HOME was not heeded: %s, %v", file, err)
	}
	bad := write("other/connections.toml", "[prod]\npassword = hunter2 hunter2\n", 0o600)
	if _, _, err := account.Connection("prod", named, home); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), bad+":2") {
		t.Errorf("broken TOML: %v", err)
	}
	if err := os.Chmod(bad, 0o622); err != nil {
		t.Fatal(err)
	}
	if _, _, err := account.Connection("prod", named, home); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("writable by others: %v", err)
	}
}
