package warehouse

import (
	"context"
	"iter"
	"time"
)

// A Statement is one entry of the query history.
type Statement struct {
	QueryID    string        `json:"query_id"`
	SessionID  string        `json:"session_id"`
	Text       string        `json:"query_text"`           // as it was sent, secrets masked
	Translated string        `json:"translated,omitempty"` // what a local engine ran, where it differs
	Kind       string        `json:"query_type"`           // SELECT, INSERT, CREATE_TABLE, ...
	Tag        string        `json:"query_tag,omitempty"`  // see [WithQueryTag]
	Database   string        `json:"database_name,omitempty"`
	Schema     string        `json:"schema_name,omitempty"`
	Start      time.Time     `json:"start_time"`
	Duration   time.Duration `json:"duration_ns"`
	Rows       int64         `json:"rows_produced"` // rows returned by a query, rows changed by anything else
	Status     Status        `json:"execution_status"`
	Code       int           `json:"error_code,omitempty"`
	Message    string        `json:"error_message,omitempty"`
}

// Status is how a statement ended.
type Status string

// The ways a statement ends, spelt as QUERY_HISTORY spells them, and Canceled.
const (
	Success  Status = "SUCCESS"
	Failed   Status = "FAILED_WITH_ERROR"
	Canceled Status = "CANCELED"
)

// HistoryFilter narrows a history. The zero value is all of it.
type HistoryFilter struct {
	Since time.Time // statements that started then or later; zero for all
	Limit int       // the newest so many; 0 for all
	Tag   string    // statements whose tag contains it; "" for all
}

// A Historian is a [Warehouse] that remembers the statements it ran, those of
// earlier processes included.
type Historian interface {
	// History yields statements, the newest first. An error is the last pair.
	History(ctx context.Context, filter HistoryFilter) iter.Seq2[Statement, error]
}

// History is w's own history if it keeps one, and empty if not.
func History(ctx context.Context, w Warehouse, filter HistoryFilter) iter.Seq2[Statement, error] {
	if h, ok := w.(Historian); ok {
		return h.History(ctx, filter)
	}
	return func(func(Statement, error) bool) {}
}
