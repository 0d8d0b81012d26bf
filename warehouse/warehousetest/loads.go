package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

var loadPromises = []promise{
	{"load appends", "LoadAppend adds to a table that exists", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		if err := e.exec(ctx, "create table target (n number(38,0), t varchar)", "insert into target values (-1, 'old')"); err != nil {
			return err
		}
		if err := e.load(ctx, l, "target", warehouse.LoadAppend, 2500, 2500); err != nil {
			return err
		}
		return e.want(ctx, "select count(*), count(t), min(n), max(n), min(t) from target", "2501|2251|-1|2499|old")
	})},
	{"load needs its table", "LoadAppend adds to a table that exists", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		r := pairs(1, nil, nil)
		defer r.Release()
		_, err := l.Load(ctx, "no_such_table", warehouse.LoadAppend, nil, r)
		_, err = refused(err, 2003, warehouse.ErrNotExist)
		return err
	})},
	{"load replaces", "LoadReplace creates the table, in place of one of that name if there is one, with the columns given",
		loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
			return errors.Join(
				e.load(ctx, l, "target", warehouse.LoadReplace, 10, 10),
				e.exec(ctx, "create or replace table target as select 1 as other"),
				e.load(ctx, l, e.schema+".target", warehouse.LoadReplace, 2500, 2500),
				e.want(ctx, "select count(*), count(t), sum(n) from target", "2500|2250|3123750"),
				e.columns(ctx, "select * from target", "N", "T"))
		})},
	{"load replaces a view", "in place of one of that name", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		return errors.Join(
			e.exec(ctx, "create view target as select 1 as other"),
			e.load(ctx, l, "target", warehouse.LoadReplace, 3, 3),
			e.want(ctx, "select count(*) from target", "3"))
	})},
	{"load of nothing", "LoadReplace creates the table", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		return errors.Join(
			e.load(ctx, l, "target", warehouse.LoadReplace, 0, 0),
			e.want(ctx, "select n, t from target"))
	})},
	{"load keeps offsets", "A TIMESTAMP_TZ arrives as its moment and its offset, and goes so", loading(zonedLoad)},
	{"broken load", "all or nothing: when rows end in an error the table is as it was before", loading(brokenLoad)},
	{"canceled load", "when ctx ends the table is as it was before", loading(canceledLoad)},
	{"load in a transaction", "In an open transaction the load belongs to that transaction", loading(func(ctx context.Context, e *env, l warehouse.Loader) error {
		return errors.Join(
			e.exec(ctx, "create table target (n number(38,0), t varchar)", "begin"),
			e.load(ctx, l, "target", warehouse.LoadAppend, 3, 3),
			e.want(ctx, "select count(*) from target", "3"),
			e.exec(ctx, "rollback"),
			e.want(ctx, "select count(*) from target", "0"))
	})},
	{"load unseen", "Readers see the old table until Load returns", loading(unseenLoad)},
	{"load misfit", "A value that does not fit its column is an *Error that names the column", loading(misfit)},
	{"load and read types", "Each type arrives in one Arrow form, both ways", loading(roundTrip)},
}

// loading makes a promise of sessions that are Loaders; others keep it.
func loading(hold func(context.Context, *env, warehouse.Loader) error) func(context.Context, *env) error {
	return func(ctx context.Context, e *env) error {
		l, ok := e.s.(warehouse.Loader)
		if !ok {
			return nil
		}
		return hold(ctx, e, l)
	}
}

// load loads n pairs and checks how many are reported.
func (e *env) load(ctx context.Context, l warehouse.Loader, table string, mode warehouse.LoadMode, n int, want int64) error {
	r := pairs(n, nil, nil)
	defer r.Release()
	got, err := l.Load(ctx, table, mode, pairColumns, r)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if got != want {
		return fmt.Errorf("load: %d rows reported, want %d", got, want)
	}
	return nil
}

var errBroken = errors.New("the rows broke off")

func brokenLoad(ctx context.Context, e *env, l warehouse.Loader) error {
	if err := e.exec(ctx, "create table target (n number(38,0), t varchar)", "insert into target values (-1, 'old')"); err != nil {
		return err
	}
	for _, mode := range []warehouse.LoadMode{warehouse.LoadAppend, warehouse.LoadReplace} {
		r := pairs(5000, errBroken, nil)
		_, err := l.Load(ctx, "target", mode, pairColumns, r)
		r.Release()
		if !errors.Is(err, errBroken) {
			return fmt.Errorf("error %v, want the rows' own", err)
		}
		if err := e.want(ctx, "select n, t from target", "-1|old"); err != nil {
			return err
		}
	}
	return nil
}

