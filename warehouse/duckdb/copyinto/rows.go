package copyinto

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// loadRows are the rows of staged files as DuckDB reads them: a table, or a
// query in parentheses, with the columns F, the number of the file from 1, R,
// that of the row, and whatever the fillings name.
type loadRows struct {
	from     string
	fillings []filling
	// place says where in the file values are that do not fit.
	place func(ctx context.Context, f *stagedfile.File, misfits map[int64]misfit) error
	drops []func()
}

// drop frees what the rows take.
func (r *loadRows) drop() {
	for _, d := range r.drops {
		d()
	}
}

// read makes the files' rows, keeping so many faults of each file. What it
// gives is dropped, whether there is an error or not.
func (l *Load) read(ctx context.Context, keep int) (*loadRows, error) {
	rows := &loadRows{}
	var err error
	switch l.How.Format.Type() {
	case "PARQUET":
		err = l.readParquet(ctx, rows)
	case "JSON":
		err = l.readJSON(ctx, rows, keep)
	default:
		err = l.readCSV(ctx, rows, keep)
	}
	if err != nil {
		return rows, err
	}
	return rows, l.addMetadata(rows)
}

// readRaw puts the files' records into a temporary table.
func (l *Load) readRaw(ctx context.Context, rows *loadRows, width, keep int, fields func(*stagedfile.File, *datafile.Record) []datafile.Field) error {
	raw := &stagedfile.Raw{Reader: l.Reader, How: l.How, At: l.At, Files: l.Files, Width: width, Keep: keep, Fields: fields,
		Single: l.single()}
	err := raw.Load(ctx)
	rows.from = raw.Table
	rows.drops = append(rows.drops, func() { l.Reader.DropTable(raw.Table) })
	rows.place = func(ctx context.Context, f *stagedfile.File, misfits map[int64]misfit) error {
		return l.placeRecords(ctx, f, misfits, fields)
	}
	return err
}

// single says whether the first fault ends the statement.
func (l *Load) single() bool { return !l.Validates() && !l.GoesOn() }

// GoesOn says whether other rows, or files, are loaded where one is at fault.
func (l *Load) GoesOn() bool { return l.onError.goOn || l.onError.skip }

// readCSV fills the columns with the fields in their order, or by the names in
// the files' first lines.
func (l *Load) readCSV(ctx context.Context, rows *loadRows, keep int) error {
	var fields func(*stagedfile.File, *datafile.Record) []datafile.Field
	columns := l.Columns
	if l.match != "" {
		l.How.Columns = 0
		byFile := map[*stagedfile.File][]int{}
		for _, f := range l.Files {
			header, err := l.How.Header(ctx, l.At, f.Name)
			if err != nil {
				return err
			}
			byFile[f] = make([]int, len(l.Columns))
			for i, c := range l.Columns {
				byFile[f][i] = slices.IndexFunc(header, func(name string) bool { return l.matches(name, c.Name) })
			}
		}
		var picked []datafile.Field
		fields = func(f *stagedfile.File, rec *datafile.Record) []datafile.Field {
			picked = picked[:0]
			for _, i := range byFile[f] {
				if i < 0 || i >= len(rec.Fields) {
					picked = append(picked, datafile.Field{})
				} else {
					picked = append(picked, rec.Fields[i])
				}
			}
			return picked
		}
	}
	for i, c := range columns {
		filled, err := convert(c, fmt.Sprintf("C%d", i+1), l.How.Format, l.truncate)
		if err != nil {
			return err
		}
		filled.index, filled.field = i, i
		rows.fillings = append(rows.fillings, filled)
	}
	return l.readRaw(ctx, rows, len(columns), keep, fields)
}

// matches reports whether a name in a file is that of a column.
func (l *Load) matches(name, column string) bool {
	if l.match == "CASE_SENSITIVE" {
		return name == column
	}
	return strings.EqualFold(name, column)
}

// nulls fill the columns where the files have none of them: a null in each for
// every row.
func (l *Load) nulls() []filling {
	return []filling{{column: l.Columns[0], text: "cast(null as varchar)", value: "cast(null as " + l.Columns[0].Type + ")"}}
}

// readJSON fills the only column with the documents, or columns by the names
// of the documents' members.
func (l *Load) readJSON(ctx context.Context, rows *loadRows, keep int) error {
	if err := l.readRaw(ctx, rows, 1, keep, nil); err != nil {
		return err
	}
	if l.match == "" {
		rows.fillings = []filling{{column: l.Columns[0], text: "C1", value: "cast(C1 as json)"}}
		return nil
	}
	found, err := l.Reader.Conn.Texts(ctx, "select distinct unnest(json_keys(C1)) from "+rows.from+" where json_type(C1) = 'OBJECT'")
	if err != nil {
		return err
	}
	for i, c := range l.Columns {
		for _, r := range found {
			if !l.matches(r[0], c.Name) {
				continue
			}
			filled, err := jsonMember(c, r[0], l.How.Format, l.truncate)
			if err != nil {
				return err
			}
			filled.index = i
			rows.fillings = append(rows.fillings, filled)
			break
		}
	}
	if rows.fillings == nil {
		rows.fillings = l.nulls()
	}
	return nil
}

// jsonMember is how a member of a document becomes a value of a column.
func jsonMember(column ducksql.Column, key string, f *fileformat.Format, truncate bool) (filling, error) {
	path := ducksql.Text(`$."` + strings.ReplaceAll(key, `"`, `\"`) + `"`)
	text := rewrite.Macros + ".MAIN.text_at(C1, " + path + ")"
	if column.Type == "JSON" {
		return filling{column: column, text: text, value: "json_extract(C1, " + path + ")"}, nil
	}
	return convert(column, stagedfile.Trimmed(text, f), f, truncate)
}

