package duckdb

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// rewriting is what a translation needs to know of the session.
func (s *session) rewriting(binds []types.Type) rewrite.Config {
	return rewrite.Config{
		InformationSchema: informationSchemaName, Variables: s.variables, Catalog: s.columnsOf, Binds: binds, Parameters: s.parameters, Wide: s.wide, Fine: s.fine,
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
		return nil, unsupported("a translation of " + strings.ReplaceAll(ast.Kind(tree), "_", " ") + ", which it runs itself")
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
		return "", refusal(err, t)
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

// position is where the word at an offset into the text first stands in the
// original; lines count from 1, columns in characters from 0.
func (t *translation) position(offset int) (line, column int, word string) {
	_, _, word = lineColumn(t.text, offset)
	return findWord(t.original, word)
}

// findWord is where a word first stands in text, or 0, 0 where it does not.
func findWord(text, word string) (line, column int, found string) {
	name := warehouse.FoldIdent(word)
	for _, tok := range parse.Tokens(text) {
		if tok.Kind != token.EOF && (strings.EqualFold(tok.Text, word) || (tok.Kind == token.Word || tok.Kind == token.Quoted) && tok.Value == name) {
			return lineColumn(text, tok.Pos.Offset)
		}
	}
	return 0, 0, ""
}

// lineColumn is the place of a byte offset in text, and the word there.
func lineColumn(text string, offset int) (line, column int, word string) {
	offset = max(0, min(offset, len(text)))
	before := text[:offset]
	line = 1 + strings.Count(before, "\n")
	column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	if toks := parse.Tokens(text[offset:]); toks[0].Pos.Offset == 0 {
		word = toks[0].Text
	}
	return line, column, word
}
