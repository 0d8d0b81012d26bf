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
		InformationSchema: informationSchemaName, Variables: s.variables, Catalog: s.columnsOf, Binds: binds, Parameters: s.parameters,
		Context: map[string]string{
			"CURRENT_DATABASE": s.database, "CURRENT_SCHEMA": s.schema, "CURRENT_ROLE": cmp.Or(s.role, "SNOWPIT"), "CURRENT_USER": "SNOWPIT",
			"CURRENT_WAREHOUSE": cmp.Or(s.compute, "SNOWPIT"), "CURRENT_ACCOUNT": "SNOWPIT", "CURRENT_REGION": "LOCAL", "CURRENT_VERSION": snowflakeVersion,
			"CURRENT_ACCOUNT_NAME": "SNOWPIT", "CURRENT_ORGANIZATION_NAME": "SNOWPIT", "CURRENT_IP_ADDRESS": "127.0.0.1", "CURRENT_ROLE_TYPE": "ROLE",
			"CURRENT_AVAILABLE_ROLES": `["` + cmp.Or(s.role, "SNOWPIT") + `"]`, "CURRENT_SECONDARY_ROLES": `{"roles":"","value":""}`,
			"CURRENT_SCHEMAS": `["` + s.database + "." + s.schema + `"]`,
		},
	}
}

// snowflakeVersion is what CURRENT_VERSION says: clients ask whether it is new
// enough for what they do.
const snowflakeVersion = "9.0.0"

// translation is one statement in DuckDB's dialect, with the way back from a
// place in it to the place in the original.
type translation struct {
	original  string
	text      string
	columns   []types.Column // of a query's result, if they are known
	made      []types.Column // of the object that a query makes, if they are known
	edits     []edit
	rewritten bool // made from the tree: places are found again by the word there
}

// edit is where the text became longer or shorter than the original.
type edit struct {
	at    int // offset in text just behind the change
	delta int // what offsets from there on are ahead of the original's
}

// translate writes a statement for DuckDB by its tree, or, where it has none
// of those that package rewrite takes, token by token.
func (s *session) translate(sql string, binds []types.Type) (*translation, error) {
	tree, err := parse.Statement(sql)
	if err != nil {
		return nil, err
	}
	if rewritable(tree) {
		out, err := s.toDuckDB(tree, binds)
		if err != nil {
			return nil, err
		}
		return &translation{original: sql, text: out.Text, columns: out.Columns, made: out.Made, rewritten: true}, nil
	}
	return translate(sql)
}

var _ warehouse.Translator = (*session)(nil)

