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

// A Translator is a [Session] of a warehouse that speaks another dialect than
// Snowflake's, and can show a statement in that. It runs nothing.
type Translator interface {
	Translate(ctx context.Context, sql string) (string, error)
}

// Translate asks s for sql in its engine's dialect. A session that runs
// Snowflake's SQL as it is refuses with an [*Error] that wraps [ErrUnsupported].
func Translate(ctx context.Context, s Session, sql string) (string, error) {
	if t, ok := s.(Translator); ok {
		return t.Translate(ctx, sql)
	}
	return "", &Error{Code: 2, State: "0A000", Kind: ErrUnsupported,
		Message: "This warehouse runs Snowflake's SQL as it is; there is no translation to show"}
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

// A HybridTeller is a [Session] that knows whether the database that it stands
// in has hybrid tables, of which Snowflake's clients carry a context from
// statement to statement. The caller runs no statement meanwhile.
type HybridTeller interface {
	HasHybridTables() bool
}

// HasHybridTables reports whether s's database has hybrid tables, false if it
// cannot say.
func HasHybridTables(s Session) bool {
	t, ok := s.(HybridTeller)
	return ok && t.HasHybridTables()
}

// An Externals is a [Session] that knows its external stages. The caller runs no
// statement meanwhile.
type Externals interface {
	// StageURL is where a stage's files are, "" for a stage that is none or not
	// an external one.
	StageURL(ctx context.Context, database, schema, name string) (string, error)
}

// StageURL is where the files of an external stage of s are, "" if it has none.
func StageURL(ctx context.Context, s Session, database, schema, name string) (string, error) {
	if e, ok := s.(Externals); ok {
		return e.StageURL(ctx, database, schema, name)
	}
	return "", nil
}

// A Sizer is a [Session] that can tell how much a query reads. The caller runs no
// statement meanwhile.
type Sizer interface {
	// ScanSize is how many bytes a query reads of its tables as they are now, 0 for
	// one that reads none.
	ScanSize(ctx context.Context, sql string) (int64, error)
}

// ScanSize asks s how many bytes a query reads of its tables, 0 if it cannot say.
func ScanSize(ctx context.Context, s Session, sql string) (int64, error) {
	if z, ok := s.(Sizer); ok {
		return z.ScanSize(ctx, sql)
	}
	return 0, nil
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
