package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// lookUp looks an object up, nil if there is none.
func (s *session) lookUp(ctx context.Context, t catalog.Name) (*catalog.Object, error) {
	return catalog.LookUp(ctx, s.conn, t)
}

// mustFind is lookUp of what must be there, and of one of some kinds.
func (s *session) mustFind(ctx context.Context, n *ast.Name, kinds ...string) (*catalog.Object, error) {
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
		if k == o.Kind {
			return o, nil
		}
	}
	return nil, &warehouse.Error{Code: 2203, State: "02000",
		Message: "SQL compilation error:\nObject found is of type '" + o.Kind + "', not specified type '" + strings.Join(kinds, "' or '") + "'."}
}

// findShown is mustFind that finds the views of INFORMATION_SCHEMA, too.
func (s *session) findShown(ctx context.Context, n *ast.Name, kinds ...string) (*catalog.Object, error) {
	t, err := s.resolveName(n)
	if err != nil || t.Schema != "INFORMATION_SCHEMA" || strings.HasPrefix(t.Table, "__") {
		return s.mustFind(ctx, n, kinds...)
	}
	t.Schema = catalog.InformationSchema
	o, err := s.lookUp(ctx, t)
	if err == nil && o == nil {
		err = refusal.Missing(titled(kinds[0]), warehouse.FoldIdent(print.SQL(n)))
	}
	return o, err
}