// Translate is a query, a change of rows or a definition as DuckDB gets it.
func (s *session) Translate(_ context.Context, sql string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errClosed
	}
	tree, err := parse.Statement(sql)
	if err != nil {
		return "", err
	}
	if !rewritable(tree) {
		return "", unsupported("a translation of " + strings.ReplaceAll(ast.Kind(tree), "_", " ") + ", which it runs itself")
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

// translate writes a statement for DuckDB, token by token: names without
// quotes folded to upper case as Snowflake folds them, literals without
// backslash escapes, Snowflake's type names, words that DuckDB lacks left out.
// What goes deeper needs the statement's tree and belongs here too.
func translate(sql string) (*translation, error) {
	t := &translation{original: sql}
	var b strings.Builder
	b.Grow(len(sql) + 16)
	toks := parse.Tokens(sql)
	end := 0
	for i, tok := range toks {
		// DuckDB knows no // comments. Only comments have that between tokens.
		b.WriteString(strings.ReplaceAll(sql[end:tok.Pos.Offset], "//", "--"))
		end = tok.End()
		if tok.Kind == token.EOF {
			break
		}
		text, err := duckToken(toks, i)
		if err != nil {
			return nil, err
		}
		b.WriteString(text)
		if delta := b.Len() - end; delta != t.delta() {
			t.edits = append(t.edits, edit{b.Len(), delta})
		}
	}
	t.text = b.String()
	return t, nil
}

// delta is how far the text's end is ahead of the original's.
func (t *translation) delta() int {
	if len(t.edits) == 0 {
		return 0
	}
	return t.edits[len(t.edits)-1].delta
}

// duckToken is toks[i] as DuckDB is to read it.
func duckToken(toks []token.Token, i int) (string, error) {
	tok := toks[i]
	switch tok.Kind {
	case token.Word:
		return duckWord(toks, i), nil
	case token.String, token.Dollar:
		return quoteString(tok.Value), nil
	case token.Stage:
		return "", unsupportedAt("a query on a stage", tok)
	case token.Column:
		return "", unsupportedAt("a column by its position, "+tok.Text, tok)
	case token.Variable:
		return "", unsupportedAt("the session variable "+tok.Text, tok)
	}
	return tok.Text, nil
}

// duckWord is a name or keyword. Types get the DuckDB type with the same
// values; a column that has a type's name keeps it.
func duckWord(toks []token.Token, i int) string {
	word := toks[i].Value
	next, before := toks[i+1], token.Token{}
	if i > 0 {
		before = toks[i-1]
	}
	call := next.Kind == token.LeftParen
	switch {
	case word == "INFORMATION_SCHEMA" && next.Kind == token.Dot:
		return informationSchemaName
	case before.Kind == token.Dot || next.Kind == token.Dot:
		return word
	case call && duckFunctions[word] != "":
		return duckFunctions[word]
	case word == "TRANSIENT" && next.Is("TABLE"):
		return strings.Repeat(" ", len(word))
	case word == "NUMBER" && call:
		return "DECIMAL"
	case wideTypes[word] && !call && isCast(toks, i):
		return "DECIMAL(38,0)"
	case duckTypes[word] != "" && !(call && wideTypes[word]) && (isCast(toks, i) || isDefinition(toks, i)):
		return duckTypes[word]
	}
	return word
}

// duckFunctions are calls that have the same arguments under another name.
var duckFunctions = map[string]string{
	"IFF": "IF",
	"NVL": "IFNULL",
}

// wideTypes mean NUMBER(38,0) on Snowflake when they come without arguments,
// and something narrower or nothing at all on DuckDB.
var wideTypes = map[string]bool{"NUMBER": true, "NUMERIC": true, "DECIMAL": true}

// duckTypes are the types whose name means something else on DuckDB, or
// nothing. Snowflake's whole numbers have 38 digits; here BIGINT's 18 must do,
// and more is an error, never another value.
var duckTypes = map[string]string{
	"NUMBER": "DECIMAL(38,0)", "NUMERIC": "DECIMAL(38,0)", "DECIMAL": "DECIMAL(38,0)",
	"INT": "BIGINT", "INTEGER": "BIGINT", "SMALLINT": "BIGINT", "TINYINT": "BIGINT", "BYTEINT": "BIGINT",
	"FLOAT": "DOUBLE", "FLOAT4": "DOUBLE", "FLOAT8": "DOUBLE", "REAL": "DOUBLE",
	"TIMESTAMP_NTZ": "TIMESTAMP", "DATETIME": "TIMESTAMP",
	"TIMESTAMP_LTZ": "TIMESTAMPTZ", "TIMESTAMP_TZ": "TIMESTAMPTZ",
	"VARIANT": "JSON", "OBJECT": "JSON", "ARRAY": "JSON",
}

// isCast says whether toks[i] stands where only a type can: behind ::, or
// behind AS and before the end of CAST( … ).
func isCast(toks []token.Token, i int) bool {
	if i == 0 {
		return false
	}
	switch before := toks[i-1]; {
	case before.Kind == token.DoubleColon:
		return true
	case before.Is("AS"):
		depth, j := 0, i-2
		for ; j > 0 && depth >= 0; j-- {
			switch toks[j].Kind {
			case token.RightParen:
				depth++
			case token.LeftParen:
				depth--
			}
		}
		return depth < 0 && j >= 0 && (toks[j].Is("CAST") || toks[j].Is("TRY_CAST"))
	}
	return false
}

// isDefinition says whether toks[i] is the type of a column in CREATE TABLE
// name ( … ), or in ALTER TABLE name ADD COLUMN.
func isDefinition(toks []token.Token, i int) bool {
	if i < 2 || toks[i-1].Kind != token.Word && toks[i-1].Kind != token.Quoted {
		return false
	}
	if toks[0].Is("ALTER") {
		return true
	}
	if !toks[0].Is("CREATE") {
		return false
	}
	switch toks[i-2].Kind {
	case token.LeftParen, token.Comma:
		return !asSelect(toks[:i])
	}
	return false
}

// asSelect says whether a query has begun in toks.
func asSelect(toks []token.Token) bool {
	for _, t := range toks {
		if t.Is("SELECT") || t.Is("WITH") {
			return true
		}
	}
	return false
}

// position is where an offset into the text lies in the original, with the
// word there; lines count from 1, columns in characters from 0.
func (t *translation) position(offset int) (line, column int, word string) {
	if t.rewritten {
		_, _, word = lineColumn(t.text, offset)
		return findWord(t.original, word)
	}
	delta := 0
	for _, e := range t.edits {
		if e.at > offset {
			break
		}
		delta = e.delta
	}
	return lineColumn(t.original, offset-delta)
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
