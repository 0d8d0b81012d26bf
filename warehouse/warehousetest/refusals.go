package warehousetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var refusalPromises = []promise{
	{"missing table", "a statement the database refuses is an *Error; ErrNotExist", func(ctx context.Context, e *env) error {
		refusal, err := e.refusal(ctx, "select * from no_such_table", 2003, warehouse.ErrNotExist)
		if err == nil && refusal.State != "42S02" {
			err = fmt.Errorf("SQLSTATE %s, want 42S02", refusal.State)
		}
		return err
	}},
	{"existing table", "ErrExist", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table taken (a int)"); err != nil {
			return err
		}
		_, err := e.refusal(ctx, "create table taken (a int)", 2002, warehouse.ErrExist)
		return err
	}},
	{"syntax error", "Line from 1, Column from 0 as Snowflake counts positions", func(ctx context.Context, e *env) error {
		refusal, err := e.refusal(ctx, "select 1 as a\n  from (values (1) as", 1003, warehouse.ErrSyntax)
		if err == nil && refusal.Line < 1 {
			err = fmt.Errorf("line %d, want the line of the fault", refusal.Line)
		}
		return err
	}},
	{"missing column", "It carries Snowflake's own number and state", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table narrow (a int)"); err != nil {
			return err
		}
		refusal, err := e.refusal(ctx, "select a,\n  b\nfrom narrow", 904, nil)
		if err == nil && (refusal.Line != 2 || refusal.Column != 2) {
			err = fmt.Errorf("at line %d, position %d, want line 2 at position 2", refusal.Line, refusal.Column)
		}
		return err
	}},
	{"missing function", "It carries Snowflake's own number and state", func(ctx context.Context, e *env) error {
		_, err := e.refusal(ctx, "select no_such_function(1)", 2140, nil)
		return err
	}},
	{"bad conversion", "It carries Snowflake's own number and state", func(ctx context.Context, e *env) error {
		_, err := e.refusal(ctx, "select cast(x as int) from (select '12a' as x) t", 100038, nil)
		return err
	}},
	{"null in not null", "It carries Snowflake's own number and state", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table filled (a int not null)"); err != nil {
			return err
		}
		_, err := e.refusal(ctx, "insert into filled values (null)", 100072, nil)
		return err
	}},
	{"division by zero", "It carries Snowflake's own number and state", func(ctx context.Context, e *env) error {
		_, err := e.refusal(ctx, "select 1 / x from (select 0 as x) t", 100051, nil)
		return err
	}},
	{"one statement", "Query runs one statement", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create table untouched (a int)"); err != nil {
			return err
		}
		_, err := rows(ctx, e.s, "insert into untouched values (1); insert into untouched values (2)")
		if _, err := refused(err, 8, nil); err != nil {
			return err
		}
		return e.want(ctx, "select count(*) from untouched", "0")
	}},
	{"late refusal", "an error is the last pair", lateRefusal},
	{"session survives", "and the session goes on", func(ctx context.Context, e *env) error {
		if err := e.exec(ctx, "create temporary table mine (a int)"); err != nil {
			return err
		}
		for _, sql := range []string{"select * from no_such_table", "selec 1", "select cast('x' as int)"} {
			if _, err := rows(ctx, e.s, sql); err == nil {
				return fmt.Errorf("%s: it ran", sql)
			}
			if err := e.want(ctx, "select count(*) from mine", "0"); err != nil {
				return fmt.Errorf("after the refused %s: %w", sql, err)
			}
		}
		return nil
	}},
	{"wrong number of binds", "with args bound to its question marks in order", func(ctx context.Context, e *env) error {
		if _, err := rows(ctx, e.s, "select ? as a, ? as b", int64(1)); err == nil {
			return errors.New("a question mark without a value passed")
		}
		return e.want(ctx, "select 1", "1")
	}},
}

// lateRefusal fails at a row that is far from the first.
func lateRefusal(ctx context.Context, e *env) error {
	if err := e.fill(ctx, "MANY", 5); err != nil {
		return err
	}
	const sql = "select cast(case when N = 99000 then 'x' else '1' end as int) as A from MANY"
	res, err := e.s.Query(ctx, sql)
	if err != nil { // allowed: the backend looked at all rows first
		_, err = refused(err, 100038, nil)
		return err
	}
	defer res.Close()
	var last error
	for batch, err := range res.Batches() {
		if last != nil {
			return errors.New("a pair comes behind the error")
		}
		if (batch == nil) == (err == nil) {
			return fmt.Errorf("a pair of %v and %v", batch, err)
		}
		last = err
	}
	_, err = refused(last, 100038, nil)
	return err
}
