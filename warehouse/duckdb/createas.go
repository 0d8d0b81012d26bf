package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A filling is a table that is made of a query, with columns of the types that
// package types derives. DuckDB's own say less: an INTEGER of a literal, no length
// of a text.
type filling struct {
	s       *session
	at      catalog.Name
	replace bool
	query   string // in DuckDB's SQL
	columns []filledColumn
	other   bool // whether some are of other types than DuckDB makes
}

// A filledColumn is a column as it is stored.
type filledColumn struct {
	name, sql string
	length    int // what its texts have at most, 0 for no limit
}

// createAs makes a table with the columns of a query.
func (s *session) createAs(ctx context.Context, rec *record, stmt *ast.CreateTable, at catalog.Name, m catalog.Meta, sql string, args []any) error {
	t, err := s.translation(rec, sql)
	if err != nil {
		return err
	}
	if err := distinctColumns(t.made); err != nil {
		return err
	}
	m.Derive(t.made)
	f, err := s.fillingOf(ctx, rec, stmt, at, t.made, args)
	if err != nil {
		return err
	}
	if f != nil {
		m.DeriveSizes(t.made)
	}
	if f == nil || !f.other {
		return s.define(ctx, rec, t, args, nil, []string{catalog.CommentOn("table", at, m)})
	}
	rec.filling = true
	return f.make(ctx, rec, sql, args, []string{catalog.CommentOn("table", at, m)})
}

// fillingOf is the table that a statement makes of a query, nil if nothing is known of
// its columns that DuckDB does not know. Of made, the columns as they are derived, stay
// those types that values there are stored in.
func (s *session) fillingOf(ctx context.Context, rec *record, stmt *ast.CreateTable, at catalog.Name, made []types.Column, args []any) (*filling, error) {
	if s.loose || !saysMore(made) {
		return nil, nil
	}
	query, err := s.rewritten(ast.Clone(stmt.Query), rec.binds...)
	if err != nil {
		return nil, err
	}
	stored, err := s.storedTypes(ctx, query, args)
	if err != nil || len(stored) != len(made) {
		return nil, err
	}
	f := &filling{s: s, at: at, replace: stmt.Replace, query: query}
	for i, c := range stored {
		if made[i].Name == "" {
			made[i].Name = c[0]
		}
		column := filledColumn{name: made[i].Name, sql: roomFor(made[i].Type, c[1])}
		if !holds(column.sql, made[i].Type) {
			made[i].Type = types.Type{}
		}
		if made[i].Type.Is(warehouse.Varchar) {
			column.length = made[i].Type.Length
		}
		f.other = f.other || column.length > 0 || column.sql != c[1]
		f.columns = append(f.columns, column)
	}
	return f, nil
}

// saysMore reports columns of which DuckDB's types may say less.
func saysMore(made []types.Column) bool {
	for _, c := range made {
		if t := c.Type; t.Is(warehouse.Varchar) && t.Length > 0 || t.Is(warehouse.Number) && !isWhole(t) {
			return true
		}
	}
	return false
}

// isWhole reports NUMBER(38, 0).
func isWhole(t types.Type) bool { return t.Precision == types.MaxPrecision && t.Scale == 0 }

// longDigits are those of the longest whole numbers that 64 bits hold all of.
const longDigits = 18

// roomFor is the type of DuckDB's that a column of type t is stored in, where a
// query gives it another one. That of whole numbers with more digits than 64 bits
// hold is DuckDB's own, in which it counts fastest.
func roomFor(t types.Type, own string) string {
	if !t.Is(warehouse.Number) || isWhole(t) || t.Scale == 0 && t.Precision > longDigits && ducksql.SnowflakeType(own) == types.Whole.String() {
		return own
	}
	scale := 0
	if ducksql.Family(own) != "number" || own == "DOUBLE" || own == "FLOAT" {
		return own
	}
	if _, err := fmt.Sscanf(own, "DECIMAL(%d,%d)", new(int), &scale); err != nil {
		scale = 0
	}
	if scale != t.Scale { // then digits would be lost
		return own
	}
	return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
}

// holds reports a type of DuckDB's that values of type t are stored in.
func holds(duck string, t types.Type) bool {
	stored := ducksql.SnowflakeType(duck)
	kind, _, _ := strings.Cut(stored, "(")
	return kind == string(t.Kind) && (!t.Is(warehouse.Number) || t.Scale == 0 && t.Precision > longDigits || stored == t.String())
}

// storedTypes are the names of a query's columns, and the types that a table made
// of it would have.
func (s *session) storedTypes(ctx context.Context, query string, args []any) ([][]string, error) {
	columns, err := s.conn.Texts(ctx, "select column_name, column_type from (describe "+query+")", args...)
	for _, c := range columns {
		if c[1] == `"NULL"` { // which no column has
			c[1] = "INTEGER"
		}
	}
	return columns, err
}

// make makes the table and fills it, in one transaction.
func (f *filling) make(ctx context.Context, rec *record, original string, args []any, after []string) error {
	to := f.at
	if f.replace {
		// The query may read the table that it takes the place of.
		to = catalog.NameOf(f.at.Database, f.at.Schema, "__FILL_"+uuid.NewString())
		after = append([]string{"drop table if exists " + f.at.String(), "alter table " + to.String() + " rename to " + ducksql.Name(f.at.Table)}, after...)
	}
	t := &translation{original: original, text: "insert into " + to.String() + " " + f.query}
	return f.s.define(ctx, rec, t, args, []string{fmt.Sprintf("create %s %s (%s)", tableAt(to), to, f.definitions())}, after)
}

// tableAt is what CREATE makes at a place.
func tableAt(t catalog.Name) string {
	if t.Database == catalog.Temp {
		return "temporary table"
	}
	return "table"
}

func (f *filling) definitions() string {
	all := make([]string, len(f.columns))
	for i, c := range f.columns {
		name := ducksql.Name(c.name)
		all[i] = name + " " + c.sql
		if c.length > 0 {
			all[i] += fmt.Sprintf(" check (length(%s) <= %d)", name, c.length)
		}
	}
	return strings.Join(all, ", ")
}

// roomy runs a statement, again with columns of DuckDB's own types where it makes a
// table of a query and a row has no room in one of ours: they are narrower than
// Snowflake's there, in which all that a query gives has room.
func (s *session) roomy(ctx context.Context, rec *record, run func() (*warehouse.Result, error)) (*warehouse.Result, error) {
	res, err := run()
	if !rec.filling || !noRoom(err) {
		return res, err
	}
	s.loose = true
	defer func() { s.loose = false }()
	s.startAgain(ctx)
	return run()
}

// noRoom reports a value that a column has no room for.
func noRoom(err error) bool {
	var e *engine.Error
	return errors.As(err, &e) && (e.Type == engine.TypeConstraint || e.Type == engine.TypeConversion || e.Type == engine.TypeRange || e.Type == engine.TypeInvalid)
}
