package duckdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// Load fills a table from Arrow rows.
func (s *session) Load(ctx context.Context, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, errClosed
	}
	ctx, stop := s.bounded(ctx)
	defer stop()
	rec := s.record(ctx, loadText(table, mode))
	rec.statement.Kind = "INSERT"
	if mode == warehouse.LoadReplace {
		rec.statement.Kind = "CREATE_TABLE_AS_SELECT"
	}
	n, err := s.load(ctx, table, mode, columns, rows)
	if err != nil {
		return 0, s.refused(ctx, rec, err)
	}
	rec.finish(ctx, n, nil)
	return n, nil
}

// loadText is a load as the query history shows it.
func loadText(table string, mode warehouse.LoadMode) string {
	if mode == warehouse.LoadReplace {
		return "create or replace table " + table + " /* loaded from rows */"
	}
	return "insert into " + table + " /* loaded from rows */"
}

func (s *session) load(ctx context.Context, table string, mode warehouse.LoadMode, columns []warehouse.Column, rows array.RecordReader) (int64, error) {
	if s.open != nil {
		return 0, errOpenResult()
	}
	l := &load{s: s, mode: mode, rows: rows}
	var err error
	if l.target, err = s.resolve(table); err != nil {
		return 0, err
	}
	if cased(l.target.Permanent().Table) {
		s.w.cased.Store(true)
	}
	l.peek()
	if err := l.plan(ctx, columns); err != nil {
		return 0, err
	}
	run := l.alone
	if s.inTx {
		run = l.inTransaction
	}
	n, err := run(ctx)
	if err != nil {
		return 0, err
	}
	s.changed(l.target)
	return n, nil
}

// alone loads in a transaction of its own.
func (l *load) alone(ctx context.Context) (int64, error) {
	if err := l.s.conn.Exec(ctx, "begin transaction"); err != nil {
		return 0, err
	}
	n, err := l.run(ctx, l.target)
	if err == nil {
		err = l.s.conn.Commit(ctx)
	}
	if err != nil {
		// The ending of ctx must not keep the transaction open.
		return 0, errors.Join(err, ignoreNoTransaction(l.s.conn.Exec(context.WithoutCancel(ctx), "rollback")))
	}
	return n, nil
}

// ignoreNoTransaction drops the complaint of a rollback after a commit that
// failed, which has rolled back already.
func ignoreNoTransaction(err error) error {
	var e *engine.Error
	if errors.As(err, &e) && e.Type == engine.TypeTransaction {
		return nil
	}
	return err
}

// load is one call of Load.
type load struct {
	s       *session
	mode    warehouse.LoadMode
	target  catalog.Name
	rows    array.RecordReader
	writers []*engine.ColumnWriter
	types   []string       // of the table's columns
	ticks   map[string]int // as in [tableColumn], by column
	columns []warehouse.Column
	first   arrow.RecordBatch // that was read ahead, or nil
	fine    []bool            // its columns with more digits of a second than six
}

// peek reads the first batch ahead, which tells how many digits times have.
func (l *load) peek() {
	if l.rows.Next() {
		l.first = l.rows.RecordBatch()
		l.fine = engine.HasNanos(l.first)
	}
}

// room makes room for the digits in the columns that are there.
func (l *load) room(ctx context.Context) error {
	if !slices.Contains(l.fine, true) {
		return nil
	}
	l.s.fine = true
	defer func() { l.s.fine = false }()
	at := l.target
	columns, err := l.s.tableColumns(ctx, &at)
	if err != nil || len(columns) != len(l.fine) {
		return err
	}
	for i := range columns {
		columns[i].Six = columns[i].Six || !l.fine[i]
	}
	return l.s.refineAll(ctx, at, columns)
}

