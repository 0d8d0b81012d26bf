package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// unloadOptions are what COPY INTO a location can be told.
type unloadOptions struct {
	overwrite bool
	single    bool
	header    bool
	detailed  bool
	queryID   bool
	rows      bool  // VALIDATION_MODE = RETURN_ROWS: give them, and write nothing
	maxSize   int64 // of a file, in bytes
}

// defaultMaxSize is MAX_FILE_SIZE where nobody says.
const defaultMaxSize = 16 << 20

func readUnloadOptions(options []ast.Option) (unloadOptions, error) {
	o := unloadOptions{maxSize: defaultMaxSize}
	flags := map[string]*bool{"OVERWRITE": &o.overwrite, "SINGLE": &o.single, "HEADER": &o.header, "DETAILED_OUTPUT": &o.detailed, "INCLUDE_QUERY_ID": &o.queryID}
	for _, opt := range options {
		word := strings.ToUpper(fileformat.Word(opt.Value))
		flag := flags[opt.Key]
		switch {
		case flag != nil:
			b, ok := opt.Value.(*ast.Bool)
			if !ok {
				return o, refusal.BadOption(opt, word)
			}
			*flag = b.Value
		case opt.Key == "MAX_FILE_SIZE":
			n, err := strconv.ParseInt(word, 10, 64)
			if err != nil || n <= 0 {
				return o, refusal.BadOption(opt, word)
			}
			o.maxSize = min(n, 5<<30)
		case opt.Key == "VALIDATION_MODE":
			if o.rows = word == "RETURN_ROWS"; !o.rows {
				return o, refusal.BadOption(opt, word)
			}
		case opt.Key == "FILE_FORMAT":
		default:
			return o, refusal.NoOption(opt, "COPY INTO a location")
		}
	}
	if o.single && o.queryID {
		return o, &warehouse.Error{Code: 1008, State: "22023", Message: "SQL compilation error:\ninvalid value [TRUE] for parameter 'INCLUDE_QUERY_ID': SINGLE is TRUE"}
	}
	return o, nil
}

// unloading is one COPY INTO a location.
type unloading struct {
	unloadOptions
	reader  *stagedfile.Reader
	stmt    *ast.CopyUnload
	at      stagedfile.Place
	format  *fileformat.Format
	queryID string
	query   string // of DuckDB's
	columns []unloadColumn
	made    []unloaded // the files so far
	input   int64      // bytes before compression
	writing *fileWriter
}

// unloadColumn is a column of what is unloaded.
type unloadColumn struct{ name, duck string }

// unloaded is one file that was written.
type unloaded struct {
	stage.Object
	rows  int64
	isNew bool
}

// partitionColumn is the last column of what is unloaded, if there is
// PARTITION BY.
const partitionColumn = "SNOWPIT$PARTITION"

// checkPartition refuses options that PARTITION BY does not go with.
func (u *unloading) checkPartition() error {
	if u.stmt.Partition == nil {
		return nil
	}
	if u.overwrite || u.single {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nPARTITION BY does not go with OVERWRITE = TRUE or SINGLE = TRUE."}
	}
	u.unloadOptions.queryID = true
	return nil
}

// setQuery takes the source's query in DuckDB's SQL, and refuses columns that the
// format has no room for.
func (u *unloading) setQuery(ctx context.Context, query string) error {
	u.query = query
	found, err := u.reader.Conn.Texts(ctx, "select column_name, column_type from (describe "+query+")")
	if err != nil {
		return err
	}
	for _, r := range found {
		u.columns = append(u.columns, unloadColumn{r[0], r[1]})
	}
	return u.checkColumns()
}

// write writes the files, all or none.
func (u *unloading) write(ctx context.Context) error {
	if err := u.checkFree(ctx); err != nil {
		return err
	}
	write := u.writeRows
	if u.format.Type() == "PARQUET" {
		write = u.writeParquet
	}
	if err := write(ctx); err != nil {
		return errors.Join(err, u.undo(ctx))
	}
	return nil
}

// source is the rows to unload as a query, with their partition behind; from is
// what they come from, where that is a table.
func (u *unloading) source(from *ast.Name) *ast.Query {
	if u.stmt.Partition == nil && u.stmt.Query != nil {
		return u.stmt.Query
	}
	sel := &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}}
	if u.stmt.Query != nil {
		sel.From = []ast.Table{&ast.Derived{Query: u.stmt.Query, Alias: &ast.Alias{Name: ast.Ident{Name: "UNLOADED"}}}}
	} else {
		sel.From = []ast.Table{&ast.TableName{Name: from}}
	}
	if u.stmt.Partition != nil {
		sel.Items = append(sel.Items, ast.Item{X: u.stmt.Partition, Alias: &ast.Ident{Name: partitionColumn, Quoted: true}})
	}
	return &ast.Query{Body: sel}
}

