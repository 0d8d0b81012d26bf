package account

import (
	"log/slog"
	"time"
)

// Config says which account to connect to, as whom, and where sessions start.
// Account and a way to log in are needed.
type Config struct {
	Account string // such as myorg-account123 or xy12345.eu-central-1
	User    string

	// Authenticator is how to log in, as Snowflake's drivers spell it:
	// snowflake (a password), snowflake_jwt (a key pair), oauth,
	// programmatic_access_token, externalbrowser, username_password_mfa, or an
	// https address of Okta's. Empty for what the credentials given ask for.
	Authenticator        string
	Password             string
	PrivateKey           string // PKCS#8, as PEM or as base64 of DER
	PrivateKeyPath       string // a file of it, instead
	PrivateKeyPassphrase string // for one that is encrypted
	Token                string // an OAuth access token or a programmatic access token
	TokenPath            string // a file of it, instead
	Passcode             string // of multi-factor login

	Database  string // where sessions start, as SQL spells it
	Schema    string
	Role      string // the user's default if empty
	Warehouse string // likewise

	QueryTag     string // of statements that carry no tag of their own
	KeepAlive    bool   // keep an idle session from expiring
	Host         string // instead of the one that follows from Account
	Port         int    // 443 if zero
	Protocol     string // https if empty
	LoginTimeout time.Duration

	// Downloads is how many chunks of a result are fetched at a time; 4 if zero.
	Downloads int
	// FileSize is how many bytes of rows go into one file of a load, before
	// they are compressed; 64 MB if zero.
	FileSize int64
	// TempDir is where files of a load wait for their upload; the system's
	// folder if empty.
	TempDir string
	Logger  *slog.Logger // nil for none
}

// loginTimeout is how long a login is tried again when nothing answers.
const loginTimeout = 30 * time.Second

func (c Config) WithDefaults() Config {
	if c.Downloads <= 0 {
		c.Downloads = 4
	}
	if c.FileSize <= 0 {
		c.FileSize = 64 << 20
	}
	if c.LoginTimeout <= 0 {
		c.LoginTimeout = loginTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Secrets are the texts in a config that nobody may see. One that is also
// the user's name or the account's, as an emulator's may be, is none.
func (c Config) Secrets() []string {
	token, err := c.token()
	if err != nil {
		token = ""
	}
	var texts []string
	for _, v := range []string{c.Password, c.PrivateKeyPassphrase, c.Token, token, c.Passcode, c.PrivateKey} {
		if v != "" && v != c.User && v != c.Account {
			texts = append(texts, v)
		}
	}
	return texts
}
