package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// findFormat is a named file format, nil if there is none.
func (s *session) findFormat(ctx context.Context, name stage.Name) (*fileformat.Format, error) {
	if f := s.tempFormats[name]; f != nil {
		return f.Clone(), nil
	}
	if !s.w.hasDatabase(name.Database) {
		return nil, nil
	}
	found, err := s.conn.Texts(ctx, "select format from "+infoschema.Table(name.Database, infoschema.Formats)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	f := new(fileformat.Format)
	if err := f.UnmarshalText([]byte(found[0][0])); err != nil {
		return nil, fmt.Errorf("file format %s: %w", name, err)
	}
	return f, nil
}

// aboutStage is what a stage was told when it was created or altered.
type aboutStage struct {
	Format      *fileformat.Format `json:"format,omitempty"`      // written out
	FormatName  *stage.Name        `json:"format_name,omitempty"` // or by name
	Directory   bool               `json:"directory,omitempty"`
	URL         string             `json:"url,omitempty"`         // of an external one
	Credentials bool               `json:"credentials,omitempty"` // were given for it; they are not kept
	Integration string             `json:"integration,omitempty"`
	Comment     string             `json:"comment,omitempty"`
}

// findStage is what is kept of a stage; the zero value for one that was told
// nothing.
func (s *session) findStage(ctx context.Context, name stage.Name) (a aboutStage, err error) {
	if temp := s.tempAbout[name]; temp != nil {
		return *temp, nil
	}
	switch {
	case name == stage.UserStage(), !s.w.hasDatabase(name.Database):
		return a, nil
	case name.Implied():
		return s.findTableStage(ctx, name)
	}
	found, err := s.conn.Texts(ctx, "select about from "+infoschema.Table(name.Database, infoschema.Stages)+" where schema_name = ? and name = ?", name.Schema, name.Stage)
	if err != nil || len(found) == 0 {
		return a, err
	}
	if err := json.Unmarshal([]byte(found[0][0]), &a); err != nil {
		return a, fmt.Errorf("stage %s: %w", name, err)
	}
	return a, nil
}

// StageURL is where the files of an external stage are.
func (s *session) StageURL(ctx context.Context, database, schema, name string) (string, error) {
	a, err := s.findStage(ctx, stage.Name{Database: database, Schema: schema, Stage: name})
	return a.URL, err
}

// stageFormat is the file format that a stage's files have where a statement
// names none.
func (s *session) stageFormat(ctx context.Context, name stage.Name) (*fileformat.Format, error) {
	about, err := s.findStage(ctx, name)
	if err != nil {
		return nil, err
	}
	switch {
	case about.Format != nil:
		return about.Format, nil
	case about.FormatName != nil:
		f, err := s.findFormat(ctx, *about.FormatName)
		if err == nil && f == nil {
			err = refusal.Missing("File format", about.FormatName.String())
		}
		return f, err
	}
	return fileformat.New("CSV")
}

// execute runs a statement of DuckDB's that has arguments and gives no rows.
func (s *session) execute(ctx context.Context, sql string, args ...any) error {
	cur, err := s.conn.Run(ctx, sql, args)
	if err != nil {
		return err
	}
	cur.Close()
	return nil
}

// inOneTransaction runs do in the transaction that is open, or in one of its own.
func (s *session) inOneTransaction(ctx context.Context, do func() error) error {
	if s.inTx {
		return do()
	}
	if err := s.begin(ctx, newID()); err != nil {
		return err
	}
	if err := do(); err != nil {
		return errors.Join(err, s.rollback(ctx))
	}
	return s.commit(ctx)
}
