package warehouse

import (
	"context"
)

// A Warehouse opens sessions on one account's databases.
// Several goroutines may use it at once.
type Warehouse interface {
	// Open starts a session. The caller closes it.
	Open(ctx context.Context, opts SessionOptions) (Session, error)

	// Close ends every session and releases the files or connections behind
	// them. Closing twice is harmless.
	Close() error
}

// SessionOptions says where a session starts. The zero value is a session in
// the backend's default database and its schema PUBLIC.
type SessionOptions struct {
	Database  string // current database; created if the backend is a local one
	Schema    string // current schema; PUBLIC if empty; created likewise
	Role      string // current role; the user's default if empty
	Warehouse string // virtual warehouse; the user's default if empty
	User      string // what CURRENT_USER gives on a local backend; SNOWPIT if empty
	Client    string // what CURRENT_CLIENT gives there: a program and its version; Snowpit if empty
	ID        string // what CURRENT_SESSION gives on a local backend; one of its own if empty
	Existing  bool   // a local backend makes none: what is not there, or not named, is not current
}

// A Session runs statements one after another, for one goroutine at a time.
// Temporary objects, USE, session variables and transactions belong to it.
// It may also be a [Loader].
type Session interface {
	// Query runs one statement of Snowflake's SQL, with args bound to its
	// question marks in order. An argument is nil, bool, int64, float64,
	// string, []byte or time.Time.
	//
	// A statement the database refuses is an [*Error], and the session goes
	// on; any other error ends the session. The caller closes the Result
	// before the next Query. When ctx ends, so does the statement, and its
	// error wraps ctx.Err().
	Query(ctx context.Context, sql string, args ...any) (*Result, error)

	// Close drops the session's temporary tables and rolls back an open
	// transaction. Closing twice is harmless.
	Close() error
}

// Exec runs a statement whose rows nobody needs and reports how many rows it
// changed, 0 for one that changes none.
func Exec(ctx context.Context, s Session, sql string, args ...any) (int64, error) {
	res, err := s.Query(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	for _, err := range res.Batches() {
		if err != nil {
			res.Close()
			return 0, err
		}
	}
	return res.Affected, res.Close()
}

type tagKey struct{}

// WithQueryTag returns a context whose statements carry tag: QUERY_TAG on
// Snowflake, [Statement.Tag] in every history.
func WithQueryTag(ctx context.Context, tag string) context.Context {
	return context.WithValue(ctx, tagKey{}, tag)
}

// QueryTag is the tag that [WithQueryTag] put into ctx, or "".
func QueryTag(ctx context.Context) string {
	tag, _ := ctx.Value(tagKey{}).(string)
	return tag
}

type parametersKey struct{}

// WithParameters returns a context whose statements have these session
// parameters, each for itself alone: the session's own are as they were when it
// has ended. A session ignores those that it does not have; on Snowflake, the
// driver knows none but QUERY_TAG.
func WithParameters(ctx context.Context, parameters map[string]string) context.Context {
	return context.WithValue(ctx, parametersKey{}, parameters)
}

// Parameters are those that [WithParameters] put into ctx, or nil.
func Parameters(ctx context.Context) map[string]string {
	parameters, _ := ctx.Value(parametersKey{}).(map[string]string)
	return parameters
}
