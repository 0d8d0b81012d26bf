package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// dispatch reads a statement and runs it where it belongs.
func (s *session) dispatch(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	if s.open != nil {
		return nil, errOpenResult()
	}
	stmt, err := parse.Lenient(sql)
	if err != nil {
		return nil, err
	}
	rec.statement.Kind = ast.Kind(stmt)
	switch stmt := stmt.(type) {
	case *ast.CreateStage:
		return s.createStage(ctx, rec, stmt)
	case *ast.List:
		return s.listStage(ctx, rec, stmt)
	case *ast.Remove:
		return s.removeFiles(ctx, rec, stmt)
	case *ast.Put:
		return s.put(ctx, rec, stmt)
	case *ast.Get:
		return s.get(ctx, rec, stmt)
	case *ast.Show:
		return s.show(ctx, rec, stmt)
	}
	return s.byKind(ctx, rec, sql, args)
}

// byKind runs a statement by what QUERY_HISTORY calls it.
func (s *session) byKind(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	switch kind := rec.statement.Kind; kind {
	case "USE":
		return s.runUse(ctx, rec, parse.Tokens(sql))
	case "BEGIN_TRANSACTION", "COMMIT", "ROLLBACK":
		return s.transaction(ctx, rec, kind)
	case "DROP":
		return s.drop(ctx, rec, parse.Tokens(sql), sql)
	case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE_TABLE", "CREATE_TABLE", "CREATE_TABLE_AS_SELECT",
		"CREATE_VIEW", "CREATE_SEQUENCE", "ALTER", "ALTER_TABLE", "COMMENT":
		return s.translated(ctx, rec, sql, args)
	case "UNKNOWN":
		first := parse.Tokens(sql)[0]
		return nil, &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax,
			Line: first.Pos.Line, Column: first.Pos.Column,
			Message: fmt.Sprintf("SQL compilation error:\nsyntax error %v unexpected '%s'.", first.Pos, first.Text)}
	default:
		if strings.HasPrefix(kind, "CREATE") {
			return s.create(ctx, rec, parse.Tokens(sql), sql)
		}
		return nil, unsupported(strings.ReplaceAll(kind, "_", " ") + " statements")
	}
}

// translated runs a statement on DuckDB.
func (s *session) translated(ctx context.Context, rec *record, sql string, args []any) (*warehouse.Result, error) {
	t, err := translate(sql)
	if err != nil {
		return nil, err
	}
	rec.translated(t)
	return s.runSQL(ctx, rec, t, args)
}

// create runs CREATE SCHEMA and CREATE DATABASE, which move the session to
// what they make, and refuses what DuckDB would take for something else.
func (s *session) create(ctx context.Context, rec *record, toks []token.Token, sql string) (*warehouse.Result, error) {
	object, name, replace := created(toks)
	switch {
	case replace && (object == "SCHEMA" || object == "DATABASE"):
		return nil, unsupported("CREATE OR REPLACE " + object)
	case object == "SCHEMA":
		res, err := s.translated(ctx, rec, sql, nil)
		if err != nil {
			return nil, err
		}
		database := s.database
		if len(name) == 2 {
			database = name[0]
		}
		return res, s.use(ctx, database, name[len(name)-1])
	case object == "DATABASE" && len(name) == 1:
		if err := s.w.ensureDatabase(ctx, name[0]); err != nil {
			return nil, err
		}
		return rec.status(fmt.Sprintf("Database %s successfully created.", name[0])), s.use(ctx, name[0], defaultSchema)
	}
	return nil, unsupported("CREATE " + object)
}

// created reads CREATE [adjectives] object [IF NOT EXISTS] name.
func created(toks []token.Token) (object string, name []string, replace bool) {
	i := 1
	for ; toks[i].Kind == token.Word; i++ {
		switch toks[i].Value {
		case "OR", "TRANSIENT", "TEMPORARY", "TEMP", "LOCAL", "GLOBAL", "VOLATILE", "SECURE", "RECURSIVE":
			continue
		case "REPLACE":
			replace = true
			continue
		}
		break
	}
	if toks[i].Kind != token.Word {
		return "", nil, replace
	}
	object = toks[i].Value
	i++
	if toks[i].Is("IF") && toks[i+1].Is("NOT") {
		i += 3
	}
	return object, dotted(toks[i:]), replace
}

