package unload

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

// Options are what COPY INTO a location can be told.
type Options struct {
	overwrite bool
	single    bool
	header    bool
	detailed  bool
	queryID   bool
	Rows      bool  // VALIDATION_MODE = RETURN_ROWS: give them, and write nothing
	maxSize   int64 // of a file, in bytes
}

// defaultMaxSize is MAX_FILE_SIZE where nobody says.
const defaultMaxSize = 16 << 20

// ReadOptions reads those that are not about the file format.
func ReadOptions(options []ast.Option) (Options, error) {
	o := Options{maxSize: defaultMaxSize}
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
			if o.Rows = word == "RETURN_ROWS"; !o.Rows {
				return o, refusal.BadOption(opt, word)
			}
		case opt.Key == "FILE_FORMAT":
		case opt.Key == "CREDENTIALS", opt.Key == "STORAGE_INTEGRATION", opt.Key == "ENCRYPTION": // of a bucket, which takes none here
		default:
			return o, refusal.NoOption(opt, "COPY INTO a location")
		}
	}
	if o.single && o.queryID {
		return o, &warehouse.Error{Code: 1008, State: "22023", Message: "SQL compilation error:\ninvalid value [TRUE] for parameter 'INCLUDE_QUERY_ID': SINGLE is TRUE"}
	}
	return o, nil
}

// An Unload is one COPY INTO a location. Its caller sets what is exported but for
// Query, which SetQuery does.
type Unload struct {
	Options
	Reader    *stagedfile.Reader
	Statement *ast.CopyUnload
	At        stagedfile.Place
	Format    *fileformat.Format
	QueryID   string
	Query     string // of DuckDB's

	columns []column
	made    []unloaded // the files so far
	input   int64      // bytes before compression
	writing *fileWriter
}

// column is a column of what is unloaded.
type column struct{ name, duck string }

// unloaded is one file that was written.
type unloaded struct {
	stage.Object
	rows  int64
	isNew bool
}

// partitionColumn is the last column of what is unloaded, if there is
// PARTITION BY.
const partitionColumn = "SNOWPIT$PARTITION"

// CheckPartition refuses options that PARTITION BY does not go with. It stands
// before Source.
func (u *Unload) CheckPartition() error {
	if u.Statement.Partition == nil {
		return nil
	}
	if u.overwrite || u.single {
		return &warehouse.Error{Code: 2019, State: "0A000", Message: "SQL compilation error:\nPARTITION BY does not go with OVERWRITE = TRUE or SINGLE = TRUE."}
	}
	u.Options.queryID = true
	return nil
}

// SetQuery takes the source's query in DuckDB's SQL, and refuses columns that the
// format has no room for.
func (u *Unload) SetQuery(ctx context.Context, query string) error {
	u.Query = query
	found, err := u.Reader.Conn.Texts(ctx, "select column_name, column_type from (describe "+query+")")
	if err != nil {
		return err
	}
	for _, r := range found {
		u.columns = append(u.columns, column{r[0], r[1]})
	}
	return u.checkColumns()
}

// Write writes the files, all or none.
func (u *Unload) Write(ctx context.Context) error {
	if err := u.checkFree(ctx); err != nil {
		return err
	}
	write := u.writeRows
	if u.Format.Type() == "PARQUET" {
		write = u.writeParquet
	}
	if err := write(ctx); err != nil {
		return errors.Join(err, u.undo(ctx))
	}
	return nil
}

// Source is the rows to unload as a query, with their partition behind; from is
// what they come from, where that is a table.
func (u *Unload) Source(from *ast.Name) *ast.Query {
	if u.Statement.Partition == nil && u.Statement.Query != nil {
		return u.Statement.Query
	}
	sel := &ast.Select{Items: []ast.Item{{X: &ast.Star{}}}}
	if u.Statement.Query != nil {
		sel.From = []ast.Table{&ast.Derived{Query: u.Statement.Query, Alias: &ast.Alias{Name: ast.Ident{Name: "UNLOADED"}}}}
	} else {
		sel.From = []ast.Table{&ast.TableName{Name: from}}
	}
	if u.Statement.Partition != nil {
		sel.Items = append(sel.Items, ast.Item{X: u.Statement.Partition, Alias: &ast.Ident{Name: partitionColumn, Quoted: true}})
	}
	return &ast.Query{Body: sel}
}

