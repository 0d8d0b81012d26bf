package copyinto

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// A Load is one COPY INTO a table. Its caller sets what is exported but for Files
// and Ran, has FindFiles find the files, and drops it in the end.
type Load struct {
	Options
	Session   Session
	Reader    *stagedfile.Reader
	Statement *ast.CopyInto
	Table     string           // its full name, in DuckDB's SQL
	Name      string           // its name in messages
	Columns   []ducksql.Column // those to fill, in the order of the file's fields
	At        stagedfile.Place
	How       *stagedfile.Reading
	Files     []*stagedfile.File
	Ran       []string // what DuckDB was told to fill the table with

	damaged map[string]error // the Parquet files that cannot be read to their end, by name
	drops   []func()
}

// A Session is what a load needs of the session that runs it.
type Session interface {
	// InTransaction says whether the user has one open.
	InTransaction() bool
	// InOneTransaction runs do in that one, or in one of its own.
	InOneTransaction(ctx context.Context, do func() error) error
	// Rewritten is a statement in DuckDB's SQL.
	Rewritten(stmt ast.Statement) (string, error)
	// Remember keeps what was loaded, in the transaction that loads it.
	Remember(ctx context.Context, l *Load) error
}

// Drop frees what the load takes. The rows of its query are read before.
func (l *Load) Drop() {
	for _, d := range l.drops {
		d()
	}
}

// CheckFormat refuses what the format cannot fill the table with.
func (l *Load) CheckFormat() error {
	typ := l.How.Format.Type()
	switch {
	case typ == "CSV" && l.match != "" && !l.How.Format.Bool("PARSE_HEADER"):
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nMATCH_BY_COLUMN_NAME of CSV files needs the file format option PARSE_HEADER = TRUE."}
	case typ == "CSV" || l.match != "" || l.Statement.Query != nil:
		return nil
	}
	if len(l.Columns) != 1 || l.Columns[0].Type != "JSON" {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: fmt.Sprintf("SQL compilation error:\n%s file format can produce one and only one column of type "+
			"variant, object, or array. Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.", typ)}
	}
	return nil
}

// Label is what a column is called in messages, from 1.
func (l *Load) Label(column int) string {
	if column >= 1 && column <= len(l.Columns) {
		return fmt.Sprintf(`"%s"["%s":%d]`, l.Name, l.Columns[column-1].Name, column)
	}
	return fmt.Sprintf(`"%s"[%d]`, l.Name, column)
}

// FindFiles chooses the files to load: those at the location that FILES, PATTERN
// and SIZE_LIMIT let through and that were not loaded before with the content
// whose MD5 that gives by their names; of those, only some, unless that is nil.
func (l *Load) FindFiles(ctx context.Context, before map[string]string, only []string) error {
	objects, err := l.Objects(ctx, l.At)
	if err != nil {
		return err
	}
	if only != nil {
		objects = slices.DeleteFunc(objects, func(o stage.Object) bool { return !slices.Contains(only, o.Name) })
	}
	total := int64(0)
	for _, o := range objects {
		if before[o.Name] == o.MD5 && o.MD5 != "" {
			continue
		}
		if l.sizeLimit > 0 && total >= l.sizeLimit {
			break
		}
		total += o.Size
		l.Files = append(l.Files, &stagedfile.File{Object: o, Shown: l.At.Listed(o.Name)})
	}
	return nil
}

// Run loads the files, through the query if there is one, all in one transaction.
func (l *Load) Run(ctx context.Context) error {
	if l.Statement.Query != nil {
		return l.loadQuery(ctx)
	}
	return l.insertAll(ctx)
}

// insertAll loads the files, all in one transaction. DuckDB does not say which Parquet
// file it is that has a damaged page, and ends the transaction, so that each file
// is looked through then, and what can be loaded is loaded without them.
func (l *Load) insertAll(ctx context.Context) error {
	err := l.Session.InOneTransaction(ctx, func() error { return l.loadOnce(ctx) })
	var e *engine.Error
	if !errors.As(err, &e) || l.How.Format.Type() != "PARQUET" || l.Session.InTransaction() || ctx.Err() != nil {
		return err
	}
	if probed := l.probe(ctx); probed != nil || len(l.damaged) == 0 {
		return cmp.Or(probed, err)
	}
	l.Ran = nil
	return l.Session.InOneTransaction(ctx, func() error { return l.loadOnce(ctx) })
}

// probe reads each file to its end, and forgets what is known of their rows.
func (l *Load) probe(ctx context.Context) error {
	l.damaged = map[string]error{}
	for _, f := range l.Files {
		*f = stagedfile.File{Object: f.Object, Shown: f.Shown}
		p, err := l.Reader.OpenParquet(ctx, l.At, f.Name, true)
		var refused *warehouse.Error
		switch {
		case err == nil:
			p.Close()
		case errors.As(err, &refused) && refused.Code == stagedfile.BadFile:
			l.damaged[f.Name] = err
		default:
			return err
		}
	}
	return nil
}

func (l *Load) loadOnce(ctx context.Context) error {
	rows, err := l.read(ctx, 1)
	defer rows.drop()
	if err != nil {
		return err
	}
	if err := l.findFaults(ctx, rows, 1); err != nil {
		return err
	}
	if err := l.judge(); err != nil {
		return err
	}
	if err := l.insert(ctx, rows); err != nil {
		return err
	}
	return l.Session.Remember(ctx, l)
}