// dotted reads a name's parts off the front of toks.
func dotted(toks []token.Token) (parts []string) {
	for i := 0; toks[i].Kind == token.Word || toks[i].Kind == token.Quoted; i += 2 {
		parts = append(parts, toks[i].Value)
		if toks[i+1].Kind != token.Dot {
			break
		}
	}
	return parts
}

// drop runs DROP of whatever DuckDB has, and of stages.
func (s *session) drop(ctx context.Context, rec *record, toks []token.Token, sql string) (*warehouse.Result, error) {
	object, i := toks[1].Value, 2
	ifExists := toks[i].Is("IF") && toks[i+1].Is("EXISTS")
	if ifExists {
		i += 2
	}
	name := dotted(toks[i:])
	if len(name) == 0 {
		return nil, unsupported("DROP " + object)
	}
	switch object {
	case "STAGE":
		return s.dropStage(ctx, rec, name, ifExists)
	case "TABLE", "VIEW", "SEQUENCE":
	case "SCHEMA":
		if last := toks[len(toks)-2]; !last.Is("CASCADE") && !last.Is("RESTRICT") {
			sql = strings.TrimRight(sql, "; \t\r\n") + " CASCADE" // Snowflake's default
		}
	default:
		return nil, unsupported("DROP " + object)
	}
	if _, err := s.translated(ctx, rec, sql, nil); err != nil {
		return nil, err
	}
	return rec.status(name[len(name)-1] + " successfully dropped."), nil
}

// transaction runs BEGIN, COMMIT and ROLLBACK, which on Snowflake do nothing
// where they come at the wrong time.
func (s *session) transaction(ctx context.Context, rec *record, kind string) (*warehouse.Result, error) {
	sql := map[string]string{"BEGIN_TRANSACTION": "begin transaction", "COMMIT": "commit", "ROLLBACK": "rollback"}[kind]
	if begin := kind == "BEGIN_TRANSACTION"; begin != s.inTx {
		err := s.conn.exec(ctx, sql)
		s.inTx = begin && err == nil
		if err != nil {
			return nil, err
		}
	}
	return rec.status("Statement executed successfully."), nil
}

// runUse runs USE of a database or schema. Roles and warehouses mean nothing here.
func (s *session) runUse(ctx context.Context, rec *record, toks []token.Token) (*warehouse.Result, error) {
	i, object := 1, ""
	if toks[1].Kind == token.Word && toks[2].Kind != token.EOF && toks[2].Kind != token.Dot && toks[2].Kind != token.Semicolon {
		i, object = 2, toks[1].Value
	}
	name := dotted(toks[i:])
	database, schema := s.database, defaultSchema
	switch {
	case object == "ROLE" || object == "WAREHOUSE" || object == "SECONDARY":
		return rec.status("Statement executed successfully."), nil
	case object == "SCHEMA" && len(name) == 1:
		schema = name[0]
	case (object == "SCHEMA" || object == "") && len(name) == 2:
		database, schema = name[0], name[1]
	case (object == "DATABASE" || object == "") && len(name) == 1:
		database = name[0]
	default:
		return nil, &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax,
			Message: "SQL compilation error:\nUSE takes DATABASE, SCHEMA, ROLE or WAREHOUSE and a name"}
	}
	if err := s.checkSchema(ctx, database, schema); err != nil {
		return nil, err
	}
	if err := s.use(ctx, database, schema); err != nil {
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// checkSchema refuses a schema that is not there.
func (s *session) checkSchema(ctx context.Context, database, schema string) error {
	cur, err := s.conn.run(ctx, `select schema_name from duckdb_schemas()
		where lower(database_name) = lower(?) and lower(schema_name) = lower(?)`, []any{database, schema})
	if err != nil {
		return err
	}
	found, err := cur.texts()
	if err == nil && len(found) == 0 {
		return &warehouse.Error{Code: 2043, State: "02000", Kind: warehouse.ErrNotExist,
			Message: fmt.Sprintf("SQL compilation error:\nObject '%s.%s' does not exist, or operation cannot be performed.", database, schema)}
	}
	return err
}
