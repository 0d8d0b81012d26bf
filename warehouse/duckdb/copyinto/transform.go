package copyinto

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagequery"
)

// transforming is a COPY INTO a table through a query. Each file's rows go
// through the query into a temporary table of their own; where a row cannot,
// the file's rows are halved until it is found.
type transforming struct {
	*Load
	view   *stagequery.View
	insert string   // of DuckDB's: the query into the table named tableMark
	tables []string // a file's rows, as the table will have them; "" for none
}

// tableMark is the table that a transformation's rows go into.
const tableMark = "SNOWPIT_TRANSFORMED"

// FromQuery takes the location, the format and the pattern from the statement's
// query, which it has.
func (l *Load) FromQuery() error {
	found := stagequery.Tables(l.Statement.Query)
	if len(found) != 1 {
		return refusal.Unsupported("COPY INTO a table from a query on other than one stage")
	}
	if l.validation != nil {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nVALIDATION_MODE does not support COPY statements that transform data during a load."}
	}
	if l.match != "" || l.metadata != nil {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nMATCH_BY_COLUMN_NAME and INCLUDE_METADATA are not supported with COPY transform."}
	}
	t := found[0]
	for _, a := range t.Args {
		if a.Name == nil {
			return refusal.Unsupported("an argument of a stage without a name")
		}
		opt := ast.Option{At: ast.At{Position: a.Value.Pos()}, Key: a.Name.Name, Value: a.Value}
		switch a.Name.Name {
		case "FILE_FORMAT":
			l.Statement.Options = append(l.Statement.Options, opt)
		case "PATTERN":
			if err := l.SetPattern(opt); err != nil {
				return err
			}
		default:
			return refusal.NoOption(opt, "a query on a stage")
		}
	}
	l.Statement.From = t.Location
	return nil
}

// loadQuery loads the files through the query.
func (l *Load) loadQuery(ctx context.Context) error {
	t := &transforming{Load: l}
	if err := t.prepare(ctx); err != nil {
		return err
	}
	for i := range l.Files {
		if err := t.file(ctx, i); err != nil {
			return err
		}
	}
	return l.Session.InOneTransaction(ctx, func() error {
		for i, f := range l.Files {
			if f.Skip || t.tables[i] == "" {
				continue
			}
			if err := l.exec(ctx, fmt.Sprintf("insert into %s (%s) select %s from %s", l.Table, l.columnList(), l.storedList(), t.tables[i])); err != nil {
				return err
			}
		}
		return l.Session.Remember(ctx, l)
	})
}

// columnList is the columns to fill, for DuckDB.
func (l *Load) columnList() string {
	list := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		list[i] = ducksql.Name(c.Name)
	}
	return strings.Join(list, ", ")
}

// storedList are the columns of rows that wait, as the table holds them.
func (l *Load) storedList() string {
	list := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		list[i] = c.Stored(ducksql.Name(c.Name))
	}
	return strings.Join(list, ", ")
}

// prepare makes the view of the files and translates the query.
func (t *transforming) prepare(ctx context.Context) error {
	wants := stagequery.WantsOf(t.Statement.Query)
	if wants.Err != nil {
		return wants.Err
	}
	t.asColumns()
	how := *t.How
	how.Columns = 0
	how.Label = func(i int) string { return fmt.Sprintf(`"TRANSIENT_STAGE_TABLE"["$%d":%d]`, i, i) }
	t.view = &stagequery.View{Reader: t.Reader, At: t.At, How: &how, Wants: wants, Files: t.Files, Lenient: t.GoesOn()}
	t.tables = make([]string, len(t.Files))
	t.drops = append(t.drops, t.view.Drop)
	if err := t.view.Make(ctx); err != nil {
		return err
	}
	wants.Views[stagequery.Tables(t.Statement.Query)[0]] = t.view
	wants.Replace(t.Statement.Query)
	if err := t.Reader.Conn.Exec(ctx, "create or replace temporary table "+tableMark+t.definition()); err != nil {
		return err
	}
	t.drops = append(t.drops, func() { t.Reader.DropTable(tableMark) })
	var err error
	t.insert, err = t.Session.Rewritten(&ast.Insert{Into: &ast.Name{Parts: []ast.Ident{{Name: tableMark, Quoted: true}}}, Query: t.Statement.Query})
	return err
}

// asColumns makes texts of the query's columns that go into columns of texts: a
// string in a VARIANT is one without its quotes. Times are cast with all their
// digits and their offsets.
func (t *transforming) asColumns() {
	query, ok := t.Statement.Query.Body.(*ast.Select)
	if !ok || len(query.Items) != len(t.Columns) {
		return
	}
	for i, c := range t.Columns {
		it := &query.Items[i]
		if _, star := it.X.(*ast.Star); !star && c.Type == "VARCHAR" {
			it.X = &ast.Cast{At: it.At, X: it.X, Type: &ast.Type{Name: "VARCHAR"}}
		} else if t := timeType(c); !star && t != nil {
			it.X = &ast.Cast{At: it.At, X: it.X, Type: t}
		}
	}
}

