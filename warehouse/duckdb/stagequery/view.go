package stagequery

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// A View is a temporary view of staged files: their rows with the columns $1, $2,
// …, METADATA$FILENAME and its like. Its caller sets what is exported.
type View struct {
	Reader  *stagedfile.Reader
	At      stagedfile.Place
	How     *stagedfile.Reading
	Wants   *Wants
	Files   []*stagedfile.File
	Lenient bool // rows at fault are left out

	name    string
	members bool              // $1:key is a column
	types   map[string]string // of members that have the same one in all files
	body    string
	drops   []func()
}

// Drop frees what the view takes, whether Make went well or not.
func (v *View) Drop() {
	for _, d := range v.drops {
		d()
	}
}

// fileColumn and rowColumn number files and rows in a view.
const (
	fileColumn = "SNOWPIT$FILE"
	rowColumn  = "SNOWPIT$ROW"
)

// Make reads the files and makes the view, which the caller drops.
func (v *View) Make(ctx context.Context) (err error) {
	v.name = strings.ToUpper(ducksql.FreshName("snowpit_staged_"))
	if v.How.Format.Type() == "PARQUET" {
		v.members = true
		v.body, err = v.parquet(ctx)
	} else {
		v.body, err = v.records(ctx)
	}
	if err != nil {
		return err
	}
	v.drops = append(v.drops, func() {
		if err := v.Reader.Conn.Exec(context.Background(), "drop view if exists "+ducksql.Name(v.name)); err != nil {
			v.Reader.Log.Debug("a view of staged files is left until the session ends", "view", v.name, "error", err)
		}
	})
	return v.Narrow(ctx, "true")
}

// Narrow makes the view one of the rows under a condition, in which F is the number
// of the file and R that of the row, both from 1.
func (v *View) Narrow(ctx context.Context, condition string) error {
	return v.Reader.Conn.Exec(ctx, "create or replace temporary view "+ducksql.Name(v.name)+" as select * exclude (F, R) from ("+v.body+") where "+condition)
}

// metadata are the view's columns that every format has.
func (v *View) metadata() string {
	if len(v.Files) == 0 {
		return `F, R, F as "` + fileColumn + `", R as "` + rowColumn + `", null::varchar as "METADATA$FILENAME", null::bigint as "METADATA$FILE_ROW_NUMBER",
			null::varchar as "METADATA$FILE_CONTENT_KEY", null::timestamp as "METADATA$FILE_LAST_MODIFIED", null::timestamptz as "METADATA$START_SCAN_TIME"`
	}
	items := []string{"F", "R", `F as "` + fileColumn + `"`, `R as "` + rowColumn + `"`}
	columns := stagedfile.MetadataColumns(v.Files)
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		items = append(items, columns[name]+" as "+ducksql.Name(name))
	}
	return strings.Join(items, ", ")
}

// records reads CSV and JSON files into a temporary table.
func (v *View) records(ctx context.Context) (string, error) {
	raw := &stagedfile.Raw{Reader: v.Reader, How: v.How, At: v.At, Files: v.Files, Width: v.Wants.width, Keep: 1, Single: !v.Lenient}
	json := v.How.Format.Type() == "JSON"
	if json {
		raw.Width = 1
	}
	v.drops = append(v.drops, func() { v.Reader.DropTable(raw.Table) })
	if err := raw.Load(ctx); err != nil {
		return "", err
	}
	for _, f := range v.Files {
		if e := f.First(); e != nil && !v.Lenient {
			return "", f.Abort(e, v.How.Label)
		}
	}
	var items []string
	for i := range v.Wants.width {
		switch {
		case json && i == 0:
			items = append(items, `cast(C1 as json) as "$1"`)
		case json:
			items = append(items, fmt.Sprintf(`cast(null as json) as "$%d"`, i+1))
		default:
			items = append(items, fmt.Sprintf(`C%d as "$%d"`, i+1, i+1))
		}
	}
	return "select " + v.metadata() + ", " + strings.Join(items, ", ") + " from " + raw.Table, nil
}

// parquet reads Parquet files with DuckDB's reader.
func (v *View) parquet(ctx context.Context) (string, error) {
	var files []*stagedfile.Parquet
	for _, f := range v.Files {
		p, err := v.Reader.OpenParquet(ctx, v.At, f.Name, false)
		if err != nil {
			return "", err
		}
		v.drops = append(v.drops, p.Close)
		f.Parsed = p.Rows
		files = append(files, p)
	}
	keys := slices.Sorted(maps.Keys(v.Wants.keys))
	v.types = commonTypes(files, keys)
	var parts []string
	for i, p := range files {
		items := []string{fmt.Sprintf("%d as F", i+1), "file_row_number + 1 as R", p.Row(v.How.Format) + ` as "$1"`}
		for _, key := range keys {
			items = append(items, memberItems(p, key, v.types[key], v.How.Format)...)
		}
		parts = append(parts, "select "+strings.Join(items, ", ")+" from "+p.From())
	}
	if parts == nil {
		items := []string{"1 as F", "1 as R", `cast(null as json) as "$1"`}
		for _, key := range keys {
			items = append(items, "cast(null as json) as "+ducksql.Name(memberColumn(key)))
		}
		parts = []string{"select " + strings.Join(items, ", ") + " where false"}
	}
	items := []string{"*"}
	for i := 2; i <= v.Wants.width; i++ {
		items = append(items, fmt.Sprintf(`cast(null as json) as "$%d"`, i))
	}
	return "select " + strings.Replace(v.metadata(), "F, R, ", "", 1) + ", " + strings.Join(items, ", ") + " from (" + strings.Join(parts, " union all ") + ")", nil
}

// commonTypes are the types of the members that all files have alike.
func commonTypes(files []*stagedfile.Parquet, keys []string) map[string]string {
	types := map[string]string{}
	for _, key := range keys {
		for i, p := range files {
			duck := ""
			if c := p.Find(key, true); c != nil {
				duck = c.Type
			}
			if i == 0 {
				types[key] = duck
			} else if types[key] != duck {
				types[key] = ""
			}
		}
	}
	return types
}

// memberItems are a column of the file as a member of $1, and as it is if it has
// the type that all files have.
func memberItems(p *stagedfile.Parquet, key, common string, f *fileformat.Format) []string {
	value := "cast(null as json)"
	c := p.Find(key, true)
	if c != nil {
		value = c.JSON(f)
	}
	items := []string{value + " as " + ducksql.Name(memberColumn(key))}
	if common != "" {
		raw := ducksql.Name(c.Name)
		if c.Type == "VARCHAR" {
			raw = c.Text(f)
		}
		items = append(items, raw+" as "+ducksql.Name(typedColumn(key)))
	}
	return items
}
