package snowflake_test

import (
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

func readKey(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The keys are one key, as openssl writes it in its ways; the passphrase of
// those that have one is sesame.
func TestParseKey(t *testing.T) {
	plain, err := account.ParseKey(readKey(t, "plain.pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	inner := strings.Split(strings.TrimSpace(readKey(t, "plain.pem")), "\n")
	if key, err := account.ParseKey(strings.Join(inner[1:len(inner)-1], "\n"), ""); err != nil || !key.Equal(plain) {
		t.Errorf("base64 alone: %v", err)
	}
	for _, name := range []string{"pkcs1.pem", "aes256.pem", "aes128_sha1.pem", "des3.pem"} {
		key, err := account.ParseKey(readKey(t, name), "sesame")
		if err != nil || !key.Equal(plain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct{ name, text, passphrase, want string }{
		{"wrong passphrase", readKey(t, "aes256.pem"), "open", "the passphrase does not open the key"},
		{"no passphrase", readKey(t, "aes256.pem"), "", "give private_key_passphrase"},
		{"scrypt", readKey(t, "scrypt.pem"), "sesame", "PBKDF2 is what is supported: convert it with openssl"},
		{"no key", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", "it holds a certificate"},
		{"rubbish", "nonsense!", "", "it is neither PEM nor base64"},
		{"cut off", readKey(t, "plain.pem")[:200] + "\n-----END PRIVATE KEY-----\n", "", "neither PEM nor base64"},
	} {
		if _, err := account.ParseKey(c.text, c.passphrase); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	for _, name := range []string{"plain.pem", "aes256.pem", "des3.pem", "scrypt.pem"} {
		f.Add(readKey(f, name), "sesame")
	}
	f.Fuzz(func(t *testing.T, text, passphrase string) {
		if key, err := account.ParseKey(text, passphrase); (key == nil) == (err == nil) {
			t.Errorf("key %v and error %v", key, err)
		}
	})
}

// TestLogins logs in to an emulator in each way that it checks.
func TestLogins(t *testing.T) {
	key, err := account.ParseKey(readKey(t, "plain.pem"), "")
	if err != nil {
		t.Fatal(err)
	}
	address := emulatortest.Serve(t, emulator.Config{Users: []emulator.User{
		{Name: "ci", Password: "right-password", Keys: []crypto.PublicKey{key.Public()}, Tokens: []string{"right-token"}},
	}})
	keyFile := filepath.Join("testdata", "keys", "aes256.pem")
	for _, c := range []struct {
		name   string
		change func(*account.Config)
		code   int // 0 for one that gets in
	}{
		{"password", func(c *account.Config) { c.Password = "right-password" }, 0},
		{"wrong password", func(c *account.Config) { c.Password = "wrong-password" }, 390100},
		{"nobody", func(c *account.Config) { c.User, c.Password = "nobody", "right-password" }, 390100},
		{"key pair", func(c *account.Config) { c.PrivateKeyPath, c.PrivateKeyPassphrase = keyFile, "sesame" }, 0},
		{"key of nobody", func(c *account.Config) { c.User, c.PrivateKey = "nobody", readKey(t, "plain.pem") }, 390144},
		{"access token", func(c *account.Config) { c.Authenticator, c.Token = "programmatic_access_token", "right-token" }, 0},
		{"wrong token", func(c *account.Config) { c.Authenticator, c.Token = "programmatic_access_token", "wrong-token" }, 394400},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := local(t, address)
			config.User, config.Password = "ci", ""
			c.change(&config)
			w, err := snowflake.Open(config)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			s, err := w.Open(t.Context(), warehouse.SessionOptions{})
			if c.code == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if got := one(t, s, "select 1 + 1"); got != "2" {
					t.Errorf("got %s", got)
				}
				return
			}
			var refused *warehouse.Error
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Errorf("error %v, want number %d", err, c.code)
			}
			for _, secret := range []string{"wrong-password", "right-password", "wrong-token"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("the error shows the secret: %v", err)
				}
			}
		})
	}
}

// A server that is not there is an error in good time, not a wait.
func TestNobodyAnswers(t *testing.T) {
	w, err := snowflake.Open(account.Config{Account: "a", User: "u", Password: "p", Host: "127.0.0.1", Port: 1, Protocol: "http", LoginTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	began := time.Now()
	if _, err := w.Open(t.Context(), warehouse.SessionOptions{}); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// one is the one value of a query, as text.
func one(t testing.TB, s warehouse.Session, sql string, args ...any) string {
	t.Helper()
	res, err := s.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer res.Close()
	text := "no row"
	for batch, err := range res.Batches() {
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if batch.NumRows() > 0 {
			text = batch.Column(0).ValueStr(0)
		}
	}
	return text
}
