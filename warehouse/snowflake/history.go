package snowflake

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// ownTag is in the tag of every statement that a run of a project sends.
const ownTag = `"app":"snowpit"`

// History yields the statements of this process and, merged with them, those
// that Snowflake's QUERY_HISTORY has by their tag: the filter's, or that of
// every run of a project. It goes back seven days, and 10,000 statements.
// What both know counts once, as Snowflake has it.
func (w *Warehouse) History(ctx context.Context, filter warehouse.HistoryFilter) iter.Seq2[warehouse.Statement, error] {
	return func(yield func(warehouse.Statement, error) bool) {
		theirs, err := w.queryHistory(ctx, filter)
		if err != nil {
			yield(warehouse.Statement{}, err)
			return
		}
		for i, st := range merge(filtered(w.log.newest(), filter), theirs) {
			if filter.Limit > 0 && i == filter.Limit || !yield(st, nil) {
				return
			}
		}
	}
}

func filtered(all []warehouse.Statement, f warehouse.HistoryFilter) []warehouse.Statement {
	return slices.DeleteFunc(all, func(st warehouse.Statement) bool {
		return st.Start.Before(f.Since) || !strings.Contains(st.Tag, f.Tag)
	})
}

// merge puts two histories together, the newest first.
func merge(ours, theirs []warehouse.Statement) []warehouse.Statement {
	own := map[string]warehouse.Statement{}
	for _, st := range ours {
		own[st.QueryID] = st
	}
	seen := map[string]bool{}
	for i, st := range theirs {
		seen[st.QueryID] = true
		if mine, ok := own[st.QueryID]; ok { // QUERY_HISTORY counts the row with the counts of a change
			theirs[i].Rows, theirs[i].Kind = mine.Rows, mine.Kind
		}
	}
	all := theirs
	for _, st := range ours {
		if st.QueryID == "" || !seen[st.QueryID] {
			all = append(all, st)
		}
	}
	slices.SortStableFunc(all, func(a, b warehouse.Statement) int { return b.Start.Compare(a.Start) })
	return all
}

// queryHistory asks Snowflake. A server that keeps no history gives none.
func (w *Warehouse) queryHistory(ctx context.Context, f warehouse.HistoryFilter) ([]warehouse.Statement, error) {
	s, err := w.Open(ctx, warehouse.SessionOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	since := ""
	if !f.Since.IsZero() {
		since = fmt.Sprintf(", end_time_range_start => '%s'::timestamp_ltz", f.Since.UTC().Format("2006-01-02 15:04:05.000000000 +0000"))
	}
	tag := f.Tag
	if tag == "" {
		tag = ownTag
	}
	sql := "select query_id, to_varchar(session_id), query_text, query_type, query_tag, database_name, schema_name, start_time, total_elapsed_time, " +
		"rows_produced, execution_status, to_varchar(error_code), error_message " +
		"from table(information_schema.query_history(result_limit => 10000" + since + ")) where contains(query_tag, ?)"
	own, ok := s.(*session)
	if !ok {
		return nil, errors.New("the session is of another warehouse")
	}
	ctx = warehouse.WithQueryTag(ctx, "") // to be no part of what it asks for
	aside := w.log.begin(ctx, own, sql)
	aside.aside = true
	res, err := own.query(ctx, sql, []any{tag}, aside)
	var refused *warehouse.Error
	if errors.As(err, &refused) && (errors.Is(err, warehouse.ErrUnsupported) || errors.Is(err, warehouse.ErrNotExist) || refused.Code == unknownFunction || refused.Code == unknownTableFunction) {
		w.config.Logger.Debug("the server keeps no query history", "error", err)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer res.Close()
	return statements(res, w.secrets)
}

// The numbers of a function that there is not.
const (
	unknownFunction      = 2140
	unknownTableFunction = 2141
)

func statements(res *warehouse.Result, s secrets) ([]warehouse.Statement, error) {
	var all []warehouse.Statement
	for batch, err := range res.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range int(batch.NumRows()) {
			text := func(col int) string { return textAt(batch.Column(col), i) }
			st := warehouse.Statement{
				QueryID: text(0), SessionID: text(1), Text: s.hide(text(2)), Kind: text(3), Tag: text(4), Database: text(5), Schema: text(6),
				Start: timeAt(batch.Column(7), i), Duration: time.Duration(intAt(batch.Column(8), i)) * time.Millisecond,
				Rows: intAt(batch.Column(9), i), Status: warehouse.Status(strings.ToUpper(text(10))), Message: s.hide(text(12)),
			}
			if code, err := strconv.Atoi(text(11)); err == nil {
				st.Code = code
			}
			if st.Code == canceledCode {
				st.Status = warehouse.Canceled
			}
			all = append(all, st)
		}
	}
	return all, nil
}

// canceledCode is the number of a statement that was cancelled.
const canceledCode = 604

func textAt(col arrow.Array, i int) string {
	if s, ok := col.(*array.String); ok && !s.IsNull(i) {
		return s.Value(i)
	}
	return ""
}

func intAt(col arrow.Array, i int) int64 {
	if col.IsNull(i) {
		return 0
	}
	switch col := col.(type) {
	case *array.Int64:
		return col.Value(i)
	case *array.Decimal128:
		return int64(col.Value(i).LowBits())
	}
	return 0
}

func timeAt(col arrow.Array, i int) time.Time {
	t, ok := col.(*array.Timestamp)
	if !ok || t.IsNull(i) {
		return time.Time{}
	}
	return t.Value(i).ToTime(t.DataType().(*arrow.TimestampType).Unit)
}
