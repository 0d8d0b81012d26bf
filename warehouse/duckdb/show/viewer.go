package show

import (
	"context"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// A Viewer is the session that SHOW is run in, as far as SHOW sees it. Its zero
// fields are for what is not there.
type Viewer struct {
	ID        string
	Conn      *engine.Conn // by which databases are read
	Here      catalog.Area // the current database and schema
	Role      string
	Warehouse string
	Databases []string // that are attached, in order
	Account   account.State

	Parameters        map[string]string // that the session has set
	AccountParameters map[string]string // that the account has for every session

	Names Names
	Own   Own
}

// Names says what a session means by names.
type Names interface {
	// Find is the object of a name, which must be there and of one of the kinds.
	Find(ctx context.Context, name *ast.Name, kinds ...string) (*catalog.Object, error)
	// CheckSchema refuses a schema that is not there.
	CheckSchema(ctx context.Context, database, schema string) error
}

// Own is what no database tells of.
type Own interface {
	// Routines are the functions or the procedures, the session's temporary ones first.
	Routines(procedures bool) []*routine.Routine
	// Stages are the named stages of all databases.
	Stages(ctx context.Context) ([]Stage, error)
	// Formats are the named file formats of all databases.
	Formats(ctx context.Context) ([]Format, error)
	// Variables are the session's, in the order of their names.
	Variables() []Variable
	// Transactions are those that are open in all sessions, in the order of their ids.
	Transactions() []Transaction
}

// A Stage is a named stage with what was said of it.
type Stage struct {
	Name        stage.Name
	Created     time.Time
	Comment     string
	URL         string // of an external one
	Integration string // likewise
	Credentials bool   // were given for it
	Directory   bool
	Temporary   bool
}

// A Format is a named file format.
type Format struct {
	Name    stage.Name
	Created time.Time
	Comment string
	Format  *fileformat.Format
}

// A Variable is one that the session has set.
type Variable struct {
	Name    string
	Value   ast.Expr // a literal
	Updated time.Time
}

// A Transaction is one that is open.
type Transaction struct {
	ID, Name, Session string
	Started           time.Time
}
