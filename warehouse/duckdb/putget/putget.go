// Package putget copies files of this machine onto stages and back, as PUT and GET
// do.
package putget

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

// PutOptions are what PUT can be told.
type PutOptions struct {
	compress  bool   // with gzip, unless the source is compressed already
	source    string // SOURCE_COMPRESSION, "" to go by the file's name
	overwrite bool
}

// ReadPutOptions reads them.
func ReadPutOptions(options []ast.Option) (PutOptions, error) {
	o := PutOptions{compress: true}
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

// PutColumns are the columns of what PUT gives.
func PutColumns() []warehouse.Column {
	return listing.Columns("source target source_size# target_size# source_compression target_compression status message")
}

// Put puts the local files that a pattern matches at a path in a stage, and
// gives a row for each.
func Put(ctx context.Context, st stage.Stage, prefix, pattern string, options PutOptions) (rows [][]any, err error) {
	sources, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fileRefusal(pattern, err)
	}
	sources = slices.DeleteFunc(sources, isFolder)
	if len(sources) == 0 {
		return nil, fileRefusal(pattern, os.ErrNotExist)
	}
	for _, source := range sources {
		row, err := putFile(ctx, st, prefix, source, options)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
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
func putFile(ctx context.Context, st stage.Stage, prefix, source string, o PutOptions) ([]any, error) {
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

// GetColumns are the columns of what GET gives.
func GetColumns() []warehouse.Column { return listing.Columns("file size# status message") }

// Get copies the objects at a path in a stage that a pattern lets through
// into a local folder, and gives a row for each.
func Get(ctx context.Context, st stage.Stage, prefix string, pattern *ast.String, folder string) (rows [][]any, err error) {
	found, err := stagedfile.Files(ctx, st, prefix, pattern)
	if err != nil {
		return nil, err
	}
	for _, o := range found {
		name := path.Base(o.Name)
		if err := getFile(ctx, st, o.Name, filepath.Join(folder, name)); err != nil {
			return nil, err
		}
		rows = append(rows, []any{name, o.Size, "DOWNLOADED", ""})
	}
	return rows, nil
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

// ReadGetOptions gives the pattern among GET's options, nil for none.
func ReadGetOptions(options []ast.Option) (pattern *ast.String, err error) {
	for _, opt := range options {
		switch opt.Key {
		case "PATTERN":
			pattern, _ = opt.Value.(*ast.String)
		case "PARALLEL":
		default:
			return nil, refusal.Unsupported("GET with " + opt.Key)
		}
	}
	return pattern, nil
}
