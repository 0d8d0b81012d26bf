package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A layout is the columns of a table that is being altered. DuckDB changes no
// conditions, and nothing that stands under one; where that is asked for, the
// table is made anew with the columns that it is to have.
type layout struct {
	columns []laidColumn
	anew    bool
}

// A laidColumn is one column of a layout.
type laidColumn struct {
	name, was string // was is "" for a column that is new
	sql       string // its type on DuckDB
	notNull   bool
	value     string // its default in DuckDB's SQL, or ""
	length    int    // what its texts have at most, 0 for no limit
	cast      bool   // whether values are to become sql
}

// laid is the table's layout, read when it is first asked for.
func (a *alteration) laid(ctx context.Context) (*layout, error) {
	if a.layout != nil {
		return a.layout, nil
	}
	if a.o.Kind != "TABLE" {
		return nil, refusal.Unsupported("changing the columns of a " + strings.ToLower(a.o.Kind))
	}
	rows, err := a.s.conn.Texts(ctx, `select column_name, data_type, case when is_nullable then '' else 'x' end, coalesce(column_default, '')
		from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ? order by column_index`, a.o.At.Database, a.o.At.Schema, a.o.At.Table)
	if err != nil {
		return nil, err
	}
	a.layout = &layout{}
	for _, r := range rows {
		c := laidColumn{name: r[0], was: r[0], sql: r[1], notNull: r[2] != "", value: r[3]}
		for _, m := range a.meta.Columns {
			if m.Name == c.name {
				c.length = textLength(m.Type)
			}
		}
		a.layout.columns = append(a.layout.columns, c)
	}
	return a.layout, nil
}

// textLength is n of VARCHAR(n), 0 where that is the most there is.
func textLength(typ string) int {
	text, ok := strings.CutPrefix(strings.TrimSuffix(typ, ")"), "VARCHAR(")
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n >= 16777216 {
		return 0
	}
	return n
}

// find is where a column stands, with an error for one that is not there.
func (l *layout) find(name ast.Ident) (int, error) {
	for i, c := range l.columns {
		if c.name == name.Name {
			return i, nil
		}
	}
	return 0, invalidIdentifier(name)
}

// free refuses a name for a column where another has it, or one that differs
// from it in case only.
func (l *layout) free(name ast.Ident) error {
	if _, err := l.find(name); err == nil {
		return duplicateColumn(name)
	}
	for _, c := range l.columns {
		if strings.EqualFold(c.name, name.Name) {
			return besideNamesake(c.name, warehouse.QuoteIdent(name.Name))
		}
	}
	return nil
}

func invalidIdentifier(name ast.Ident) error {
	return &warehouse.Error{Code: 904, State: "42000", Line: name.Position.Line, Column: name.Position.Column,
		Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '%s'",
			name.Position.Line, name.Position.Column, warehouse.QuoteIdent(name.Name))}
}

// renameColumn is RENAME COLUMN.
func (a *alteration) renameColumn(ctx context.Context, act *ast.RenameColumn) error {
	l, err := a.laid(ctx)
	if err != nil {
		return err
	}
	i, err := l.find(act.From)
	if err != nil {
		return err
	}
	if err := l.free(act.To); err != nil {
		return err
	}
	a.add("alter table %s rename column %s to %s", a.name, ducksql.Name(l.columns[i].name), ducksql.Name(act.To.Name))
	a.meta.RenameColumn(l.columns[i].name, act.To.Name)
	l.columns[i].name = act.To.Name
	return nil
}

func duplicateColumn(name ast.Ident) error {
	return &warehouse.Error{Code: 1430, State: "42000", Kind: warehouse.ErrExist, Line: name.Position.Line, Column: name.Position.Column,
		Message: fmt.Sprintf("SQL compilation error:\ncolumn '%s' already exists", warehouse.QuoteIdent(name.Name))}
}

// addColumns is ADD COLUMN.
func (a *alteration) addColumns(ctx context.Context, act *ast.AddColumn) error {
	l, err := a.laid(ctx)
	if err != nil {
		return err
	}
	for _, c := range act.Columns {
		if err := l.free(c.Name); err != nil {
			if act.IfNotExists && errors.Is(err, warehouse.ErrExist) {
				continue
			}
			return err
		}
		if c.Type == nil || c.Identity != nil || c.Virtual != nil {
			return refusal.Unsupported("adding a column that counts, a virtual one, or one without a type")
		}
		if err := a.addColumn(ctx, l, c); err != nil {
			return err
		}
	}
	return nil
}

