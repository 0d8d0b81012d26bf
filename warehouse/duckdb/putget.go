package duckdb

import (
	"context"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/putget"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
)

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
	options, err := putget.ReadPutOptions(stmt.Options)
	if err != nil {
		return nil, err
	}
	st, err := s.locateInternal(ctx, stmt.Location)
	if err != nil {
		return nil, err
	}
	rows, err := putget.Put(ctx, st, st.Prefix, stmt.File, options)
	if err != nil {
		return nil, err
	}
	return rec.table(putget.PutColumns(), rows), nil
}

// get runs GET.
func (s *session) get(ctx context.Context, rec *record, stmt *ast.Get) (*warehouse.Result, error) {
	if err := s.localFiles("GET"); err != nil {
		return nil, err
	}
	pattern, err := putget.ReadGetOptions(stmt.Options)
	if err != nil {
		return nil, err
	}
	st, err := s.locateInternal(ctx, stmt.Location)
	if err != nil {
		return nil, err
	}
	rows, err := putget.Get(ctx, st, st.Prefix, pattern, stmt.File)
	if err != nil {
		return nil, err
	}
	return rec.table(putget.GetColumns(), rows), nil
}

// locateInternal is locate of what is no external stage.
func (s *session) locateInternal(ctx context.Context, loc *ast.Location) (stagedfile.Place, error) {
	at, err := s.locate(ctx, loc)
	if err == nil && at.Bucket != "" {
		err = &warehouse.Error{Code: 91003, State: "22000", Message: "Failure using stage area. Cause: [GET and PUT commands are not supported with external stage]"}
	}
	return at, err
}
