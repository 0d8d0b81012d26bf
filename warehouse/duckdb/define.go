package duckdb

import (
	"context"
	"errors"
	"regexp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// rewritten is a tree in DuckDB's dialect, where values of such types are bound.
func (s *session) rewritten(tree ast.Statement, binds ...types.Type) (string, error) {
	out, err := s.toDuckDB(tree, binds)
	return out.Text, err
}

// together runs statements of DuckDB's, all or none.
func (s *session) together(ctx context.Context, steps ...string) error {
	if !s.inTx {
		if err := s.conn.Exec(ctx, "begin transaction"); err != nil {
			return err
		}
	}
	for _, sql := range steps {
		if err := s.conn.Exec(ctx, sql); err != nil {
			if !s.inTx {
				_ = s.conn.Exec(context.WithoutCancel(ctx), "rollback")
			}
			return err
		}
	}
	if s.inTx {
		return nil
	}
	return s.conn.Commit(ctx)
}

// define makes an object: the statements before it, its own, and those after
// it, all or none.
func (s *session) define(ctx context.Context, rec *record, t *translation, args []any, before, after []string) error {
	rec.translated(t)
	if s.inTx { // one that the statement has begun for itself
		return s.defineIn(ctx, rec, t, args, before, after)
	}
	return s.retry(ctx, func() error {
		err := s.conn.Exec(ctx, "begin transaction")
		if err != nil {
			return err
		}
		if err = s.defineIn(ctx, rec, t, args, before, after); err == nil {
			err = s.conn.Commit(ctx)
		}
		if err != nil {
			return errors.Join(err, ignoreNoTransaction(s.conn.Exec(context.WithoutCancel(ctx), "rollback")))
		}
		s.w.commits.Add(1)
		return nil
	})
}

// defineIn is define in the transaction that is open.
func (s *session) defineIn(ctx context.Context, rec *record, t *translation, args []any, before, after []string) error {
	for _, sql := range before {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	cur, err := s.conn.Prepare(ctx, t.text)
	if err != nil {
		return err
	}
	if err = s.startAllowed(ctx, cur, args); err == nil {
		rec.filled, err = cur.Count()
	}
	cur.Close()
	if err != nil {
		return err
	}
	for _, sql := range after {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// there says whether IF NOT EXISTS keeps a statement from making what it names,
// and gives the result that says so.
func (s *session) there(ctx context.Context, rec *record, c ast.Create, n *ast.Name) (*warehouse.Result, error) {
	if !c.IfNotExists {
		return nil, nil
	}
	t, err := s.resolveName(n)
	if err != nil {
		return nil, err
	}
	o, err := s.lookUp(ctx, t)
	if err != nil || o == nil {
		return nil, err
	}
	return rec.status(n.Last() + " already exists, statement succeeded."), nil
}

// place is where an object is made: for a temporary one among the session's
// own, under a name that goes into the statement.
func (s *session) place(rec *record, c ast.Create, name **ast.Name, to catalog.Name) catalog.Name {
	if !c.Temporary {
		return to
	}
	at := to.Temporary()
	*name, rec.settled = at.Tree(), true
	return at
}

// placed notes that a table or view was made: a temporary one, or one in the
// place of another, whose grants go with it unless they are copied.
func (s *session) placed(c ast.Create, copyGrants bool, at catalog.Name) error {
	if at.Database == catalog.Temp {
		if s.temps == nil {
			s.temps = map[catalog.Name]bool{}
		}
		s.temps[at.Permanent()] = true
		return nil // it hides what has its name, and that has its grants
	}
	if !c.Replace || copyGrants {
		return nil
	}
	return s.w.account.Forget(catalog.Written(at, true))
}

// counters finds the calls for such columns in a table's definition.
var counters = regexp.MustCompile(`nextval\('(?:[^']|'')*?(` + autoPrefix + `[0-9a-f-]{36})"?'\)`)

// commentOption is the text of COMMENT among options.
func commentOption(options []ast.Option) string {
	for _, o := range options {
		if text, ok := o.Value.(*ast.String); ok && o.Key == "COMMENT" {
			return text.Value
		}
	}
	return ""
}

// sequenceBounds let a sequence begin anywhere and count in either direction.
const sequenceBounds = "minvalue -9223372036854775808 maxvalue 9223372036854775807"

// queryColumns are the columns that a query gives, as DuckDB has them.
func (s *session) queryColumns(ctx context.Context, q *ast.Query) ([]types.Column, error) {
	text, err := s.rewritten(ast.Clone(q))
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.Prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	defer cur.Close()
	found := cur.Prepared()
	columns := make([]types.Column, len(found))
	for i, c := range found {
		columns[i].Name = c.Name
		if c.Err == nil && !c.Open {
			columns[i].Type = c.Kind.Type()
		}
	}
	return columns, nil
}

// newObject is newTarget in a schema that is there.
func (s *session) newObject(ctx context.Context, n *ast.Name) (catalog.Name, error) {
	to, err := s.newTarget(n)
	if err != nil {
		return to, err
	}
	if !s.w.hasDatabase(to.Database) {
		return to, refusal.Missing("Database", to.Database)
	}
	if err := s.checkSchema(ctx, to.Database, to.Schema); err != nil {
		if errors.Is(err, warehouse.ErrNotExist) {
			err = refusal.Missing("Schema", to.Database+"."+to.Schema)
		}
		return to, err
	}
	return to, s.free(ctx, n, to)
}
