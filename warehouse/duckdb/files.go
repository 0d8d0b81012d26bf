package duckdb

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// compressions are what Snowflake calls the files that PUT leaves as they are.
var compressions = map[string]string{
	".gz": "GZIP", ".bz2": "BZIP2", ".br": "BROTLI", ".zst": "ZSTD", ".deflate": "DEFLATE",
	".raw_deflate": "RAW_DEFLATE", ".parquet": "PARQUET", ".orc": "ORC",
}

// putOptions are what PUT can be told.
type putOptions struct {
	compress  bool   // with gzip, unless the source is compressed already
	source    string // SOURCE_COMPRESSION, "" to go by the file's name
	overwrite bool
}

func readPutOptions(options []ast.Option) (putOptions, error) {
	o := putOptions{compress: true}
	for _, opt := range options {
		word := optionWord(opt.Value)
		switch opt.Key {
		case "AUTO_COMPRESS":
			o.compress = word == "TRUE"
		case "OVERWRITE":
			o.overwrite = word == "TRUE"
		case "SOURCE_COMPRESSION":
			if word != "AUTO_DETECT" {
				o.source = word
			}
		case "PARALLEL":
		default:
			return o, refusal.Unsupported("PUT with " + opt.Key)
		}
	}
	return o, nil
}

// optionWord is an option's value in upper case, whether quoted or not.
func optionWord(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Bool:
		return strings.ToUpper(fmt.Sprint(e.Value))
	case *ast.String:
		return strings.ToUpper(e.Value)
	case *ast.Column:
		return strings.ToUpper(e.Parts[0].Name)
	case *ast.Number:
		return e.Text
	}
	return ""
}

// localFiles refuses PUT and GET where the warehouse must not touch the
// machine's files.
func (s *session) localFiles(statement string) error {
	if s.w.config.LocalFiles {
		return nil
	}
	return refusal.Unsupported(statement + " here: it was opened without access to local files")
}

// put runs PUT.
func (s *session) put(ctx context.Context, rec *record, stmt *ast.Put) (*warehouse.Result, error) {
	if err := s.localFiles("PUT"); err != nil {
		return nil, err
	}
	options, err := readPutOptions(stmt.Options)
	if err != nil {
		return nil, err
	}
	st, err := s.locate(ctx, stmt.Location)
	if err == nil && st.Bucket != "" {
		err = errNoExternal()
	}
	if err != nil {
		return nil, err
	}
	sources, err := filepath.Glob(stmt.File)
	if err != nil {
		return nil, fileRefusal(stmt.File, err)
	}
	sources = slices.DeleteFunc(sources, isFolder)
	if len(sources) == 0 {
		return nil, fileRefusal(stmt.File, os.ErrNotExist)
	}
	var rows [][]any
	for _, source := range sources {
		row, err := putFile(ctx, st, st.Prefix, source, options)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	columns := listing.Columns("source target source_size# target_size# source_compression target_compression status message")
	return rec.table(columns, rows), nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func errNoExternal() error {
	return &warehouse.Error{Code: 91003, State: "22000", Message: "Failure using stage area. Cause: [GET and PUT commands are not supported with external stage]"}
}

// fileRefusal is what Snowflake's drivers say about a local file.
func fileRefusal(name string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &warehouse.Error{Code: 253006, State: "22000", Kind: warehouse.ErrNotExist, Err: err,
			Message: fmt.Sprintf("File doesn't exist: ['%s']", name)}
	}
	return &warehouse.Error{Code: 253006, State: "22000", Err: err, Message: err.Error()}
}

// putFile puts one local file and describes it as a row of PUT's result.
func putFile(ctx context.Context, st stage.Stage, prefix, source string, o putOptions) ([]any, error) {
	f, err := os.Open(source)
	if err != nil {
		return nil, fileRefusal(source, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fileRefusal(source, err)
	}
	target := filepath.Base(source)
	from := o.source
	if from == "" {
		from = compressions[strings.ToLower(filepath.Ext(target))]
	}
	if from == "" {
		from = "NONE"
	}
	to, content := from, io.Reader(f)
	if from == "NONE" && o.compress {
		to, target = "GZIP", target+".gz"
		zipped := gzipped(f)
		defer zipped.Close()
		content = zipped
	}
	object, err := st.Put(ctx, path.Join(prefix, target), content, stage.PutOptions{KeepExisting: !o.overwrite})
	row := []any{filepath.Base(source), target, info.Size(), object.Size, from, to, "UPLOADED", ""}
	if errors.Is(err, stage.ErrExist) && !o.overwrite {
		row[3], row[6] = int64(0), "SKIPPED"
		return row, nil
	}
	if err != nil {
		return nil, refusal.OfStage(err, target)
	}
	return row, nil
}

// gzipped compresses r as it is read. The caller closes it.
func gzipped(r io.Reader) io.ReadCloser {
	pr, pw := io.Pipe()
	go func() {
		z := gzip.NewWriter(pw)
		_, err := io.Copy(z, r)
		pw.CloseWithError(errors.Join(err, z.Close()))
	}()
	return pr
}

// get runs GET.
func (s *session) get(ctx context.Context, rec *record, stmt *ast.Get) (*warehouse.Result, error) {
	if err := s.localFiles("GET"); err != nil {
		return nil, err
	}
	var pattern *ast.String
	for _, opt := range stmt.Options {
		switch opt.Key {
		case "PATTERN":
			pattern, _ = opt.Value.(*ast.String)
		case "PARALLEL":
		default:
			return nil, refusal.Unsupported("GET with " + opt.Key)
		}
	}
	st, err := s.locate(ctx, stmt.Location)
	if err == nil && st.Bucket != "" {
		err = errNoExternal()
	}
	if err != nil {
		return nil, err
	}
	found, err := stagedfile.Files(ctx, st, st.Prefix, pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, o := range found {
		name := path.Base(o.Name)
		if err := getFile(ctx, st, o.Name, filepath.Join(stmt.File, name)); err != nil {
			return nil, err
		}
		rows = append(rows, []any{name, o.Size, "DOWNLOADED", ""})
	}
	return rec.table(listing.Columns("file size# status message"), rows), nil
}

// getFile writes one object to a local file, which is whole or not there.
func getFile(ctx context.Context, st stage.Stage, name, to string) (err error) {
	r, _, err := st.Open(ctx, name)
	if err != nil {
		return refusal.OfStage(err, name)
	}
	defer r.Close()
	f, err := os.CreateTemp(filepath.Dir(to), ".snowpit-*")
	if err != nil {
		return fileRefusal(filepath.Dir(to), err)
	}
	_, err = io.Copy(f, r)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), to)
	}
	if err != nil {
		os.Remove(f.Name())
		return fileRefusal(to, err)
	}
	return nil
}
