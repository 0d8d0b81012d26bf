package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/show"
)

// createStage runs CREATE STAGE.
func (s *session) createStage(ctx context.Context, rec *record, stmt *ast.CreateStage) (*warehouse.Result, error) {
	volume, err := s.volume()
	if err != nil {
		return nil, err
	}
	name, err := s.complete(ast.Names(stmt.Name.Parts))
	if err != nil {
		return nil, err
	}
	about, err := s.aboutNew(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if err := s.checkSchema(ctx, name.Database, name.Schema); err != nil {
		return nil, err
	}
	if stmt.Replace {
		if err := volume.Drop(ctx, name); err != nil && !errors.Is(err, stage.ErrNotExist) {
			return nil, refusal.OfStage(err, name.String())
		}
	}
	err = volume.Create(ctx, name, about.Comment)
	switch {
	case err == nil, stmt.OrAlter && errors.Is(err, stage.ErrExist):
	case stmt.IfNotExists && errors.Is(err, stage.ErrExist):
		return rec.status(name.Stage + " already exists, statement succeeded."), nil
	default:
		return nil, refusal.OfStage(err, name.String())
	}
	if stmt.Temporary {
		s.tempStages = append(s.tempStages, name)
	}
	if err := s.keepStage(ctx, name, &about); err != nil {
		return nil, errors.Join(err, volume.Drop(context.WithoutCancel(ctx), name))
	}
	return rec.status(fmt.Sprintf("Stage area %s successfully created.", name.Stage)), nil
}

// aboutNew is what a new stage is told.
func (s *session) aboutNew(ctx context.Context, stmt *ast.CreateStage) (a aboutStage, err error) {
	switch {
	case stmt.Clone != nil:
		return a, refusal.Unsupported("CREATE STAGE with CLONE")
	case stmt.Like != nil:
		from, err := s.named(ctx, &ast.Location{Name: stmt.Like.Parts})
		if err != nil {
			return a, err
		}
		return s.findStage(ctx, from.Name)
	}
	return a, s.tellStage(ctx, &a, stmt.Options)
}

// tellStage changes what is known of a stage. Options that change nothing here,
// such as ENCRYPTION, are accepted.
func (s *session) tellStage(ctx context.Context, a *aboutStage, options []ast.Option) error {
	for _, o := range options {
		switch o.Key {
		case "COMMENT":
			a.Comment = fileformat.Word(o.Value)
		case "FILE_FORMAT":
			if err := s.tellFormat(ctx, a, o); err != nil {
				return err
			}
		case "DIRECTORY":
			for _, d := range o.Nested {
				if d.Key == "ENABLE" {
					a.Directory = strings.EqualFold(fileformat.Word(d.Value), "true")
				}
			}
		case "ENCRYPTION", "COPY_OPTIONS":
		case "URL":
			a.URL = fileformat.Word(o.Value)
			if _, ok := stage.ParseURL(a.URL); !ok {
				return badURL(a.URL)
			}
		case "STORAGE_INTEGRATION":
			a.Integration = fileformat.Word(o.Value)
		case "CREDENTIALS":
			a.Credentials = true
		case "ENDPOINT", "USE_PRIVATELINK_ENDPOINT":
		default:
			return refusal.NoOption(o, "a stage")
		}
	}
	return nil
}

// tellFormat sets the format of a stage's files: its own, or one by name.
func (s *session) tellFormat(ctx context.Context, a *aboutStage, o ast.Option) error {
	a.Format, a.FormatName = nil, nil
	value := o.Value
	for _, part := range o.Nested {
		if part.Key == "FORMAT_NAME" {
			value = part.Value
		}
	}
	f, err := s.formatOf(ctx, []ast.Option{o})
	if err != nil || value == nil {
		a.Format = f
		return err
	}
	full, err := s.resolve(nameText(value))
	name := stage.Name{Database: full.Database, Schema: full.Schema, Stage: full.Table}
	if err != nil {
		return err
	}
	if known, err := s.findFormat(ctx, name); err != nil || known == nil { // a type alone
		a.Format = f
		return err
	}
	a.FormatName = &name
	return nil
}

// nameText is a name as SQL writes it, whether it stood in quotes or not.
func nameText(e ast.Expr) string {
	c, ok := e.(*ast.Column)
	if !ok {
		return fileformat.Word(e)
	}
	quoted := make([]string, len(c.Parts))
	for i, p := range c.Parts {
		quoted[i] = ducksql.Name(p.Name)
	}
	return strings.Join(quoted, ".")
}

// keepStage keeps what is known of a stage, or forgets it if that is nil.
func (s *session) keepStage(ctx context.Context, name stage.Name, a *aboutStage) error {
	if slices.Contains(s.tempStages, name) {
		if s.tempAbout == nil {
			s.tempAbout = map[stage.Name]*aboutStage{}
		}
		s.tempAbout[name] = a
		return nil
	}
	if !s.w.hasDatabase(name.Database) {
		return nil
	}
	return s.inOneTransaction(ctx, func() error {
		if err := s.execute(ctx, "delete from "+infoschema.Table(name.Database, infoschema.Stages)+" where schema_name = ? and name = ?", name.Schema, name.Stage); err != nil || a == nil {
			return err
		}
		text, err := json.Marshal(a)
		if err != nil {
			return err
		}
		return s.execute(ctx, "insert into "+infoschema.Table(name.Database, infoschema.Stages)+" values (?, ?, ?, ?)", name.Schema, name.Stage, string(text), time.Now())
	})
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
		err := s.keepStage(ctx, name, nil)
		s.tempStages = slices.DeleteFunc(s.tempStages, func(n stage.Name) bool { return n == name })
		return rec.status(name.Stage + " successfully dropped."), err
	case ifExists && errors.Is(err, stage.ErrNotExist):
		return rec.status(fmt.Sprintf("Drop statement executed successfully (%s already dropped).", name.Stage)), nil
	case errors.Is(err, stage.ErrNotExist):
		return nil, refusal.NoStage(name)
	}
	return nil, refusal.OfStage(err, name.String())
}

