package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

// insert is INSERT. In a transaction the rows are kept.
func (s *session) insert(ctx context.Context, rec *record, stmt *ast.Insert, sql string, args []any) (*warehouse.Result, error) {
	if err := s.checkColumns(ctx, stmt); err != nil {
		return nil, err
	}
	if stmt.Overwrite {
		return s.overwrite(ctx, rec, stmt, args)
	}
	if !s.inTx {
		return s.translated(ctx, rec, sql, args)
	}
	into, err := s.resolveName(stmt.Into)
	if err != nil {
		return nil, err
	}
	if err := s.claim(into); err != nil {
		return nil, err
	}
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	rec.translated(t)
	types, err := s.columnTypes(ctx, into.String())
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.Run(ctx, t.text+" RETURNING *", args)
	if err != nil {
		return nil, err
	}
	defer cur.Close()
	n, err := s.keep(ctx, step{table: into.Table, types: types, apply: []string{"insert into " + into.String() + " from " + stepRows}}, cur)
	if err != nil {
		return nil, err
	}
	return rec.counted(n, "number of rows inserted"), nil
}

// targetOf is the table that a statement changes, which gets an alias so that
// its rows can be named.
func (s *session) targetOf(t *ast.TableName) (catalog.Name, ast.Ident, error) {
	full, err := s.resolveName(t.Name)
	if err != nil {
		return full, ast.Ident{}, err
	}
	if t.Alias == nil {
		t.Alias = &ast.Alias{Name: ast.Ident{Name: full.Table, Quoted: true}}
	}
	return full, t.Alias.Name, nil
}

// rowOf is the place of a table's row.
func rowOf(alias ast.Ident) ast.Expr {
	return &ast.Column{Parts: []ast.Ident{alias, {Name: "rowid", Quoted: true}}}
}

// stepItem names an expression as a column of stepRows.
func stepItem(i int, x ast.Expr) ast.Item {
	return ast.Item{X: x, Alias: &ast.Ident{Name: stepColumn(i), Quoted: true}}
}

// remove is DELETE in a transaction.
func (s *session) remove(ctx context.Context, rec *record, stmt *ast.Delete, args []any) (*warehouse.Result, error) {
	binds.Number(stmt)
	from, alias, err := s.targetOf(stmt.From)
	if err != nil {
		return nil, err
	}
	query := &ast.Select{Distinct: true, Items: []ast.Item{stepItem(0, rowOf(alias))},
		From: append([]ast.Table{stmt.From}, stmt.Using...), Where: stmt.Where}
	text, err := s.rewritten(&ast.Query{Body: query}, engine.TypesOf(args)...)
	if err != nil {
		return nil, err
	}
	var n int64
	err = s.run(ctx, rowChange{rec: rec, table: from, query: text, args: args,
		apply: []string{"delete from " + from.String() + " where rowid in (select C0 from " + stepRows + ")"},
		check: func(ctx context.Context) (err error) {
			n, err = s.number(ctx, "select count(*) from "+stepRows)
			return err
		}})
	if err != nil {
		return nil, err
	}
	return rec.counted(n, "number of rows deleted"), nil
}

// update is UPDATE where it is in a transaction or takes values from other
// tables. A row that several of theirs match gets the values of one.
func (s *session) update(ctx context.Context, rec *record, stmt *ast.Update, args []any) (*warehouse.Result, error) {
	binds.Number(stmt)
	into, alias, err := s.targetOf(stmt.Table)
	if err != nil {
		return nil, err
	}
	items := []ast.Item{stepItem(0, rowOf(alias))}
	var set []string
	for _, a := range stmt.Set {
		value := a.Value
		if _, ok := value.(*ast.Default); ok {
			set = append(set, ducksql.Name(a.Column[len(a.Column)-1].Name)+" = default")
			continue
		}
		set = append(set, ducksql.Name(a.Column[len(a.Column)-1].Name)+" = s."+stepColumn(len(items)))
		items = append(items, stepItem(len(items), value))
	}
	text, err := s.rewritten(&ast.Query{Body: &ast.Select{Items: items, From: append([]ast.Table{stmt.Table}, stmt.From...), Where: stmt.Where}}, engine.TypesOf(args)...)
	if err != nil {
		return nil, err
	}
	var n, multi int64
	err = s.run(ctx, rowChange{rec: rec, table: into, query: text, args: args,
		apply: []string{
			"update " + into.String() + " as t set " + strings.Join(set, ", ") + " from (select distinct on (C0) * from " + stepRows + ") as s where t.rowid = s.C0",
		},
		check: func(ctx context.Context) (err error) {
			if n, err = s.number(ctx, "select count(distinct C0) from "+stepRows); err != nil {
				return err
			}
			multi, err = s.number(ctx, "select count(*) from (select C0 from "+stepRows+" group by C0 having count(*) > 1)")
			if err == nil && multi > 0 && s.parameter("ERROR_ON_NONDETERMINISTIC_UPDATE") == "true" {
				err = s.duplicateRow(ctx, into, "select C0 from "+stepRows+" group by C0 having count(*) > 1")
			}
			return err
		}})
	if err != nil {
		return nil, err
	}
	res := rec.table(listing.Wholes("number of rows updated", "number of multi-joined rows updated"), [][]any{{n, multi}})
	res.Affected = n
	return res, nil
}

