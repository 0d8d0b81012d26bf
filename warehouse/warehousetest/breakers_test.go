package warehousetest

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A breaker puts a fault into a warehouse that has none.
type breaker func(*wrapped) *wrapped

// rewriting runs other SQL than it was given.
func rewriting(oldnew ...string) breaker {
	r := strings.NewReplacer(oldnew...)
	return querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
		return s.Query(ctx, r.Replace(sql), args...)
	})
}

func querying(query func(context.Context, warehouse.Session, string, []any) (*warehouse.Result, error)) breaker {
	return func(w *wrapped) *wrapped {
		w.query = query
		return w
	}
}

// spoiling changes results on their way out.
func spoiling(spoil func(sql string, res *warehouse.Result)) breaker {
	return querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
		res, err := s.Query(ctx, sql, args...)
		if err == nil {
			spoil(sql, res)
		}
		return res, err
	})
}

// misreporting changes refusals on their way out.
func misreporting(change func(*warehouse.Error) error) breaker {
	return querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
		res, err := s.Query(ctx, sql, args...)
		var e *warehouse.Error
		if errors.As(err, &e) {
			err = change(e)
		}
		return res, err
	})
}

// preparing runs a statement before those that contain a text.
func preparing(text, before string) breaker {
	return querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
		if strings.Contains(sql, text) {
			if _, err := warehouse.Exec(ctx, s, before); err != nil {
				return nil, err
			}
		}
		return s.Query(ctx, sql, args...)
	})
}

type loadHook = func(context.Context, warehouse.Session, loadFunc, string, warehouse.LoadMode, []warehouse.Column, array.RecordReader) (int64, error)

func loadingBadly(load loadHook) breaker {
	return func(w *wrapped) *wrapped {
		w.load = load
		return w
	}
}

// confusing loads in one mode whatever was asked for.
func confusing(mode warehouse.LoadMode) breaker {
	return loadingBadly(func(ctx context.Context, _ warehouse.Session, next loadFunc, table string, _ warehouse.LoadMode, _ []warehouse.Column, rows array.RecordReader) (int64, error) {
		return next(ctx, table, mode, pairColumns, rows)
	})
}

// beforeLoad runs a statement ahead of each load; % is the table.
func beforeLoad(sql string) breaker {
	return loadingBadly(func(ctx context.Context, s warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
		if _, err := warehouse.Exec(ctx, s, strings.ReplaceAll(sql, "%", table)); err != nil {
			return 0, err
		}
		return next(ctx, table, mode, columns, rows)
	})
}

func recalling(history func(warehouse.HistoryFilter, iter.Seq2[warehouse.Statement, error]) iter.Seq2[warehouse.Statement, error]) breaker {
	return func(w *wrapped) *wrapped {
		w.history = history
		return w
	}
}

// breakers are the faults, by the promise that each breaks.
func breakers() map[string]breaker {
	all := map[string]breaker{}
	for _, group := range []map[string]breaker{resultBreakers(), refusalBreakers(), sessionBreakers(), sqlBreakers(), loadBreakers(), valueBreakers(), describeBreakers(), endBreakers()} {
		for name, b := range group {
			all[name] = b
		}
	}
	return all
}

func resultBreakers() map[string]breaker {
	return map[string]breaker{
		"types": spoiling(func(_ string, res *warehouse.Result) { res.Columns[0].Type = warehouse.Varchar }),
		"nulls": rewriting("select * from nully", "select coalesce(i, 0) as i, n, f, t, b, d from nully"),
		"names": spoiling(func(_ string, res *warehouse.Result) {
			for i := range res.Columns {
				res.Columns[i].Name = strings.ToUpper(res.Columns[i].Name)
			}
		}),
		"unnamed columns": spoiling(func(_ string, res *warehouse.Result) { res.Columns[0].Name = strings.ToLower(res.Columns[0].Name) }),
		"schema":          spoiling(func(_ string, res *warehouse.Result) { slices.Reverse(res.Columns) }),
		"no rows":         spoiling(func(_ string, res *warehouse.Result) { res.Columns = nil }),
		"many rows":       rewriting("as T from MANY", "as T from MANY where N <> 4711"),
		"retained batch": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			res, err := s.Query(ctx, sql, args...)
			if err != nil || !strings.HasSuffix(sql, "order by N") {
				return res, err
			}
			return warehouse.NewResult(res.QueryID, res.Kind, res.Columns, sharing(res)), nil
		}),
		"kinds":    spoiling(func(_ string, res *warehouse.Result) { res.Kind = "SELECT" }),
		"affected": spoiling(func(_ string, res *warehouse.Result) { res.Affected *= 2 }),
		"query id": spoiling(func(_ string, res *warehouse.Result) { res.QueryID = "always the same" }),
	}
}