// alterStage runs ALTER STAGE.
func (s *session) alterStage(ctx context.Context, rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	done := rec.status("Statement executed successfully.")
	at, err := s.named(ctx, &ast.Location{Name: stmt.Name.Parts})
	if stmt.IfExists && errors.Is(err, stage.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return nil, err
	}
	about, err := s.findStage(ctx, at.Name)
	if err != nil {
		return nil, err
	}
	for _, action := range stmt.Actions {
		switch a := action.(type) {
		case *ast.SetOptions:
			if err := s.tellStage(ctx, &about, a.Options); err != nil {
				return nil, err
			}
		case *ast.UnsetOptions:
			for _, key := range a.Keys {
				if key != "COMMENT" {
					return nil, refusal.Unsupported("ALTER STAGE … UNSET " + key)
				}
				about.Comment = ""
			}
		case *ast.Do:
			if a.Words != "REFRESH" {
				return nil, refusal.Unsupported("ALTER STAGE … " + a.Words)
			}
		default:
			return nil, refusal.Unsupported("ALTER STAGE of this form")
		}
	}
	return done, s.keepStage(ctx, at.Name, &about)
}

// describeStage runs DESCRIBE STAGE.
func (s *session) describeStage(ctx context.Context, rec *record, stage *ast.Location) (*warehouse.Result, error) {
	at, err := s.named(ctx, stage)
	if err != nil {
		return nil, err
	}
	about, err := s.findStage(ctx, at.Name)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	if about.FormatName != nil {
		rows = append(rows, []any{"STAGE_FILE_FORMAT", "FORMAT_NAME", "String", about.FormatName.String(), ""})
	} else {
		f, err := s.stageFormat(ctx, at.Name)
		if err != nil {
			return nil, err
		}
		for _, p := range f.Describe() {
			rows = append(rows, []any{"STAGE_FILE_FORMAT", p.Name, p.Type, p.Value, p.Default})
		}
	}
	for _, p := range [][3]string{{"ON_ERROR", "String", "ABORT_STATEMENT"}, {"SIZE_LIMIT", "Long", ""}, {"PURGE", "Boolean", "false"},
		{"RETURN_FAILED_ONLY", "Boolean", "false"}, {"ENFORCE_LENGTH", "Boolean", "true"}, {"TRUNCATECOLUMNS", "Boolean", "false"}, {"FORCE", "Boolean", "false"}} {
		rows = append(rows, []any{"STAGE_COPY_OPTIONS", p[0], p[1], p[2], p[2]})
	}
	url := ""
	if about.URL != "" {
		url = fmt.Sprintf("[%q]", about.URL)
	}
	rows = append(rows, []any{"STAGE_LOCATION", "URL", "String", url, ""},
		[]any{"DIRECTORY", "ENABLE", "Boolean", fmt.Sprint(about.Directory), "false"})
	return rec.table(listing.Texts("parent_property", "property", "property_type", "property_value", "property_default"), rows), nil
}

// Stages are the named stages of all databases.
func (v viewed) Stages(ctx context.Context) (all []show.Stage, err error) {
	volume, err := v.s.volume()
	if err != nil {
		return nil, err
	}
	for info, err := range volume.Stages(ctx) {
		if err != nil {
			return nil, refusal.OfStage(err, "")
		}
		if _, bucket := info.Bucket(); bucket || info.Implied() {
			continue
		}
		about, err := v.s.findStage(ctx, info.Name)
		if err != nil {
			return nil, err
		}
		if about == (aboutStage{}) {
			about.Comment = info.Comment
		}
		all = append(all, show.Stage{Name: info.Name, Created: info.Created, Comment: about.Comment, URL: about.URL, Integration: about.Integration,
			Credentials: about.Credentials, Directory: about.Directory, Temporary: slices.Contains(v.s.tempStages, info.Name)})
	}
	return all, nil
}
