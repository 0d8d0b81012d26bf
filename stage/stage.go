package stage

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// The refusals that callers act on. Test for one with [errors.Is].
var (
	ErrNotExist = errors.New("does not exist")
	ErrExist    = errors.New("already exists")
	// ErrName is a name that could leave the stage or that no backend could
	// keep: empty, absolute, with "..", NUL or a backslash, or over 1,024 bytes.
	ErrName = errors.New("not a name an object can have")
)

// An Object is one file on a stage.
type Object struct {
	Name     string // within the stage, forward slashes, no leading one
	Size     int64  // bytes
	MD5      string // 32 hex digits
	SHA256   string // 64 hex digits; "" where the backend does not know it without reading
	Tag      string // what LIST shows for the MD5 of a file that came encrypted, its MD5 as it came; "" for others
	Modified time.Time
}

// PutOptions change how an object is put. The zero value refuses nothing and
// replaces what is there.
type PutOptions struct {
	// KeepExisting makes Put of a name that exists an error wrapping ErrExist.
	KeepExisting bool
	// Tag gives the object's when all of it was read; nil for none. A backend
	// may do without tags, and may forget one.
	Tag func() string
}

// A Stage keeps objects under names. Several goroutines may use it at once.
//
// A name is what [CheckName] accepts; every method answers any other with an
// error wrapping [ErrName] and touches nothing outside the stage. Neither Put
// nor a reader holds a whole object in memory.
type Stage interface {
	// Put stores all of r under name. It is atomic: a reader sees the old
	// object or the new one, never a part, and when r fails, ctx ends or the
	// process dies, the old one stays.
	Put(ctx context.Context, name string, r io.Reader, opts PutOptions) (Object, error)

	// Open reads one object, as it was when Open returned, whatever is put
	// meanwhile. The caller closes it. A missing name is an error wrapping
	// [ErrNotExist].
	Open(ctx context.Context, name string) (io.ReadCloser, Object, error)

	// List yields the objects whose names begin with prefix, in order of
	// name. An error is the last pair. No object is no error.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]

	// Remove deletes one object. A missing name is an error wrapping
	// [ErrNotExist].
	Remove(ctx context.Context, name string) error
}

// A Name is a stage's full name, each part as Snowflake stores it: upper case
// unless it was quoted.
type Name struct {
	Database, Schema, Stage string
}

// String is the name as SQL writes it, parts quoted where they must be.
func (n Name) String() string {
	return quote(n.Database) + "." + quote(n.Schema) + "." + quote(n.Stage)
}

// Info is one stage of a [Volume].
type Info struct {
	Name
	Created time.Time
	Comment string
}

// A Volume holds stages. Several goroutines may use it at once.
type Volume interface {
	// Stage finds one. A missing one is an error wrapping [ErrNotExist].
	Stage(ctx context.Context, name Name) (Stage, error)

	// Create makes an empty stage. One of that name is an error wrapping
	// [ErrExist].
	Create(ctx context.Context, name Name, comment string) error

	// Drop removes a stage and all its objects. A missing one is an error
	// wrapping [ErrNotExist].
	Drop(ctx context.Context, name Name) error

	// Stages yields every stage, in order of name. An error is the last pair.
	Stages(ctx context.Context) iter.Seq2[Info, error]
}