// sharing gives a result's batches in one piece of memory, each over the one
// before.
func sharing(res *warehouse.Result) array.RecordReader {
	var shared []int64
	return warehouse.ReaderOf(res.Schema(), func() (arrow.RecordBatch, error) {
		if !res.Reader().Next() {
			err := res.Reader().Err()
			res.Close()
			return nil, err
		}
		values := res.Reader().RecordBatch().Column(0).(*array.Int64).Values()
		if shared == nil {
			shared = make([]int64, len(values))
		}
		n := copy(shared, values)
		buffer := memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(shared))
		data := array.NewData(arrow.PrimitiveTypes.Int64, n, []*memory.Buffer{nil, buffer}, nil, 0, 0)
		return array.NewRecordBatch(res.Schema(), []arrow.Array{array.MakeFromData(data)}, int64(n)), nil
	})
}

func refusalBreakers() map[string]breaker {
	return map[string]breaker{
		"missing table":    misreporting(func(e *warehouse.Error) error { return errors.New(e.Error()) }),
		"existing table":   rewriting("create table taken", "create table if not exists taken"),
		"syntax error":     misreporting(func(e *warehouse.Error) error { e.Line = 0; return e }),
		"missing column":   misreporting(func(e *warehouse.Error) error { e.Line++; return e }),
		"missing function": misreporting(func(e *warehouse.Error) error { e.Code = 1; return e }),
		"bad conversion":   rewriting("cast(", "try_cast("),
		"division by zero": rewriting("1 / x", "null"),
		"null in not null": rewriting("not null", ""),
		"one statement": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (res *warehouse.Result, err error) {
			for one := range strings.SplitSeq(sql, ";") {
				if res != nil {
					res.Close()
				}
				if res, err = s.Query(ctx, one, args...); err != nil {
					return nil, err
				}
			}
			return res, nil
		}),
		"late refusal": rewriting("cast(", "try_cast("),
		"session survives": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			res, err := s.Query(ctx, sql, args...)
			if err != nil {
				s.Close()
			}
			return res, err
		}),
		"wrong number of binds": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			for strings.Count(sql, "?") > len(args) {
				args = append(args, nil)
			}
			return s.Query(ctx, sql, args...)
		}),
	}
}

func sessionBreakers() map[string]breaker {
	return map[string]breaker{
		"place": func(w *wrapped) *wrapped {
			w.open = func(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error) {
				opts.Schema = ""
				return w.Warehouse.Open(ctx, opts)
			}
			return w
		},
		"use":             rewriting("use schema", "select 1 --"),
		"temporary table": rewriting("create temporary table", "create table"),
		"temporary ends":  rewriting("create temporary table", "create table"),
		"commit":          rewriting("commit", "rollback"),
		"rollback":        rewriting("rollback", "commit"),
		"close rolls back": func(w *wrapped) *wrapped {
			w.shut = func(next func() error) error {
				// It fails where no transaction is open, which is right.
				_, _ = warehouse.Exec(context.Background(), w.last, "commit")
				return next()
			}
			return w
		},
		"binds": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			for i, arg := range args {
				if text, ok := arg.(string); ok {
					args[i] = strings.ToLower(strings.TrimSpace(text)) + " "
				}
			}
			return s.Query(ctx, sql, args...)
		}),
		"binds in order": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			slices.Reverse(args)
			return s.Query(ctx, sql, args...)
		}),
		"cancel": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			res, err := s.Query(ctx, sql, args...)
			if ctx.Err() != nil {
				err = errors.New("the connection was reset")
			}
			return res, err
		}),
		"canceled before": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			return s.Query(context.WithoutCancel(ctx), sql, args...)
		}),
		"concurrent sessions": func(w *wrapped) *wrapped {
			var n atomic.Int32
			w.open = func(ctx context.Context, opts warehouse.SessionOptions) (warehouse.Session, error) {
				if n.Add(1) > 3 {
					return nil, errors.New("too many connections")
				}
				return w.Warehouse.Open(ctx, opts)
			}
			return w
		},
	}
}

