package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
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
		return s.defineIn(ctx, t, args, before, after)
	}
	return s.retry(ctx, func() error {
		err := s.conn.Exec(ctx, "begin transaction")
		if err != nil {
			return err
		}
		if err = s.defineIn(ctx, t, args, before, after); err == nil {
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
func (s *session) defineIn(ctx context.Context, t *translation, args []any, before, after []string) error {
	for _, sql := range before {
		if err := s.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	cur, err := s.conn.Prepare(ctx, t.text)
	if err != nil {
		return err
	}
	err = s.startAllowed(ctx, cur, args)
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
	switch {
	case stmt.Like != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Like, false)
	case stmt.Clone != nil:
		return s.copyTable(ctx, rec, stmt, stmt.Clone, true)
	}
	m, err := s.tableMeta(stmt)
	if err != nil {
		return nil, err
	}
	if err := s.checkDefinition(ctx, stmt); err != nil {
		return nil, err
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	before := s.identities(rec, stmt, at)
	requireKeys(rec, stmt)
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	if len(stmt.Columns) == 0 {
		m.derive(t.made)
		if err := distinctColumns(t.made); err != nil {
			return nil, err
		}
	}
	if err := s.define(ctx, rec, t, args, before, []string{commentOn("table", at, m)}); err != nil {
		return nil, err
	}
	s.placed(at)
	if stmt.Replace && !stmt.CopyGrants {
		if err := s.w.account.forget(to); err != nil {
			return nil, err
		}
	}
	return rec.status(fmt.Sprintf("Table %s successfully created.", name)), nil
}

// place is where an object is made: for a temporary one among the session's
// own, under a name that goes into the statement.
func (s *session) place(rec *record, c ast.Create, name **ast.Name, to target) target {
	if !c.Temporary {
		return to
	}
	at := to.temporary()
	*name, rec.settled = at.name(), true
	return at
}

// placed notes that a temporary object was made.
func (s *session) placed(at target) {
	if at.database != tempDatabase {
		return
	}
	if s.temps == nil {
		s.temps = map[target]bool{}
	}
	s.temps[at.permanent()] = true
}

// autoPrefix begins the names of the sequences of columns that count.
const autoPrefix = "__AUTO_"

// countBy makes such a sequence, a temporary one for a temporary table.
func countBy(seq target, start, step string) string {
	kind := "sequence"
	if seq.database == tempDatabase {
		kind = "temporary sequence"
	}
	return fmt.Sprintf("create %s %s start %s increment %s "+sequenceBounds, kind, seq, start, step)
}

// ownCounters gives the copy of a table sequences of its own for the columns
// that count: they go on where the table's are, or begin anew. It is the list
// of columns with those, and the statements that make them.
func (s *session) ownCounters(ctx context.Context, columns string, to target, goOn bool) (list string, before []string, err error) {
	list = counters.ReplaceAllStringFunc(columns, func(call string) string {
		found, failed := s.texts(ctx, `select cast(case when ? then coalesce(last_value + increment_by, start_value) else start_value end as varchar),
			cast(increment_by as varchar) from duckdb_sequences() where sequence_name = ?`, goOn, counters.FindStringSubmatch(call)[1])
		if failed != nil || len(found) == 0 {
			err = cmp.Or(err, failed)
			return call
		}
		seq := target{to.database, to.schema, autoPrefix + uuid.NewString()}
		before = append(before, countBy(seq, found[0][0], found[0][1]))
		return "nextval(" + quoteString(seq.String()) + ")"
	})
	return list, before, err
}

// counters finds the calls for such columns in a table's definition.
var counters = regexp.MustCompile(`nextval\('(?:[^']|'')*?(` + autoPrefix + `[0-9a-f-]{36})"?'\)`)

// identities makes the columns that count take their values from sequences,
// and gives the statements that make these.
func (s *session) identities(rec *record, stmt *ast.CreateTable, at target) (before []string) {
	for i := range stmt.Columns {
		c := &stmt.Columns[i]
		if c.Identity == nil {
			continue
		}
		seq := target{at.database, at.schema, autoPrefix + uuid.NewString()}
		before = append(before, countBy(seq, orOne(c.Identity.Start), orOne(c.Identity.Increment)))
		parts := append(seq.name().Parts, ast.Ident{Name: "NEXTVAL"})
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
func (s *session) tableMeta(stmt *ast.CreateTable) (meta, error) {
	m := meta{Created: time.Now(), Transient: stmt.Transient, Tags: tagsOf(stmt.Tags), Cluster: clusterKey(stmt.ClusterBy),
		Comment: commentOption(stmt.Options), Retention: retentionOption(stmt.Options)}
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
func (s *session) addConstraint(m *meta, c ast.Constraint) error {
	k := constraintMeta{Name: "SYS_CONSTRAINT_" + uuid.NewString(), Kind: c.Kind, Columns: identNames(c.Columns),
		RefColumns: identNames(c.RefColumns), Created: time.Now()}
	if c.Name != nil {
		k.Name = c.Name.Name
	}
	if c.References != nil {
		t, err := s.resolveName(c.References)
		if err != nil {
			return err
		}
		k.References = []string{t.database, t.schema, t.table}
	}
	m.Constraints = append(m.Constraints, k)
	return nil
}

func identNames(ids []ast.Ident) (names []string) {
	for _, id := range ids {
		names = append(names, id.Name)
	}
	return names
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

// commentOption is the text of COMMENT among options.
func commentOption(options []ast.Option) string {
	for _, o := range options {
		if text, ok := o.Value.(*ast.String); ok && o.Key == "COMMENT" {
			return text.Value
		}
	}
	return ""
}

// createView is CREATE VIEW.
func (s *session) createView(ctx context.Context, rec *record, stmt *ast.CreateView, sql string, args []any) (*warehouse.Result, error) {
	name := stmt.Name.Last()
	if res, err := s.there(ctx, rec, stmt.Create, stmt.Name); res != nil || err != nil {
		return res, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	m := meta{Created: time.Now(), Secure: stmt.Secure, Comment: commentOption(stmt.Options), Tags: tagsOf(stmt.Tags),
		Text: strings.TrimSpace(sql)}
	for _, c := range stmt.Columns {
		if c.Comment != nil {
			m.column(c.Name.Name).Comment = c.Comment.Value
		}
	}
	if len(stmt.Columns) > 0 {
		if n, err := s.queryWidth(ctx, stmt.Query); err != nil || n != len(stmt.Columns) {
			return nil, cmp.Or(err, error(&warehouse.Error{Code: 2057, State: "42601", Message: fmt.Sprintf(
				"SQL compilation error:\nView definition for %s declared %d column(s), but view query produces %d column(s).", written(to, true), len(stmt.Columns), n)}))
		}
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	s.defining = true
	t, err := s.translation(rec, sql)
	s.defining = false
	if err != nil {
		return nil, err
	}
	made := t.made
	for i := range min(len(stmt.Columns), len(made)) {
		made[i].Name = stmt.Columns[i].Name.Name
	}
	m.derive(made)
	m.deriveLengths(made)
	if err := distinctColumns(made); err != nil {
		return nil, err
	}
	if err := s.define(ctx, rec, t, args, nil, []string{commentOn("view", at, m)}); err != nil {
		return nil, err
	}
	s.placed(at)
	if stmt.Replace && !stmt.CopyGrants {
		if err := s.w.account.forget(to); err != nil {
			return nil, err
		}
	}
	return rec.status(fmt.Sprintf("View %s successfully created.", name)), nil
}

// createSequence is CREATE SEQUENCE.
func (s *session) createSequence(ctx context.Context, rec *record, stmt *ast.CreateSequence, sql string) (*warehouse.Result, error) {
	if res, err := s.there(ctx, rec, stmt.Create, stmt.Name); res != nil || err != nil {
		return res, err
	}
	to, err := s.newObject(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	m := meta{Created: time.Now(), Comment: commentOption(stmt.Options), Ordered: stmt.Order == "ORDER"}
	if stmt.Start == nil { // DuckDB would begin at the least value
		stmt.Start, rec.settled = &ast.Number{Text: "1"}, true
	}
	t, err := s.translation(rec, sql)
	if err != nil {
		return nil, err
	}
	t.text += " " + sequenceBounds
	if err := s.define(ctx, rec, t, nil, nil, []string{commentOn("sequence", to, m)}); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("Sequence %s successfully created.", stmt.Name.Last())), nil
}

// sequenceBounds let a sequence begin anywhere and count in either direction.
const sequenceBounds = "minvalue -9223372036854775808 maxvalue 9223372036854775807"

func orOne(n *ast.Number) string {
	if n == nil {
		return "1"
	}
	return n.Text
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
	columns, err := s.definition(ctx, from.at)
	if err != nil {
		return nil, err
	}
	at := s.place(rec, stmt.Create, &stmt.Name, to)
	create := "create " + map[bool]string{true: "or replace "}[stmt.Replace] + map[bool]string{true: "temporary "}[stmt.Temporary] + "table "
	m := from.meta
	m.Created, m.Transient, m.Comment = time.Now(), stmt.Transient, commentOption(stmt.Options)
	after := []string{commentOn("table", at, m)}
	if rows {
		after = append(after, "insert into "+at.String()+" select * from "+from.at.String())
	}
	columns, before, err := s.ownCounters(ctx, columns, at, rows)
	if err != nil {
		return nil, err
	}
	t := &translation{original: rec.statement.Text, text: create + at.String() + columns}
	if err := s.define(ctx, rec, t, nil, before, after); err != nil {
		return nil, err
	}
	s.placed(at)
	return rec.status(fmt.Sprintf("Table %s successfully created.", name)), nil
}

// definition is the list of a table's columns, in DuckDB's SQL.
func (s *session) definition(ctx context.Context, t target) (string, error) {
	cur, err := s.conn.Run(ctx, `select sql from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?`,
		[]any{t.database, t.schema, t.table})
	if err != nil {
		return "", err
	}
	rows, err := cur.Texts()
	if err != nil || len(rows) == 0 {
		return "", errors.Join(err, notExist(t.table, nil))
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

// overwrite is INSERT OVERWRITE: the rows are found before the old ones go.
func (s *session) overwrite(ctx context.Context, rec *record, stmt *ast.Insert, args []any) (*warehouse.Result, error) {
	into, err := s.resolveName(stmt.Into)
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
	var n int64
	err = s.run(ctx, rowChange{rec: rec, table: into, query: "from (" + query + ")", args: args,
		apply: []string{"delete from " + into.String(), "insert into " + into.String() + columns + " from " + stepRows},
		check: func(ctx context.Context) (err error) {
			n, err = s.number(ctx, "select count(*) from "+stepRows)
			return err
		}})
	if err != nil {
		return nil, err
	}
	return rec.counted(n, "number of rows inserted"), nil
}

// truncate is TRUNCATE TABLE, which is a change of rows like DELETE.
func (s *session) truncate(ctx context.Context, rec *record, stmt *ast.Truncate) (*warehouse.Result, error) {
	t, err := s.resolveName(stmt.Name)
	if err != nil {
		return nil, err
	}
	if stmt.IfExists {
		if o, err := s.lookUp(ctx, t); err != nil || o == nil {
			return rec.status("Statement executed successfully."), err
		}
	}
	if !s.inTx {
		return rec.status("Statement executed successfully."), s.conn.Exec(ctx, "truncate "+t.String())
	}
	err = s.run(ctx, rowChange{rec: rec, table: t, query: "select rowid as C0 from " + t.String(),
		apply: []string{"delete from " + t.String() + " where rowid in (select C0 from " + stepRows + ")"}})
	if err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
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
	n, err := s.queryWidth(ctx, stmt.Query)
	if err == nil && n != len(stmt.Columns) {
		err = &warehouse.Error{Code: 2026, State: "42601", Line: stmt.Position.Line, Column: stmt.Position.Column,
			Message: "SQL compilation error:\nInvalid column definition list"}
	}
	return err
}

// queryWidth is how many columns a query gives.
func (s *session) queryWidth(ctx context.Context, q *ast.Query) (int, error) {
	text, err := s.rewritten(ast.Clone(q))
	if err != nil {
		return 0, err
	}
	cur, err := s.conn.Prepare(ctx, text)
	if err != nil {
		return 0, err
	}
	defer cur.Close()
	return len(cur.Prepared()), nil
}

// newObject is newTarget in a schema that is there.
func (s *session) newObject(ctx context.Context, n *ast.Name) (target, error) {
	to, err := s.newTarget(n)
	if err != nil {
		return to, err
	}
	if !s.w.hasDatabase(to.database) {
		return to, noContainer("Database", to.database)
	}
	if err := s.checkSchema(ctx, to.database, to.schema); err != nil {
		if errors.Is(err, warehouse.ErrNotExist) {
			err = noContainer("Schema", to.database+"."+to.schema)
		}
		return to, err
	}
	return to, s.free(ctx, n, to)
}
