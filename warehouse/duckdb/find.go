package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// lookUp looks an object up, nil if there is none.
func (s *session) lookUp(ctx context.Context, t target) (*object, error) {
	return lookUp(ctx, s.conn, t)
}

// mustFind is lookUp of what must be there, and of one of some kinds.
func (s *session) mustFind(ctx context.Context, n *ast.Name, kinds ...string) (*object, error) {
	t, err := s.resolveName(n)
	if err != nil {
		return nil, err
	}
	o, err := s.lookUp(ctx, t)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, refusal.Missing(titled(kinds[0]), warehouse.FoldIdent(print.SQL(n)))
	}
	for _, k := range kinds {
		if k == o.kind {
			return o, nil
		}
	}
	return nil, &warehouse.Error{Code: 2203, State: "02000",
		Message: "SQL compilation error:\nObject found is of type '" + o.kind + "', not specified type '" + strings.Join(kinds, "' or '") + "'."}
}

// findShown is mustFind that finds the views of INFORMATION_SCHEMA, too.
func (s *session) findShown(ctx context.Context, n *ast.Name, kinds ...string) (*object, error) {
	t, err := s.resolveName(n)
	if err != nil || t.schema != "INFORMATION_SCHEMA" || strings.HasPrefix(t.table, "__") {
		return s.mustFind(ctx, n, kinds...)
	}
	t.schema = informationSchemaName
	o, err := s.lookUp(ctx, t)
	if err == nil && o == nil {
		err = refusal.Missing(titled(kinds[0]), warehouse.FoldIdent(print.SQL(n)))
	}
	return o, err
}
