package emulator_test

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/emulatortest"
)

// secret is that of RFC 6238's own test vectors, in base32.
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func passcode(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestSecondFactor(t *testing.T) {
	config := emulator.Config{Users: []emulator.User{{Name: "ann", Password: "pw", TOTP: secret}, {Name: "bob", Password: "pw", TOTP: secret}, {Name: "cid", Password: "pw"}}}
	now := time.Now()
	current, next := passcode(t, now), passcode(t, now.Add(30*time.Second))
	client := connect(t, config, "Go")
	var token string
	for _, c := range []struct {
		name, code string
		login      map[string]any
	}{
		{"without a passcode", "394508", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw"}},
		{"pushed", "394508", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "EXT_AUTHN_DUO_METHOD": "push"}},
		{"no passcode", "394507", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "PASSCODE": "abcdef"}},
		{"an old passcode", "394507", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "PASSCODE": passcode(t, now.Add(-time.Hour))}},
		{"a wrong password", "390100", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "no", "PASSCODE": current}},
		{"a good one", "", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "PASSCODE": current,
			"SESSION_PARAMETERS": map[string]any{"CLIENT_REQUEST_MFA_TOKEN": true}}},
		{"it again", "394507", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "PASSCODE": current}},
		{"behind the password", "", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw" + next, "EXT_AUTHN_DUO_METHOD": "passcode"}},
		{"behind a wrong password", "390100", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "no" + next, "EXT_AUTHN_DUO_METHOD": "passcode"}},
		{"too short for one", "390100", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "123", "EXT_AUTHN_DUO_METHOD": "passcode"}},
		{"a token", "", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "AUTHENTICATOR": "USERNAME_PASSWORD_MFA", "TOKEN": &token}},
		{"a token without the password", "390100", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "", "AUTHENTICATOR": "USERNAME_PASSWORD_MFA", "TOKEN": &token}},
		{"somebody's token", "394508", map[string]any{"LOGIN_NAME": "bob", "PASSWORD": "pw", "AUTHENTICATOR": "USERNAME_PASSWORD_MFA", "TOKEN": &token}},
		{"a forged token", "394508", map[string]any{"LOGIN_NAME": "ann", "PASSWORD": "pw", "AUTHENTICATOR": "USERNAME_PASSWORD_MFA", "TOKEN": "abc"}},
		{"a user without", "", map[string]any{"LOGIN_NAME": "cid", "PASSWORD": "pw",
			"SESSION_PARAMETERS": map[string]any{"CLIENT_REQUEST_MFA_TOKEN": true}}},
	} {
		r := client.login(c.login)
		if r.Success != (c.code == "") || !r.Success && r.Code != c.code {
			t.Errorf("%s: %v %s %s", c.name, r.Success, r.Code, r.Message)
		}
		if r.Data.MFAToken != nil {
			token = *r.Data.MFAToken
			if c.name != "a good one" {
				t.Errorf("%s: it got a token", c.name)
			}
		}
	}
	if token == "" {
		t.Error("nobody got a token")
	}
}

func TestBadSecret(t *testing.T) {
	if _, err := emulator.New(emulator.Config{Backend: emulatortest.Memory(t), Users: []emulator.User{{Name: "ann", TOTP: "no base32!"}}}); err == nil {
		t.Error("a secret that is none is taken")
	}
}