func canceledLoad(ctx context.Context, e *env, l warehouse.Loader) error {
	if err := e.exec(ctx, "create table target (n number(38,0), t varchar)", "insert into target values (-1, 'old')"); err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	r := pairs(100_000, nil, func(batch int) {
		if batch == 3 {
			cancel()
		}
	})
	defer r.Release()
	if _, err := l.Load(running, "target", warehouse.LoadReplace, pairColumns, r); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("error %v, want context.Canceled", err)
	}
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return want(ctx, s, "select n, t from target", "-1|old")
}

func unseenLoad(ctx context.Context, e *env, l warehouse.Loader) error {
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := e.exec(ctx, "create table target (n number(38,0), t varchar)", "insert into target values (-1, 'old')"); err != nil {
		return err
	}
	var seen error
	r := pairs(5000, nil, func(batch int) {
		if batch == 4 {
			seen = want(ctx, s, "select n, t from target", "-1|old")
		}
	})
	defer r.Release()
	_, err = l.Load(ctx, "target", warehouse.LoadReplace, pairColumns, r)
	return errors.Join(err, seen, want(ctx, s, "select count(*) from target", "5000"))
}

func misfit(ctx context.Context, e *env, l warehouse.Loader) error {
	if err := e.exec(ctx, "create table target (small number(3,0))"); err != nil {
		return err
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "SMALL", Type: arrow.PrimitiveTypes.Int64}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 1000}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	r, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer r.Release()
	_, err = l.Load(ctx, "target", warehouse.LoadAppend, nil, r)
	var refusal *warehouse.Error
	if !errors.As(err, &refusal) || !strings.Contains(strings.ToUpper(refusal.Text()), "SMALL") {
		return fmt.Errorf("error %v, want an *Error that names the column SMALL", err)
	}
	return e.want(ctx, "select count(*) from target", "0")
}

// roundTrip reads rows of every type and loads what it read into a new table.
func roundTrip(ctx context.Context, e *env, l warehouse.Loader) error {
	if err := e.exec(ctx, "create table original (i int, n number(10,2), f float, t varchar, b boolean, d date, tm time, ts timestamp_ntz, y binary)",
		"insert into original (i, n, f, t, b, d, tm, ts) values (1, -2.50, 0.1, 'Räikkönen', true, '2020-02-29', '23:59:58', '2020-02-29 23:59:58.25'), "+
			"(2, null, null, null, null, null, null, null)"); err != nil {
		return err
	}
	s, err := e.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	res, err := s.Query(ctx, "select * from original")
	if err != nil {
		return err
	}
	defer res.Close()
	if _, err := l.Load(ctx, "copied", warehouse.LoadReplace, res.Columns, res.Reader()); err != nil {
		return err
	}
	return errors.Join(
		e.want(ctx, "select * from copied order by i",
			"1|-2.50|0.1|Räikkönen|true|2020-02-29|23:59:58|2020-02-29 23:59:58.25|NULL",
			"2|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL"),
		e.columns(ctx, "select * from copied", "I", "N", "F", "T", "B", "D", "TM", "TS", "Y"))
}

// zonedLoad loads moments with two offsets and a null, into a new table and into
// one that is there.
func zonedLoad(ctx context.Context, e *env, l warehouse.Loader) error {
	schema := arrow.NewSchema([]arrow.Field{{Name: "AT", Type: warehouse.ZonedType(arrow.Microsecond), Nullable: true}}, nil)
	columns := []warehouse.Column{{Name: "AT", Type: warehouse.TimestampTZ, Precision: 9, Nullable: true}}
	for _, mode := range []warehouse.LoadMode{warehouse.LoadReplace, warehouse.LoadAppend} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		at := b.Field(0).(*extensions.TimestampWithOffsetBuilder)
		at.Append(time.Date(2020, 2, 29, 23, 30, 0, 250_000_000, time.FixedZone("", -5*3600)))
		at.AppendNull()
		at.Append(time.Date(2020, 3, 1, 11, 0, 0, 0, time.FixedZone("", 19800)))
		batch := b.NewRecordBatch()
		b.Release()
		rows := warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
			next := batch
			batch = nil
			return next, nil
		})
		_, err := l.Load(ctx, "zoned", mode, columns, rows)
		rows.Release()
		if err != nil {
			return err
		}
	}
	return errors.Join(
		e.want(ctx, "select at from zoned order by at", "2020-02-29 23:30:00.25 -0500", "2020-02-29 23:30:00.25 -0500",
			"2020-03-01 11:00:00 +0530", "2020-03-01 11:00:00 +0530", "NULL", "NULL"),
		e.want(ctx, "select distinct cast(at as date) as d from zoned where at is not null order by d", "2020-02-29", "2020-03-01"))
}
