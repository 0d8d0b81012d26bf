package main

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/emulator"
	"github.com/snowpit-dev/snowpit/emulator/saml"
	"github.com/snowpit-dev/snowpit/warehouse"
)

const serveLong = `Serves Snowflake's wire protocol, for any client of Snowflake to work offline:
gosnowflake, the Python connector, Snowpark, Node, and others that can be told a
host, a port and the protocol http. What it serves is the state folder that the
other commands work on, which nobody else can open meanwhile, or what --memory or
--isolated say.

It listens on 127.0.0.1 and lets in the user snowpit with the password snowpit,
unless told otherwise. To listen on any other address takes a password of your own.
With --tls-cert and --tls-key it speaks https, and gosnowflake moves the files of PUT
and GET as to and from Amazon S3.
Ctrl-C or SIGTERM lets running statements finish for --grace, cancels what is left,
and ends with the files whole.

POST /reset, with the user and password as HTTP Basic authentication, empties a
server that was started with --memory or --isolated; GET /health says that it is
there.

Exit status: 0 when it was stopped, 1 when it cannot start or fails, 2 for wrong usage.`

const serveExample = `  snowpit serve                                   the state of the project here, on port 8100
  snowpit serve --memory --port 0                 an empty one, on a free port that it prints
  snowpit serve --isolated --init schema.sql      every session gets a database of its own
  snowpit serve --bucket s3://raw=data/           external stages read what is in data/
  SNOWPIT_PASSWORD=… snowpit serve --listen 0.0.0.0
  snowpit serve --tls-cert cert.pem --tls-key key.pem`

// A serveCommand is what serve's flags say.
type serveCommand struct {
	*app
	port              int
	listen            string
	memory, isolated  bool
	strict            bool
	inits             []string
	buckets           []string
	user, password    string
	keys, tokens      []string
	totp              string
	oktaURL, oktaCert string
	oktaIssuer        string
	oauthKeys         []string
	oauth             emulator.Issuer
	roles, warehouses []string
	trace             string
	grace             time.Duration
	tlsCert, tlsKey   string
	limits            emulator.Limits
}

func (a *app) serve() *cobra.Command {
	c := &serveCommand{app: a}
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve Snowflake's wire protocol", Args: cobra.NoArgs, Long: serveLong, Example: serveExample,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.IntVar(&c.port, "port", 8100, "port to listen on; 0 for a free one, which is printed")
	f.StringVar(&c.listen, "listen", "127.0.0.1", "address to listen on; any but a loopback one takes a password of your own")
	f.StringVar(&c.tlsCert, "tls-cert", "", "PEM file of a certificate, and those above it, to speak https with; takes --tls-key")
	f.StringVar(&c.tlsKey, "tls-key", "", "PEM file of the certificate's private key")
	f.BoolVar(&c.memory, "memory", false, "keep everything in memory, and nothing when it ends")
	f.BoolVar(&c.isolated, "isolated", false, "in memory, and each session sees a database of its own")
	f.StringArrayVar(&c.inits, "init", nil, "run a file of SQL, or load a folder of CSV files as tables, at the start; may be repeated")
	f.StringArrayVar(&c.buckets, "bucket", nil, "bucket of external stages that is here, s3://NAME, or s3://NAME=FOLDER with a copy of a folder's files; may be repeated")
	f.StringVar(&c.user, "user", emulator.DefaultUser, "user who may log in")
	f.StringVar(&c.password, "password", "", "the user's password (default: SNOWPIT_PASSWORD, else snowpit, or none beside --public-key, --oauth-key and --token)")
	f.StringArrayVar(&c.keys, "public-key", nil, "PEM file of a public key that the user may log in with; may be repeated")
	f.StringArrayVar(&c.tokens, "token", nil, "programmatic access token that the user may log in with; may be repeated")
	f.StringVar(&c.totp, "totp-secret", "", "base32 secret of the passcodes that the password takes beside it, as an authenticator app has it (default: SNOWPIT_TOTP_SECRET)")
	f.StringArrayVar(&c.oauthKeys, "oauth-key", nil, "PEM file of the public key of an authorization server whose access tokens (JWTs) let in; may be repeated")
	f.StringVar(&c.oktaURL, "okta-sso-url", "", "address where Okta signs in to this application, by which its users may log in natively; takes --okta-cert")
	f.StringVar(&c.oktaCert, "okta-cert", "", "PEM file of the certificate that Okta's SAML responses are signed by")
	f.StringVar(&c.oktaIssuer, "okta-issuer", "", "what the SAML responses' issuer must be (default: anything)")
	f.StringVar(&c.oauth.Name, "oauth-issuer", "", "what the access tokens' iss must say (default: anything)")
	f.StringVar(&c.oauth.UserClaim, "oauth-user-claim", "sub", "claim of the access tokens that is the user's name")
	f.StringArrayVar(&c.roles, "role", nil, "role that the user has, the first one by default; may be repeated (default: any)")
	f.StringArrayVar(&c.warehouses, "warehouse", nil, "virtual warehouse that the user may use; may be repeated (default: any)")
	f.BoolVar(&c.strict, "strict", false, "a login makes no database and no schema that is not there")
	f.StringVar(&c.trace, "trace", "", "write requests and answers to a file, - for standard error; passwords and tokens are masked")
	f.DurationVar(&c.grace, "grace", 10*time.Second, "how long running statements may go on when it is stopped")
	f.Int64Var(&c.limits.Body, "max-request", 256<<20, "bytes that a request may have")
	f.Int64Var(&c.limits.Memory, "max-results", 256<<20, "bytes of results in memory; more is kept on disk")
	f.IntVar(&c.limits.Sessions, "max-sessions", 1000, "sessions at a time")
	f.IntVar(&c.limits.Statements, "max-statements", 1000, "running statements at a time")
	return cmd
}

