package account_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// keyFile writes a new key pair's private half, as Snowflake's guide has it made.
func keyFile(t *testing.T, path string) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return key
}

// TestDriver gives the driver what profiles.yml and connections.toml say: the
// authenticators are those of "Configuring Snowflake connections" in dbt's and
// "Go Snowflake Driver" in Snowflake's documentation. A ~ is the home folder.
func TestDriver(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	key := keyFile(t, filepath.Join(home, "key.p8"))
	if err := os.WriteFile(filepath.Join(home, "token"), []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		values map[string]any
		want   gosnowflake.AuthType
		token  string
		pair   bool
	}{
		{name: "password", values: map[string]any{"password": "p"}, want: gosnowflake.AuthTypeSnowflake},
		{name: "password, named", values: map[string]any{"password": "p", "authenticator": "SNOWFLAKE"}, want: gosnowflake.AuthTypeSnowflake},
		{name: "key pair", values: map[string]any{"private_key_path": "~/key.p8"}, want: gosnowflake.AuthTypeJwt, pair: true},
		{name: "key pair before password", values: map[string]any{"private_key_file": "~/key.p8", "password": "p"}, want: gosnowflake.AuthTypeJwt, pair: true},
		{name: "key pair, named", values: map[string]any{"private_key_file": "~/key.p8", "authenticator": "SNOWFLAKE_JWT"}, want: gosnowflake.AuthTypeJwt, pair: true},
		{name: "OAuth", values: map[string]any{"token": "t", "authenticator": "oauth"}, want: gosnowflake.AuthTypeOAuth, token: "t"},
		{name: "token of a file", values: map[string]any{"token_file_path": "~/token", "authenticator": "OAUTH"}, want: gosnowflake.AuthTypeOAuth, token: "from-a-file"},
		{name: "access token", values: map[string]any{"token": "t"}, want: gosnowflake.AuthTypePat, token: "t"},
		{name: "access token as password", values: map[string]any{"password": "t", "authenticator": "programmatic_access_token"}, want: gosnowflake.AuthTypePat, token: "t"},
		{name: "browser", values: map[string]any{"authenticator": "externalbrowser"}, want: gosnowflake.AuthTypeExternalBrowser},
		{name: "second factor", values: map[string]any{"password": "p", "authenticator": "username_password_mfa"}, want: gosnowflake.AuthTypeUsernamePasswordMFA},
		{name: "Okta", values: map[string]any{"password": "p", "authenticator": "https://x.okta.com"}, want: gosnowflake.AuthTypeOkta},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.values["account"], c.values["user"] = "myorg-account1", "u"
			config, err := account.Settings(c.values)
			if err != nil {
				t.Fatal(err)
			}
			d, err := config.Driver()
			if err != nil {
				t.Fatal(err)
			}
			if d.Authenticator != c.want || d.Token != c.token || c.pair != (d.PrivateKey != nil) {
				t.Errorf("authenticator %v, token %q, key %v", d.Authenticator, d.Token, d.PrivateKey != nil)
			}
			if c.pair && !d.PrivateKey.Equal(key) {
				t.Error("the key is another one than that of the file")
			}
			if dsn, err := gosnowflake.DSN(&d); err != nil {
				t.Errorf("the driver does not take it: %v (%s)", err, dsn)
			}
		})
	}
}

// What is missing on the disk is told before anything is sent.
func TestDriverRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		config account.Config
		want   string
		is     error
	}{
		{account.Config{Account: "a", User: "u", PrivateKeyPath: "/no/such.p8"}, "setting private_key_path", fs.ErrNotExist},
		{account.Config{Account: "a", User: "u", PrivateKeyPath: empty}, "setting private_key_path " + empty, nil},
		{account.Config{Account: "a", User: "u", TokenPath: "/no/such", Authenticator: "oauth"}, "setting token_file_path", fs.ErrNotExist},
		{account.Config{Account: "a", User: "u", TokenPath: empty, Authenticator: "oauth"}, "setting token_file_path: " + empty + " is empty", nil},
		{account.Config{Account: "127.0.0.1", User: "u", Password: "p"}, "give it as host", nil},
		{account.Config{Account: "localhost", User: "u", Password: "p"}, "give it as host", nil},
		{account.Config{Account: "::1", User: "u", Password: "p"}, "give it as host", nil},
	} {
		_, err := c.config.Driver()
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
	}
}

