package duckdb

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

// stageView is a temporary view of staged files: their rows with the columns
// $1, $2, …, METADATA$FILENAME and its like, and F and R as loadRows has them.
type stageView struct {
	reader  *stagedfile.Reader
	at      stagedfile.Place
	how     *stagedfile.Reading
	wants   *stageWants
	files   []*stagedfile.File
	name    string
	lenient bool              // rows at fault are left out
	members bool              // $1:key is a column
	types   map[string]string // of members that have the same one in all files
	body    string
	drops   []func()
}

// drop frees what the view takes, whether make went well or not.
func (v *stageView) drop() {
	for _, d := range v.drops {
		d()
	}
}

// fileColumn and rowColumn number files and rows in a view.
const (
	fileColumn = "SNOWPIT$FILE"
	rowColumn  = "SNOWPIT$ROW"
)

// make reads the files and makes the view.
func (v *stageView) make(ctx context.Context) (err error) {
	v.name = strings.ToUpper(ducksql.FreshName("snowpit_staged_"))
	if v.how.Format.Type() == "PARQUET" {
		v.members = true
		v.body, err = v.parquet(ctx)
	} else {
		v.body, err = v.records(ctx)
	}
	if err != nil {
		return err
	}
	v.drops = append(v.drops, func() {
		if err := v.reader.Conn.Exec(context.Background(), "drop view if exists "+ducksql.Name(v.name)); err != nil {
			v.reader.Log.Debug("a view of staged files is left until the session ends", "view", v.name, "error", err)
		}
	})
	return v.narrow(ctx, "true")
}

// narrow makes the view one of the rows under a condition.
func (v *stageView) narrow(ctx context.Context, condition string) error {
	return v.reader.Conn.Exec(ctx, "create or replace temporary view "+ducksql.Name(v.name)+" as select * exclude (F, R) from ("+v.body+") where "+condition)
}

// metadata are the view's columns that every format has.
func (v *stageView) metadata() string {
	if len(v.files) == 0 {
		return `F, R, F as "` + fileColumn + `", R as "` + rowColumn + `", null::varchar as "METADATA$FILENAME", null::bigint as "METADATA$FILE_ROW_NUMBER",
			null::varchar as "METADATA$FILE_CONTENT_KEY", null::timestamp as "METADATA$FILE_LAST_MODIFIED", null::timestamptz as "METADATA$START_SCAN_TIME"`
	}
	items := []string{"F", "R", `F as "` + fileColumn + `"`, `R as "` + rowColumn + `"`}
	columns := stagedfile.MetadataColumns(v.files)
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		items = append(items, columns[name]+" as "+ducksql.Name(name))
	}
	return strings.Join(items, ", ")
}

// records reads CSV and JSON files into a temporary table.
func (v *stageView) records(ctx context.Context) (string, error) {
	raw := &stagedfile.Raw{Reader: v.reader, How: v.how, At: v.at, Files: v.files, Width: v.wants.width, Keep: 1, Single: !v.lenient}
	json := v.how.Format.Type() == "JSON"
	if json {
		raw.Width = 1
	}
	v.drops = append(v.drops, func() { v.reader.DropTable(raw.Table) })
	if err := raw.Load(ctx); err != nil {
		return "", err
	}
	for _, f := range v.files {
		if e := f.First(); e != nil && !v.lenient {
			return "", f.Abort(e, v.how.Label)
		}
	}
	var items []string
	for i := range v.wants.width {
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
func (v *stageView) parquet(ctx context.Context) (string, error) {
	var files []*stagedfile.Parquet
	for _, f := range v.files {
		p, err := v.reader.OpenParquet(ctx, v.at, f.Name, false)
		if err != nil {
			return "", err
		}
		v.drops = append(v.drops, p.Close)
		f.Parsed = p.Rows
		files = append(files, p)
	}
	keys := slices.Sorted(maps.Keys(v.wants.keys))
	v.types = commonTypes(files, keys)
	var parts []string
	for i, p := range files {
		items := []string{fmt.Sprintf("%d as F", i+1), "file_row_number + 1 as R", p.Row(v.how.Format) + ` as "$1"`}
		for _, key := range keys {
			items = append(items, memberItems(p, key, v.types[key], v.how.Format)...)
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
	for i := 2; i <= v.wants.width; i++ {
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
