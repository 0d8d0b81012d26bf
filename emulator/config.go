package emulator

import (
	"context"
	"crypto"
	"io"
	"log/slog"
	"time"

	"github.com/snowpit-dev/snowpit/emulator/journal"
	"github.com/snowpit-dev/snowpit/emulator/saml"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// The user of a server whose config names none.
const (
	DefaultUser     = "snowpit"
	DefaultPassword = "snowpit"
)

// Config says what a server serves, and to whom. Only Backend is needed.
type Config struct {
	// Backend is what sessions work on. The caller closes it, after the server.
	Backend Backend
	// Isolate makes a backend for one session alone, which the server closes
	// with it; nil to have all sessions work on Backend.
	Isolate func(context.Context) (Backend, error)
	// Reset empties the backend for POST /reset and returns what takes its
	// place; nil refuses /reset. No session is open when it is called.
	Reset func(context.Context) (Backend, error)

	// Storage is the host and port by which clients reach the server over https
	// for the files of PUT and GET, for those that take them from a cloud's
	// storage; "" for where they called, if that was https. Others take them from
	// URLs.
	Storage string

	Strict   bool             // a login makes no database and no schema that is not there
	Users    []User           // who may log in; none for DefaultUser with DefaultPassword
	Issuers  []Issuer         // whose access tokens let in, by the authenticator oauth
	Provider *saml.Provider   // an identity provider that lets in, natively as Okta does; nil for none
	Key      []byte           // signs tokens, so that they outlive the process; none for a random one
	Journal  *journal.Journal // what outlives the process beside the backend; nil for none. The caller closes it, after the server
	Version  string           // what clients are told; "" for "0.0.0"
	Logger   *slog.Logger     // a line a statement; nil for none
	Trace    io.Writer        // requests and answers, secrets masked; nil for none
	Limits   Limits           // what a client may take
	Times    Times            // how long things last
	TempDir  string           // where large results wait; "" for the system's folder
}

// A Backend is a warehouse with its stages.
type Backend struct {
	Warehouse warehouse.Warehouse
	Stages    stage.Volume // nil refuses PUT and GET
	Close     func() error // ends both, where the server is to; may be nil
}

// A User may log in. The name's case means nothing.
type User struct {
	Name     string
	Password string             // "" lets nobody in by password
	Keys     []crypto.PublicKey // for key-pair login
	Tokens   []string           // programmatic access tokens
	TOTP     string             // the secret of the passcodes that a login by password takes, too, in base32 (RFC 6238); "" for none

	Roles      []string // that the user has, the first one by default; none for any, and ACCOUNTADMIN by default
	Warehouses []string // virtual ones that the user may use; none for any
}

// Limits are what clients may take before they are refused. A zero is the
// default.
type Limits struct {
	Body       int64 // bytes of a request, unzipped; 256 MB
	Sessions   int   // 1,000
	Statements int   // that run at once; 1,000
	Results    int   // ended statements whose results can be fetched again; 2,000
	Memory     int64 // bytes of results in memory; 256 MB, the rest is on disk
	Result     int64 // bytes of one result; 16 GB
	Object     int64 // bytes of one object put; 16 GB
}

// Times are how long things last. A zero is the default.
type Times struct {
	Session  time.Duration // a session token; 1 hour
	Master   time.Duration // a master token, and a session not heard of; 4 hours
	Read     time.Duration // a request's body takes so long at most; 5 minutes
	URL      time.Duration // the URL of an object or a chunk; 6 hours
	Patience time.Duration // a request waits so long for a statement, then the client asks again; 45 s
	Blocking time.Duration // an idle transaction that others wait for is rolled back; 5 minutes
	Deserted time.Duration // a statement goes on so long when nobody asks for it; 5 minutes
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// withDefaults fills in what is not said.
func (c Config) withDefaults() Config {
	if len(c.Users) == 0 {
		c.Users = []User{{Name: DefaultUser, Password: DefaultPassword}}
	}
	c.Version = or(c.Version, "0.0.0")
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	l := &c.Limits
	l.Body, l.Sessions, l.Statements = or(l.Body, 256<<20), or(l.Sessions, 1000), or(l.Statements, 1000)
	l.Results, l.Memory, l.Result = or(l.Results, 2000), or(l.Memory, 256<<20), or(l.Result, 16<<30)
	l.Object = or(l.Object, 16<<30)
	t := &c.Times
	t.Session, t.Master, t.URL = or(t.Session, time.Hour), or(t.Master, 4*time.Hour), or(t.URL, 6*time.Hour)
	t.Read = or(t.Read, 5*time.Minute)
	t.Patience, t.Deserted, t.Blocking = or(t.Patience, 45*time.Second), or(t.Deserted, 5*time.Minute), or(t.Blocking, 5*time.Minute)
	return c
}