// timeType is the type of a column of times, nil for another.
func timeType(c ducksql.Column) *ast.Type {
	kind, digits := rewrite.TimeKind(c.Type), "9"
	if c.Six {
		digits = "6"
	}
	if kind == "" {
		return nil
	}
	return &ast.Type{Name: string(kind), Args: []string{digits}}
}

// definition is the columns as the table has them, with what it demands of them.
func (t *transforming) definition() string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = ducksql.Name(c.Name) + " " + c.Type
		if !c.Nullable {
			list[i] += " not null"
		}
		if c.Length > 0 && !t.truncate {
			list[i] += fmt.Sprintf(" check (length(%s) <= %d)", ducksql.Name(c.Name), c.Length)
		}
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// file puts the file number i through the query.
func (t *transforming) file(ctx context.Context, i int) error {
	f := t.Files[i]
	if err := t.rows(ctx, i, 1, max(f.Parsed, 1)); err != nil {
		return err
	}
	f.Skip = t.onError.skips(f.Bad, f.Parsed)
	if f.Skip {
		return t.Reader.Conn.Exec(ctx, "delete from "+tableMark)
	}
	t.tables[i] = fmt.Sprintf("%s_%d", tableMark, i)
	t.drops = append(t.drops, func() { t.Reader.DropTable(t.tables[i]) })
	values := "*"
	if t.truncate {
		values = t.cutting()
	}
	if err := t.Reader.Conn.Exec(ctx, "create or replace temporary table "+t.tables[i]+" as select "+values+" from "+tableMark); err != nil {
		return err
	}
	return t.Reader.Conn.Exec(ctx, "delete from "+tableMark)
}

// cutting is the columns with texts cut to their length.
func (t *transforming) cutting() string {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		list[i] = ducksql.Name(c.Name)
		if c.Length > 0 {
			list[i] = fmt.Sprintf("left(%s, %d)", list[i], c.Length)
		}
	}
	return strings.Join(list, ", ")
}

// rows puts rows of a file through the query, and halves them where that fails.
func (t *transforming) rows(ctx context.Context, i int, from, to int64) error {
	f := t.Files[i]
	if t.onError.skips(f.Bad, f.Parsed) {
		return nil
	}
	if err := t.view.Narrow(ctx, fmt.Sprintf("F = %d and R between %d and %d", i+1, from, to)); err != nil {
		return err
	}
	err := t.Reader.Conn.Exec(ctx, t.insert)
	var e *engine.Error
	switch {
	case err == nil:
		return nil
	case refusal.NeedsFine(err):
		return err
	case !errors.As(err, &e) || !e.Executing || !ofRows[e.Type]:
		return err
	case t.Session.InTransaction():
		if t.view.Lenient {
			return refusal.Unsupported("COPY INTO with a transformation and ON_ERROR inside a transaction where a row fails")
		}
		return err
	case from == to:
		return t.fail(ctx, f, from, e)
	}
	middle := from + (to-from)/2
	if err := t.rows(ctx, i, from, middle); err != nil {
		return err
	}
	return t.rows(ctx, i, middle+1, to)
}

// ofRows are the types of error that a value can cause.
var ofRows = map[string]bool{engine.TypeConstraint: true, engine.TypeConversion: true, engine.TypeDivide: true, engine.TypeInvalid: true, engine.TypeRange: true}

// fail notes a row that cannot be put through the query, or refuses the
// statement for it.
func (t *transforming) fail(ctx context.Context, f *stagedfile.File, row int64, cause *engine.Error) error {
	var refused *warehouse.Error
	if !errors.As(refusal.Of(cause, "", ""), &refused) {
		return cause
	}
	e := stagedfile.RowError{Row: row, RowLine: row, Line: row, Character: 1}
	e.Code, e.State, e.Message, e.Column = refused.Code, refused.State, strings.TrimPrefix(refused.Message, "SQL compilation error:\n"), 1
	if t.How.Format.Type() != "PARQUET" {
		if err := t.lineOf(ctx, f, &e); err != nil {
			return err
		}
	}
	if !t.view.Lenient {
		return f.Abort(&e, t.view.How.Label)
	}
	f.Bad++
	if len(f.Errors) == 0 {
		f.Errors = append(f.Errors, e)
	}
	return nil
}

// lineOf finds the line of a row.
func (t *transforming) lineOf(ctx context.Context, f *stagedfile.File, e *stagedfile.RowError) error {
	records, closer, err := t.view.How.Open(ctx, t.At, f.Name)
	if err != nil {
		return err
	}
	defer closer.Close()
	for {
		rec, err := records.Next()
		if err != nil {
			return fmt.Errorf("reading %s again: %w", f.Shown, err)
		}
		if rec.Number == e.Row {
			e.Line, e.RowLine = rec.Line, rec.Line
			return nil
		}
	}
}