// fits is the condition that a row fits the table, "" if every row does, and
// expressions that say where one does not: the filling's index times the number
// of ways, plus the way, and the text.
func (l *Load) fits(fillings []filling) (fits, where, value string) {
	var faults, wheres, values []string
	for i := range fillings {
		for way, condition := range fillings[i].faults(l.truncate) {
			if condition != "" {
				faults = append(faults, "not "+condition)
				wheres = append(wheres, fmt.Sprintf("when %s then %d", condition, i*ways+way))
				values = append(values, fmt.Sprintf("when %s then %s", condition, fillings[i].text))
			}
		}
	}
	if faults == nil {
		return "", "", ""
	}
	return strings.Join(faults, " and "), "case " + strings.Join(wheres, " ") + " end", "case " + strings.Join(values, " ") + " end"
}

// findFaults finds the rows that do not fit, and keeps so many of each file
// with their places.
func (l *Load) findFaults(ctx context.Context, rows *loadRows, keep int) error {
	fits, where, value := l.fits(rows.fillings)
	if fits == "" {
		return nil
	}
	found, err := l.Reader.Conn.Texts(ctx, fmt.Sprintf(`select cast(F as varchar), cast(R as varchar), cast(W as varchar), coalesce(V, ''), cast(N as varchar) from (
		select F, R, %s as W, %s as V, count(*) over (partition by F) as N, row_number() over (partition by F order by R) as K from %s where not (%s))
		where K <= %d order by F, R`, where, value, rows.from, fits, keep))
	if err != nil {
		return err
	}
	byFile := map[*stagedfile.File]map[int64]misfit{}
	for _, r := range found {
		var n [4]int64
		for i, cell := range []string{r[0], r[1], r[2], r[4]} {
			if n[i], err = strconv.ParseInt(cell, 10, 64); err != nil {
				return err
			}
		}
		f := l.Files[n[0]-1]
		if byFile[f] == nil {
			byFile[f] = map[int64]misfit{}
			f.Bad += n[3]
		}
		byFile[f][n[1]] = misfit{&rows.fillings[n[2]/ways], int(n[2] % ways), r[3]}
	}
	for f, misfits := range byFile {
		if err := rows.place(ctx, f, misfits); err != nil {
			return err
		}
	}
	return nil
}

// judge decides which files are left out, or refuses the statement.
func (l *Load) judge() error {
	for _, f := range l.Files {
		if f.Bad == 0 {
			continue
		}
		if !l.GoesOn() {
			return f.Abort(f.First(), l.Label)
		}
		f.Skip = l.onError.skips(f.Bad, f.Parsed)
	}
	return nil
}

// insert puts the rows that fit into the table.
func (l *Load) insert(ctx context.Context, rows *loadRows) error {
	var names, values []string
	for _, c := range rows.fillings {
		names, values = append(names, ducksql.Name(c.column.Name)), append(values, c.column.Stored(c.value))
	}
	where := "true"
	if fits, _, _ := l.fits(rows.fillings); fits != "" {
		where = fits
	}
	var left []string
	for i, f := range l.Files {
		if f.Skip {
			left = append(left, strconv.Itoa(i+1))
		}
	}
	if left != nil {
		where += " and F not in (" + strings.Join(left, ", ") + ")"
	}
	return l.exec(ctx, fmt.Sprintf("insert into %s (%s) select %s from %s where %s",
		l.Table, strings.Join(names, ", "), strings.Join(values, ", "), rows.from, where))
}

// exec runs a statement of DuckDB's that fills the table, and puts it on record.
func (l *Load) exec(ctx context.Context, sql string) error {
	l.Ran = append(l.Ran, sql)
	return l.Reader.Conn.Exec(ctx, sql)
}

// RemoveLoaded is PURGE: what cannot be removed stays, as on Snowflake.
func (l *Load) RemoveLoaded(ctx context.Context) {
	if !l.purge {
		return
	}
	for _, f := range l.Files {
		if f.Status() == "LOAD_FAILED" || f.Whole != nil {
			continue
		}
		if err := l.At.Remove(ctx, f.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			l.Reader.Log.Warn("a loaded file is left on its stage", "file", f.Shown, "error", err)
		}
	}
}

// Columns are the columns of what COPY INTO a table gives.
func Columns() []warehouse.Column {
	return listing.Columns("file status rows_parsed# rows_loaded# error_limit# errors_seen# first_error first_error_line# first_error_character# first_error_column_name")
}

// ErrorLimit is how many errors a file may have, as Result shows it.
func (l *Load) ErrorLimit(f *stagedfile.File) int64 { return l.onError.limit(f.Parsed) }

// Result is a row for each file, and how many rows were loaded.
func (l *Load) Result() (rows [][]any, total int64) {
	for _, f := range l.Files {
		total += f.Loaded()
		if l.failedOnly && f.Bad == 0 {
			continue
		}
		row := []any{f.Shown, f.Status(), f.Parsed, f.Loaded(), l.ErrorLimit(f), f.Bad, nil, nil, nil, nil}
		if e := f.First(); e != nil {
			row[6], row[7], row[8], row[9] = e.Message, e.Line, e.Character, l.Label(e.Column)
		}
		rows = append(rows, row)
	}
	return rows, total
}
