package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// createTable is CREATE TABLE.
func (s *session) createTable(ctx context.Context, rec *record, stmt *ast.CreateTable, sql string, args []any) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	if res, err := s.there(ctx, rec, stmt.Create, stmt.Name); res != nil || err != nil {
		return res, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.Hybrid {
		if err := checkHybrid(stmt); err != nil {
			return nil, err
		}
		defer s.w.hybrid.Delete(to.Database)
	}
	switch {
	case stmt.Like != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Like, false)
	case stmt.Clone != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Clone, true)
	}
	m, err := s.tableMeta(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if err := s.checkDefinition(ctx, stmt); err != nil {
		return nil, err
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	before := s.identities(rec, stmt, at)
	requireKeys(rec, stmt)
	if len(stmt.Columns) == 0 {
		err = s.createAs(ctx, rec, stmt, at, m, sql, args)
	} else {
		err = s.createDefined(ctx, rec, stmt, at, m, sql, args, before)
	}
	if err != nil {
		return nil, err
	}
	if err := s.placed(stmt.Create, stmt.CopyGrants, at); err != nil {
		return nil, err
	}
	res := rec.status(fmt.Sprintf("Table %s successfully created.", name))
	res.Affected = rec.filled
	return res, nil
}

// createDefined makes a table whose columns the statement defines.
func (s *session) createDefined(ctx context.Context, rec *record, stmt *ast.CreateTable, at catalog.Name, m catalog.Meta, sql string, args []any, before []string) error {
	t, err := s.translation(rec, sql)
	if err != nil {
		return err
	}
	after, err := s.demands(stmt, at)
	if err != nil {
		return err
	}
	return s.define(ctx, rec, t, args, before, append(after, catalog.CommentOn("table", at, m)))
}

// demands makes a table that a query has made demand what its definition says of
// its columns, which DuckDB does not take together: what is not null by altering
// it, and lengths and defaults by making it anew from its rows.
func (s *session) demands(stmt *ast.CreateTable, at catalog.Name) (after []string, err error) {
	if stmt.Query == nil {
		return nil, nil
	}
	whole := true // each column has a type
	anew := stmt.Hybrid
	for _, c := range stmt.Columns {
		whole = whole && c.Type != nil
		anew = anew || c.Default != nil || c.Type != nil && isShort(c.Type)
		if c.NotNull {
			after = append(after, fmt.Sprintf("alter table %s alter column %s set not null", at, ducksql.Name(c.Name.Name)))
		}
	}
	if !anew || !whole {
		return after, nil
	}
	own := ast.Clone(stmt)
	own.Query, own.Replace, own.IfNotExists = nil, true, false
	definition, err := s.rewritten(own)
	rows := catalog.NameOf(catalog.Temp, "main", "FILL_"+uuid.NewString())
	return []string{fmt.Sprintf("create temporary table %s as from %s", rows, at), definition,
		fmt.Sprintf("insert into %s from %s", at, rows), fmt.Sprintf("drop table %s", rows)}, err
}

// isShort reports a type of texts that are shorter than the longest.
func isShort(t *ast.Type) bool {
	n, err := strconv.Atoi(types.LengthOf(t))
	return err == nil && n < maxText && types.Of(t).Is(warehouse.Varchar)
}

// autoPrefix begins the names of the sequences of columns that count.
const autoPrefix = "__AUTO_"

// countBy makes such a sequence, a temporary one for a temporary table.
func countBy(seq catalog.Name, start, step string) string {
	kind := "sequence"
	if seq.Database == catalog.Temp {
		kind = "temporary sequence"
	}
	return fmt.Sprintf("create %s %s start %s increment %s "+sequenceBounds, kind, seq, start, step)
}

// ownCounters gives the copy of a table sequences of its own for the columns
// that count: they go on where the table's are, or begin anew. It is the list
// of columns with those, and the statements that make them.
func (s *session) ownCounters(ctx context.Context, columns string, to catalog.Name, goOn bool) (list string, before []string, err error) {
	list = counters.ReplaceAllStringFunc(columns, func(call string) string {
		found, failed := s.conn.Texts(ctx, `select cast(case when ? then coalesce(last_value + increment_by, start_value) else start_value end as varchar),
			cast(increment_by as varchar) from duckdb_sequences() where sequence_name = ?`, goOn, counters.FindStringSubmatch(call)[1])
		if failed != nil || len(found) == 0 {
			err = cmp.Or(err, failed)
			return call
		}
		seq := catalog.NameOf(to.Database, to.Schema, autoPrefix+uuid.NewString())
		before = append(before, countBy(seq, found[0][0], found[0][1]))
		return "nextval(" + ducksql.Text(seq.String()) + ")"
	})
	return list, before, err
}

// identities makes the columns that count take their values from sequences,
// and gives the statements that make these.
func (s *session) identities(rec *record, stmt *ast.CreateTable, at catalog.Name) (before []string) {
	for i := range stmt.Columns {
		c := &stmt.Columns[i]
		if c.Identity == nil {
			continue
		}
		seq := catalog.NameOf(at.Database, at.Schema, autoPrefix+uuid.NewString())
		before = append(before, countBy(seq, orOne(c.Identity.Start), orOne(c.Identity.Increment)))
		parts := append(seq.Tree().Parts, ast.Ident{Name: "NEXTVAL"})
		c.Default, c.Identity, rec.settled = &ast.Column{Parts: parts}, nil, true
	}
	return before
}

// requireKeys makes the columns of a primary key NOT NULL, as Snowflake does.
func requireKeys(rec *record, stmt *ast.CreateTable) {
	key := map[string]bool{}
	for _, c := range stmt.Constraints {
		if c.Kind == "PRIMARY KEY" {
			for _, name := range c.Columns {
				key[name.Name] = true
			}
		}
	}
	for i := range stmt.Columns {
		c := &stmt.Columns[i]
		for _, own := range c.Constraints {
			key[c.Name.Name] = key[c.Name.Name] || own.Kind == "PRIMARY KEY"
		}
		if key[c.Name.Name] && !c.NotNull {
			c.NotNull, rec.settled = true, true
		}
	}
}

// tableMeta is what a definition says of its table.
func (s *session) tableMeta(ctx context.Context, stmt *ast.CreateTable) (catalog.Meta, error) {
	m := catalog.Meta{Created: time.Now(), Transient: stmt.Transient, Hybrid: stmt.Hybrid, Indexes: indexesOf(stmt), Tags: tagsOf(stmt.Tags), Cluster: clusterKey(stmt.ClusterBy),
		Comment: commentOption(stmt.Options), Retention: retentionOption(stmt.Options)}
	var err error
	if m.Stage, err = s.tellTableStage(ctx, stmt.Options); err != nil {
		return m, err
	}
	for _, c := range stmt.Columns {
		m.Columns = append(m.Columns, columnMetaOf(c))
		for _, own := range c.Constraints {
			if own.Columns == nil {
				own.Columns = []ast.Ident{c.Name}
			}
			if err := s.addConstraint(&m, own); err != nil {
				return m, err
			}
		}
	}
	for _, c := range stmt.Constraints {
		if err := s.addConstraint(&m, c); err != nil {
			return m, err
		}
	}
	return m, nil
}

// addConstraint notes a constraint, which gets a name if it has none.
func (s *session) addConstraint(m *catalog.Meta, c ast.Constraint) error {
	k := catalog.ConstraintMeta{Name: "SYS_CONSTRAINT_" + uuid.NewString(), Kind: c.Kind, Columns: ast.Names(c.Columns),
		RefColumns: ast.Names(c.RefColumns), Rely: catalog.Relies(c.Properties, false), Created: time.Now()}
	if c.Name != nil {
		k.Name = c.Name.Name
	}
	if c.References != nil {
		t, err := s.resolveName(c.References)
		if err != nil {
			return err
		}
		k.References = []string{t.Database, t.Schema, t.Table}
	}
	m.Constraints = append(m.Constraints, k)
	return nil
}

// clusterKey is a clustering key as SHOW TABLES has it.
func clusterKey(keys []ast.Expr) string {
	if len(keys) == 0 {
		return ""
	}
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = print.SQL(k)
	}
	return "LINEAR(" + strings.Join(texts, ", ") + ")"
}

