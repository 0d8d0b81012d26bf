package duckdb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

func text(name string) warehouse.Column { return warehouse.Column{Name: name, Type: warehouse.Varchar} }

func whole(name string) warehouse.Column {
	c := integer
	c.Name = name
	return c
}

func texts(names ...string) []warehouse.Column {
	columns := make([]warehouse.Column, len(names))
	for i, name := range names {
		columns[i] = text(name)
	}
	return columns
}

// volume is where the stages are.
func (s *session) volume() (stage.Volume, error) {
	if s.w.config.Stages == nil {
		return nil, unsupported("stages: it was opened without any")
	}
	return s.w.config.Stages, nil
}

// complete makes a stage's name full with the session's place.
func (s *session) complete(parts []string) (stage.Name, error) {
	full := s.stageName()
	switch n := len(parts); {
	case n == 0 || n > 3:
		return full, unsupported(fmt.Sprintf("a stage's name of %d parts", n))
	case n == 3:
		full.Database = parts[0]
		fallthrough
	case n == 2:
		full.Schema = parts[n-2]
	}
	full.Stage = parts[len(parts)-1]
	if full.Schema == "" { // db..stage
		full.Schema = defaultSchema
	}
	return full, nil
}

func names(parts []ast.Ident) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.Name
	}
	return out
}

// createStage runs CREATE STAGE.
func (s *session) createStage(ctx context.Context, rec *record, stmt *ast.CreateStage) (*warehouse.Result, error) {
	volume, err := s.volume()
	if err != nil {
		return nil, err
	}
	name, err := s.complete(names(stmt.Name.Parts))
	if err != nil {
		return nil, err
	}
	comment, err := stageComment(stmt)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, name.Database, name.Schema); err != nil {
		return nil, err
	}
	if stmt.Replace {
		if err := volume.Drop(ctx, name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			return nil, stageRefusal(err, name.String())
		}
	}
	err = volume.Create(ctx, name, comment)
	switch {
	case err == nil:
		if stmt.Temporary {
			s.tempStages = append(s.tempStages, name)
		}
		return rec.status(fmt.Sprintf("Stage area %s successfully created.", name.Stage)), nil
	case stmt.IfNotExists && errors.Is(err, stage.ErrExist):
		return rec.status(name.Stage + " already exists, statement succeeded."), nil
	}
	return nil, stageRefusal(err, name.String())
}

// stageComment reads a stage's options. Those that change nothing here, such
// as the default file format, are accepted.
func stageComment(stmt *ast.CreateStage) (comment string, err error) {
	if stmt.Like != nil || stmt.Clone != nil || stmt.OrAlter {
		return "", unsupported("CREATE STAGE with LIKE, CLONE or OR ALTER")
	}
	for _, o := range stmt.Options {
		switch o.Key {
		case "COMMENT":
			if s, ok := o.Value.(*ast.String); ok {
				comment = s.Value
			}
		case "FILE_FORMAT", "COPY_OPTIONS", "DIRECTORY", "ENCRYPTION":
		default:
			return "", unsupported("the stage option " + o.Key)
		}
	}
	return comment, nil
}

// dropStage runs DROP STAGE.
func (s *session) dropStage(ctx context.Context, rec *record, parts []string, ifExists bool) (*warehouse.Result, error) {
	volume, err := s.volume()
	if err != nil {
		return nil, err
	}
	name, err := s.complete(parts)
	if err != nil {
		return nil, err
	}
	err = volume.Drop(ctx, name)
	switch {
	case err == nil:
		return rec.status(name.Stage + " successfully dropped."), nil
	case ifExists && errors.Is(err, stage.ErrNotExist):
		return rec.status(fmt.Sprintf("Drop statement executed successfully (%s already dropped).", name.Stage)), nil
	}
	return nil, stageRefusal(err, name.String())
}

// files are the objects at a location that a pattern lets through. As on
// Snowflake the pattern must match all of the object's name in its stage.
func files(ctx context.Context, st stage.Stage, prefix string, pattern *ast.String) (found []stage.Object, err error) {
	var match *regexp.Regexp
	if pattern != nil {
		if match, err = regexp.Compile("^(?:" + pattern.Value + ")$"); err != nil {
			return nil, &warehouse.Error{Code: 2037, State: "42000", Err: err,
				Line: pattern.Pos().Line, Column: pattern.Pos().Column,
				Message: "SQL compilation error:\nthe pattern is no regular expression: " + err.Error()}
		}
	}
	for o, err := range st.List(ctx, prefix) {
		if err != nil {
			return nil, stageRefusal(err, prefix)
		}
		if match == nil || match.MatchString(o.Name) {
			found = append(found, o)
		}
	}
	return found, nil
}

