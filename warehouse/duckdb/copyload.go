package duckdb

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

// loading is one COPY INTO a table.
type loading struct {
	loadOptions
	s       loadSession
	reader  *stagedfile.Reader
	stmt    *ast.CopyInto
	table   string           // its full name, in DuckDB's SQL
	name    string           // its name in messages
	columns []ducksql.Column // those to fill, in the order of the file's fields
	at      stagedfile.Place
	how     *stagedfile.Reading
	staged  []*stagedfile.File
	ran     []string         // what DuckDB was told to fill the table with
	damaged map[string]error // the Parquet files that cannot be read to their end, by name
	drops   []func()
}

// A loadSession is what a load needs of the session that runs it.
type loadSession interface {
	// InTransaction says whether the user has one open.
	InTransaction() bool
	// InOneTransaction runs do in that one, or in one of its own.
	InOneTransaction(ctx context.Context, do func() error) error
	// Rewritten is a statement in DuckDB's SQL.
	Rewritten(stmt ast.Statement) (string, error)
	// Remember keeps what was loaded, in the transaction that loads it.
	Remember(ctx context.Context, l *loading) error
}

// drop frees what the load takes.
func (l *loading) drop() {
	for _, d := range l.drops {
		d()
	}
}

// checkFormat refuses what the format cannot fill the table with.
func (l *loading) checkFormat() error {
	typ := l.how.Format.Type()
	switch {
	case typ == "CSV" && l.match != "" && !l.how.Format.Bool("PARSE_HEADER"):
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nMATCH_BY_COLUMN_NAME of CSV files needs the file format option PARSE_HEADER = TRUE."}
	case typ == "CSV" || l.match != "" || l.stmt.Query != nil:
		return nil
	}
	if len(l.columns) != 1 || l.columns[0].Type != "JSON" {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: fmt.Sprintf("SQL compilation error:\n%s file format can produce one and only one column of type "+
			"variant, object, or array. Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.", typ)}
	}
	return nil
}

// label is what a column is called in messages, from 1.
func (l *loading) label(column int) string {
	if column >= 1 && column <= len(l.columns) {
		return fmt.Sprintf(`"%s"["%s":%d]`, l.name, l.columns[column-1].Name, column)
	}
	return fmt.Sprintf(`"%s"[%d]`, l.name, column)
}

// findFiles chooses the files to load: those at the location that FILES, PATTERN
// and SIZE_LIMIT let through and that were not loaded before with the content
// whose MD5 that gives by their names; of those, only some, unless that is nil.
func (l *loading) findFiles(ctx context.Context, before map[string]string, only []string) error {
	objects, err := l.Objects(ctx, l.at, l.stmt.From.Path)
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
		l.staged = append(l.staged, &stagedfile.File{Object: o, Shown: l.at.Listed(o.Name)})
	}
	return nil
}

// run loads the files, through the query if there is one.
func (l *loading) run(ctx context.Context) error {
	if l.stmt.Query != nil {
		return l.loadQuery(ctx)
	}
	return l.load(ctx)
}

// load loads the files, all in one transaction. DuckDB does not say which Parquet
// file it is that has a damaged page, and ends the transaction, so that each file
// is looked through then, and what can be loaded is loaded without them.
func (l *loading) load(ctx context.Context) error {
	err := l.s.InOneTransaction(ctx, func() error { return l.loadOnce(ctx) })
	var e *engine.Error
	if !errors.As(err, &e) || l.how.Format.Type() != "PARQUET" || l.s.InTransaction() || ctx.Err() != nil {
		return err
	}
	if probed := l.probe(ctx); probed != nil || len(l.damaged) == 0 {
		return cmp.Or(probed, err)
	}
	l.ran = nil
	return l.s.InOneTransaction(ctx, func() error { return l.loadOnce(ctx) })
}

