package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/resultcache"
)

// keep keeps a batch that was read.
func (r *rowReader) keep(b arrow.RecordBatch) { r.kept.Add(b) }

// keepAll keeps the whole result where it was read whole.
func (r *rowReader) keepAll(whole bool) {
	if !whole || r.passing {
		r.kept.Release()
		return
	}
	r.kept.Schema = r.batches.Schema
	r.s.results.Put(r.kept)
}

// resultOf is the kept result of a statement, with an error that says why there
// is none.
func (s *session) resultOf(id string) (*resultcache.Result, error) {
	r := s.results.Find(id)
	switch {
	case r == nil:
		return nil, &warehouse.Error{Code: 709, State: "02000", Kind: warehouse.ErrNotExist, Message: fmt.Sprintf(
			"Statement %s not found. Snowpit keeps the results that this session has read to their end, %d MB of them", id, resultcache.MaxBytes>>20)}
	case r.TooBig:
		return nil, refusal.Unsupported(fmt.Sprintf("the result of statement %s any more: it has more than %d MB", id, resultcache.MaxOne>>20))
	}
	return r, nil
}

// describeResult is DESCRIBE RESULT.
func (s *session) describeResult(_ context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	id, ok := stmt.Query.(*ast.String)
	if !ok {
		return nil, refusal.Unsupported("DESCRIBE RESULT of what is no query id")
	}
	r := s.results.Find(id.Value)
	if r == nil {
		_, err := s.resultOf(id.Value)
		return nil, err
	}
	var rows [][]any
	for _, c := range r.Columns {
		rows = append(rows, []any{c.Name, catalog.DescribedType(c), "COLUMN", listing.YesNo(c.Nullable), nil, "N", "N", nil, nil, nil, nil, nil})
	}
	return rec.table(describedAs(), rows), nil
}

// asTable puts a kept result into a temporary table and gives its name.
func (s *session) asTable(ctx context.Context, name string, r *resultcache.Result) (*ast.Name, error) {
	at := catalog.NameOf(catalog.Temp, "main", name)
	for _, b := range r.Batches {
		b.Retain()
	}
	rows := listing.Reader(r.Schema, r.Batches...)
	defer rows.Release()
	l := &load{s: s, mode: warehouse.LoadReplace, target: at, rows: rows}
	l.peek()
	if err := l.plan(ctx, r.Columns); err != nil {
		return nil, err
	}
	if err := s.conn.Exec(ctx, "create or replace temporary table "+ducksql.Name(name)+l.definitions()); err != nil {
		return nil, err
	}
	l.mode = warehouse.LoadAppend
	if _, err := l.run(ctx, at); err != nil {
		return nil, err
	}
	return at.Tree(), nil
}

// rowsAsTable puts rows into a temporary table, under the columns that listing.Columns
// reads, and gives its name.
func (s *session) rowsAsTable(ctx context.Context, name, columns string, rows [][]any) (*ast.Name, error) {
	found := listing.Columns(columns)
	batch := listing.Batch(found, rows)
	r := &resultcache.Result{Columns: found, Schema: batch.Schema(), Batches: []arrow.RecordBatch{batch}}
	defer r.Release()
	return s.asTable(ctx, name, r)
}

// aliasOr is an alias, or the name of what it is left out of.
func aliasOr(a *ast.Alias, name string) *ast.Alias {
	if a != nil {
		return a
	}
	return &ast.Alias{Name: ast.Ident{Name: name, Quoted: true}}
}

// resultScan is TABLE(RESULT_SCAN(id)) as a table.
func (s *session) resultScan(ctx context.Context, t *ast.TableFunction, c *ast.Call) (ast.Table, error) {
	if len(c.Args) != 1 {
		return t, nil
	}
	id, ok := s.queryOf(c)
	if !ok {
		return nil, refusal.Unsupported("RESULT_SCAN of what is no query id")
	}
	r, err := s.resultOf(id)
	if err != nil {
		return nil, err
	}
	name, err := s.asTable(ctx, "RESULT_"+id, r)
	if err != nil {
		return nil, err
	}
	return named(t, name, "RESULT_SCAN"), nil
}

// queryOf is the id of a query that RESULT_SCAN names, by itself or by its place
// among those that the session has run, as LAST_QUERY_ID counts them.
func (s *session) queryOf(c *ast.Call) (id string, ok bool) {
	if text, isText := c.Args[0].Value.(*ast.String); isText {
		return text.Value, true
	}
	const none = 0 // which is no place
	n := wholeArgument(c, none)
	return s.results.Query(n), n != none
}

// named is a table in the place of a function.
func named(t *ast.TableFunction, name *ast.Name, alias string) ast.Table {
	return &ast.TableName{At: t.At, Name: name, Alias: aliasOr(t.Alias, alias)}
}

