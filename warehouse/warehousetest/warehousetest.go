package warehousetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// An Opener opens the backend under test. The kit closes what it opens, and
// opens several, one after another.
type Opener func(ctx context.Context) (warehouse.Warehouse, error)

// A promise is one thing every caller of a warehouse may rely on.
type promise struct {
	name string
	rule string // the sentence in package warehouse that it checks
	hold func(context.Context, *env) error
}

// timeout is how long a promise may take, Snowflake's way over the network
// included.
const timeout = 2 * time.Minute

// promises are all of them, in the order in which they are checked.
func promises() []promise {
	var all []promise
	for _, group := range [][]promise{resultPromises, refusalPromises, sessionPromises, sqlPromises, loadPromises, valuePromises, describePromises, historyPromises, closePromises} {
		all = append(all, group...)
	}
	return all
}

// Check reports every promise that the backend breaks, or nil.
func Check(ctx context.Context, open Opener) error {
	var broken []error
	for _, p := range promises() {
		if err := p.try(ctx, open); err != nil {
			broken = append(broken, err)
		}
	}
	return errors.Join(broken...)
}

// Run checks each promise in a subtest of its own.
//
// known gives the reason for each promise that the backend does not keep yet.
// Such a subtest is skipped while the promise is broken and fails once it
// holds, so the list cannot outlive the faults it names.
func Run(t *testing.T, open Opener, known map[string]string) {
	left := len(known)
	for _, p := range promises() {
		why, listed := known[p.name]
		if listed {
			left--
		}
		t.Run(p.name, func(t *testing.T) {
			err := p.try(t.Context(), open)
			switch {
			case listed && err == nil:
				t.Errorf("holds now; delete it from known (%s)", why)
			case listed:
				t.Skipf("known: %s: %v", why, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	if left != 0 {
		t.Errorf("known lists %d names that are no promise", left)
	}
}

// try checks one promise on a warehouse of its own.
func (p promise) try(ctx context.Context, open Opener) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	e, err := newEnv(ctx, open)
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	defer e.close()
	if err := p.hold(ctx, e); err != nil {
		return fmt.Errorf("%s: %w\nrule: %s", p.name, err, p.rule)
	}
	return nil
}

// env is what a promise is checked on: a warehouse, and a session in a schema
// that nobody else uses.
type env struct {
	w        warehouse.Warehouse
	s        warehouse.Session
	database string
	schema   string
}

func newEnv(ctx context.Context, open Opener) (*env, error) {
	w, err := open(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening the warehouse: %w", err)
	}
	e := &env{w: w, schema: "KIT_" + rand.Text()[:12]}
	if err := e.start(ctx); err != nil {
		w.Close()
		return nil, err
	}
	return e, nil
}

func (e *env) start(ctx context.Context) (err error) {
	if e.s, err = e.w.Open(ctx, warehouse.SessionOptions{}); err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	if err := e.exec(ctx, "create schema "+e.schema, "use schema "+e.schema); err != nil {
		return err
	}
	e.database, err = rows(ctx, e.s, "select current_database()")
	return err
}

func (e *env) close() {
	e.s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if s, err := e.w.Open(ctx, warehouse.SessionOptions{Database: e.database}); err == nil {
		// What is left of it does not matter to any promise.
		_, _ = warehouse.Exec(ctx, s, "drop schema "+e.schema)
		s.Close()
	}
	e.w.Close()
}

// another is a second session in the same schema. The caller closes it.
func (e *env) another(ctx context.Context) (warehouse.Session, error) {
	return e.w.Open(ctx, warehouse.SessionOptions{Database: e.database, Schema: e.schema})
}

// exec runs statements one after another, up to the first that fails.
func (e *env) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := warehouse.Exec(ctx, e.s, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// want compares what a query gives, row by row.
func (e *env) want(ctx context.Context, sql string, lines ...string) error {
	return want(ctx, e.s, sql, lines...)
}
