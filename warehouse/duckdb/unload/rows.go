package unload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// fileWriter is a file that is being written to a stage.
type fileWriter struct {
	name      string
	partition string
	isNew     bool
	number    int
	rows      int64
	pipe      *io.PipeWriter
	zipped    io.WriteCloser
	plain     *counter // before compression
	packed    *counter // behind it
	csv       *datafile.CSVWriter
	done      chan putDone
}

type putDone struct {
	object stage.Object
	err    error
}

// counter counts what is written through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// writeRows writes CSV and JSON files.
func (u *Unload) writeRows(ctx context.Context) error {
	query, err := u.asTexts()
	if err != nil {
		return err
	}
	cur, err := u.Reader.Conn.Run(ctx, query, nil)
	if err != nil {
		return err
	}
	defer cur.Close()
	columns := cur.Columns()
	for _, c := range columns {
		if c.Err != nil {
			return c.Err
		}
	}
	batches := cur.Batches(columns)
	if err := batches.Begin(ctx); err != nil {
		return err
	}
	cells := make([]datafile.Cell, len(u.data()))
	for {
		batch, err := batches.Next(ctx)
		if err == nil && batch != nil {
			err = u.writeBatch(ctx, batch, cells)
			batch.Release()
		}
		if err != nil {
			return errors.Join(err, u.abandon(err))
		}
		if batch == nil {
			return u.endFile()
		}
	}
}

// asTexts is the query with each column as its text in the file.
func (u *Unload) asTexts() (string, error) {
	var items []string
	for _, c := range u.data() {
		text, err := u.textOf(c)
		if err != nil {
			return "", err
		}
		items = append(items, text)
	}
	order := ""
	if u.Statement.Partition != nil {
		part := "coalesce(cast(" + ducksql.Name(partitionColumn) + " as varchar), '__NULL__')"
		items, order = append(items, part), " order by "+part
	}
	return "select " + strings.Join(items, ", ") + " from (" + u.Query + ")" + order, nil
}

// textOf is a column's text in the file.
func (u *Unload) textOf(c column) (string, error) {
	if coarse, fine := ducksql.Coarse(c.duck); fine {
		return u.fineText(c, coarse)
	}
	name, format := ducksql.Name(c.name), ""
	switch {
	case c.duck == "BLOB":
		switch u.Format.Text("BINARY_FORMAT") {
		case "BASE64":
			return "to_base64(" + name + ")", nil
		case "UTF8", "UTF-8":
			return "decode(" + name + ")", nil
		}
		return "hex(" + name + ")", nil
	case c.duck == "DATE":
		format = u.Format.Text("DATE_FORMAT")
	case c.duck == rewrite.Zoned:
		if format = u.Format.Text("TIMESTAMP_FORMAT"); format == "AUTO" {
			return ducksql.ZonedText(name), nil
		}
		if model, _ := rewrite.Strptime(format); strings.Contains(model, "%z") {
			return "", refusal.Unsupported(fmt.Sprintf("the format '%s' of a TIMESTAMP_TZ in files; unload it as text", format))
		}
		name = rewrite.Macros + ".MAIN.clock_of(" + name + ")"
	case strings.HasPrefix(c.duck, "TIMESTAMP"):
		if format = u.Format.Text("TIMESTAMP_FORMAT"); format == "AUTO" {
			return stampText(name, c.duck), nil
		}
	case ducksql.Family(c.duck) == "time":
		if format = u.Format.Text("TIME_FORMAT"); format == "AUTO" {
			return "left(cast(" + name + " as varchar), 8)", nil
		}
	case c.duck == "JSON":
		return ducksql.Shown(name), nil
	case ducksql.Family(c.duck) == "nested":
		return ducksql.Shown(ducksql.Sorted("to_json(" + name + ")")), nil
	}
	if format == "" || format == "AUTO" {
		return rewrite.Macros + ".MAIN.text_of(" + name + ")", nil
	}
	if ducksql.Family(c.duck) == "time" {
		name = "date '1970-01-01' + " + name
	}
	written, ok := rewrite.Strftime(name, format)
	if !ok {
		return "", refusal.Unsupported(fmt.Sprintf("the format '%s' in files", format))
	}
	return written, nil
}

// stampText is a timestamp as Snowflake writes it, with the zone if it has one.
func stampText(name, duck string) string {
	text := "strftime(" + name + ", '%Y-%m-%d %H:%M:%S.%g')"
	if duck == "TIMESTAMP WITH TIME ZONE" {
		offset := "date_part('timezone', " + name + ")"
		text += fmt.Sprintf(" || printf(' %%s%%02d%%02d', case when %[1]s < 0 then '-' else '+' end, abs(%[1]s) // 3600, abs(%[1]s) // 60 %% 60)", offset)
	}
	return text
}

// writeBatch writes rows, beginning files as they become necessary.
func (u *Unload) writeBatch(ctx context.Context, batch arrow.RecordBatch, cells []datafile.Cell) error {
	columns := make([]*array.String, batch.NumCols())
	for i := range columns {
		columns[i] = batch.Column(i).(*array.String)
	}
	for row := range int(batch.NumRows()) {
		partition := ""
		if u.Statement.Partition != nil {
			partition = columns[len(columns)-1].Value(row)
		}
		if err := u.fileFor(ctx, partition); err != nil {
			return err
		}
		for i := range cells {
			cells[i] = datafile.Cell{Null: columns[i].IsNull(row), Enclose: enclosable(u.columns[i].duck)}
			if !cells[i].Null {
				cells[i].Text = []byte(columns[i].Value(row))
			}
		}
		if err := u.writing.write(cells); err != nil {
			return u.writeFailed(err)
		}
	}
	return nil
}

