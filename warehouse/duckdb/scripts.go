package duckdb

import (
	"context"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/scripting"
)

// anonymousBlock is what Snowflake calls the column of a block's result.
const anonymousBlock = "anonymous block"

// runBlock is a block that is a statement by itself.
func (s *session) runBlock(ctx context.Context, rec *record, b *ast.Block, args []any) (*warehouse.Result, error) {
	if len(args) > 0 {
		return nil, refusal.Unsupported("values for the question marks of a block")
	}
	rec.once = true
	db := &ofScript{s}
	var result scripting.Result
	err := s.scoped(ctx, func() (err error) {
		result, err = scripting.Run(ctx, b, nil, db)
		return err
	})
	if err != nil {
		return nil, err
	}
	if result.Rows != nil {
		return rec.rows(result.Rows.Kept.(*resultcache.Result)), nil
	}
	return s.oneValue(ctx, rec, b.At, result.Value.Typed(), anonymousBlock)
}

// oneValue is a result of one row and column.
func (s *session) oneValue(ctx context.Context, rec *record, at ast.At, x ast.Expr, name string) (*warehouse.Result, error) {
	rec.tree, rec.settled = selecting(at, x, name), true
	once := rec.once
	rec.once = false // this much of it may run again
	defer func() { rec.once = once }()
	return s.fineEnough(ctx, rec, func() (*warehouse.Result, error) { return s.translated(ctx, rec, rec.statement.Text, nil) })
}

// rows is a result of rows that were read.
func (rec *record) rows(r *resultcache.Result) *warehouse.Result {
	rec.statement.Rows = 0
	for _, b := range r.Batches {
		rec.statement.Rows += b.NumRows()
	}
	rec.s.results.Add(rec.statement.QueryID, r.Columns, r.Schema, r.Batches)
	return warehouse.NewResult(rec.statement.QueryID, rec.statement.Kind, r.Columns, listing.Reader(r.Schema, r.Batches...))
}

// ofScript is what a block sees of its session.
type ofScript struct{ s *session }

// Execute runs one of the block's statements.
func (o *ofScript) Execute(ctx context.Context, text string, fill func(ast.Statement)) (*scripting.Rows, error) {
	res, err := o.run(warehouse.WithQueryID(ctx, newID()), text, fill)
	if err != nil {
		return nil, err
	}
	kept := &resultcache.Result{ID: res.QueryID, Columns: res.Columns, Schema: res.Reader().Schema()}
	rows := &scripting.Rows{QueryID: res.QueryID, Kind: res.Kind, Columns: res.Columns, Changed: res.Affected, Kept: kept}
	var firsts []int
	err = o.s.readAll(res, func(b arrowBatch) {
		if b.NumRows() == 0 {
			return
		}
		b.Retain()
		kept.Batches, firsts = append(kept.Batches, b), append(firsts, rows.Count)
		rows.Count += int(b.NumRows())
	})
	rows.Cell = func(row, column int) scripting.Value {
		at, found := slices.BinarySearch(firsts, row)
		if !found {
			at--
		}
		return scriptValue(rows.Columns[column], kept.Batches[at].Column(column), row-firsts[at])
	}
	return rows, err
}

// run runs a statement after fill has changed it.
func (o *ofScript) run(ctx context.Context, text string, fill func(ast.Statement)) (*warehouse.Result, error) {
	stmt, err := parse.Inner(text)
	if err == nil {
		err = o.allowed(stmt)
	}
	switch {
	case fill == nil && (err == nil || !o.s.owned):
		return o.s.query(ctx, text, nil)
	case err != nil:
		return nil, err
	}
	fill(stmt)
	if c, ok := stmt.(*ast.Chain); ok {
		return o.s.chain(ctx, c, nil)
	}
	rec := o.s.record(ctx, text)
	rec.given = stmt
	return o.s.one(ctx, rec, text, nil)
}

// allowed refuses a procedure with its owner's rights what takes its caller's.
func (o *ofScript) allowed(stmt ast.Statement) error {
	if !o.s.owned {
		return nil
	}
	if slices.Contains(ofCallers, ast.Kind(stmt)) {
		return inProcedure("Unsupported statement type '%s'.", ast.Kind(stmt))
	}
	return ofSessions(stmt)
}

// ofSessions refuses the variables of a session.
func ofSessions(n ast.Node) (err error) {
	ast.Inspect(n, func(n ast.Node) bool {
		if v, ok := n.(*ast.Variable); ok && err == nil {
			err = &warehouse.Error{Code: 90236, State: "42601",
				Message: "Use of session variable '$" + v.Name + "' is not allowed in owners rights stored procedure"}
		}
		return err == nil
	})
	return err
}

// Compute is the value of an expression.
func (o *ofScript) Compute(ctx context.Context, x ast.Expr) (scripting.Value, error) {
	if o.s.owned {
		if err := ofSessions(x); err != nil {
			return scripting.Value{}, err
		}
	}
	values, err := o.s.computed(ctx, []ast.Expr{x}, nil, nil)
	if err != nil {
		return scripting.Value{}, err
	}
	return values[0], nil
}

// computed is the values of expressions, of which the history does not tell.
func (s *session) computed(ctx context.Context, items []ast.Expr, args []any, binds []types.Type) (values []scripting.Value, err error) {
	if len(items) == 0 {
		return nil, nil
	}
	sel := &ast.Select{At: ast.At{Position: items[0].Pos()}}
	for i, x := range items {
		sel.Items = append(sel.Items, ast.Item{X: x, Alias: &ast.Ident{Name: stepColumn(i), Quoted: true}})
	}
	q := &ast.Query{At: sel.At, Body: sel}
	sql := print.SQL(q)
	rec := s.record(ctx, sql)
	rec.binds, rec.given = binds, q
	outer := s.running
	s.running = rec
	defer func() { s.running = outer }()
	res, err := s.fineEnough(ctx, rec, func() (*warehouse.Result, error) { return s.dispatch(ctx, rec, sql, args) })
	if err == nil {
		if r, ok := res.Reader().(*rowReader); ok {
			r.passing = true
		}
		err = s.readAll(res, func(b arrowBatch) {
			for i, c := range res.Columns {
				values = append(values, scriptValue(c, b.Column(i), 0))
			}
		})
	}
	s.runAfter()
	if err != nil {
		s.failed(ctx)
		return nil, s.explained(ctx, rec, err)
	}
	return values, nil
}