// data are the columns to write, the partition left out.
func (u *unloading) data() []unloadColumn {
	if u.stmt.Partition != nil {
		return u.columns[:len(u.columns)-1]
	}
	return u.columns
}

func (u *unloading) checkColumns() error {
	if u.format.Type() != "JSON" {
		return nil
	}
	if c := u.data(); len(c) != 1 || c[0].duck != "JSON" && ducksql.Family(c[0].duck) != "nested" {
		return &warehouse.Error{Code: 2, State: "0A000", Message: "Unsupported feature 'unloading of more than one column or non-json values'."}
	}
	return nil
}

// checkFree refuses a destination that has such files already.
func (u *unloading) checkFree(ctx context.Context) error {
	if u.overwrite || u.unloadOptions.queryID {
		return nil
	}
	prefix := u.base("")
	if !u.single {
		prefix += "_"
	}
	for o, err := range u.at.List(ctx, prefix) {
		if err != nil {
			return refusal.OfStage(err, prefix)
		}
		if !u.single || o.Name == prefix {
			return &warehouse.Error{Code: 1030, State: "22000", Kind: warehouse.ErrExist,
				Message: fmt.Sprintf("Files already existing at the unload destination: %s. Use overwrite option to force unloading.", destination(u.stmt.Into))}
		}
	}
	return nil
}

// destination is the location as the statement names it, names in lower case.
func destination(loc *ast.Location) string {
	text := "@" + strings.ToLower(strings.Join(ast.Names(loc.Name), "."))
	switch loc.Kind {
	case ast.UserStage:
		text = "@~"
	case ast.TableStage:
		last := len(loc.Name) - 1
		text = "@" + strings.ToLower(strings.Join(append(ast.Names(loc.Name[:last]), "%"+loc.Name[last].Name), "."))
	}
	if loc.Path != "" {
		text += "/" + loc.Path
	}
	return text
}

// base is how the names of a partition's files begin.
func (u *unloading) base(partition string) string {
	base := u.stmt.Into.Path
	if base == "" || strings.HasSuffix(base, "/") {
		base += "data"
	}
	if partition != "" {
		dir := strings.TrimSuffix(u.stmt.Into.Path, "/")
		if dir != "" {
			dir += "/"
		}
		base = dir + strings.Trim(partition, "/") + "/data"
	}
	if u.unloadOptions.queryID {
		base += "_" + u.queryID
	}
	return base
}

// fileName is the name of the file number n of a partition.
func (u *unloading) fileName(partition string, n int, extension string) string {
	if u.single {
		return u.base(partition)
	}
	if own := u.format.Text("FILE_EXTENSION"); own != "" {
		extension = "." + strings.TrimPrefix(own, ".")
	}
	return fmt.Sprintf("%s_0_0_%d%s", u.base(partition), n, extension)
}

// undo removes the files of a statement that failed, but for those that took
// the place of others.
func (u *unloading) undo(ctx context.Context) error {
	var errs []error
	for _, f := range u.made {
		if !f.isNew {
			continue
		}
		if err := u.at.Remove(context.WithoutCancel(ctx), f.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing %s again: %w", f.Name, err))
		}
	}
	return errors.Join(errs...)
}

// put is the stage's Put, with the file noted.
func (u *unloading) note(o stage.Object, rows int64, isNew bool) {
	u.made = append(u.made, unloaded{o, rows, isNew})
}

// exists reports whether the stage has a file.
func (u *unloading) has(ctx context.Context, name string) (bool, error) {
	for o, err := range u.at.List(ctx, name) {
		if err != nil {
			return false, refusal.OfStage(err, name)
		}
		if o.Name == name {
			return true, nil
		}
	}
	return false, nil
}

// unloadColumns are the columns of what COPY INTO a location gives.
func unloadColumns() []warehouse.Column {
	return listing.Wholes("rows_unloaded", "input_bytes", "output_bytes")
}

// result is the totals, or a row for each file, and how many rows were unloaded.
func (u *unloading) result() (columns []warehouse.Column, rows [][]any, count int64) {
	output := int64(0)
	for _, f := range u.made {
		count += f.rows
		output += f.Size
		rows = append(rows, []any{strings.TrimPrefix(f.Name, u.folder()), f.Size, f.rows})
	}
	if !u.detailed {
		return unloadColumns(), [][]any{{count, u.input, output}}, count
	}
	return listing.Columns("FILE_NAME FILE_SIZE# ROW_COUNT#"), rows, count
}

// folder is the folder of the destination.
func (u *unloading) folder() string {
	path := u.stmt.Into.Path
	return path[:strings.LastIndexByte(path, '/')+1]
}
