package snowflake

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// A Warehouse is one account, as one user. Several goroutines may use it at
// once. It is a [warehouse.Historian].
type Warehouse struct {
	config  account.Config
	driver  gosnowflake.Config
	secrets secrets
	log     log

	mu       sync.Mutex
	sessions map[*session]bool
	closed   bool
}

var _ warehouse.Historian = (*Warehouse)(nil)

// conn is what this package uses of a connection of the driver's.
type conn interface {
	driver.Conn
	driver.QueryerContext
	QueryArrowStream(ctx context.Context, query string, args ...driver.NamedValue) (gosnowflake.ArrowStreamLoader, error)
}

// quiet has the driver say nothing on its own: it would write statements and
// addresses to standard error.
var quiet = sync.OnceValue(func() error {
	gosnowflake.GetLogger().SetOutput(io.Discard)
	return gosnowflake.GetLogger().SetLogLevel("OFF")
})

// Open reads the config's credentials. It connects to nothing: the first
// session does. The caller closes the warehouse.
func Open(c account.Config) (*Warehouse, error) {
	if err := errors.Join(c.Missing()...); err != nil {
		return nil, err
	}
	if err := quiet(); err != nil {
		return nil, fmt.Errorf("the driver's log: %w", err)
	}
	c = c.WithDefaults()
	d, err := c.Driver()
	if err != nil {
		return nil, err
	}
	return &Warehouse{config: c, driver: d, secrets: secretsOf(c), sessions: map[*session]bool{}}, nil
}

// Open logs in. The error of a login that was refused is an [*warehouse.Error].
func (w *Warehouse) Open(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error) {
	if w.isClosed() {
		return nil, errClosed
	}
	d := w.driver
	place := w.config.At(opts)
	d.Database, d.Schema, d.Role, d.Warehouse = place.Database, place.Schema, place.Role, place.Warehouse
	d.Params = map[string]*string{} // the driver keeps a session's parameters there
	for name, value := range w.driver.Params {
		d.Params[name] = value
	}
	s := &session{w: w, tokens: &tokens{session: -1}}
	d.TokenAccessor = s.tokens
	c, err := gosnowflake.NewConnector(gosnowflake.SnowflakeDriver{}, d).Connect(ctx)
	if err != nil {
		return nil, w.loginError(ctx, err)
	}
	var ok bool
	if s.conn, ok = c.(conn); !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection, a %T, gives no Arrow", c), c.Close())
	}
	return w.add(s)
}

func (w *Warehouse) loginError(ctx context.Context, err error) error {
	var refused *gosnowflake.SnowflakeError
	switch {
	case ctx.Err() != nil:
		return w.secrets.refusal(ctx, err)
	case errors.As(err, &refused):
		return w.secrets.refused(refused)
	}
	return fmt.Errorf("log in to %s: %w", w.address(), w.secrets.error(err))
}

// address is where the account is reached.
func (w *Warehouse) address() string {
	host := w.config.Host
	if host == "" {
		host = w.config.Account + ".snowflakecomputing.com"
	}
	if w.config.Port != 0 {
		return fmt.Sprintf("%s:%d", host, w.config.Port)
	}
	return host
}

func (w *Warehouse) add(s *session) (*session, error) {
	w.mu.Lock()
	closed := w.closed
	if !closed {
		w.sessions[s] = true
	}
	w.mu.Unlock()
	if closed {
		return nil, errors.Join(errClosed, s.Close())
	}
	return s, nil
}

var errClosed = errors.New("the warehouse is closed")

func (w *Warehouse) isClosed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// Close ends every session. Closing twice is harmless.
func (w *Warehouse) Close() error {
	w.mu.Lock()
	w.closed = true
	var open []*session
	for s := range w.sessions {
		open = append(open, s)
	}
	w.mu.Unlock()
	errs := make([]error, len(open))
	var wg sync.WaitGroup
	for i, s := range open {
		wg.Go(func() { errs[i] = s.Close() })
	}
	wg.Wait()
	return errors.Join(errs...)
}
