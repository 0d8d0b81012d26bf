package duckdb

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/show"
)

// show is SHOW.
func (s *session) show(ctx context.Context, rec *record, stmt *ast.Show) (*warehouse.Result, error) {
	if stmt.Object == "GRANTS" || stmt.Object == "FUTURE GRANTS" {
		return s.showGrants(ctx, rec, stmt)
	}
	columns, rows, err := s.viewer().Show(ctx, stmt)
	if err != nil {
		return nil, err
	}
	return rec.table(columns, rows), nil
}

func (s *session) viewer() *show.Viewer {
	return &show.Viewer{
		ID: s.id, Conn: s.conn, Here: catalog.Area{Database: s.database, Schema: s.schema}, Role: s.role, Warehouse: s.compute,
		Databases: s.w.attached(), Account: s.w.account.Now(), Parameters: s.parameters, AccountParameters: accountParameters,
		Names: viewed{s}, Own: viewed{s},
	}
}

// viewed is what SHOW sees of a session.
type viewed struct{ s *session }

// Find finds the views of INFORMATION_SCHEMA, too.
func (v viewed) Find(ctx context.Context, name *ast.Name, kinds ...string) (*catalog.Object, error) {
	return v.s.findShown(ctx, name, kinds...)
}

// CheckSchema refuses a schema that is not there.
func (v viewed) CheckSchema(ctx context.Context, database, schema string) error {
	return v.s.checkSchema(ctx, database, schema)
}

// Routines are the session's functions or procedures, and those of all databases.
func (v viewed) Routines(procedures bool) []*routine.Routine {
	return append(v.s.routines(procedures).All(), v.s.w.routines(procedures).All()...)
}

// Variables are the session's.
func (v viewed) Variables() (all []show.Variable) {
	for _, name := range slices.Sorted(maps.Keys(v.s.variables)) {
		all = append(all, show.Variable{Name: name, Value: v.s.variables[name], Updated: v.s.variableTimes[name]})
	}
	return all
}

// Transactions are those of every session.
func (v viewed) Transactions() (all []show.Transaction) {
	v.s.w.mu.Lock()
	defer v.s.w.mu.Unlock()
	for other := range v.s.w.sessions {
		if t := other.shown.Load(); t != nil {
			all = append(all, show.Transaction{ID: t.id, Name: t.name, Session: other.id, Started: t.start})
		}
	}
	slices.SortFunc(all, func(a, b show.Transaction) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