func (c *serveCommand) run(ctx context.Context) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	secure, err := c.secure()
	if err != nil {
		return err
	}
	b, err := c.openBackend(ctx)
	if err != nil {
		return err
	}
	b.fill(&config)
	if config.Trace, err = c.openTrace(); err != nil {
		return errors.Join(err, b.close())
	}
	server, err := emulator.New(config)
	if err != nil {
		return errors.Join(err, b.close())
	}
	err = c.serveOn(ctx, server, secure)
	return errors.Join(err, server.Close(), b.close())
}

// config is what the flags say but for the backend.
func (c *serveCommand) config() (emulator.Config, error) {
	config := emulator.Config{Version: "9.0.0", Limits: c.limits, Strict: c.strict}
	if c.password == "" {
		c.password = os.Getenv("SNOWPIT_PASSWORD")
	}
	if err := c.checkListen(); err != nil {
		return config, err
	}
	user := emulator.User{Name: c.user, Password: c.password, Tokens: c.tokens, TOTP: cmp.Or(c.totp, os.Getenv("SNOWPIT_TOTP_SECRET"))}
	if user.Password == "" && !c.keyed() { // with a key or a token, the password that everybody knows is no way in
		user.Password = emulator.DefaultPassword
	}
	for _, path := range c.keys {
		key, err := publicKey(path)
		if err != nil {
			return config, usageError{fmt.Errorf("--public-key: %w", err)}
		}
		user.Keys = append(user.Keys, key)
	}
	for _, path := range c.oauthKeys {
		key, err := publicKey(path)
		if err != nil {
			return config, usageError{fmt.Errorf("--oauth-key: %w", err)}
		}
		c.oauth.Keys = append(c.oauth.Keys, key)
	}
	if len(c.oauth.Keys) > 0 {
		config.Issuers = []emulator.Issuer{c.oauth}
	}
	var err error
	if config.Provider, err = c.okta(); err != nil {
		return config, err
	}
	for _, name := range c.roles {
		user.Roles = append(user.Roles, warehouse.FoldIdent(name))
	}
	for _, name := range c.warehouses {
		user.Warehouses = append(user.Warehouses, warehouse.FoldIdent(name))
	}
	config.Users = []emulator.User{user}
	level := slog.LevelInfo
	if c.quiet {
		level = slog.LevelWarn
	}
	opts := &slog.HandlerOptions{Level: level}
	switch c.logFormat {
	case "json":
		config.Logger = slog.New(slog.NewJSONHandler(c.stderr, opts))
	case "text":
		config.Logger = slog.New(slog.NewTextHandler(c.stderr, opts))
	default:
		return config, usage("--log-format %s: it is text or json", c.logFormat)
	}
	return config, nil
}

// okta is the identity provider that lets in, nil for none.
func (c *serveCommand) okta() (*saml.Provider, error) {
	if c.oktaURL == "" && c.oktaCert == "" {
		return nil, nil
	}
	if c.oktaURL == "" || c.oktaCert == "" {
		return nil, usage("--okta-sso-url and --okta-cert go together: where Okta signs in, and whose signature it is")
	}
	sso, err := url.Parse(c.oktaURL)
	if err != nil || sso.Scheme != "https" && sso.Scheme != "http" || sso.Host == "" {
		return nil, usage("--okta-sso-url %s: it is an address such as https://example.okta.com/app/snowflake/abc/sso/saml", c.oktaURL)
	}
	cert, err := fromPEM(c.oktaCert, x509.ParseCertificate)
	if err != nil {
		return nil, usageError{fmt.Errorf("--okta-cert: %w", err)}
	}
	return &saml.Provider{SSO: sso, Issuer: c.oktaIssuer, Certs: []*x509.Certificate{cert}}, nil
}

