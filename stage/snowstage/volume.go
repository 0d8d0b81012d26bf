package snowstage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// Config says how a volume works. The zero value works.
type Config struct {
	Options  warehouse.SessionOptions // where its sessions start
	Sessions int                      // how many there are at most; 8 if zero
	TempDir  string                   // where objects lie on their way; the system's folder if empty
}

// A Volume is the stages of one account. Several goroutines may use it at once.
type Volume struct {
	warehouse warehouse.Warehouse
	config    Config
	room      chan struct{} // has a token for each session in use

	mu      sync.Mutex
	idle    []warehouse.Session
	closed  bool
	waiting map[string]*turn // puts that must not overlap, by object
}

var _ stage.Volume = (*Volume)(nil)

// New is the stages that sessions of w reach. It opens sessions as it needs
// them; the caller closes the volume before w.
func New(w warehouse.Warehouse, c Config) *Volume {
	if c.Sessions <= 0 {
		c.Sessions = 8
	}
	return &Volume{warehouse: w, config: c, room: make(chan struct{}, c.Sessions), waiting: map[string]*turn{}}
}

// Close ends the volume's sessions. Closing twice is harmless.
func (v *Volume) Close() error {
	v.mu.Lock()
	idle := v.idle
	v.idle, v.closed = nil, true
	v.mu.Unlock()
	var errs []error
	for _, s := range idle {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// with lends a session to do. One that an error may have ended is not used
// again.
func (v *Volume) with(ctx context.Context, do func(warehouse.Session) error) error {
	select {
	case v.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-v.room }()
	s, err := v.session(ctx)
	if err != nil {
		return err
	}
	err = do(s)
	var refused *warehouse.Error
	if err != nil && !errors.As(err, &refused) {
		s.Close()
		return err
	}
	v.mu.Lock()
	closed := v.closed
	if !closed {
		v.idle = append(v.idle, s)
	}
	v.mu.Unlock()
	if closed {
		s.Close()
	}
	return err
}

func (v *Volume) session(ctx context.Context) (warehouse.Session, error) {
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return nil, errors.New("the stages are closed")
	}
	if n := len(v.idle); n > 0 {
		s := v.idle[n-1]
		v.idle = v.idle[:n-1]
		v.mu.Unlock()
		return s, nil
	}
	v.mu.Unlock()
	return v.warehouse.Open(ctx, v.config.Options)
}

// exec runs a statement whose rows nobody needs.
func (v *Volume) exec(ctx context.Context, sql string) error {
	return v.with(ctx, func(s warehouse.Session) error {
		_, err := warehouse.Exec(ctx, s, sql)
		return err
	})
}

// rows are those that a statement gives, by the names of its columns.
func (v *Volume) rows(ctx context.Context, sql string) (all []map[string]string, err error) {
	err = v.with(ctx, func(s warehouse.Session) error {
		all, err = query(ctx, s, sql)
		return err
	})
	return all, err
}

func query(ctx context.Context, s warehouse.Session, sql string) ([]map[string]string, error) {
	res, err := s.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var all []map[string]string
	for batch, err := range res.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range int(batch.NumRows()) {
			row := map[string]string{}
			for j, c := range res.Columns {
				row[c.Name] = cell(batch.Column(j), i)
			}
			all = append(all, row)
		}
	}
	return all, nil
}

// cell is a value as text, "" for null.
func cell(col arrow.Array, i int) string {
	if col.IsNull(i) {
		return ""
	}
	if t, ok := col.(*array.Timestamp); ok {
		return t.Value(i).ToTime(t.DataType().(*arrow.TimestampType).Unit).UTC().Format(time.RFC3339Nano)
	}
	return col.ValueStr(i)
}

// Stage finds one.
func (v *Volume) Stage(ctx context.Context, name stage.Name) (stage.Stage, error) {
	// LIKE takes more than the name where that has a % or a _ in it.
	rows, err := v.rows(ctx, "show stages like "+warehouse.QuoteString(name.Stage)+" in schema "+schemaOf(name))
	if err != nil {
		return nil, told(name.String(), err)
	}
	if !slices.ContainsFunc(rows, func(r map[string]string) bool { return r["name"] == name.Stage }) {
		return nil, fmt.Errorf("stage %s: %w", name, stage.ErrNotExist)
	}
	return &folder{v: v, name: name}, nil
}

func schemaOf(name stage.Name) string {
	return warehouse.QuoteIdent(name.Database) + "." + warehouse.QuoteIdent(name.Schema)
}

// Create makes an empty stage, and its schema if that is missing.
func (v *Volume) Create(ctx context.Context, name stage.Name, comment string) error {
	sql := "create stage " + name.String() + " encryption = (type = 'SNOWFLAKE_SSE')"
	if comment != "" {
		sql += " comment = " + warehouse.QuoteString(comment)
	}
	err := v.exec(ctx, sql)
	if errors.Is(err, warehouse.ErrNotExist) {
		if err = v.exec(ctx, "create schema if not exists "+schemaOf(name)); err == nil {
			err = v.exec(ctx, sql)
		}
	}
	return told(name.String(), err)
}

// Drop removes a stage and all its objects.
func (v *Volume) Drop(ctx context.Context, name stage.Name) error {
	return told(name.String(), v.exec(ctx, "drop stage "+name.String()))
}

// Stages yields every stage that the role may see, in order of name. Stages of
// files outside Snowflake are left out.
func (v *Volume) Stages(ctx context.Context) iter.Seq2[stage.Info, error] {
	return func(yield func(stage.Info, error) bool) {
		rows, err := v.rows(ctx, "show stages in account")
		if err != nil {
			yield(stage.Info{}, told("stages", err))
			return
		}
		var all []stage.Info
		for _, r := range rows {
			if r["url"] != "" {
				continue
			}
			created, err := moment(r["created_on"])
			if err != nil {
				yield(stage.Info{}, fmt.Errorf("stage %s: its time of creation: %w", r["name"], err))
				return
			}
			all = append(all, stage.Info{
				Name:    stage.Name{Database: r["database_name"], Schema: r["schema_name"], Stage: r["name"]},
				Created: created, Comment: r["comment"],
			})
		}
		slices.SortFunc(all, func(a, b stage.Info) int {
			return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Stage, b.Stage))
		})
		for _, info := range all {
			if !yield(info, nil) {
				return
			}
		}
	}
}

// moment reads a time as cell writes it, or as the emulator's SHOW does.
func moment(text string) (time.Time, error) {
	if t, err := time.Parse("2006-01-02 15:04:05.999999999 -0700", text); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// told is an error of the warehouse's in the words of package stage.
func told(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, warehouse.ErrNotExist):
		return fmt.Errorf("%s: %w: %w", what, stage.ErrNotExist, err)
	case errors.Is(err, warehouse.ErrExist):
		return fmt.Errorf("%s: %w: %w", what, stage.ErrExist, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