// data are the columns to write, the partition left out.
func (u *Unload) data() []column {
	if u.Statement.Partition != nil {
		return u.columns[:len(u.columns)-1]
	}
	return u.columns
}

func (u *Unload) checkColumns() error {
	if u.Format.Type() != "JSON" {
		return nil
	}
	if c := u.data(); len(c) != 1 || c[0].duck != "JSON" && ducksql.Family(c[0].duck) != "nested" {
		return &warehouse.Error{Code: 2, State: "0A000", Message: "Unsupported feature 'unloading of more than one column or non-json values'."}
	}
	return nil
}

// checkFree refuses a destination that has such files already.
func (u *Unload) checkFree(ctx context.Context) error {
	if u.overwrite || u.Options.queryID {
		return nil
	}
	prefix := u.base("")
	if !u.single {
		prefix += "_"
	}
	for o, err := range u.At.List(ctx, prefix) {
		if err != nil {
			return refusal.OfStage(err, prefix)
		}
		if !u.single || o.Name == prefix {
			return &warehouse.Error{Code: 1030, State: "22000", Kind: warehouse.ErrExist,
				Message: fmt.Sprintf("Files already existing at the unload destination: %s. Use overwrite option to force unloading.", destination(u.Statement.Into))}
		}
	}
	return nil
}

// destination is the location as the statement names it, names in lower case.
func destination(loc *ast.Location) string {
	text := "@" + strings.ToLower(strings.Join(ast.Names(loc.Name), "."))
	switch loc.Kind {
	case ast.ExternalURL:
		return loc.Path
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
func (u *Unload) base(partition string) string {
	base := u.At.Prefix
	if base == "" || strings.HasSuffix(base, "/") {
		base += "data"
	}
	if partition != "" {
		dir := strings.TrimSuffix(u.At.Prefix, "/")
		if dir != "" {
			dir += "/"
		}
		base = dir + strings.Trim(partition, "/") + "/data"
	}
	if u.Options.queryID {
		base += "_" + u.QueryID
	}
	return base
}

// fileName is the name of the file number n of a partition.
func (u *Unload) fileName(partition string, n int, extension string) string {
	if u.single {
		return u.base(partition)
	}
	if own := u.Format.Text("FILE_EXTENSION"); own != "" {
		extension = "." + strings.TrimPrefix(own, ".")
	}
	return fmt.Sprintf("%s_0_0_%d%s", u.base(partition), n, extension)
}

// undo removes the files of a statement that failed, but for those that took
// the place of others.
func (u *Unload) undo(ctx context.Context) error {
	var errs []error
	for _, f := range u.made {
		if !f.isNew {
			continue
		}
		if err := u.At.Remove(context.WithoutCancel(ctx), f.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			errs = append(errs, fmt.Errorf("removing %s again: %w", f.Name, err))
		}
	}
	return errors.Join(errs...)
}

// note keeps which files were made.
func (u *Unload) note(o stage.Object, rows int64, isNew bool) {
	u.made = append(u.made, unloaded{o, rows, isNew})
}

// has reports whether the stage has a file.
func (u *Unload) has(ctx context.Context, name string) (bool, error) {
	for o, err := range u.At.List(ctx, name) {
		if err != nil {
			return false, refusal.OfStage(err, name)
		}
		if o.Name == name {
			return true, nil
		}
	}
	return false, nil
}

// Columns are the columns of what COPY INTO a location gives.
func Columns() []warehouse.Column {
	return listing.Wholes("rows_unloaded", "input_bytes", "output_bytes")
}

// Result is the totals, or a row for each file, and how many rows were unloaded.
func (u *Unload) Result() (columns []warehouse.Column, rows [][]any, count int64) {
	output := int64(0)
	for _, f := range u.made {
		count += f.rows
		output += f.Size
		rows = append(rows, []any{strings.TrimPrefix(f.Name, u.folder()), f.Size, f.rows})
	}
	if !u.detailed {
		return Columns(), [][]any{{count, u.input, output}}, count
	}
	return listing.Columns("FILE_NAME FILE_SIZE# ROW_COUNT#"), rows, count
}

// folder is the folder of the destination.
func (u *Unload) folder() string {
	path := u.At.Prefix
	return path[:strings.LastIndexByte(path, '/')+1]
}