// plan decides what type each column has on its way and in the table.
func (l *load) plan(ctx context.Context, columns []warehouse.Column) (err error) {
	fields := l.rows.Schema().Fields()
	if l.mode == warehouse.LoadAppend {
		if err := l.room(ctx); err != nil {
			return err
		}
		if columns, l.types, err = l.existing(ctx); err != nil {
			return err
		}
		if slices.Contains(l.types, "JSON") {
			if err := l.s.unloadable(ctx, l.target); err != nil {
				return err
			}
		}
	}
	if len(columns) != len(fields) {
		return &warehouse.Error{Code: 2020, State: "21S01",
			Message: fmt.Sprintf("Table %s has %d columns and the rows have %d", l.target, len(columns), len(fields))}
	}
	l.columns = columns
	for i, f := range fields {
		if c := columns[i]; c.Fields != nil {
			return refusal.Unsupported("loading a column of type " + c.SQL() + "; load a VARIANT and cast it")
		}
		w, err := engine.NewColumnWriter(columns[i], f.Type)
		if err != nil {
			return err
		}
		l.writers = append(l.writers, w)
		if l.mode == warehouse.LoadReplace {
			natural := w.SQL
			if coarse, fine := ducksql.Coarse(natural); fine && (i >= len(l.fine) || !l.fine[i]) {
				natural = coarse
			}
			l.types = append(l.types, tableType(columns[i], natural))
		}
	}
	return nil
}

// existing describes the table that rows are added to. A temporary table comes
// before one of the same name in the schema.
func (l *load) existing(ctx context.Context) (columns []warehouse.Column, types []string, err error) {
	rows, err := l.s.conn.Texts(ctx, `select column_name, data_type, database_name, schema_name from duckdb_columns()
		where lower(table_name) = lower(?) and (database_name = 'temp' or lower(database_name) = lower(?) and lower(schema_name) = lower(?))
		order by database_name = 'temp' desc, column_index`, l.target.Table, l.target.Database, l.target.Schema)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 {
		return nil, nil, refusal.NotExist(l.target.Table, nil)
	}
	l.target.Database, l.target.Schema = rows[0][2], rows[0][3]
	for _, row := range rows {
		if row[2] != l.target.Database {
			break
		}
		columns = append(columns, warehouse.Column{Name: row[0]})
		types = append(types, row[1])
	}
	l.ticks, err = l.s.columnTicks(ctx, l.target)
	return columns, types, err
}

// tableType is the DuckDB type of a new table's column, for values that
// arrive as natural.
func tableType(col warehouse.Column, natural string) string {
	switch col.Type {
	case warehouse.Number:
		if natural == "BIGINT" && col.Scale == 0 && (col.Precision == 0 || col.Precision > 18) {
			return natural
		}
		if col.Precision == 0 {
			return "DECIMAL(38,0)"
		}
		return fmt.Sprintf("DECIMAL(%d,%d)", col.Precision, col.Scale)
	}
	if rewrite.FineKind(natural) == col.Type && (col.Precision == 0 || col.Precision > ducksql.StoredDigits) {
		return natural
	}
	if t, ok := tableTypes[col.Type]; ok {
		return t
	}
	return natural
}

var tableTypes = map[warehouse.Type]string{
	warehouse.Float:        "DOUBLE",
	warehouse.Varchar:      "VARCHAR",
	warehouse.Binary:       "BLOB",
	warehouse.Boolean:      "BOOLEAN",
	warehouse.Date:         "DATE",
	warehouse.Time:         "TIME",
	warehouse.TimestampNTZ: "TIMESTAMP",
	warehouse.TimestampLTZ: "TIMESTAMP WITH TIME ZONE",
	warehouse.TimestampTZ:  rewrite.Zoned,
	warehouse.Variant:      "JSON",
	warehouse.Object:       "JSON",
	warehouse.Array:        "JSON",
}

// run writes the rows into the table at to, making it first if need be. The
// caller has a transaction open.
func (l *load) run(ctx context.Context, to catalog.Name) (int64, error) {
	if l.mode == warehouse.LoadReplace {
		if err := l.replace(ctx, to); err != nil {
			return 0, err
		}
	}
	a, err := l.appender(to)
	if err != nil {
		return 0, err
	}
	return a.AppendAll(ctx, l.next)
}

// replace makes the table anew, whatever has its name.
func (l *load) replace(ctx context.Context, to catalog.Name) error {
	views, err := l.s.conn.Texts(ctx, `select view_name from duckdb_views()
		where lower(view_name) = lower(?) and lower(database_name) = lower(?) and lower(schema_name) = lower(?)`, to.Table, to.Database, to.Schema)
	if err != nil {
		return err
	}
	if to.Database != "temp" {
		if err := l.s.execute(ctx, "delete from "+infoschema.Table(to.Database, infoschema.Loads)+" where schema_name = ? and table_name = ?", to.Schema, to.Table); err != nil {
			return err
		}
	}
	if len(views) > 0 {
		if err := l.s.conn.Exec(ctx, "drop view "+to.String()); err != nil {
			return err
		}
	}
	if err := l.s.conn.Exec(ctx, "create or replace table "+to.String()+l.definitions()); err != nil {
		return err
	}
	return l.s.conn.Exec(ctx, catalog.CommentOn("table", to, catalog.Meta{Created: time.Now()}))
}