// enclosable reports whether values of a type are enclosed where fields may be.
func enclosable(duck string) bool {
	f := ducksql.Family(duck)
	return f != "number" && f != "boolean"
}

func (w *fileWriter) write(cells []datafile.Cell) error {
	w.rows++
	if w.csv != nil {
		return w.csv.Write(cells)
	}
	text := cells[0].Text
	if cells[0].Null {
		text = []byte("null")
	}
	_, err := w.plain.Write(append(text, '\n'))
	return err
}

// writeFailed is a failure to write, or what the stage said of it.
func (u *Unload) writeFailed(err error) error {
	if errors.Is(err, datafile.ErrEmptyText) {
		return &warehouse.Error{Code: 100093, State: "22000", Message: "Cannot unload empty string without file format option field_optionally_enclosed_by being specified."}
	}
	return fmt.Errorf("unloading to %s: %w", u.At.Listed(u.writing.name), err)
}

// fileFor makes sure that a file of the partition is being written that has
// room for more.
func (u *Unload) fileFor(ctx context.Context, partition string) error {
	number := 0
	if w := u.writing; w != nil {
		if w.partition == partition {
			if w.rows%512 != 0 || w.size() < u.maxSize {
				return nil
			}
			if u.single {
				return &warehouse.Error{Code: 100182, State: "22000", Message: fmt.Sprintf(
					"Max file size (%d) exceeded for unload single file mode. Please increase MAX_FILE_SIZE copy option.", u.maxSize)}
			}
			number = w.number + 1
		}
		if err := u.endFile(); err != nil {
			return err
		}
	}
	return u.beginFile(ctx, partition, number)
}

// size is about how large the file is by now: what compressing holds back is
// left out.
func (w *fileWriter) size() int64 {
	if w.csv != nil {
		if err := w.csv.Flush(); err != nil {
			return 0 // the next write says so
		}
	}
	return w.packed.n
}

func (u *Unload) beginFile(ctx context.Context, partition string, number int) error {
	r, pipe := io.Pipe()
	w := &fileWriter{partition: partition, number: number, pipe: pipe, packed: &counter{w: pipe}, done: make(chan putDone, 1)}
	zipped, extension, err := datafile.Compress(w.packed, u.Format.Text("COMPRESSION"))
	if err != nil {
		return refusal.Unsupported("unloading: " + err.Error())
	}
	w.zipped, w.plain = zipped, &counter{w: zipped}
	w.name = u.fileName(partition, number, "."+strings.ToLower(u.Format.Type())+extension)
	there, err := u.has(ctx, w.name)
	if err != nil {
		return err
	}
	w.isNew = !there
	u.writing = w
	go func() {
		o, err := u.At.Put(ctx, w.name, r, stage.PutOptions{})
		r.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // so that nobody writes for ever
		w.done <- putDone{o, err}
	}()
	if u.Format.Type() == "JSON" {
		return nil
	}
	how := stagedfile.Reading{Format: u.Format}
	w.csv = datafile.NewCSVWriter(w.plain, how.CSV())
	if !u.header {
		return nil
	}
	var names []datafile.Cell
	for _, c := range u.data() {
		names = append(names, datafile.Cell{Text: []byte(c.name), Enclose: true})
	}
	if err := w.csv.Write(names); err != nil {
		return u.writeFailed(err)
	}
	return nil
}

// endFile ends the file that is being written, if one is.
func (u *Unload) endFile() error {
	w := u.writing
	if w == nil {
		return nil
	}
	var err error
	if w.csv != nil {
		err = w.csv.Flush()
	}
	err = errors.Join(err, w.zipped.Close())
	w.pipe.CloseWithError(err) // nil is the end of the file
	done := <-w.done
	if err = errors.Join(done.err, err); err != nil {
		return u.writeFailed(err)
	}
	u.writing = nil
	u.input += w.plain.n
	u.note(done.object, w.rows, w.isNew)
	return nil
}

// abandon leaves the file that is being written unwritten.
func (u *Unload) abandon(cause error) error {
	w := u.writing
	if w == nil {
		return nil
	}
	w.pipe.CloseWithError(cause)
	<-w.done // its error is the cause again
	u.writing = nil
	return nil
}

// fineText is the text of a time of nine digits.
func (u *Unload) fineText(c column, coarse string) (string, error) {
	option := map[bool]string{true: "TIME_FORMAT", false: "TIMESTAMP_FORMAT"}[coarse == "TIME"]
	if format := u.Format.Text(option); format != "AUTO" && strings.Contains(strings.ToUpper(format), "FF") {
		return "", refusal.Unsupported(fmt.Sprintf("the format '%s' of %s, which has nine digits of a second, in files; unload TO_CHAR of it", format, c.name))
	}
	plain := column{name: c.name, duck: coarse}
	text, err := u.textOf(plain)
	return strings.ReplaceAll(text, ducksql.Name(c.name), ducksql.Micros(ducksql.Name(c.name), c.duck)), err
}
