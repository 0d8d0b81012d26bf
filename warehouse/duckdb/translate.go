package duckdb

import (
	"cmp"
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// rewriting is what a translation needs to know of the session.
func (s *session) rewriting(binds []types.Type) rewrite.Config {
	return rewrite.Config{
		InformationSchema: catalog.InformationSchema, Variables: s.variables, Catalog: s.columnsOf, Binds: binds, Parameters: s.parameters, Wide: s.wide, Fine: s.fine,
		Context: map[string]string{
			"CURRENT_DATABASE": s.database, "CURRENT_SCHEMA": s.schema, "CURRENT_ROLE": cmp.Or(s.role, "SNOWPIT"), "CURRENT_USER": cmp.Or(s.user, "SNOWPIT"),
			"CURRENT_WAREHOUSE": cmp.Or(s.compute, "SNOWPIT"), "CURRENT_ACCOUNT": "SNOWPIT", "CURRENT_REGION": "LOCAL", "CURRENT_VERSION": snowflakeVersion,
			"CURRENT_ACCOUNT_NAME": "SNOWPIT", "CURRENT_ORGANIZATION_NAME": "SNOWPIT", "CURRENT_IP_ADDRESS": "127.0.0.1", "CURRENT_ROLE_TYPE": "ROLE",
			"CURRENT_AVAILABLE_ROLES": `["` + cmp.Or(s.role, "SNOWPIT") + `"]`, "CURRENT_SECONDARY_ROLES": `{"roles":"","value":""}`,
			"CURRENT_SCHEMAS": s.schemas(),
		},
	}
}

// schemas are those that unqualified names are looked up in, as CURRENT_SCHEMAS
// has them.
func (s *session) schemas() string {
	if s.schema == "" {
		return "[]"
	}
	return `["` + s.database + "." + s.schema + `"]`
}

// snowflakeVersion is what CURRENT_VERSION says: clients ask whether it is new
// enough for what they do.
const snowflakeVersion = "9.0.0"

// translation is one statement in DuckDB's dialect, with the way back from a
// place in it to the place in the original.
type translation struct {
	original string
	text     string
	columns  []types.Column // of a query's result, if they are known
	made     []types.Column // of the object that a query makes, if they are known
}

// translate writes a statement for DuckDB.
func (s *session) translate(sql string, binds []types.Type) (*translation, error) {
	tree, err := parse.Statement(sql)
	if err != nil {
		return nil, err
	}
	if !rewritable(tree) {
		return nil, refusal.Unsupported("a translation of " + strings.ReplaceAll(ast.Kind(tree), "_", " ") + ", which it runs itself")
	}
	out, err := s.toDuckDB(tree, binds)
	if err != nil {
		return nil, err
	}
	return &translation{original: sql, text: out.Text, columns: out.Columns, made: out.Made}, nil
}

var _ warehouse.Translator = (*session)(nil)

// Translate is a query, a change of rows or a definition as DuckDB gets it.
func (s *session) Translate(_ context.Context, sql string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errClosed
	}
	t, err := s.translate(sql, nil)
	if err != nil {
		return "", t.refusal(err)
	}
	return t.text, nil
}

// rewritable reports the statements that package rewrite takes.
func rewritable(tree ast.Statement) bool {
	switch tree.(type) {
	case *ast.Query, *ast.Insert, *ast.Update, *ast.Delete, *ast.Merge, *ast.Truncate, *ast.CreateTable, *ast.CreateView, *ast.CreateSequence, *ast.Alter:
		return true
	}
	return false
}

// refusal is err as the callers of a session get it, t the statement that it is
// of, if there is one.
func (t *translation) refusal(err error) error {
	if t == nil {
		return refusal.Of(err, "", "")
	}
	return refusal.Of(err, t.original, t.text)
}
