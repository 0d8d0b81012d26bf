package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/show"
)

// createFormat runs CREATE FILE FORMAT.
func (s *session) createFormat(ctx context.Context, rec *record, stmt *ast.CreateObject) (*warehouse.Result, error) {
	name, err := s.complete(parts(stmt.Name))
	if err != nil {
		return nil, err
	}
	if stmt.Like != nil || len(stmt.Tags) > 0 {
		return nil, refusal.Unsupported("CREATE FILE FORMAT with LIKE or TAG")
	}
	if err := s.checkSchema(ctx, name.Database, name.Schema); err != nil {
		return nil, err
	}
	old, err := s.findFormat(ctx, name)
	if err != nil {
		return nil, err
	}
	f, err := s.newFormat(ctx, stmt, old)
	if err != nil {
		return nil, err
	}
	switch {
	case old == nil, stmt.Replace, stmt.OrAlter:
	case stmt.IfNotExists:
		return rec.status(name.Stage + " already exists, statement succeeded."), nil
	default:
		return nil, refusal.Exists(name.String(), nil)
	}
	if stmt.Temporary {
		if s.tempFormats == nil {
			s.tempFormats = map[stage.Name]*fileformat.Format{}
		}
		s.tempFormats[name] = f
	} else if err := s.keepFormat(ctx, name, f, commentOf(stmt.Options)); err != nil {
		return nil, err
	}
	return rec.status(fmt.Sprintf("File format %s successfully created.", name.Stage)), nil
}

// newFormat is the format that a statement describes.
func (s *session) newFormat(ctx context.Context, stmt *ast.CreateObject, old *fileformat.Format) (*fileformat.Format, error) {
	if stmt.Clone != nil {
		from, err := s.complete(parts(stmt.Clone))
		if err != nil {
			return nil, err
		}
		f, err := s.findFormat(ctx, from)
		if err == nil && f == nil {
			err = refusal.Missing("File format", from.String())
		}
		return f, err
	}
	typ := "CSV"
	for _, o := range stmt.Options {
		if o.Key == "TYPE" {
			typ = fileformat.Word(o.Value)
		}
	}
	f, err := fileformat.New(typ)
	if err != nil {
		return nil, err
	}
	if stmt.OrAlter && old != nil && old.Type() != f.Type() {
		return nil, refusal.Unsupported("changing the type of a file format")
	}
	return f, f.Set(stmt.Options)
}

func commentOf(options []ast.Option) string {
	for _, o := range options {
		if o.Key == "COMMENT" {
			return fileformat.Word(o.Value)
		}
	}
	return ""
}

// keepFormat keeps a format under a name, whatever was kept there.
func (s *session) keepFormat(ctx context.Context, name stage.Name, f *fileformat.Format, comment string) error {
	text, err := f.MarshalText()
	if err != nil {
		return err
	}
	return s.inOneTransaction(ctx, func() error {
		if err := s.forgetFormat(ctx, name); err != nil {
			return err
		}
		return s.execute(ctx, "insert into "+infoschema.Table(name.Database, infoschema.Formats)+" values (?, ?, ?, ?, ?)", name.Schema, name.Stage, string(text), comment, time.Now())
	})
}