// listStage runs LIST.
func (s *session) listStage(ctx context.Context, rec *record, stmt *ast.List) (*warehouse.Result, error) {
	at, err := s.locate(ctx, stmt.Location)
	if err != nil {
		return nil, err
	}
	found, err := files(ctx, at, stmt.Location.Path, stmt.Pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, o := range found {
		rows = append(rows, []any{at.listed(o.Name), o.Size, o.MD5, o.Modified.UTC().Format(http.TimeFormat)})
	}
	return rec.table([]warehouse.Column{text("name"), whole("size"), text("md5"), text("last_modified")}, rows), nil
}

// removeFiles runs REMOVE.
func (s *session) removeFiles(ctx context.Context, rec *record, stmt *ast.Remove) (*warehouse.Result, error) {
	at, err := s.locate(ctx, stmt.Location)
	if err != nil {
		return nil, err
	}
	found, err := files(ctx, at, stmt.Location.Path, stmt.Pattern)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, o := range found {
		if err := at.Remove(ctx, o.Name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			return nil, stageRefusal(err, o.Name)
		}
		rows = append(rows, []any{at.listed(o.Name), "removed"})
	}
	return rec.table(texts("name", "result"), rows), nil
}

// show runs SHOW STAGES, and refuses the others by name.
func (s *session) show(ctx context.Context, rec *record, stmt *ast.Show) (*warehouse.Result, error) {
	if l, ok := listings[stmt.Object]; ok {
		return s.list(ctx, rec, stmt, l)
	}
	switch stmt.Object {
	case "PARAMETERS":
		return s.showParameters(rec, stmt)
	case "TRANSACTIONS":
		return s.showTransactions(rec), nil
	}
	if stmt.Object != "STAGES" {
		return nil, unsupported("SHOW " + stmt.Object)
	}
	volume, err := s.volume()
	if err != nil {
		return nil, err
	}
	visible, err := s.stageFilter(stmt)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for info, err := range volume.Stages(ctx) {
		if err != nil {
			return nil, stageRefusal(err, "")
		}
		if visible(info.Name) && !info.Implied() {
			rows = append(rows, []any{info.Created.UTC().Format("2006-01-02 15:04:05.000 -0700"), info.Stage, info.Database, info.Schema,
				"", "N", "N", "SNOWPIT", info.Comment, nil, "INTERNAL", nil, nil, nil, nil, "ROLE", "N"})
		}
	}
	return rec.table(texts("created_on", "name", "database_name", "schema_name", "url", "has_credentials", "has_encryption_key",
		"owner", "comment", "region", "type", "cloud", "notification_channel", "storage_integration", "endpoint",
		"owner_role_type", "directory_enabled"), rows), nil
}

// stageFilter says which stages SHOW STAGES shows: those of the current schema
// unless it names another place.
func (s *session) stageFilter(stmt *ast.Show) (func(stage.Name) bool, error) {
	if stmt.Limit != nil || stmt.From != nil {
		return nil, unsupported("SHOW STAGES with LIMIT")
	}
	database, schema := s.database, s.schema
	if in := stmt.Where; in != nil {
		var parts []ast.Ident
		if in.Name != nil {
			parts = in.Name.Parts
		}
		switch {
		case in.Object == "ACCOUNT":
			database, schema = "", ""
		case in.Object == "DATABASE" && len(parts) <= 1:
			schema = ""
			if len(parts) == 1 {
				database = parts[0].Name
			}
		case (in.Object == "SCHEMA" || in.Object == "") && len(parts) == 2:
			database, schema = parts[0].Name, parts[1].Name
		case (in.Object == "SCHEMA" || in.Object == "") && len(parts) == 1:
			schema = parts[0].Name
		default:
			return nil, unsupported("SHOW STAGES " + in.Preposition + " " + in.Object)
		}
	}
	like := func(string) bool { return true }
	if stmt.Like != nil {
		like = likePattern(stmt.Like.Value)
	}
	return func(n stage.Name) bool {
		return (database == "" || strings.EqualFold(n.Database, database)) && (schema == "" || strings.EqualFold(n.Schema, schema)) &&
			like(n.Stage) && (stmt.Starts == nil || strings.HasPrefix(n.Stage, stmt.Starts.Value))
	}, nil
}

// likePattern matches as SHOW … LIKE does: % and _ in any case.
func likePattern(pattern string) func(string) bool {
	quoted := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("(?is)^(?:" + quoted + ")$").MatchString
}
