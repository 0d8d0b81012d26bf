package account

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A method is a way to log in.
type method int

const (
	methodUnknown method = iota
	methodNone           // nothing to log in with
	methodPassword
	methodJWT
	methodOAuth
	methodPAT
	methodBrowser
	methodMFA
	methodOkta
)

// method is how the config logs in: as its authenticator says, or as its
// credentials ask for.
func (c Config) method() method {
	switch strings.ToLower(c.Authenticator) {
	case "", "snowflake":
		switch {
		case c.PrivateKey != "" || c.PrivateKeyPath != "":
			return methodJWT
		case c.Password != "":
			return methodPassword
		case c.Token != "" || c.TokenPath != "":
			return methodPAT
		}
		return methodNone
	case "snowflake_jwt", "jwt":
		return methodJWT
	case "oauth":
		return methodOAuth
	case "programmatic_access_token":
		return methodPAT
	case "externalbrowser":
		return methodBrowser
	case "username_password_mfa":
		return methodMFA
	}
	if u, err := url.Parse(c.Authenticator); err == nil && u.Scheme == "https" && u.Host != "" {
		return methodOkta
	}
	return methodUnknown
}

// Driver is the config as the driver takes it.
func (c Config) Driver() (gosnowflake.Config, error) {
	d := gosnowflake.Config{
		Account: c.Account, User: c.User, Password: c.Password, Passcode: c.Passcode,
		Host: c.Host, Port: c.Port, Protocol: c.Protocol, Application: "snowpit",
		//lint:ignore SA1019 the driver has nothing else yet
		LoginTimeout: c.LoginTimeout,
		TmpDirPath:   c.TempDir,
		// A schema that is not there yet must not keep anybody out: it is what
		// a first build makes.
		ValidateDefaultParameters: gosnowflake.ConfigBoolFalse,
		//lint:ignore SA1019 the parameter to come is not there yet
		DisableTelemetry: true,
		Params:           map[string]*string{},
	}
	if d.Host == "" && loopback(c.Account) {
		return d, fmt.Errorf("account %s is an address: give it as host", c.Account)
	}
	c.parameters(d.Params)
	return d, c.credentials(&d)
}

func loopback(account string) bool {
	return account == "localhost" || net.ParseIP(account) != nil
}

// parameters are the session's own.
func (c Config) parameters(params map[string]*string) {
	set := func(name, value string) { params[name] = &value }
	if c.QueryTag != "" {
		set("QUERY_TAG", c.QueryTag)
	}
	if c.KeepAlive {
		set("client_session_keep_alive", "true")
	}
}

// credentials fills in what to log in with.
func (c Config) credentials(d *gosnowflake.Config) (err error) {
	switch c.method() {
	case methodJWT:
		d.Authenticator = gosnowflake.AuthTypeJwt
		d.PrivateKey, err = c.privateKey()
	case methodOAuth:
		d.Authenticator = gosnowflake.AuthTypeOAuth
		d.Token, err = c.token()
	case methodPAT:
		d.Authenticator = gosnowflake.AuthTypePat
		d.Token, err = c.token()
	case methodBrowser:
		d.Authenticator = gosnowflake.AuthTypeExternalBrowser
	case methodMFA:
		d.Authenticator = gosnowflake.AuthTypeUsernamePasswordMFA
	case methodOkta:
		d.Authenticator = gosnowflake.AuthTypeOkta
		d.OktaURL, err = url.Parse(c.Authenticator)
	}
	return err
}

// token is the token given, or the text of its file.
func (c Config) token() (string, error) {
	switch {
	case c.Token != "":
		return c.Token, nil
	case c.TokenPath == "":
		return c.Password, nil // where dbt users put a programmatic access token
	}
	text, err := os.ReadFile(expandHome(c.TokenPath))
	if err != nil {
		return "", fmt.Errorf("setting token_file_path: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("setting token_file_path: %s is empty", c.TokenPath)
	}
	return token, nil
}

// At is the config with a session's own place.
func (c Config) At(opts warehouse.SessionOptions) Config {
	if opts.Database != "" {
		c.Database = warehouse.QuoteIdent(opts.Database)
		c.Schema = "PUBLIC"
	}
	if opts.Schema != "" {
		c.Schema = warehouse.QuoteIdent(opts.Schema)
	}
	if opts.Role != "" {
		c.Role = opts.Role
	}
	if opts.Warehouse != "" {
		c.Warehouse = opts.Warehouse
	}
	return c
}

// Login is how the config logs in, in words, such as "by key pair".
func (c Config) Login() string {
	switch c.method() {
	case methodPassword:
		return "by password"
	case methodJWT:
		return "by key pair"
	case methodOAuth:
		return "by OAuth token"
	case methodPAT:
		return "by programmatic access token"
	case methodBrowser:
		return "in the browser"
	case methodMFA:
		return "by password and a second factor"
	case methodOkta:
		return "by Okta"
	}
	return "without credentials"
}
