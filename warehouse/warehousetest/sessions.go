package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var sessionPromises = []promise{
	{"place", "SessionOptions says where a session starts", func(ctx context.Context, e *env) error {
		s, err := e.another(ctx)
		if err != nil {
			return err
		}
		defer s.Close()
		return want(ctx, s, "select current_database(), current_schema()", e.database+"|"+e.schema)
	}},
	{"use", "Temporary objects, USE, session variables and transactions belong to it", use},
	{"temporary table", "Temporary objects belong to the session", temporary},
	{"temporary ends", "Close drops the session's temporary tables", temporaryEnds},
	{"commit", "transactions belong to the session", func(ctx context.Context, e *env) error {
		return e.transaction(ctx, "commit", "1", "1")
	}},
	{"rollback", "transactions belong to the session", func(ctx context.Context, e *env) error {
		return e.transaction(ctx, "rollback", "1", "0")
	}},
	{"close rolls back", "Close rolls back an open transaction", closeRollsBack},
	{"binds", "An argument is nil, bool, int64, float64, string, []byte or time.Time", binds},
	{"binds in order", "with args bound to its question marks in order", func(ctx context.Context, e *env) error {
		got, err := rows(ctx, e.s, "select '?' as a, ? as b, /* ? */ ? as c", "it's ? \\ \"x\"", "second")
		if err == nil && got != "?|it's ? \\ \"x\"|second" {
			err = fmt.Errorf("got %s", got)
		}
		return err
	}},
	{"cancel", "When ctx ends, so does the statement, and its error wraps ctx.Err()", cancelRunning},
	{"canceled before", "When ctx ends, so does the statement, and its error wraps ctx.Err()", func(ctx context.Context, e *env) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := rows(ctx, e.s, "select 1"); !errors.Is(err, context.Canceled) {
			return fmt.Errorf("error %v, want context.Canceled", err)
		}
		return nil
	}},
	{"concurrent sessions", "Several goroutines may use it at once", concurrent},
}

func use(ctx context.Context, e *env) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	other := e.schema + "_B"
	if err := e.exec(ctx, "create table here as select 'first' as x", "create schema "+other, "use schema "+other,
		"create table here as select 'second' as x"); err != nil {
		return err
	}
	defer warehouse.Exec(ctx, e.s, "drop schema "+other)
	return errors.Join(
		e.want(ctx, "select x from here", "second"),
		want(ctx, s, "select x from here", "first"),
		e.exec(ctx, "use schema "+e.database+"."+e.schema),
		e.want(ctx, "select x from here", "first"))
}

func temporary(ctx context.Context, e *env) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := e.exec(ctx, "create temporary table mine as select 1 as x"); err != nil {
		return err
	}
	if err := e.want(ctx, "select x from mine", "1"); err != nil {
		return err
	}
	_, err = rows(ctx, s, "select x from mine")
	if _, err = refused(err, 2003, warehouse.ErrNotExist); err != nil {
		return fmt.Errorf("in another session: %w", err)
	}
	return nil
}

func temporaryEnds(ctx context.Context, e *env) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	if _, err := warehouse.Exec(ctx, s, "create temporary table short as select 1 as x"); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if s, err = e.another(ctx); err != nil {
		return err
	}
	defer s.Close()
	_, err = rows(ctx, s, "select x from short")
	_, err = refused(err, 2003, warehouse.ErrNotExist)
	return err
}

// transaction inserts a row in one, ends it, and counts the rows inside before
// the end and in another session behind it.
func (e *env) transaction(ctx context.Context, end, inside, behind string) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := e.exec(ctx, "create table ledger (a int)", "begin", "insert into ledger values (1)"); err != nil {
		return err
	}
	return errors.Join(
		e.want(ctx, "select count(*) from ledger", inside),
		want(ctx, s, "select count(*) from ledger", "0"),
		e.exec(ctx, end),
		want(ctx, s, "select count(*) from ledger", behind))
}

func closeRollsBack(ctx context.Context, e *env) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	if err := e.exec(ctx, "create table ledger (a int)"); err != nil {
		return err
	}
	for _, sql := range []string{"begin", "insert into ledger values (1)"} {
		if _, err := warehouse.Exec(ctx, s, sql); err != nil {
			return err
		}
	}
	return errors.Join(s.Close(), e.want(ctx, "select count(*) from ledger", "0"))
}

func binds(ctx context.Context, e *env) error {
	if err := e.exec(ctx, "create table bound (i int, b boolean, n number(38,0), f float, t varchar, y binary, ts timestamp_ntz)"); err != nil {
		return err
	}
	moment := time.Date(2020, 2, 29, 23, 59, 58, 250_000_000, time.UTC)
	for i, args := range [][]any{
		{int64(0), true, int64(-1 << 63), 0.1, "ä 'quoted' \\n", []byte{0, 1, 0xff}, moment},
		{int64(1), nil, nil, nil, nil, nil, nil},
		{int64(2), false, int64(7), -1e300, "", []byte{}, moment.In(time.FixedZone("east", 3*3600))},
	} {
		res, err := e.s.Query(ctx, "insert into bound values (?, ?, ?, ?, ?, ?, ?)", args...)
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
		res.Close()
	}
	return e.want(ctx, "select * from bound order by i",
		"0|true|-9223372036854775808|0.1|ä 'quoted' \\n|0001ff|2020-02-29 23:59:58.25",
		"1|NULL|NULL|NULL|NULL|NULL|NULL",
		"2|false|7|-1e+300|||2020-02-29 23:59:58.25")
}

func cancelRunning(ctx context.Context, e *env) error {
	if err := e.fill(ctx, "MANY", 5); err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := rows(running, e.s, "select count(*) from MANY a, MANY b, MANY c where a.N * b.N + c.N = 17")
	switch {
	case !errors.Is(err, context.Canceled):
		return fmt.Errorf("error %v, want context.Canceled", err)
	case time.Since(start) > soon:
		return fmt.Errorf("it took %v to end", time.Since(start))
	}
	return nil
}

func concurrent(ctx context.Context, e *env) error {
	const sessions = 6
	errs := make([]error, sessions)
	var wg sync.WaitGroup
	for i := range sessions {
		wg.Go(func() { errs[i] = e.build(ctx, fmt.Sprint("BUILT_", i)) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// build makes and remakes a table in a session of its own.
func (e *env) build(ctx context.Context, table string) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	for round := range 3 {
		for _, sql := range []string{
			"create schema if not exists " + e.schema,
			fmt.Sprintf("create or replace table %s as select '%s' as x, %d as y", table, table, round),
		} {
			if _, err := warehouse.Exec(ctx, s, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		if err := want(ctx, s, "select x, y from "+e.schema+"."+table, fmt.Sprintf("%s|%d", table, round)); err != nil {
			return err
		}
	}
	return nil
}
