package snowflake

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/rows"
)

// Load writes rows to Parquet files, puts them on a temporary stage of the
// session and copies them into the table in one statement.
//
// To replace a table it makes it of a query on the files, again in one
// statement. Snowflake ends an open transaction when a table is made, so that
// replacing one in a transaction commits what came before.
func (s *session) Load(ctx context.Context, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if mode == warehouse.LoadAppend {
		d, err := s.Describe(ctx, "select * from "+table)
		if err != nil {
			return 0, err
		}
		columns = d.Columns
	}
	if n := rows.Schema().NumFields(); n != len(columns) {
		return 0, fmt.Errorf("load into %s: the rows have %d columns and the table %d", table, n, len(columns))
	}
	l := &load{session: s, table: table, columns: columns, rows: rows}
	if err := l.begin(ctx); err != nil {
		return 0, err
	}
	defer l.clean(ctx)
	if err := l.upload(ctx); err != nil {
		return 0, err
	}
	if mode == warehouse.LoadAppend {
		return l.count, l.copy(ctx, table)
	}
	return l.count, l.replace(ctx)
}

// A load is one call of Load.
type load struct {
	*session
	table   string
	columns []warehouse.Column
	rows    array.RecordReader
	name    string // of the load: its folder on the stage
	dir     string // where files wait for their upload
	codecs  []rows.Codec
	files   int
	count   int64 // rows read
	bytes   int64 // of the files that were put
}

// begin makes what a load needs.
func (l *load) begin(ctx context.Context) (err error) {
	for i, f := range l.rows.Schema().Fields() {
		c, err := rows.CodecOf(f.Type)
		if err != nil {
			return fmt.Errorf("load into %s: column %s: %w", l.table, l.columns[i].Name, err)
		}
		l.codecs = append(l.codecs, c)
	}
	if err := l.ensureStage(ctx); err != nil {
		return err
	}
	l.name = "SNOWPIT_LOAD_" + rand.Text()[:12]
	if l.dir, err = os.MkdirTemp(l.w.config.TempDir, "snowpit-load-"); err != nil {
		return fmt.Errorf("a folder for files to load: %w", err)
	}
	return nil
}

// fileFormat is how the files of a load are read, on the stage of loads.
const fileFormat = "file_format = (type = parquet use_logical_type = true binary_as_text = false)"

// ensureStage makes the session's stage of loads.
func (s *session) ensureStage(ctx context.Context) error {
	if s.loads != "" {
		return nil
	}
	name := "SNOWPIT_LOADS_" + rand.Text()[:12]
	if _, err := warehouse.Exec(ctx, s, "create temporary stage "+name+" "+fileFormat); err != nil {
		return fmt.Errorf("a temporary stage to load through: %w", err)
	}
	s.loads = name
	return nil
}

// beforeTransaction makes the stage of loads, so that a load in the transaction
// need not: to make one would commit it. A session that may not make stages may
// still have transactions.
func (s *session) beforeTransaction(ctx context.Context) {
	if err := s.ensureStage(ctx); err != nil {
		s.w.config.Logger.Debug("no stage to load through", "error", err)
	}
}

// place is the load's folder on the stage.
func (l *load) place() string { return "@" + l.loads + "/" + l.name + "/" }

// copy brings the files' rows into a table: column by column of the same name,
// or, where a column's values do not stand in the files as they are, by a query.
func (l *load) copy(ctx context.Context, into string) error {
	if l.files == 0 {
		return nil
	}
	sql := "copy into " + into
	if l.matches() {
		sql += "\nfrom " + l.place() + "\nmatch_by_column_name = case_sensitive"
	} else {
		names := make([]string, len(l.columns))
		for i, c := range l.columns {
			names[i] = warehouse.QuoteIdent(c.Name)
		}
		sql += fmt.Sprintf(" (%s)\nfrom (%s)", strings.Join(names, ", "), l.query())
	}
	n, err := warehouse.Exec(ctx, l.session, sql+"\n"+fileFormat+"\non_error = abort_statement")
	if err == nil && n != l.count {
		err = fmt.Errorf("copy into %s: %d rows were loaded, and %d were sent", into, n, l.count)
	}
	return err
}