func (a *alteration) addColumn(ctx context.Context, l *layout, c ast.ColumnDef) error {
	m := columnMetaOf(c)
	for _, own := range c.Constraints {
		own.Columns = []ast.Ident{c.Name}
		if err := a.s.addConstraint(&a.meta, own); err != nil {
			return err
		}
	}
	sql, value, err := a.spelt(c.Type, c.Default)
	if err != nil {
		return err
	}
	name := ducksql.Name(c.Name.Name)
	filled, err := a.computed(ctx, value, sql)
	if err != nil {
		return err
	}
	a.add("alter table %s add column %s %s%s", a.name, name, sql, orEmpty(" default ", filled))
	if filled != value {
		a.add("alter table %s alter column %s set default %s", a.name, name, value)
	}
	if c.NotNull {
		a.add("alter table %s alter column %s set not null", a.name, name)
	}
	length := textLength(m.Type)
	l.anew = l.anew || length > 0
	l.columns = append(l.columns, laidColumn{name: c.Name.Name, sql: sql, notNull: c.NotNull, value: value, length: length})
	a.meta.Columns = append(a.meta.Columns, m)
	return nil
}

// computed is a default as the literal of its value: DuckDB makes several
// statements of a column that is added with any other default, and runs none.
func (a *alteration) computed(ctx context.Context, value, typ string) (literal string, err error) {
	if value == "" {
		return "", nil
	}
	got, err := a.s.conn.Texts(ctx, "select coalesce(min(v), ''), cast(count(distinct v) as varchar) from "+
		"(select cast(cast("+value+" as "+typ+") as varchar) as v from range(3))")
	switch {
	case err != nil:
		return "", err
	case got[0][1] == "0":
		return "null", nil
	case got[0][1] != "1":
		return "", refusal.Unsupported("adding a column whose default is another value for every row")
	}
	return ducksql.Text(got[0][0]), nil
}

func orEmpty(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

// spelt is a type and a value in DuckDB's SQL.
func (a *alteration) spelt(t *ast.Type, value ast.Expr) (sql, def string, err error) {
	text, err := a.s.rewritten(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: &ast.Cast{X: &ast.Null{}, Type: t}, Alias: &ast.Ident{Name: "X"}}}}})
	if err != nil {
		return "", "", err
	}
	types, err := a.s.column(context.Background(), "select column_type from (describe "+text+")")
	if err != nil {
		return "", "", err
	}
	if value == nil {
		return types[0], "", nil
	}
	if def, err = a.s.rewritten(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: value, Alias: &ast.Ident{Name: "X"}}}}}); err != nil {
		return "", "", err
	}
	def = strings.TrimSpace(def)
	return types[0], "(" + strings.TrimSuffix(strings.TrimSuffix(def[len("SELECT "):], ` AS X`), ` AS "X"`) + ")", nil
}

// dropColumns is DROP COLUMN.
func (a *alteration) dropColumns(ctx context.Context, act *ast.DropColumn) error {
	l, err := a.laid(ctx)
	if err != nil {
		return err
	}
	for _, name := range act.Columns {
		i, err := l.find(name)
		switch {
		case err != nil && act.IfExists:
			continue
		case err != nil:
			return err
		}
		c := l.columns[i]
		if a.meta.Indexed(c.name) {
			return refusal.Unsupported("dropping " + c.name + ", which a key or an index of a hybrid table is of")
		}
		l.anew = l.anew || c.length > 0
		l.columns = append(l.columns[:i:i], l.columns[i+1:]...)
		a.add("alter table %s drop column %s", a.name, ducksql.Name(c.name))
		a.meta.DropColumn(c.name)
	}
	return nil
}

// alterColumns is ALTER COLUMN, of one or several.
func (a *alteration) alterColumns(ctx context.Context, act *ast.AlterColumns) error {
	for _, change := range act.Changes {
		if strings.HasSuffix(change.Change, "COMMENT") && a.o.Kind == "VIEW" {
			a.meta.Column(change.Column.Name).Comment = commentText(change)
			continue
		}
		if strings.HasSuffix(change.Change, "TAG") {
			if err := a.tagColumn(ctx, change); err != nil {
				return err
			}
			continue
		}
		l, err := a.laid(ctx)
		if err != nil {
			return err
		}
		i, err := l.find(change.Column)
		if err != nil {
			return err
		}
		if err := a.changeColumn(l, &l.columns[i], change); err != nil {
			return err
		}
	}
	return nil
}

func commentText(change ast.ColumnChange) string {
	if change.Comment == nil {
		return ""
	}
	return change.Comment.Value
}

