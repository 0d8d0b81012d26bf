package duckdb

import (
	"cmp"
	"context"
	"errors"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

var (
	_ warehouse.Describer = (*session)(nil)
	_ warehouse.Locator   = (*session)(nil)
	_ warehouse.Externals = (*session)(nil)
	_ warehouse.Sizer     = (*session)(nil)
)

// Location is the session's database and schema.
func (s *session) Location() (database, schema string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.database, s.schema
}

// Describe says what a statement would give. Queries and changes of rows are
// compiled; what only looks something up, such as SHOW, runs; what changes
// definitions is not looked into.
func (s *session) Describe(ctx context.Context, sql string) (warehouse.Description, error) {
	stmt, err := parse.Lenient(sql)
	if err != nil {
		return warehouse.Description{}, err
	}
	switch stmt.(type) {
	case *ast.Show, *ast.Describe, *ast.List:
		return s.describeByRunning(ctx, sql)
	case *ast.Chain:
		switch ast.Kind(stmt) {
		case "SELECT", "SHOW", "DESCRIBE", "LIST_FILES":
			return s.describeByRunning(ctx, sql)
		}
		return warehouse.Description{}, refusal.Unsupported("a description of a chain whose statements change something")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return warehouse.Description{}, errClosed
	}
	if s.open != nil {
		return warehouse.Description{}, errOpenResult()
	}
	ctx, stop := s.bounded(ctx)
	defer stop()
	defer s.runAfter()
	rec := s.record(ctx, sql)
	rec.statement.Kind, rec.tree = ast.Kind(stmt), stmt
	err = s.override(ctx)
	var d warehouse.Description
	if err == nil {
		d, err = s.compile(ctx, rec, sql)
	}
	if refusal.NeedsFine(err) {
		s.fine = true
		defer func() { s.fine = false }()
		if rec.tree, err = parse.Lenient(sql); err == nil {
			d, err = s.compile(ctx, rec, sql)
		}
	}
	if err != nil {
		err = s.missingPlace(ctx, rec, rec.translation.refusal(err))
		var e *warehouse.Error
		if errors.As(err, &e) {
			e.QueryID = rec.statement.QueryID
		}
		return warehouse.Description{}, err
	}
	return d, nil
}

func (s *session) describeByRunning(ctx context.Context, sql string) (warehouse.Description, error) {
	res, err := s.Query(ctx, sql)
	if err != nil {
		return warehouse.Description{}, err
	}
	return warehouse.Description{Kind: res.Kind, Columns: res.Columns}, res.Close()
}

// counts are the columns of what a change of rows gives, by its kind.
var counts = map[string][]string{
	"INSERT": {"number of rows inserted"},
	"UPDATE": {"number of rows updated", "number of multi-joined rows updated"},
	"DELETE": {"number of rows deleted"},
	"MERGE":  nil, // see countsOf
}

// countsOf are counts of a statement; those of MERGE hang on its clauses.
func countsOf(stmt ast.Statement) []string {
	if many, ok := stmt.(*ast.MultiInsert); ok {
		return manyCounts(many)
	}
	merge, ok := stmt.(*ast.Merge)
	if !ok {
		return counts[ast.Kind(stmt)]
	}
	var names []string
	for _, c := range mergeCounts {
		if (&merging{stmt: merge}).has(c.action) {
			names = append(names, c.column)
		}
	}
	return names
}

// compile prepares a statement and reads its columns off.
func (s *session) compile(ctx context.Context, rec *record, sql string) (warehouse.Description, error) {
	d := warehouse.Description{Kind: rec.statement.Kind, Columns: listing.Columns("status")}
	if columns := copyColumns(rec.tree); columns != nil {
		d.Columns = columns
		return d, nil
	}
	if call, ok := rec.tree.(*ast.CallProcedure); ok && !callsSystem(call) {
		return s.describeCall(call, rec)
	}
	if _, ok := rec.tree.(*ast.Block); ok {
		d.Columns = listing.Texts(anonymousBlock)
		return d, nil
	}
	if d.Kind != "SELECT" && countsOf(rec.tree) == nil {
		return d, nil
	}
	st, err := s.settle(ctx, rec.tree, nil)
	if err != nil {
		return d, err
	}
	rec.settled = st.changed
	if err := s.known(ctx, st.named); err != nil {
		return d, err
	}
	if readsStages(rec.tree) {
		if rec.tree, sql, err = s.withoutStages(ctx, rec.tree); err != nil {
			return d, err
		}
	}
	t, err := s.translation(rec, sql)
	if err != nil {
		return d, err
	}
	rec.translated(t)
	cur, err := s.conn.Prepare(ctx, t.text)
	if err != nil {
		return d, err
	}
	defer cur.Close()
	d.Binds = cur.Binds()
	if d.Kind == "SELECT" {
		d.Columns, err = describedColumns(cur, rec.tree, t.columns)
		return d, err
	}
	d.Columns = nil
	for _, name := range countsOf(rec.tree) {
		d.Columns = append(d.Columns, listing.Whole(name))
	}
	return d, nil
}

// describedColumns are the columns of a prepared query. One whose type hangs on a
// value not given yet is text.
func describedColumns(cur *engine.Cursor, tree ast.Statement, known []types.Column) ([]warehouse.Column, error) {
	found := cur.Prepared()
	n := len(found)
	names, columns := make([]string, n), make([]warehouse.Column, n)
	for i, c := range found {
		switch {
		case c.Err != nil:
			return nil, c.Err
		case c.Open:
			columns[i] = engine.Varchar
		case len(known) == n:
			columns[i] = c.Kind.As(known[i].Type).Column
		default:
			columns[i] = c.Kind.Column
		}
		names[i] = c.Name
	}
	nameColumns(tree, names)
	for i, name := range names {
		columns[i].Nullable = true
		if len(known) == n {
			name, columns[i].Nullable = cmp.Or(known[i].Name, name), !known[i].NotNull
		}
		columns[i].Name = name
	}
	return columns, nil
}