func (s *session) forgetFormat(ctx context.Context, name stage.Name) error {
	return s.execute(ctx, "delete from "+infoschema.Table(name.Database, infoschema.Formats)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
}

// dropFormat runs DROP FILE FORMAT.
func (s *session) dropFormat(ctx context.Context, rec *record, stmt *ast.Drop) (*warehouse.Result, error) {
	name, f, err := s.namedFormat(ctx, stmt.Name)
	switch {
	case err != nil:
		return nil, err
	case f == nil && stmt.IfExists:
		return rec.status(fmt.Sprintf("Drop statement executed successfully (%s already dropped).", name.Stage)), nil
	case f == nil:
		return nil, refusal.Missing("File format", name.String())
	case s.tempFormats[name] != nil:
		delete(s.tempFormats, name)
	default:
		if err := s.forgetFormat(ctx, name); err != nil {
			return nil, err
		}
	}
	return rec.status(name.Stage + " successfully dropped."), nil
}

// namedFormat is the format that a statement names, nil if it is not there.
func (s *session) namedFormat(ctx context.Context, n *ast.Name) (stage.Name, *fileformat.Format, error) {
	name, err := s.complete(parts(n))
	if err != nil {
		return name, nil, err
	}
	f, err := s.findFormat(ctx, name)
	return name, f, err
}

// alterFormat runs ALTER FILE FORMAT.
func (s *session) alterFormat(ctx context.Context, rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	name, f, err := s.namedFormat(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	done := rec.status("Statement executed successfully.")
	if f == nil {
		if stmt.IfExists {
			return done, nil
		}
		return nil, refusal.Missing("File format", name.String())
	}
	for _, action := range stmt.Actions {
		if err := s.alterFormatOnce(ctx, &name, f, action); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func (s *session) alterFormatOnce(ctx context.Context, name *stage.Name, f *fileformat.Format, action ast.Action) error {
	comment, err := s.formatComment(ctx, *name)
	if err != nil {
		return err
	}
	switch a := action.(type) {
	case *ast.RenameTo:
		to, other, err := s.namedFormat(ctx, a.Name)
		if err != nil {
			return err
		}
		if other != nil {
			return refusal.Exists(to.String(), nil)
		}
		if s.tempFormats[*name] != nil {
			delete(s.tempFormats, *name)
			s.tempFormats[to] = f
			return nil
		}
		if to.Database != name.Database {
			return refusal.Unsupported("moving a file format to another database")
		}
		*name, to = to, *name
		return s.execute(ctx, "update "+infoschema.Table(to.Database, infoschema.Formats)+" set schema_name = ?, name = ? where schema_name = ? and name = ?",
			name.Schema, name.Stage, to.Schema, to.Stage)
	case *ast.SetOptions:
		if err := f.Set(a.Options); err != nil {
			return err
		}
		if c := commentOf(a.Options); c != "" {
			comment = c
		}
	case *ast.UnsetOptions:
		if err := f.Unset(a.Keys...); err != nil {
			return err
		}
	default:
		return refusal.Unsupported("ALTER FILE FORMAT of this form")
	}
	if s.tempFormats[*name] != nil {
		s.tempFormats[*name] = f
		return nil
	}
	return s.keepFormat(ctx, *name, f, comment)
}

func (s *session) formatComment(ctx context.Context, name stage.Name) (string, error) {
	found, err := s.conn.Texts(ctx, "select coalesce(comment, '') from "+infoschema.Table(name.Database, infoschema.Formats)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0][0], nil
}

// describeFormat runs DESCRIBE FILE FORMAT.
func (s *session) describeFormat(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	name, f, err := s.namedFormat(ctx, stmt.Name)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, refusal.Missing("File format", name.String())
	}
	var rows [][]any
	for _, p := range f.Describe() {
		rows = append(rows, []any{p.Name, p.Type, p.Value, p.Default})
	}
	return rec.table(listing.Texts("property", "property_type", "property_value", "property_default"), rows), nil
}

// Formats are the named file formats of all databases.
func (v viewed) Formats(ctx context.Context) (all []show.Format, err error) {
	for _, database := range v.s.w.attached() {
		found, err := v.s.conn.Texts(ctx, "select schema_name, name, format, coalesce(comment, ''), cast(epoch_us(created) as varchar) from "+
			infoschema.Table(database, infoschema.Formats))
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			f := show.Format{Name: stage.Name{Database: database, Schema: r[0], Stage: r[1]}, Comment: r[3], Format: new(fileformat.Format)}
			if err := f.Format.UnmarshalText([]byte(r[2])); err != nil {
				return nil, err
			}
			if us, err := strconv.ParseInt(r[4], 10, 64); err == nil {
				f.Created = time.UnixMicro(us)
			}
			all = append(all, f)
		}
	}
	for name, f := range v.s.tempFormats {
		all = append(all, show.Format{Name: name, Format: f})
	}
	return all, nil
}