// secure is how to speak https; nil for http.
func (c *serveCommand) secure() (*tls.Config, error) {
	if c.tlsCert == "" && c.tlsKey == "" {
		return nil, nil
	}
	if c.tlsCert == "" || c.tlsKey == "" {
		return nil, usage("--tls-cert and --tls-key go together: a certificate, and its private key")
	}
	pair, err := tls.LoadX509KeyPair(c.tlsCert, c.tlsKey)
	if err != nil {
		return nil, usageError{fmt.Errorf("--tls-cert %s, --tls-key %s: %w", c.tlsCert, c.tlsKey, err)}
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// keyed reports whether there is another way in than by password.
func (c *serveCommand) keyed() bool { return len(c.keys)+len(c.tokens)+len(c.oauthKeys) > 0 }

// checkListen refuses to be open to others with a password that everybody knows.
func (c *serveCommand) checkListen() error {
	if c.port < 0 || c.port > 65535 {
		return usage("--port %d: it is 0 to 65535", c.port)
	}
	ip := net.ParseIP(c.listen)
	if ip == nil && c.listen != "localhost" {
		return usage("--listen %s: it is an IP address, or localhost", c.listen)
	}
	loopback := ip == nil || ip.IsLoopback()
	if !loopback && (c.password == "" || c.password == emulator.DefaultPassword) {
		return usage("--listen %s lets others in: give a password of your own with --password or SNOWPIT_PASSWORD", c.listen)
	}
	return nil
}

// publicKey reads a file of a public key.
func publicKey(path string) (crypto.PublicKey, error) {
	return fromPEM(path, x509.ParsePKIXPublicKey)
}

// fromPEM parses what stands in the first PEM block of a file.
func fromPEM[T any](path string, parse func([]byte) (T, error)) (parsed T, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return parsed, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return parsed, fmt.Errorf("%s: there is no PEM block in it", path)
	}
	if parsed, err = parse(block.Bytes); err != nil {
		return parsed, fmt.Errorf("%s: %w", path, err)
	}
	return parsed, nil
}

func (c *serveCommand) openTrace() (io.Writer, error) {
	switch c.trace {
	case "":
		return nil, nil
	case "-":
		return c.stderr, nil
	}
	f, err := os.OpenFile(c.trace, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // open until the process ends
	if err != nil {
		return nil, fmt.Errorf("--trace: %w", err)
	}
	return f, nil
}

// serveOn answers until ctx ends, and then lets what runs finish.
func (c *serveCommand) serveOn(ctx context.Context, server *emulator.Server, secure *tls.Config) error {
	l, err := net.Listen("tcp", net.JoinHostPort(c.listen, strconv.Itoa(c.port)))
	if err != nil {
		return fmt.Errorf("listen: %w; choose another --port, or 0 for a free one", err)
	}
	web := &http.Server{Handler: server, TLSConfig: secure, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 10 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	protocol, answer := "http", web.Serve
	if secure != nil {
		protocol, answer = "https", func(l net.Listener) error { return web.ServeTLS(l, "", "") }
	}
	c.announce(protocol, l.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- answer(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.grace)
	defer cancel()
	l.Close()
	err = server.Shutdown(stopping)
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second) // for the last answers to be read
	defer done()
	if web.Shutdown(closing) != nil {
		web.Close()
	}
	if !c.quiet {
		fmt.Fprintln(c.stdout, "stopped")
	}
	return err
}

// announce tells where the server is, once it takes connections.
func (c *serveCommand) announce(protocol, address string) {
	fmt.Fprintf(c.stdout, "listening on %s://%s\n", protocol, address)
	if c.quiet {
		return
	}
	if c.password == "" && !c.keyed() {
		fmt.Fprintf(c.stdout, "user %s, password %s\ngosnowflake: %s:%s@%s/SNOWPIT/PUBLIC?account=snowpit&protocol=%s\n",
			c.user, emulator.DefaultPassword, c.user, emulator.DefaultPassword, address, protocol)
		return
	}
	fmt.Fprintf(c.stdout, "user %s\n", c.user)
}

// signingKey is the key that the state folder's tokens are signed with, so that
// clients outlive a restart.
func signingKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, "serve.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == 32 {
		return key, nil
	}
	key = make([]byte, 32)
	rand.Read(key)
	if err := os.WriteFile(path, key, 0o600); err != nil {
		return nil, fmt.Errorf("key of the sessions: %w", err)
	}
	return key, nil
}
