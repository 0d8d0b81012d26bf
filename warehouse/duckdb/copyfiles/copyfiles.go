// Package copyfiles copies files from one stage to another, as COPY FILES does
// (docs.snowflake.com/sql-reference/sql/copy-files). It does not know how
// statements name stages.
package copyfiles

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

// Options are what COPY FILES can be told.
type Options struct {
	stagedfile.Selection      // of a stage
	detailed             bool // a row for each file, not their number alone
}

// ReadOptions reads them. A query says itself which files it means.
func ReadOptions(options []ast.Option, query bool) (Options, error) {
	o := Options{detailed: true}
	for _, opt := range options {
		var err error
		switch {
		case opt.Key == "FILES" && !query:
			err = o.SetFiles(opt)
		case opt.Key == "PATTERN" && !query:
			err = o.SetPattern(opt)
		case opt.Key == "DETAILED_OUTPUT":
			b, ok := opt.Value.(*ast.Bool)
			if !ok {
				return o, refusal.BadOption(opt, fileformat.Word(opt.Value))
			}
			o.detailed = b.Value
		default:
			err = refusal.NoOption(opt, "COPY FILES")
		}
		if err != nil {
			return o, err
		}
	}
	return o, nil
}

// A File is one to copy.
type File struct {
	From   stagedfile.Place
	Object string // its name on the stage that From is
	To     string // its name below the target
}

// Chosen are the files of a place that the options let through. They keep their
// names below the folder that the place names.
func (o *Options) Chosen(ctx context.Context, from stagedfile.Place) (files []File, err error) {
	found, err := o.Objects(ctx, from)
	folder := from.Prefix[:strings.LastIndexByte(from.Prefix, '/')+1]
	for _, object := range found {
		files = append(files, File{from, object.Name, strings.TrimPrefix(object.Name, folder)})
	}
	return files, err
}

// Copy copies files below a place, one after the other, and gives their names
// there. A file of a name that is taken replaces the one that has it.
func Copy(ctx context.Context, to stagedfile.Place, files []File) (names []string, err error) {
	folder := to.Prefix
	if folder != "" && !strings.HasSuffix(folder, "/") {
		folder += "/"
	}
	for _, f := range files {
		name := folder + strings.TrimPrefix(f.To, "/")
		if err := copyOne(ctx, f, to, name); err != nil {
			return names, refusal.OfStage(err, name)
		}
		names = append(names, name)
	}
	return names, nil
}

func copyOne(ctx context.Context, f File, to stagedfile.Place, name string) error {
	r, object, err := f.From.Open(ctx, f.Object)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = to.Put(ctx, name, r, stage.PutOptions{Tag: func() string { return object.Tag }})
	return err
}

// Result are the columns and rows of what a statement says that it copied.
func (o *Options) Result(names []string) (columns []warehouse.Column, rows [][]any) {
	if !o.detailed {
		return []warehouse.Column{listing.Whole("numOfFilesCopied")}, [][]any{{int64(len(names))}}
	}
	for _, name := range names {
		rows = append(rows, []any{name})
	}
	return listing.Texts("file"), rows
}
