package seed

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Options say how a file is read. The zero value is a comma-separated file.
type Options struct {
	Delimiter rune     // ',' if 0
	NullIf    []string // values that are null beside the empty string and null
	AsText    []string // columns (any case) that are text whatever they hold
	KeepNames bool     // columns are named as the header spells them, not in upper case
}

// A File is a seed whose column types are known.
type File struct {
	Columns []warehouse.Column // in the file's order, named as in its header
	path    string
	opts    Options
	kinds   []kind
}

// batchRows is how many rows go into one Arrow batch.
const batchRows = 16 << 10

// Open reads the file through once and finds its columns' types. An error
// names the file and, where there is one, the line.
func Open(path string, opts Options) (*File, error) {
	f := &File{path: path, opts: opts}
	in, err := f.start()
	if err != nil {
		return nil, err
	}
	defer in.close()
	guesses := make([]guess, len(in.header))
	for i, name := range in.header {
		guesses[i] = anyKind
		if slices.ContainsFunc(opts.AsText, func(c string) bool { return strings.EqualFold(c, name) }) {
			guesses[i] = onlyText
		}
	}
	for {
		row, err := in.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		for i, value := range row {
			if !f.null(value) {
				guesses[i].see(value)
			}
		}
	}
	for i, name := range in.header {
		k := guesses[i].kind()
		f.kinds = append(f.kinds, k)
		col := k.column()
		if col.Name = strings.ToUpper(name); opts.KeepNames {
			col.Name = name
		}
		f.Columns = append(f.Columns, col)
	}
	return f, nil
}

// Rows reads the file's rows. The caller releases the reader, which closes the
// file.
func (f *File) Rows() (array.RecordReader, error) {
	in, err := f.start()
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(f.Columns))
	for i, c := range f.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: f.kinds[i].arrow(), Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	done := false
	return warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if done {
			return nil, nil
		}
		batch, err := f.batch(in, schema)
		if batch == nil || err != nil {
			done = true
			return nil, errors.Join(err, in.close())
		}
		return batch, nil
	}), nil
}

// batch reads the next rows, or nil at the end of the file.
func (f *File) batch(in *input, schema *arrow.Schema) (arrow.RecordBatch, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	n := 0
	for ; n < batchRows; n++ {
		row, err := in.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		for i, value := range row {
			if f.null(value) {
				b.Field(i).AppendNull()
			} else if err := f.kinds[i].add(b.Field(i), value); err != nil {
				return nil, fmt.Errorf("%s:%d: column %s: %w", f.path, in.line(i), f.Columns[i].Name, err)
			}
		}
	}
	if n == 0 {
		return nil, nil
	}
	return b.NewRecordBatch(), nil
}

// Find looks for the first row that has value in a column (any case) and gives
// its line, or 0 where no row has it.
func (f *File) Find(column, value string) (line int, err error) {
	in, err := f.start()
	if err != nil {
		return 0, err
	}
	defer in.close()
	i := slices.IndexFunc(in.header, func(name string) bool { return strings.EqualFold(name, column) })
	for i >= 0 {
		row, err := in.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return 0, err
		}
		if row[i] == value {
			return in.line(i), nil
		}
	}
	return 0, nil
}

// null reports whether a value is null.
func (f *File) null(value string) bool {
	return value == "" || strings.EqualFold(value, "null") || slices.Contains(f.opts.NullIf, value)
}

// An input is the file being read, past its header.
type input struct {
	path   string
	file   *os.File
	csv    *csv.Reader
	header []string
}

// start opens the file and reads its header.
func (f *File) start() (*input, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewReaderSize(file, 256<<10)
	if bom, err := buf.Peek(3); err == nil && bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		buf.Discard(3)
	}
	in := &input{path: f.path, file: file, csv: csv.NewReader(buf)}
	in.csv.ReuseRecord = true
	if f.opts.Delimiter != 0 {
		in.csv.Comma = f.opts.Delimiter
	}
	if err := in.readHeader(); err != nil {
		file.Close()
		return nil, err
	}
	return in, nil
}

func (in *input) readHeader() error {
	row, err := in.next()
	if err == io.EOF {
		return fmt.Errorf("%s: the file is empty; a seed begins with a line of column names", in.path)
	} else if err != nil {
		return err
	}
	seen := map[string]int{}
	for i, name := range row {
		name = strings.TrimSpace(name)
		if name == "" {
			return fmt.Errorf("%s:1: column %d has no name", in.path, i+1)
		}
		if first, dup := seen[strings.ToUpper(name)]; dup {
			return fmt.Errorf("%s:1: columns %d and %d are both named %s", in.path, first, i+1, name)
		}
		seen[strings.ToUpper(name)] = i + 1
		in.header = append(in.header, name)
	}
	return nil
}

// next is the next row, valid until the one after it.
func (in *input) next() ([]string, error) {
	row, err := in.csv.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		if errors.Is(err, csv.ErrFieldCount) {
			return nil, fmt.Errorf("%s:%d: %d fields, but the header has %d", in.path, bad.StartLine, len(row), len(in.header))
		}
		return nil, fmt.Errorf("%s:%d:%d: %w", in.path, bad.Line, bad.Column, bad.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.path, err)
	}
	for i, value := range row {
		if !utf8.ValidString(value) {
			return nil, fmt.Errorf("%s:%d: field %d is not UTF-8: save the file as UTF-8", in.path, in.line(i), i+1)
		}
	}
	return row, nil
}

// line is where field i of the row just read begins.
func (in *input) line(i int) int {
	line, _ := in.csv.FieldPos(i)
	return line
}

func (in *input) close() error { return in.file.Close() }
