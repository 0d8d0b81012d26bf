package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/copyfiles"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// copyFiles runs COPY FILES. Files that a query names are shown with the whole
// name of the stage that they are copied to.
func (s *session) copyFiles(ctx context.Context, rec *record, stmt *ast.CopyFiles, args []any) (*warehouse.Result, error) {
	options, err := copyfiles.ReadOptions(stmt.Options, stmt.Query != nil)
	if err != nil {
		return nil, err
	}
	to, err := s.locate(ctx, stmt.Into)
	if err != nil {
		return nil, err
	}
	var files []copyfiles.File
	shown := ""
	if stmt.Query != nil {
		shown = to.Name.Database + "." + to.Name.Schema + "." + to.Name.Stage + "/"
		files, err = s.filesOfQuery(ctx, stmt, args)
	} else if from, locateErr := s.locate(ctx, stmt.From); locateErr != nil {
		err = locateErr
	} else {
		files, err = options.Chosen(ctx, from)
	}
	if err != nil {
		return nil, err
	}
	names, err := copyfiles.Copy(ctx, to, files)
	if err != nil {
		return nil, err
	}
	for i := range names {
		names[i] = shown + names[i]
	}
	columns, rows := options.Result(names)
	return rec.table(columns, rows), nil
}

// filesOfQuery are the files whose locations a query gives, and in a second
// column, if there is one, the names they get.
func (s *session) filesOfQuery(ctx context.Context, stmt *ast.CopyFiles, args []any) (files []copyfiles.File, err error) {
	if err := binds.Inline(stmt, args); err != nil {
		return nil, err
	}
	query, err := s.rewritten(stmt.Query)
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Texts(ctx, query)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		const most = 2
		if len(row) > most {
			return nil, refusal.Unsupported(fmt.Sprintf("a query of %d columns in COPY FILES, which exceeds maximum allowable number of columns (%d)", len(row), most))
		}
		file, err := s.fileAt(ctx, row[0])
		if err != nil {
			return nil, err
		}
		if len(row) == most {
			file.To = row[1]
		}
		files = append(files, file)
	}
	return files, nil
}

// fileAt is the one file at a location, by its name on its stage.
func (s *session) fileAt(ctx context.Context, text string) (f copyfiles.File, err error) {
	loc := parse.Location(text)
	if loc == nil || !strings.HasPrefix(text, "@") {
		return f, refusal.Unsupported(fmt.Sprintf("'%s' in COPY FILES: a file is named @stage/path", text))
	}
	at, err := s.locate(ctx, loc)
	if err != nil {
		return f, err
	}
	return copyfiles.File{From: at, Object: at.Prefix, To: loc.Path}, nil
}