func sqlBreakers() map[string]breaker {
	place := regexp.MustCompile(`KIT_\w+\.far`)
	return map[string]breaker{
		"create or replace table": rewriting("or replace table remade", "table if not exists remade"),
		"create or replace view":  rewriting("or replace view", "view if not exists"),
		"replace is whole":        preparing("create or replace table kept", "drop table kept"),
		"quoted names":            rewriting(`"my Table"`, "MY_TABLE", `"select"`, "S"),
		"qualified names": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			return s.Query(ctx, place.ReplaceAllString(sql, "PUBLIC.far"), args...)
		}),
		"strings":            rewriting(`\'`, `''`, `\\`, `\\\\`),
		"comments":           rewriting("-- one; and 'only", "/* gone */", ", 2 // two", ""),
		"order of nulls":     rewriting("order by a desc", "order by a desc nulls last"),
		"information schema": rewriting("table_type from", "lower(table_type) from"),
		"drop":               rewriting("drop table", "select 1 --"),
	}
}

func loadBreakers() map[string]breaker {
	return map[string]breaker{
		"load appends":         confusing(warehouse.LoadReplace),
		"load needs its table": confusing(warehouse.LoadReplace),
		"load replaces":        confusing(warehouse.LoadAppend),
		"load replaces a view": confusing(warehouse.LoadAppend),
		"load of nothing": loadingBadly(func(context.Context, warehouse.Session, loadFunc, string, warehouse.LoadMode, []warehouse.Column, array.RecordReader) (int64, error) {
			return 0, nil
		}),
		"broken load": loadingBadly(func(ctx context.Context, _ warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
			upToTheFault := warehouse.ReaderOf(rows.Schema(), func() (arrow.RecordBatch, error) {
				if !rows.Next() {
					return nil, nil
				}
				rows.RecordBatch().Retain()
				return rows.RecordBatch(), nil
			})
			defer upToTheFault.Release()
			n, err := next(ctx, table, mode, columns, upToTheFault)
			return n, errors.Join(err, rows.Err())
		}),
		"canceled load": loadingBadly(func(ctx context.Context, _ warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
			n, err := next(context.WithoutCancel(ctx), table, mode, columns, rows)
			return n, errors.Join(err, ctx.Err())
		}),
		"load in a transaction": beforeLoad("commit"),
		"load keeps offsets":    rewriting("select at from", "select convert_timezone('UTC', at) as at from"),
		"load unseen":           beforeLoad("delete from %"),
		"load misfit": loadingBadly(func(ctx context.Context, _ warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
			n, err := next(ctx, table, mode, columns, rows)
			if err != nil {
				err = &warehouse.Error{Code: 100039, Message: "a value does not fit"}
			}
			return n, err
		}),
		"load and read types": loadingBadly(func(ctx context.Context, _ warehouse.Session, next loadFunc, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
			columns = slices.Clone(columns)
			for i := range columns {
				if columns[i].Type == warehouse.TimestampNTZ {
					columns[i].Type = warehouse.Date
				}
			}
			return next(ctx, table, mode, columns, rows)
		}),
	}
}

func endBreakers() map[string]breaker {
	none := func(func(warehouse.Statement, error) bool) {}
	return map[string]breaker{
		"history": recalling(func(warehouse.HistoryFilter, iter.Seq2[warehouse.Statement, error]) iter.Seq2[warehouse.Statement, error] {
			return none
		}),
		"history filter": recalling(func(_ warehouse.HistoryFilter, all iter.Seq2[warehouse.Statement, error]) iter.Seq2[warehouse.Statement, error] {
			return all
		}),
		"query tag": querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
			return s.Query(warehouse.WithQueryTag(ctx, ""), sql, args...)
		}),
		"close session twice": func(w *wrapped) *wrapped {
			w.shut = once()
			return w
		},
		"close warehouse twice": func(w *wrapped) *wrapped {
			w.close = once()
			return w
		},
		"close result early": leaking,
		"warehouse ends sessions": func(w *wrapped) *wrapped {
			shut := false
			w.close = func(next func() error) error {
				if !shut {
					shut = true
					return nil
				}
				return next()
			}
			return w
		},
	}
}

// once fails from the second call on.
func once() func(func() error) error {
	n := 0
	return func(next func() error) error {
		if n++; n > 1 {
			return errors.New("closed already")
		}
		return next()
	}
}

// leaking gives results whose rows are never released.
func leaking(w *wrapped) *wrapped {
	return querying(func(ctx context.Context, s warehouse.Session, sql string, args []any) (*warehouse.Result, error) {
		res, err := s.Query(ctx, sql, args...)
		if err != nil {
			return nil, err
		}
		leak := warehouse.NewResult(res.QueryID, res.Kind, res.Columns, leakyReader{res.Reader()})
		leak.Affected = res.Affected
		return leak, nil
	})(w)
}

type leakyReader struct{ array.RecordReader }

func (leakyReader) Release() {}
