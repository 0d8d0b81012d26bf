package snowflake

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/snowflakedb/gosnowflake"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// A session is one connection of the driver's.
type session struct {
	w      *Warehouse
	conn   conn
	tokens *tokens
	closed atomic.Bool
	loads  string // the temporary stage that loads go through, once it is there
}

var (
	_ warehouse.Loader    = (*session)(nil)
	_ warehouse.Describer = (*session)(nil)
)

func (s *session) id() string { return s.tokens.id() }

// Query runs one statement.
func (s *session) Query(ctx context.Context, sql string, args ...any) (*warehouse.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.closed.Load() {
		return nil, errors.New("the session is closed")
	}
	if kind := kindOfStatement(sql); kind == "BEGIN_TRANSACTION" {
		s.beforeTransaction(ctx)
	}
	entry := s.w.log.begin(ctx, s, sql)
	res, err := s.query(ctx, sql, args, entry)
	if err != nil {
		s.w.log.end(entry, 0, err)
		return nil, err
	}
	return res, nil
}

// query runs a statement that entry notes.
func (s *session) query(ctx context.Context, sql string, args []any, entry *entry) (*warehouse.Result, error) {
	bound, err := binds(args)
	if err != nil {
		return nil, err
	}
	if tag := warehouse.QueryTag(ctx); tag != "" {
		ctx = gosnowflake.WithQueryTag(ctx, tag)
	}
	if entry.Kind == "PUT_FILES" || entry.Kind == "GET_FILES" {
		return s.transfer(ctx, sql, bound, entry)
	}
	ids := make(chan string, 1)
	loader, err := s.conn.QueryArrowStream(gosnowflake.WithQueryIDChan(ctx, ids), sql, bound...)
	select {
	case entry.QueryID = <-ids:
	default:
	}
	if err != nil {
		return nil, s.refusal(ctx, err, entry)
	}
	return s.result(ctx, loader, entry)
}

// refusal is an error of the driver's, noted with its query id.
func (s *session) refusal(ctx context.Context, err error, entry *entry) error {
	err = s.w.secrets.refusal(ctx, err)
	var refused *warehouse.Error
	if errors.As(err, &refused) {
		if refused.QueryID == "" {
			refused.QueryID = entry.QueryID
		}
		entry.QueryID = refused.QueryID
	}
	return err
}

// transfer runs PUT or GET, whose rows the driver makes itself.
func (s *session) transfer(ctx context.Context, sql string, args []driver.NamedValue, entry *entry) (*warehouse.Result, error) {
	rows, err := s.conn.QueryContext(ctx, sql, args)
	if err != nil {
		return nil, s.refusal(ctx, err, entry)
	}
	defer rows.Close()
	if known, ok := rows.(gosnowflake.SnowflakeRows); ok {
		entry.QueryID = known.GetQueryID()
	}
	names := rows.Columns()
	columns := make([]warehouse.Column, len(names))
	for i, name := range names {
		columns[i] = warehouse.Column{Name: name, Type: warehouse.Varchar}
		if name == "size" || name == "source_size" || name == "target_size" {
			columns[i].Type, columns[i].Precision = warehouse.Number, 38
		}
	}
	var cells [][]*string
	for {
		values := make([]driver.Value, len(names))
		if err := rows.Next(values); err == io.EOF {
			break
		} else if err != nil {
			return nil, s.refusal(ctx, err, entry)
		}
		cells = append(cells, asText(values))
	}
	return s.small(columns, cells, entry)
}

func asText(values []driver.Value) []*string {
	row := make([]*string, len(values))
	for i, v := range values {
		if v != nil {
			text := fmt.Sprint(v)
			row[i] = &text
		}
	}
	return row
}

// Describe asks the server what a statement would give.
func (s *session) Describe(ctx context.Context, sql string) (warehouse.Description, error) {
	if s.closed.Load() {
		return warehouse.Description{}, errors.New("the session is closed")
	}
	loader, err := s.conn.QueryArrowStream(gosnowflake.WithDescribeOnly(ctx), sql)
	if err != nil {
		return warehouse.Description{}, s.w.secrets.refusal(ctx, err)
	}
	columns, err := rows.ColumnsOf(loader)
	return warehouse.Description{Kind: kindOfStatement(sql), Columns: columns, Binds: countBinds(sql)}, err
}

// Close ends the session on the server.
func (s *session) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	s.w.mu.Lock()
	delete(s.w.sessions, s)
	s.w.mu.Unlock()
	if err := s.conn.Close(); err != nil {
		return s.w.secrets.error(err)
	}
	return nil
}

// binds are the arguments as the driver takes them.
func binds(args []any) ([]driver.NamedValue, error) {
	var out []driver.NamedValue
	add := func(values ...any) {
		for _, v := range values {
			out = append(out, driver.NamedValue{Ordinal: len(out) + 1, Value: v})
		}
	}
	for i, arg := range args {
		switch arg := arg.(type) {
		case nil, bool, int64, string:
			add(arg)
		case float64:
			add(rows.BindFloat(arg))
		case []byte:
			switch {
			case arg == nil:
				add(nil)
			case len(arg) == 0: // the driver would write it as an empty list
				add("")
			default:
				add(gosnowflake.DataTypeBinary, arg)
			}
		case time.Time:
			// The marker of a type would be bound as a value behind one that is binary.
			add(gosnowflake.TypedNullTime{Time: sql.NullTime{Time: arg, Valid: true}, TzType: gosnowflake.TimestampNTZType})
		default:
			return nil, fmt.Errorf("argument %d is a %T, and that cannot be bound", i+1, arg)
		}
	}
	return out, nil
}