// copyTable makes a table with the columns of another, and for a clone with its
// rows.
func (s *session) copyTable(ctx context.Context, rec *record, stmt *ast.CreateTable, other *ast.Name, rows bool) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	from, err := s.mustFind(ctx, other, "TABLE")
	if err != nil {
		return nil, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	if from.Meta.Hybrid != stmt.Hybrid || stmt.Hybrid && rows {
		return nil, refusal.Unsupported("CREATE TABLE … LIKE and CLONE between a hybrid table and one that is none, and clones of hybrid tables")
	}
	columns, err := s.definition(ctx, from.At)
	if err != nil {
		return nil, err
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	create := "create " + map[bool]string{true: "or replace "}[stmt.Replace] + map[bool]string{true: "temporary "}[stmt.Temporary] + "table "
	m := from.Meta
	m.Created, m.Transient, m.Comment = time.Now(), stmt.Transient, commentOption(stmt.Options)
	after := []string{catalog.CommentOn("table", at, m)}
	if rows {
		after = append(after, "insert into "+at.String()+" select * from "+from.At.String())
	}
	columns, before, err := s.ownCounters(ctx, columns, at, rows)
	if err != nil {
		return nil, err
	}
	t := &translation{original: rec.statement.Text, text: create + at.String() + columns}
	if err := s.define(ctx, rec, t, nil, before, after); err != nil {
		return nil, err
	}
	if err := s.placed(stmt.Create, stmt.CopyGrants, at); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Table %s successfully created.", name)), nil
}

// definition is the list of a table's columns, in DuckDB's SQL.
func (s *session) definition(ctx context.Context, t catalog.Name) (string, error) {
	rows, err := s.conn.Texts(ctx, `select sql from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?`, t.Database, t.Schema, t.Table)
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return "", refusal.NotExist(t.Table, nil)
	}
	return columnList(rows[0][0]), nil
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

// checkDefinition refuses columns that have one name, and another number of
// them than the query gives.
func (s *session) checkDefinition(ctx context.Context, stmt *ast.CreateTable) error {
	seen := map[string]bool{}
	named := make([]types.Column, len(stmt.Columns))
	for i, c := range stmt.Columns {
		if seen[c.Name.Name] {
			return namedTwice(c.Name)
		}
		seen[c.Name.Name] = true
		named[i].Name = c.Name.Name
	}
	if err := distinctColumns(named); err != nil {
		return err
	}
	if stmt.Query == nil || len(stmt.Columns) == 0 {
		return nil
	}
	given, err := s.queryColumns(ctx, stmt.Query)
	if err == nil && len(given) != len(stmt.Columns) {
		err = &warehouse.Error{Code: 2026, State: "42601", Line: stmt.Position.Line, Column: stmt.Position.Column,
			Message: "SQL compilation error:\nInvalid column definition list"}
	}
	return err
}
