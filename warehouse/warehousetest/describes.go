package warehousetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var describePromises = []promise{
	{"describe as it runs", "say what a statement would give", describing(asItRuns)},
	{"describe runs nothing", "without running it", describing(runsNothing)},
	{"describe refuses", "Its errors are those of Query", describing(describeRefuses)},
	{"describe counts binds", "Binds: how many values it takes", describing(func(ctx context.Context, e *env, d warehouse.Describer) error {
		for sql, n := range map[string]int{"select 1 as a": 0, "select ? as a": 1, "select ? as a, '?' as b, ? as c -- ?": 2} {
			if got, err := d.Describe(ctx, sql); err != nil || got.Binds != n {
				return fmt.Errorf("%s takes %d values, error %v, want %d", sql, got.Binds, err, n)
			}
		}
		return nil
	})},
	{"translation runs nothing", "can show a statement in that. It runs nothing", func(ctx context.Context, e *env) error {
		t, ok := e.s.(warehouse.Translator)
		if !ok {
			return nil
		}
		if err := e.exec(ctx, "create table kept (n number(38,0))"); err != nil {
			return err
		}
		if text, err := t.Translate(ctx, "insert into kept values (1)"); err != nil || text == "" {
			return fmt.Errorf("the translation is %q, error %w", text, err)
		}
		return e.want(ctx, "select count(*) from kept", "0")
	}},
	{"place of the session", "knows its place, which USE, CREATE DATABASE and CREATE SCHEMA change", location},
}

// describing makes a promise of sessions that are Describers; others keep it.
func describing(hold func(context.Context, *env, warehouse.Describer) error) func(context.Context, *env) error {
	return func(ctx context.Context, e *env) error {
		d, ok := e.s.(warehouse.Describer)
		if !ok {
			return nil
		}
		return hold(ctx, e, d)
	}
}

// asItRuns describes statements, runs them, and compares.
func asItRuns(ctx context.Context, e *env, d warehouse.Describer) error {
	if err := e.exec(ctx, "create table told (n number(10,2), t varchar(20), d date, ts timestamp_ntz(3), b boolean)"); err != nil {
		return err
	}
	for _, sql := range []string{
		"select n, t as other, d, ts, b, n * 2 as twice, count(*) over () as c from told", "select * from told",
		"with a as (select t from told) select max(t) as m from a", "insert into told (n) values (1)", "update told set n = 2", "delete from told",
	} {
		told, err := d.Describe(ctx, sql)
		if err != nil {
			return fmt.Errorf("describe %s: %w", sql, err)
		}
		res, err := e.s.Query(ctx, sql)
		if err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
		kind, columns := res.Kind, res.Columns
		if err := res.Close(); err != nil {
			return err
		}
		plain := func(columns []warehouse.Column) (out []string) {
			for _, c := range columns {
				out = append(out, c.Name+" "+c.SQL())
			}
			return out
		}
		if diff := cmp.Diff(plain(columns), plain(told.Columns)); diff != "" || told.Kind != kind {
			return fmt.Errorf("%s is described as a %s and ran as a %s; ran -, described +:\n%s", sql, told.Kind, kind, diff)
		}
	}
	return nil
}

func runsNothing(ctx context.Context, e *env, d warehouse.Describer) error {
	if err := e.exec(ctx, "create table still (n number(38,0))", "insert into still values (1)"); err != nil {
		return err
	}
	for _, sql := range []string{
		"insert into still values (2)", "delete from still", "update still set n = 3", "create table made (n number(38,0))",
		"create or replace table still as select 5 as n", "drop table still", "truncate table still",
	} {
		if _, err := d.Describe(ctx, sql); err != nil {
			return fmt.Errorf("describe %s: %w", sql, err)
		}
		if err := e.want(ctx, "select n from still", "1"); err != nil {
			return fmt.Errorf("after describing %s: %w", sql, err)
		}
	}
	if _, err := warehouse.Exec(ctx, e.s, "select * from made"); !errors.Is(err, warehouse.ErrNotExist) {
		return fmt.Errorf("a described table: error %w, want that it is not there", err)
	}
	return nil
}

func describeRefuses(ctx context.Context, e *env, d warehouse.Describer) error {
	for _, sql := range []string{"select * from no_such_table", "select no_such_column from (select 1 as a) x", "selec 1"} {
		_, told := d.Describe(ctx, sql)
		_, ran := warehouse.Exec(ctx, e.s, sql)
		var a, b *warehouse.Error
		if !errors.As(told, &a) || !errors.As(ran, &b) || a.Code != b.Code || a.State != b.State {
			return fmt.Errorf("%s: described, the error is %w, and run, %w", sql, told, ran)
		}
	}
	return e.want(ctx, "select 1 as a", "1")
}

func location(ctx context.Context, e *env) error {
	l, ok := e.s.(warehouse.Locator)
	if !ok {
		return nil
	}
	at := func(database, schema string) error {
		if d, s := l.Location(); d != database || s != schema {
			return fmt.Errorf("it is at %s.%s and should be at %s.%s", d, s, database, schema)
		}
		return nil
	}
	if err := at(e.database, e.schema); err != nil {
		return err
	}
	if err := e.exec(ctx, "create schema "+e.schema+"_B"); err != nil {
		return err
	}
	err := errors.Join(at(e.database, e.schema+"_B"), e.exec(ctx, "use schema "+e.schema), at(e.database, e.schema))
	return errors.Join(err, e.exec(ctx, "drop schema "+e.schema+"_B"))
}