// probe reads each file to its end, and forgets what is known of their rows.
func (l *loading) probe(ctx context.Context) error {
	l.damaged = map[string]error{}
	for _, f := range l.staged {
		*f = stagedfile.File{Object: f.Object, Shown: f.Shown}
		p, err := l.reader.OpenParquet(ctx, l.at, f.Name, true)
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

func (l *loading) loadOnce(ctx context.Context) error {
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
	return l.s.Remember(ctx, l)
}

// fits is the condition that a row fits the table, "" if every row does, and
// expressions that say where one does not: the filling's index times the number
// of ways, plus the way, and the text.
func (l *loading) fits(fillings []filling) (fits, where, value string) {
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
func (l *loading) findFaults(ctx context.Context, rows *loadRows, keep int) error {
	fits, where, value := l.fits(rows.fillings)
	if fits == "" {
		return nil
	}
	found, err := l.reader.Conn.Texts(ctx, fmt.Sprintf(`select cast(F as varchar), cast(R as varchar), cast(W as varchar), coalesce(V, ''), cast(N as varchar) from (
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
		f := l.staged[n[0]-1]
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
func (l *loading) judge() error {
	for _, f := range l.staged {
		if f.Bad == 0 {
			continue
		}
		if !l.goesOn() {
			return f.Abort(f.First(), l.label)
		}
		f.Skip = l.onError.skips(f.Bad, f.Parsed)
	}
	return nil
}

// insert puts the rows that fit into the table.
func (l *loading) insert(ctx context.Context, rows *loadRows) error {
	var names, values []string
	for _, c := range rows.fillings {
		names, values = append(names, ducksql.Name(c.column.Name)), append(values, c.column.Stored(c.value))
	}
	where := "true"
	if fits, _, _ := l.fits(rows.fillings); fits != "" {
		where = fits
	}
	var left []string
	for i, f := range l.staged {
		if f.Skip {
			left = append(left, strconv.Itoa(i+1))
		}
	}
	if left != nil {
		where += " and F not in (" + strings.Join(left, ", ") + ")"
	}
	return l.exec(ctx, fmt.Sprintf("insert into %s (%s) select %s from %s where %s",
		l.table, strings.Join(names, ", "), strings.Join(values, ", "), rows.from, where))
}

// exec runs a statement of DuckDB's that fills the table, and puts it on record.
func (l *loading) exec(ctx context.Context, sql string) error {
	l.ran = append(l.ran, sql)
	return l.reader.Conn.Exec(ctx, sql)
}

// removeLoaded is PURGE: what cannot be removed stays, as on Snowflake.
func (l *loading) removeLoaded(ctx context.Context) {
	if !l.purge {
		return
	}
	for _, f := range l.staged {
		if f.Status() == "LOAD_FAILED" || f.Whole != nil {
			continue
		}
		if err := l.at.Remove(ctx, f.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			l.reader.Log.Warn("a loaded file is left on its stage", "file", f.Shown, "error", err)
		}
	}
}

// loadColumns are the columns of what COPY INTO a table gives.
func loadColumns() []warehouse.Column {
	return listing.Columns("file status rows_parsed# rows_loaded# error_limit# errors_seen# first_error first_error_line# first_error_character# first_error_column_name")
}

// errorLimit is how many errors a file may have.
func (l *loading) errorLimit(f *stagedfile.File) int64 { return l.onError.limit(f.Parsed) }

// result is a row for each file, and how many rows were loaded.
func (l *loading) result() (rows [][]any, total int64) {
	for _, f := range l.staged {
		total += f.Loaded()
		if l.failedOnly && f.Bad == 0 {
			continue
		}
		row := []any{f.Shown, f.Status(), f.Parsed, f.Loaded(), l.errorLimit(f), f.Bad, nil, nil, nil, nil}
		if e := f.First(); e != nil {
			row[6], row[7], row[8], row[9] = e.Message, e.Line, e.Character, l.label(e.Column)
		}
		rows = append(rows, row)
	}
	return rows, total
}