// definitions are the table's columns in parentheses.
func (l *load) definitions() string {
	var b strings.Builder
	for i, c := range l.columns {
		fmt.Fprintf(&b, "%c%s %s", " ,"[min(i, 1)], ducksql.Name(c.Name), l.types[i])
		if !c.Nullable && l.mode == warehouse.LoadReplace && c.Type != "" {
			b.WriteString(" not null")
		}
	}
	return " (" + b.String() + ")"
}

// inTransaction loads as part of the transaction that is open. The rows go
// through a temporary table, so that a failure among them leaves nothing.
func (l *load) inTransaction(ctx context.Context) (int64, error) {
	via := catalog.NameOf("temp", "main", ducksql.FreshName("snowpit_load_"))
	if err := l.s.conn.Exec(ctx, "create temporary table "+ducksql.Name(via.Table)+l.definitions()); err != nil {
		return 0, err
	}
	staged := *l
	staged.mode = warehouse.LoadAppend
	n, err := staged.run(ctx, via)
	if err == nil && l.mode == warehouse.LoadReplace {
		err = l.replace(ctx, l.target)
	}
	if err == nil {
		err = l.s.conn.Exec(ctx, "insert into "+l.target.String()+" select * from "+via.String())
	}
	if dropped := l.s.conn.Exec(context.WithoutCancel(ctx), "drop table "+via.String()); err == nil {
		err = dropped
	}
	return n, err
}

// appender opens the table's appender: DuckDB's plain one where the rows have
// the table's types already, and one through INSERT with casts where not.
func (l *load) appender(to catalog.Name) (*engine.Appender, error) {
	plain := true
	names := make([]string, len(l.writers))
	for i, w := range l.writers {
		names[i] = l.columns[i].Name
		plain = plain && w.SQL == l.types[i] && l.ticks[names[i]] == 0
	}
	if plain {
		return l.s.conn.Appender(to.Database, to.Schema, to.Table, l.writers)
	}
	return l.s.conn.QueryAppender(l.castingInsert(to), "rows", names, l.writers)
}

func (l *load) castingInsert(to catalog.Name) string {
	var b strings.Builder
	for i, c := range l.columns {
		column := ducksql.Column{Type: l.types[i], Ticks: l.ticks[c.Name]}
		fmt.Fprintf(&b, "%c %s", " ,"[min(i, 1)], column.Stored(ducksql.Converted(ducksql.Name(c.Name), l.writers[i].SQL, l.types[i])))
	}
	return "insert into " + to.String() + " select " + b.String() + " from rows"
}

// next is the next batch of the rows, nil at their end.
func (l *load) next() (arrow.RecordBatch, error) {
	batch := l.first
	if l.first = nil; batch == nil {
		if !l.rows.Next() {
			if err := l.rows.Err(); err != nil {
				return nil, fmt.Errorf("the rows for %s: %w", l.target.Table, err)
			}
			return nil, nil
		}
		batch = l.rows.RecordBatch()
	}
	if !batch.Schema().Equal(l.rows.Schema()) && int(batch.NumCols()) != len(l.writers) {
		return nil, fmt.Errorf("the rows for %s: a batch has the schema %s", l.target.Table, batch.Schema())
	}
	return batch, nil
}

// unloadable refuses to load rows or files into a table with a column of a
// structured type: their values would stay as they came.
func (s *session) unloadable(ctx context.Context, t catalog.Name) error {
	o, err := s.lookUp(ctx, t)
	if err != nil || o == nil {
		return err
	}
	for _, c := range o.Meta.Columns {
		for _, structured := range []string{"ARRAY(", "OBJECT(", "MAP("} {
			if strings.HasPrefix(c.Type, structured) {
				return refusal.Unsupported("loading into the column " + c.Name + " of type " + c.Type + "; load into a VARIANT and insert it with a cast")
			}
		}
	}
	return nil
}
