package warehouse

import "context"

// A Description is what a statement would give.
type Description struct {
	Kind    string // as in [Result]
	Columns []Column
	Binds   int // how many values it takes
}

// A Describer is a [Session] that can say what a statement would give without
// running it. Its errors are those of Query.
type Describer interface {
	Describe(ctx context.Context, sql string) (Description, error)
}

// Describe asks s what sql would give. A session that cannot say refuses with
// an [*Error] that wraps [ErrUnsupported].
func Describe(ctx context.Context, s Session, sql string) (Description, error) {
	if d, ok := s.(Describer); ok {
		return d.Describe(ctx, sql)
	}
	return Description{}, &Error{Code: 2, State: "0A000", Kind: ErrUnsupported,
		Message: "Unsupported by Snowpit: describing a statement without running it, on this warehouse"}
}

// A Locator is a [Session] that knows its place, which USE, CREATE DATABASE and
// CREATE SCHEMA change. A part is "" where there is none.
type Locator interface {
	Location() (database, schema string)
}

// Location is where s stands, or "" and "" if it cannot say.
func Location(s Session) (database, schema string) {
	if l, ok := s.(Locator); ok {
		return l.Location()
	}
	return "", ""
}

type idKey struct{}

// WithQueryID returns a context whose next statement has this query id, a
// UUID, in its [Result], its [Error] and the history of a local warehouse. One
// that makes its own ids ignores it.
func WithQueryID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, idKey{}, id)
}

// QueryID is the id that [WithQueryID] put into ctx, or "".
func QueryID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}