// matches reports whether the columns of the files are the table's by name.
func (l *load) matches() bool {
	for i, c := range l.columns {
		if !l.codecs[i].Stands(c) {
			return false
		}
	}
	return true
}

// fileColumn is the i-th column's name in the files.
func (l *load) fileColumn(i int) string {
	if l.matches() {
		return l.columns[i].Name
	}
	return fmt.Sprint("C", i)
}

// query reads the files' rows, column by column, as the stage's format says.
func (l *load) query() string {
	exprs := make([]string, len(l.columns))
	for i, c := range l.columns {
		exprs[i] = l.codecs[i].Expression(l.fileColumn(i), c)
	}
	return "select " + strings.Join(exprs, ", ") + " from " + l.place()
}

// replace makes the table of the files' rows.
func (l *load) replace(ctx context.Context) error {
	defs := make([]string, len(l.columns))
	for i, c := range l.columns {
		defs[i] = warehouse.QuoteIdent(c.Name) + " " + l.codecs[i].Type(c)
	}
	create := fmt.Sprintf("create or replace table %s (%s)", l.table, strings.Join(defs, ", "))
	if l.files > 0 {
		if err := l.arrived(ctx); err != nil {
			return err
		}
		create += " as\n" + l.query()
	}
	_, err := warehouse.Exec(ctx, l.session, create)
	if errors.Is(err, warehouse.ErrExist) { // as a view
		if _, err = warehouse.Exec(ctx, l.session, "drop view if exists "+l.table); err == nil {
			_, err = warehouse.Exec(ctx, l.session, create)
		}
	}
	return err
}

// arrived makes sure that all files are on the stage, whole: of a table that is
// made, Snowflake does not say how many rows it has. A file that is encrypted on
// its way is longer there than here.
func (l *load) arrived(ctx context.Context) error {
	res, err := l.Query(ctx, "list "+l.place())
	if err != nil {
		return err
	}
	defer res.Close()
	files, bytes := 0, int64(0)
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		for i := range int(batch.NumRows()) {
			n, err := strconv.ParseInt(batch.Column(1).ValueStr(i), 10, 64)
			if err != nil {
				return fmt.Errorf("load into %s: the size of a file on the stage: %w", l.table, err)
			}
			files, bytes = files+1, bytes+n
		}
	}
	if files != l.files || bytes < l.bytes {
		return fmt.Errorf("load into %s: %d files of %d bytes are on the stage, and %d of %d were sent", l.table, files, bytes, l.files, l.bytes)
	}
	return nil
}

// tidying is how long cleaning up behind a load may take.
const tidying = 30 * time.Second

// clean removes what a load has left, whether or not ctx has ended. What stays
// nevertheless ends with the session.
func (l *load) clean(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidying)
	defer cancel()
	var errs []error
	do := func(sql string) {
		_, err := warehouse.Exec(ctx, l.session, sql)
		errs = append(errs, err)
	}
	if l.files > 0 {
		do("remove " + l.place())
	}
	if err := errors.Join(append(errs, os.RemoveAll(l.dir))...); err != nil {
		l.w.config.Logger.Warn("a load left something behind", "stage", l.loads, "error", err)
	}
}

// put uploads one file and deletes it here.
func (l *load) put(ctx context.Context, file string) error {
	sql := fmt.Sprintf("put %s %s auto_compress = false source_compression = none overwrite = true",
		warehouse.QuoteString("file://"+filepath.ToSlash(file)), l.place())
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	l.bytes += info.Size()
	if _, err := warehouse.Exec(ctx, l.session, sql); err != nil {
		return err
	}
	return os.Remove(file)
}
