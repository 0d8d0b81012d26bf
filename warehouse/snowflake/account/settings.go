package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A setting reads one value into a config.
type setting func(*Config, any) error

// settings are the keys of a target of type snowflake in profiles.yml, and of a
// connection in connections.toml, where they have other names.
var settings = map[string]setting{
	"account":                   text(func(c *Config) *string { return &c.Account }),
	"user":                      text(func(c *Config) *string { return &c.User }),
	"username":                  text(func(c *Config) *string { return &c.User }),
	"password":                  text(func(c *Config) *string { return &c.Password }),
	"authenticator":             text(func(c *Config) *string { return &c.Authenticator }),
	"private_key":               text(func(c *Config) *string { return &c.PrivateKey }),
	"private_key_raw":           text(func(c *Config) *string { return &c.PrivateKey }),
	"private_key_path":          text(func(c *Config) *string { return &c.PrivateKeyPath }),
	"private_key_file":          text(func(c *Config) *string { return &c.PrivateKeyPath }),
	"private_key_passphrase":    text(func(c *Config) *string { return &c.PrivateKeyPassphrase }),
	"private_key_file_pwd":      text(func(c *Config) *string { return &c.PrivateKeyPassphrase }),
	"token":                     text(func(c *Config) *string { return &c.Token }),
	"token_file_path":           text(func(c *Config) *string { return &c.TokenPath }),
	"passcode":                  text(func(c *Config) *string { return &c.Passcode }),
	"database":                  text(func(c *Config) *string { return &c.Database }),
	"schema":                    text(func(c *Config) *string { return &c.Schema }),
	"role":                      text(func(c *Config) *string { return &c.Role }),
	"warehouse":                 text(func(c *Config) *string { return &c.Warehouse }),
	"query_tag":                 text(func(c *Config) *string { return &c.QueryTag }),
	"host":                      text(func(c *Config) *string { return &c.Host }),
	"protocol":                  protocol,
	"port":                      port,
	"client_session_keep_alive": truth(func(c *Config) *bool { return &c.KeepAlive }),
	"connect_timeout":           seconds,
	"login_timeout":             seconds,

	// Of dbt's settings, these mean nothing here: the driver repeats what may
	// be repeated by itself, and a session lasts as long as its node needs it.
	"type": skip, "threads": skip, "reuse_connections": skip, "connect_retries": skip, "retry_on_database_errors": skip,
	"retry_all": skip, "connection_name": skip, "cache_oauth_tokens": skip,
}

// later are settings of dbt's that would change who logs in, or how, and that
// are not supported.
var later = map[string]string{
	"oauth_client_id":     "fetch an access token yourself and give it as token, or use a key pair",
	"oauth_client_secret": "fetch an access token yourself and give it as token, or use a key pair",
	"insecure_mode":       "certificates are always checked",
	"proxy_host":          "set the environment variable HTTPS_PROXY",
	"proxy_port":          "set the environment variable HTTPS_PROXY",
}

// Settings reads a target of type snowflake from profiles.yml, or a connection
// of connections.toml. An error names the setting and never holds a value.
func Settings(values map[string]any) (Config, error) {
	var c Config
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		if instead, ok := later[key]; ok && value != nil {
			errs = append(errs, fmt.Errorf("setting %s is not supported: %s", key, instead))
			continue
		}
		set, known := settings[key]
		switch {
		case !known:
			errs = append(errs, fmt.Errorf("setting %s: nothing of that name is known; there are %s", key, strings.Join(names(), ", ")))
		case value != nil:
			if err := set(&c, value); err != nil {
				errs = append(errs, fmt.Errorf("setting %s: %w", key, err))
			}
		}
	}
	errs = append(errs, c.Missing()...)
	return c, errors.Join(errs...)
}

func names() []string {
	return slices.Sorted(maps.Keys(settings))
}

// Missing says what a config lacks to log in with.
func (c Config) Missing() (errs []error) {
	if c.Account == "" {
		errs = append(errs, errors.New("setting account is missing: it is the first part of your account's address, such as myorg-account123"))
	}
	method := c.method()
	if c.User == "" && method != methodOAuth && method != methodPAT {
		errs = append(errs, errors.New("setting user is missing"))
	}
	if method == methodNone {
		errs = append(errs, errors.New("there is nothing to log in with: give password, private_key_path, token with authenticator: oauth or programmatic_access_token, or authenticator: externalbrowser"))
	}
	return append(errs, c.contradictions(method)...)
}

// contradictions are credentials that the authenticator does not take.
func (c Config) contradictions(method method) (errs []error) {
	need := func(what string, have bool) {
		if !have {
			errs = append(errs, fmt.Errorf("authenticator %s needs %s", c.Authenticator, what))
		}
	}
	switch method {
	case methodJWT:
		need("private_key_path or private_key", c.PrivateKey != "" || c.PrivateKeyPath != "")
	case methodOAuth, methodPAT:
		need("token", c.Token != "" || c.TokenPath != "" || method == methodPAT && c.Password != "")
	case methodPassword, methodMFA, methodOkta:
		need("password", c.Password != "")
	case methodUnknown:
		errs = append(errs, fmt.Errorf("authenticator %s is not supported: use snowflake, snowflake_jwt, oauth, programmatic_access_token, externalbrowser, username_password_mfa or an https address", c.Authenticator))
	}
	if c.PrivateKey != "" && c.PrivateKeyPath != "" {
		errs = append(errs, errors.New("private_key and private_key_path are both set: leave one out"))
	}
	return errs
}

func skip(*Config, any) error { return nil }

func text(field func(*Config) *string) setting {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			if s, ok = scalar(v); !ok {
				return errors.New("it must be a text")
			}
		}
		*field(c) = s
		return nil
	}
}

// scalar is a number or truth value as it is written.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return v.String(), true
	case int, int64, float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

func truth(field func(*Config) *bool) setting {
	return func(c *Config, v any) error {
		if s, ok := v.(string); ok {
			v = strings.EqualFold(s, "true")
			if !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false") {
				return errors.New("it must be true or false")
			}
		}
		b, ok := v.(bool)
		if !ok {
			return errors.New("it must be true or false")
		}
		*field(c) = b
		return nil
	}
}

func number(v any) (int, error) {
	s, ok := v.(string)
	if !ok {
		s, _ = scalar(v)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, errors.New("it must be a whole number, 0 or more")
	}
	return n, nil
}

func port(c *Config, v any) error {
	n, err := number(v)
	if err == nil && n > 65535 {
		err = errors.New("it must be at most 65535")
	}
	c.Port = n
	return err
}

func protocol(c *Config, v any) error {
	if v != "https" && v != "http" {
		return errors.New("it must be https or http")
	}
	c.Protocol, _ = v.(string)
	return nil
}

func seconds(c *Config, v any) error {
	n, err := number(v)
	c.LoginTimeout = time.Duration(n) * time.Second
	return err
}