// changeColumn is one change of one column.
func (a *alteration) changeColumn(l *layout, c *laidColumn, change ast.ColumnChange) error {
	column := fmt.Sprintf("alter table %s alter column %s ", a.name, ducksql.Name(c.name))
	switch change.Change {
	case "COMMENT", "UNSET COMMENT":
		a.meta.Column(c.name).Comment = commentText(change)
	case "SET NOT NULL", "DROP NOT NULL":
		c.notNull = change.Change == "SET NOT NULL"
		a.add("%s%s", column, strings.ToLower(change.Change))
	case "DROP DEFAULT":
		c.value = ""
		m := a.meta.Column(c.name)
		m.Default, m.Identity = "", ""
		a.add("%sdrop default", column)
	case "SET DEFAULT":
		return a.setDefault(c, change, column)
	case "TYPE":
		return a.changeType(l, c, change)
	default:
		return refusal.Unsupported("ALTER TABLE ALTER COLUMN " + change.Change)
	}
	return nil
}

// setDefault is SET DEFAULT, which on Snowflake takes another sequence and
// nothing else. A literal is taken here too where the column has one already.
func (a *alteration) setDefault(c *laidColumn, change ast.ColumnChange, column string) error {
	text, ok := change.Default.(*ast.Column)
	if !ok || len(text.Parts) < 2 || text.Parts[len(text.Parts)-1].Name != "NEXTVAL" {
		return &warehouse.Error{Code: 2, State: "0A000", Line: change.Position.Line, Column: change.Position.Column,
			Message: "Unsupported feature 'Alter Column Set Default'."}
	}
	_, value, err := a.spelt(&ast.Type{Name: "INT"}, change.Default)
	if err != nil {
		return err
	}
	c.value = value
	a.meta.Column(c.name).Default = sqlOf(change.Default)
	a.add("%sset default %s", column, value)
	return nil
}

// changeType is SET DATA TYPE: texts may become longer and numbers get other
// precisions, and that is all.
func (a *alteration) changeType(l *layout, c *laidColumn, change ast.ColumnChange) error {
	m := a.meta.Column(c.name)
	if m.Type == "" {
		m.Type = ducksql.SnowflakeType(c.sql)
	}
	old, to := m.Type, types.Of(change.Type)
	text := catalog.TypeText(change.Type)
	oldKind, _, _ := strings.Cut(old, "(")
	if oldKind != string(to.Kind) || oldKind == string(warehouse.Number) && !strings.HasSuffix(old, fmt.Sprintf(",%d)", to.Scale)) {
		return typeChange(c.name, old, text, change, "they have incompatible types")
	}
	if n := textLength(text); n > 0 && (textLength(old) == 0 || n < textLength(old)) {
		return typeChange(c.name, old, text, change, "reducing the byte-length of a varchar is not supported")
	}
	if was, err := parse.Type(old); err == nil && to.Is(warehouse.Binary) && to.Length > 0 && to.Length < types.Of(was).Length {
		return typeChange(c.name, old, text, change, "reducing the byte-length of a binary is not supported")
	}
	sql, _, err := a.spelt(change.Type, nil)
	if err != nil {
		return err
	}
	if text == old {
		return nil
	}
	m.Type, c.length, c.sql, c.cast, l.anew = text, textLength(text), sql, true, true
	return nil
}

func typeChange(column, from, to string, at ast.ColumnChange, why string) error {
	return &warehouse.Error{Code: 2108, State: "22000", Line: at.Position.Line, Column: at.Position.Column, Message: fmt.Sprintf(
		"SQL compilation error:\ncannot change column %s from type %s to %s because %s.", warehouse.QuoteIdent(column), from, to, why)}
}

// makeAnew puts the layout's table in the place of the old one.
func (a *alteration) makeAnew() {
	draft := catalog.NameOf(a.o.At.Database, a.o.At.Schema, "__ALTER_"+uuid.NewString())
	var definitions, names, values []string
	for _, c := range a.layout.columns {
		name := ducksql.Name(c.name)
		text := name + " " + c.sql + orEmpty(" default ", c.value)
		if c.notNull {
			text += " not null"
		}
		if c.length > 0 {
			text += fmt.Sprintf(" check (length(%s) <= %d)", name, c.length)
		}
		definitions = append(definitions, text)
		if c.was == "" {
			continue
		}
		names = append(names, name)
		value := ducksql.Name(c.was)
		if c.cast {
			value = "cast(" + value + " as " + c.sql + ")"
		}
		values = append(values, value)
	}
	definitions = append(definitions, a.meta.Keys()...)
	a.steps = nil
	a.add("create %s %s (%s)", tableAt(draft), draft, strings.Join(definitions, ", "))
	a.add("insert into %s (%s) select %s from %s", draft, strings.Join(names, ", "), strings.Join(values, ", "), a.o.At)
	a.add("drop table %s", a.o.At)
	a.add("alter table %s rename to %s", draft, ducksql.Name(a.o.At.Table))
}
