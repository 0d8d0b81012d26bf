package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// rewritten is a tree in DuckDB's dialect.
func (s *session) rewritten(tree ast.Statement) (string, error) {
	out, err := rewrite.DuckDB(tree, s.rewriting())
	return out.Text, err
}

// together runs statements of DuckDB's, all or none.
func (s *session) together(ctx context.Context, steps ...string) error {
	if !s.inTx {
		if err := s.conn.exec(ctx, "begin transaction"); err != nil {
			return err
		}
	}
	for _, sql := range steps {
		if err := s.conn.exec(ctx, sql); err != nil {
			if !s.inTx {
				_ = s.conn.exec(context.WithoutCancel(ctx), "rollback")
			}
			return err
		}
	}
	if s.inTx {
		return nil
	}
	return s.conn.exec(ctx, "commit")
}

// createTable runs the forms of CREATE TABLE that DuckDB lacks: LIKE, CLONE and
// AUTOINCREMENT.
func (s *session) createTable(ctx context.Context, rec *record, stmt *ast.CreateTable, sql string, args []any) (*warehouse.Result, error) {
	switch {
	case stmt.Like != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Like, false)
	case stmt.Clone != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Clone, true)
	}
	var sequences []string
	for i := range stmt.Columns {
		c := &stmt.Columns[i]
		if c.Identity == nil {
			continue
		}
		parts := []ast.Ident{{Name: s.database, Quoted: true}, {Name: s.schema, Quoted: true}, {Name: "__AUTO_" + uuid.NewString(), Quoted: true}}
		name := quoteName(parts[0].Name) + "." + quoteName(parts[1].Name) + "." + quoteName(parts[2].Name)
		sequences = append(sequences, fmt.Sprintf("create sequence %s start %s increment %s", name, orOne(c.Identity.Start), orOne(c.Identity.Increment)))
		c.Default, c.Identity = &ast.Column{Parts: append(parts, ast.Ident{Name: "NEXTVAL"})}, nil
	}
	if sequences == nil {
		return s.translated(ctx, rec, sql, args)
	}
	text, err := s.rewritten(stmt)
	if err != nil {
		return nil, err
	}
	if err := s.together(ctx, append(sequences, text)...); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Table %s successfully created.", stmt.Name.Last())), nil
}

func orOne(n *ast.Number) string {
	if n == nil {
		return "1"
	}
	return n.Text
}

// copyTable makes a table with the columns of another, and for a clone with its
// rows.
func (s *session) copyTable(ctx context.Context, rec *record, stmt *ast.CreateTable, other *ast.Name, rows bool) (*warehouse.Result, error) {
	from, err := s.resolve(print.SQL(other))
	if err != nil {
		return nil, err
	}
	cur, err := s.conn.run(ctx, `select sql from duckdb_tables() where database_name ilike ? and schema_name ilike ? and table_name ilike ?`,
		[]any{from.database, from.schema, from.table})
	if err != nil {
		return nil, err
	}
	found, err := cur.texts()
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, notExist(print.SQL(other), nil)
	}
	to, err := s.resolve(print.SQL(stmt.Name))
	if err != nil {
		return nil, err
	}
	create := "create " + map[bool]string{true: "or replace "}[stmt.Replace] + map[bool]string{true: "temporary "}[stmt.Temporary] + "table " +
		map[bool]string{true: "if not exists "}[stmt.IfNotExists]
	name := to.quoted()
	if stmt.Temporary {
		name = quoteName(to.table)
	}
	steps := []string{create + name + columnList(found[0][0])}
	if rows {
		steps = append(steps, "insert into "+name+" select * from "+from.quoted())
	}
	if err := s.together(ctx, steps...); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Table %s successfully created.", stmt.Name.Last())), nil
}

func (t target) quoted() string {
	return quoteName(t.database) + "." + quoteName(t.schema) + "." + quoteName(t.table)
}

// columnList is what stands behind the name in a CREATE TABLE of DuckDB's.
func columnList(sql string) string {
	quoted := false
	for i, c := range sql {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '(' && !quoted:
			return strings.TrimSuffix(strings.TrimSpace(sql[i:]), ";")
		}
	}
	return sql
}

// overwrite is INSERT OVERWRITE: the rows are found before the old ones go.
func (s *session) overwrite(ctx context.Context, rec *record, stmt *ast.Insert) (*warehouse.Result, error) {
	stmt.Overwrite = false
	into, err := s.resolve(print.SQL(stmt.Into))
	if err != nil {
		return nil, err
	}
	columns := ""
	if len(stmt.Columns) > 0 {
		names := make([]string, len(stmt.Columns))
		for i, c := range stmt.Columns {
			names[i] = quoteName(c.Name)
		}
		columns = " (" + strings.Join(names, ", ") + ")"
	}
	query, err := s.rewritten(stmt.Query)
	if err != nil {
		return nil, err
	}
	draft := quoteName("__OVERWRITE_" + uuid.NewString())
	if err := s.together(ctx, "create temporary table "+draft+" as from ("+query+")", "delete from "+into.quoted(),
		"insert into "+into.quoted()+columns+" from "+draft); err != nil {
		return nil, err
	}
	cur, err := s.conn.run(ctx, "select cast(count(*) as varchar) from "+draft, nil)
	if err != nil {
		return nil, err
	}
	count, err := cur.texts()
	if err != nil {
		return nil, err
	}
	var n int64
	if _, err := fmt.Sscan(count[0][0], &n); err != nil {
		return nil, err
	}
	return rec.counted(n, "number of rows inserted"), s.conn.exec(ctx, "drop table "+draft)
}

// truncate is TRUNCATE TABLE, which on Snowflake may be of a table that is not
// there.
func (s *session) truncate(ctx context.Context, rec *record, stmt *ast.Truncate, sql string) (*warehouse.Result, error) {
	if stmt.IfExists {
		name, err := s.resolve(print.SQL(stmt.Name))
		if err != nil {
			return nil, err
		}
		cur, err := s.conn.run(ctx, `select table_name from duckdb_tables() where database_name ilike ? and schema_name ilike ? and table_name ilike ?`,
			[]any{name.database, name.schema, name.table})
		if err != nil {
			return nil, err
		}
		if found, err := cur.texts(); err != nil || len(found) == 0 {
			return rec.status("Statement executed successfully."), err
		}
		stmt.IfExists = false
		if sql, err = s.rewritten(stmt); err != nil {
			return nil, err
		}
		return rec.status("Statement executed successfully."), s.conn.exec(ctx, sql)
	}
	return s.translated(ctx, rec, sql, nil)
}