// queryHistoryColumns are those of QUERY_HISTORY that the local warehouse knows.
const queryHistoryColumns = `QUERY_ID QUERY_TEXT DATABASE_NAME SCHEMA_NAME QUERY_TYPE SESSION_ID USER_NAME ROLE_NAME WAREHOUSE_NAME WAREHOUSE_SIZE
	WAREHOUSE_TYPE CLUSTER_NUMBER# QUERY_TAG EXECUTION_STATUS ERROR_CODE ERROR_MESSAGE START_TIME@ END_TIME@ TOTAL_ELAPSED_TIME# BYTES_SCANNED#
	ROWS_PRODUCED# COMPILATION_TIME# EXECUTION_TIME# QUEUED_PROVISIONING_TIME# QUEUED_REPAIR_TIME# QUEUED_OVERLOAD_TIME#
	TRANSACTION_BLOCKED_TIME# OUTBOUND_DATA_TRANSFER_CLOUD OUTBOUND_DATA_TRANSFER_REGION OUTBOUND_DATA_TRANSFER_BYTES#
	INBOUND_DATA_TRANSFER_CLOUD INBOUND_DATA_TRANSFER_REGION INBOUND_DATA_TRANSFER_BYTES# CREDITS_USED_CLOUD_SERVICES# TRANSLATED_TEXT`

// queryHistory is the history as a table: what the function's arguments leave.
func (s *session) queryHistory(ctx context.Context, t *ast.TableFunction, c *ast.Call) (ast.Table, error) {
	limit := 100
	where := map[string]ast.Expr{}
	for _, a := range c.Args {
		if a.Name == nil {
			return nil, refusal.Unsupported("QUERY_HISTORY with an argument without a name")
		}
		n, number := a.Value.(*ast.Number)
		switch name := a.Name.Name; {
		case name == "RESULT_LIMIT" && number:
			limit, _ = strconv.Atoi(n.Text)
			limit = min(limit, 10_000)
		case name == "END_TIME_RANGE_START", name == "END_TIME_RANGE_END", name == "SESSION_ID", name == "USER_NAME", name == "WAREHOUSE_NAME":
			where[name] = a.Value
		default:
			return nil, refusal.Unsupported("QUERY_HISTORY with " + name)
		}
	}
	if c.Name.Last() == "QUERY_HISTORY_BY_SESSION" && where["SESSION_ID"] == nil {
		where["SESSION_ID"] = &ast.String{Value: s.id}
	}
	table, err := s.historyTable(ctx)
	if err != nil {
		return nil, err
	}
	sel := &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}, From: []ast.Table{&ast.TableName{Name: table}}, Where: historyWhere(where)}
	q := &ast.Query{Body: sel, Limit: &ast.Number{Text: strconv.Itoa(limit)},
		OrderBy: []ast.Order{{X: &ast.Column{Parts: []ast.Ident{{Name: "START_TIME"}}}, Direction: "DESC"}}}
	return &ast.Derived{At: t.At, Query: q, Alias: aliasOr(t.Alias, "QUERY_HISTORY")}, nil
}

// usageHistory reports the name of the view that has the whole history.
func usageHistory(n *ast.Name) bool {
	return len(n.Parts) == 3 && n.Parts[0].Name == "SNOWFLAKE" && n.Parts[1].Name == "ACCOUNT_USAGE" && n.Parts[2].Name == "QUERY_HISTORY"
}

// historyWhere is the condition that arguments of QUERY_HISTORY make.
func historyWhere(args map[string]ast.Expr) (cond ast.Expr) {
	for _, w := range []struct{ arg, column, op string }{{"END_TIME_RANGE_START", "END_TIME", ">="}, {"END_TIME_RANGE_END", "END_TIME", "<="},
		{"SESSION_ID", "SESSION_ID", "="}, {"USER_NAME", "USER_NAME", "="}, {"WAREHOUSE_NAME", "WAREHOUSE_NAME", "="}} {
		x, ok := args[w.arg]
		if !ok {
			continue
		}
		next := &ast.Binary{Op: w.op, Left: &ast.Column{Parts: []ast.Ident{{Name: w.column}}}, Right: x}
		if cond != nil {
			next = &ast.Binary{Op: "AND", Left: cond, Right: next}
		}
		cond = next
	}
	return cond
}

// historyTable puts the history into a temporary table.
func (s *session) historyTable(ctx context.Context) (*ast.Name, error) {
	var rows [][]any
	const none = int64(0) // nothing waits, moves or costs here
	for st, err := range s.w.history.Read(ctx, warehouse.HistoryFilter{Limit: 10_000}) {
		if err != nil {
			return nil, err
		}
		var code any
		if st.Code != 0 {
			code = fmt.Sprintf("%06d", st.Code)
		}
		rows = append(rows, []any{st.QueryID, st.Text, listing.OrNull(st.Database), listing.OrNull(st.Schema), st.Kind, st.SessionID, "SNOWPIT", "SNOWPIT", "SNOWPIT",
			nil, nil, nil, st.Tag, strings.ToUpper(string(st.Status)), code, listing.OrNull(st.Message), st.Start, st.Start.Add(st.Duration), st.Duration.Milliseconds(),
			nil, st.Rows, nil, st.Duration.Milliseconds(), none, none, none, none, nil, nil, none, nil, nil, none, none, listing.OrNull(st.Translated)})
	}
	if r := s.running; r != nil { // the statement that asks
		st := r.statement
		rows = append(rows, []any{st.QueryID, st.Text, listing.OrNull(st.Database), listing.OrNull(st.Schema), st.Kind, st.SessionID, "SNOWPIT", "SNOWPIT", "SNOWPIT",
			nil, nil, nil, st.Tag, "RUNNING", nil, nil, st.Start, nil, time.Since(st.Start).Milliseconds(), nil, nil, nil, nil,
			nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil})
	}
	return s.rowsAsTable(ctx, "QUERY_HISTORY", queryHistoryColumns, rows)
}