// placeRecords reads a file again up to the rows that do not fit, to say where
// in it they are.
func (l *Load) placeRecords(ctx context.Context, f *stagedfile.File, misfits map[int64]misfit, fields func(*stagedfile.File, *datafile.Record) []datafile.Field) error {
	records, closer, err := l.How.Open(ctx, l.At, f.Name)
	if err != nil {
		return err
	}
	defer closer.Close()
	for left := len(misfits); left > 0; {
		rec, err := records.Next()
		if err != nil {
			return fmt.Errorf("reading %s again: %w", f.Shown, err)
		}
		m, ok := misfits[rec.Number]
		if !ok {
			continue
		}
		left--
		of := rec.Fields
		if fields != nil {
			of = fields(f, rec)
		}
		at := 0
		if m.field < len(of) {
			at = of[m.field].Start
		}
		fault := m.fault(at)
		f.Errors = append(f.Errors, stagedfile.RowErrorOf(rec, fault, records.Rejected()))
	}
	return nil
}

// readParquet reads Parquet files with DuckDB's reader.
func (l *Load) readParquet(ctx context.Context, rows *loadRows) error {
	var parts []string
	files := map[int]*stagedfile.Parquet{}
	used := map[int]bool{} // the columns that some file has
	for i, f := range l.Files {
		var p *stagedfile.Parquet
		err := l.damaged[f.Name]
		if err == nil {
			p, err = l.Reader.OpenParquet(ctx, l.At, f.Name, false)
		}
		if err != nil {
			if err = f.BreakOff(err, l.single()); err != nil {
				return err
			}
			continue
		}
		rows.drops = append(rows.drops, p.Close)
		files[i], f.Parsed = p, p.Rows
		for j, c := range l.Columns {
			if l.match == "" || p.Find(c.Name, l.match == "CASE_SENSITIVE") != nil {
				used[j] = true
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(files)) {
		part, err := l.parquetRows(i, files[i], used)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	for i, c := range l.Columns {
		if used[i] {
			rows.fillings = append(rows.fillings, filling{column: c, index: i, text: fmt.Sprintf("T%d", i+1), value: fmt.Sprintf("V%d", i+1), sure: l.sure(c, files)})
		}
	}
	if rows.fillings == nil {
		rows.fillings = l.nulls()
	}
	if parts == nil {
		parts = []string{"select 1 as F, 1 as R where false"}
	}
	rows.from = "(" + strings.Join(parts, " union all ") + ")"
	rows.place = placeRows
	return nil
}

// sure reports whether every value of the files is one of the column's type.
func (l *Load) sure(c ducksql.Column, files map[int]*stagedfile.Parquet) bool {
	if l.match == "" {
		return false
	}
	for _, p := range files {
		if from := p.Find(c.Name, l.match == "CASE_SENSITIVE"); from != nil && from.Type != c.Type {
			return false
		}
	}
	return true
}

// parquetRows reads the file number i: of each column that is used its value
// and its text, the one for the table and the other for messages.
func (l *Load) parquetRows(i int, p *stagedfile.Parquet, used map[int]bool) (string, error) {
	items := []string{fmt.Sprintf("%d as F", i+1), "file_row_number + 1 as R"}
	for j, c := range l.Columns {
		if !used[j] {
			continue
		}
		text, value := "cast(null as varchar)", "cast(null as "+c.Type+")"
		if l.match == "" {
			text, value = "''", p.Row(l.How.Format)
		} else if from := p.Find(c.Name, l.match == "CASE_SENSITIVE"); from != nil {
			var err error
			if value, err = parquetValue(*from, c, l.How.Format, l.truncate); err != nil {
				return "", err
			}
			text = from.Text(l.How.Format)
		}
		items = append(items, fmt.Sprintf("%s as T%d, %s as V%d", text, j+1, value, j+1))
	}
	return "select " + strings.Join(items, ", ") + " from " + p.From(), nil
}

// placeRows says of values in a file without lines which rows they are in.
func placeRows(_ context.Context, f *stagedfile.File, misfits map[int64]misfit) error {
	for row, m := range misfits {
		e := stagedfile.RowError{Fault: m.fault(0), Row: row, RowLine: row, Line: row, Character: 1}
		f.Errors = append(f.Errors, e)
	}
	return nil
}

// addMetadata fills columns as INCLUDE_METADATA says.
func (l *Load) addMetadata(rows *loadRows) error {
	for _, o := range l.metadata {
		i := slices.IndexFunc(l.Columns, func(c ducksql.Column) bool { return strings.EqualFold(c.Name, o.Key) })
		if i < 0 {
			return &warehouse.Error{Code: 904, State: "42000", Line: o.Pos().Line, Column: o.Pos().Column,
				Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '%s'", o.Pos().Line, o.Pos().Column, o.Key)}
		}
		value, ok := stagedfile.MetadataColumns(l.Files)[strings.ToUpper(fileformat.Word(o.Value))]
		if !ok {
			return refusal.BadOption(o, fileformat.Word(o.Value))
		}
		rows.fillings = slices.DeleteFunc(rows.fillings, func(f filling) bool { return f.index == i })
		rows.fillings = append(rows.fillings, filling{column: l.Columns[i], index: i, value: value})
	}
	return nil
}
