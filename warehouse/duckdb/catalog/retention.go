package catalog

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A Retention tells the days of DATA_RETENTION_TIME_IN_DAYS: what says nothing has
// those of what it is in (docs.snowflake.com/user-guide/data-time-travel). Nothing
// here goes back in time.
type Retention struct {
	ctx  context.Context
	conn *engine.Conn
	said map[Area][2]string // days and who said them, of schemas and databases
	Err  error              // of a look-up; the days are nothing then
}

// NewRetention is one that looks each schema and database up once.
func NewRetention(ctx context.Context, conn *engine.Conn) *Retention {
	return &Retention{ctx: ctx, conn: conn, said: map[Area][2]string{}}
}

// Of are the days of a table whose own are these, "" if it says nothing, and the
// level that said so: TABLE, SCHEMA, DATABASE, or "" for the default.
func (r *Retention) Of(own string, schema Area) (days, level string) {
	if own != "" {
		return own, "TABLE"
	}
	return r.In(schema)
}

// In is Of a schema, or of a database where the area has no schema.
func (r *Retention) In(a Area) (days, level string) {
	if said, ok := r.said[a]; ok {
		return said[0], said[1]
	}
	kind, name := "DATABASE", a.Database
	if a.Schema != "" {
		kind, name = "SCHEMA", a.Schema
	}
	m, err := MetaOf(r.ctx, r.conn, a.Database, kind, name)
	switch {
	case err != nil:
		r.Err = err
	case m.Retention != "":
		days, level = m.Retention, kind
	case a.Schema != "":
		days, level = r.In(Area{Database: a.Database})
	default:
		days = "1"
	}
	r.said[a] = [2]string{days, level}
	return days, level
}
