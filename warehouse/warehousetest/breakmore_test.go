package warehousetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

func valueBreakers() map[string]breaker {
	return map[string]breaker{
		"any value written": rewriting("\u00a0", " "),
		"any value bound": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			args = slices.Clone(args)
			for i, a := range args {
				if text, ok := a.(string); ok {
					args[i] = strings.TrimSpace(text)
				}
			}
			return s.Query(ctx, sql, args...)
		}),
		"any value loaded": loadingBadly(func(ctx context.Context, s warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
			n, err := next(ctx, table, mode, columns, rows)
			if err == nil {
				_, err = warehouse.Exec(ctx, s, "update "+table+" set t = rtrim(t)")
			}
			return n, err
		}),
	}
}

// telling changes descriptions on their way out.
func telling(change func(ctx context.Context, s warehouse.Session, sql string, d *warehouse.Description, err error) error) breaker {
	return func(w *wrapped) *wrapped {
		w.tell = func(ctx context.Context, s warehouse.Session, sql string) (warehouse.Description, error) {
			d, err := warehouse.Describe(ctx, s, sql)
			err = change(ctx, s, sql, &d, err)
			return d, err
		}
		return w
	}
}

func describeBreakers() map[string]breaker {
	return map[string]breaker{
		"describe as it runs": telling(func(_ context.Context, _ warehouse.Session, _ string, d *warehouse.Description, err error) error {
			for i := range d.Columns {
				d.Columns[i].Precision = 38
			}
			return err
		}),
		"describe runs nothing": telling(func(ctx context.Context, s warehouse.Session, sql string, _ *warehouse.Description, _ error) error {
			_, err := warehouse.Exec(ctx, s, sql)
			return err
		}),
		"describe refuses": telling(func(_ context.Context, _ warehouse.Session, _ string, _ *warehouse.Description, err error) error {
			return errors.New("it cannot be described")
		}),
		"describe counts binds": telling(func(_ context.Context, _ warehouse.Session, sql string, d *warehouse.Description, err error) error {
			d.Binds = strings.Count(sql, "?")
			return err
		}),
		"translation runs nothing": func(w *wrapped) *wrapped {
			w.show = func(ctx context.Context, s warehouse.Session, sql string) (string, error) {
				_, err := warehouse.Exec(ctx, s, sql)
				return sql, err
			}
			return w
		},
		"place of the session": func(w *wrapped) *wrapped {
			w.place = func(database, _ string) (string, string) { return database, "PUBLIC" }
			return w
		},
	}
}