// number is the one value of a query of DuckDB's that counts.
func (s *session) number(ctx context.Context, sql string) (int64, error) {
	rows, err := s.conn.Texts(ctx, "select cast(("+sql+") as varchar)")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(rows[0][0], 10, 64)
}

// duplicateRow refuses a change of a row that several others match. rows is a
// query for the places of such rows.
func (s *session) duplicateRow(ctx context.Context, table catalog.Name, rows string) error {
	columns, err := s.columnNames(ctx, table)
	if err != nil {
		return err
	}
	values := make([]string, len(columns))
	for i, c := range columns {
		c = ducksql.Name(c)
		values[i] = "case when " + c + " is null then 'NULL' when typeof(" + c + ") = 'VARCHAR' then '\"' || " + c + " || '\"' else cast(" + c + " as varchar) end"
	}
	found, err := s.conn.Texts(ctx, "select "+strings.Join(values, ", ")+" from "+table.String()+" where rowid in ("+rows+") order by rowid limit 1")
	if err != nil {
		return err
	}
	row := ""
	if len(found) > 0 {
		row = strings.Join(found[0], ", ")
	}
	return &warehouse.Error{Code: 100090, State: "42P18", Message: "Duplicate row detected during DML action\nRow Values: [" + row + "]"}
}

// columnNames are the names of a table's columns.
func (s *session) columnNames(ctx context.Context, table catalog.Name) (names []string, err error) {
	return s.column(ctx, "select column_name from (describe "+table.String()+")")
}

// column is the one VARCHAR column that a query of DuckDB's gives.
func (s *session) column(ctx context.Context, sql string) (values []string, err error) {
	rows, err := s.conn.Texts(ctx, sql)
	for _, r := range rows {
		values = append(values, r[0])
	}
	return values, err
}

// resolveName completes a name with the session's place.
func (s *session) resolveName(n *ast.Name) (catalog.Name, error) {
	full, err := s.resolve(print.SQL(n))
	return full, err
}

// checkColumns refuses columns that the table does not have, or that are named
// twice, and rows of different lengths.
func (s *session) checkColumns(ctx context.Context, stmt *ast.Insert) error {
	if values, ok := stmt.Query.Body.(*ast.Values); ok {
		for _, row := range values.Rows {
			if want := len(values.Rows[0]); len(row) != want {
				return valueCount(want, len(row))
			}
		}
	}
	if len(stmt.Columns) == 0 {
		return nil
	}
	into, err := s.resolveName(stmt.Into)
	if err != nil {
		return err
	}
	names, err := s.columnNames(ctx, into)
	if err != nil {
		return nil // the statement itself will say so
	}
	seen := map[string]bool{}
	for _, c := range stmt.Columns {
		if !slices.Contains(names, c.Name) {
			return invalidIdentifier(c)
		}
		if seen[c.Name] {
			return namedTwice(c)
		}
		seen[c.Name] = true
	}
	return nil
}

func valueCount(want, got int) error {
	return &warehouse.Error{Code: 2020, State: "21S01",
		Message: fmt.Sprintf("SQL compilation error:\nInsert value list does not match column list expecting %d but got %d", want, got)}
}

func namedTwice(c ast.Ident) error {
	return &warehouse.Error{Code: 2025, State: "42S21", Line: c.Position.Line, Column: c.Position.Column,
		Message: fmt.Sprintf("SQL compilation error:\nduplicate column name '%s'", warehouse.QuoteIdent(c.Name))}
}