// A value that TOML takes for a date or a table is no text that anybody wrote.
func TestSettingsOfTOML(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".snowflake"), 0o755); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		`"2024-01-01"`: "", `1234`: "", `1.5`: "", `true`: "",
		`2024-01-01`: "setting password: it must be a text", `2024-01-01T00:00:00Z`: "setting password: it must be a text",
		`["a"]`: "setting password: it must be a text", `{a = 1}`: "setting password: it must be a text",
	} {
		text := "[x]\naccount = \"a\"\nuser = \"u\"\npassword = " + value + "\n"
		if err := os.WriteFile(filepath.Join(home, ".snowflake", "connections.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		values, _, err := account.Connection("x", nil, home)
		if err != nil {
			t.Fatal(err)
		}
		config, err := account.Settings(values)
		if want == "" && (err != nil || config.Password != strings.Trim(value, `"`)) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("password = %s: %q, %v", value, config.Password, err)
		}
	}
}

func TestAt(t *testing.T) {
	base := account.Config{Database: "d", Schema: "s", Role: "r", Warehouse: "w"}
	for _, c := range []struct {
		opts warehouse.SessionOptions
		want [4]string
	}{
		{warehouse.SessionOptions{}, [4]string{"d", "s", "r", "w"}},
		{warehouse.SessionOptions{Database: "OTHER"}, [4]string{"OTHER", "PUBLIC", "r", "w"}},
		{warehouse.SessionOptions{Schema: "mine"}, [4]string{"d", `"mine"`, "r", "w"}},
		{warehouse.SessionOptions{Database: "A B", Schema: "S", Role: "x", Warehouse: "y"}, [4]string{`"A B"`, "S", "x", "y"}},
	} {
		if got := base.At(c.opts); [4]string{got.Database, got.Schema, got.Role, got.Warehouse} != c.want {
			t.Errorf("%+v: %+v", c.opts, got)
		}
	}
}

func TestDefaults(t *testing.T) {
	c := account.Config{}.WithDefaults()
	if c.Downloads != 4 || c.FileSize != 64<<20 || c.LoginTimeout != 30*time.Second || c.Logger == nil {
		t.Errorf("%+v", c)
	}
	if c := (account.Config{Downloads: 9, FileSize: 1, LoginTimeout: 1}).WithDefaults(); c.Downloads != 9 || c.FileSize != 1 || c.LoginTimeout != 1 {
		t.Errorf("what was given is lost: %+v", c)
	}
}

// Secrets are what must show nowhere: a token is one wherever it stands.
func TestSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("tok\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := account.Config{Account: "acc", User: "usr", Password: "pw", PrivateKeyPassphrase: "phrase", PrivateKey: "pem", Passcode: "123456", TokenPath: file}
	got := c.Secrets()
	for _, want := range []string{"pw", "phrase", "pem", "123456", "tok"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among %q", want, got)
		}
	}
	if slices.Contains(got, "") || slices.Contains(got, "acc") || slices.Contains(got, "usr") {
		t.Errorf("%q would hide what is none", got)
	}
}

// FuzzConnections reads a connections.toml that may be anything: it is read or
// refused, and a refusal quotes no value.
func FuzzConnections(f *testing.F) {
	for _, text := range []string{"", "[x]\naccount = 'a'\n", "[x\n", "[[x]]\n", "x = 1\n", "[x]\np = '''\n", "[connections.x]\n", "\xff", "[x]\n[x]\n", "[x.y.z]\na=1979-05-27", "x.a=1\nx.a=2"} {
		f.Add([]byte(text))
	}
	home := f.TempDir()
	path := filepath.Join(home, ".snowflake", "connections.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	const secret = "hunter-7f3a"
	f.Fuzz(func(t *testing.T, text []byte) {
		text = append(bytes.ReplaceAll(text, []byte("="), []byte("='"+secret+"'")), "\nz = '"+secret+"'\n"...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		values, _, err := account.Connection("x", nil, home)
		if err == nil {
			_, err = account.Settings(values)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error quotes the file: %v", err)
		}
	})
}
