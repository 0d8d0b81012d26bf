package duckdb

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A moving is the stages that have got other names, each with the old one first.
type moving struct {
	volume stage.Renamer
	names  [][2]stage.Name
}

// back gives them their old names.
func (m moving) back(ctx context.Context) (err error) {
	for _, n := range m.names {
		err = errors.Join(err, m.volume.Rename(context.WithoutCancel(ctx), n[1], n[0]))
	}
	return err
}

// moveStages gives the stages of a schema or a database, those of tables among
// them, the names that they have in another one: all of them or none.
func (s *session) moveStages(ctx context.Context, from, to catalog.Area) (m moving, err error) {
	if s.w.config.Stages == nil {
		return m, nil
	}
	for info, err := range s.w.config.Stages.Stages(ctx) {
		if err != nil {
			return m, refusal.OfStage(err, "")
		}
		if from.Has(catalog.NameOf(info.Database, info.Schema, "")) {
			m.names = append(m.names, [2]stage.Name{info.Name, movedStage(info.Name, to)})
		}
	}
	if len(m.names) == 0 {
		return m, nil
	}
	var ok bool
	if m.volume, ok = s.w.config.Stages.(stage.Renamer); !ok {
		return moving{}, refusal.Unsupported("a new name for what has stages, such as " + m.names[0][0].Stage)
	}
	for i, n := range m.names {
		if err := m.volume.Rename(ctx, n[0], n[1]); err != nil {
			m.names = m.names[:i]
			return moving{}, errors.Join(refusal.OfStage(err, n[0].String()), m.back(ctx))
		}
	}
	s.renameTempStages(from, to)
	return m, nil
}

// loads are the statements that have a database's load history mean the stages by
// their new names.
func (m moving) loads(database string) (steps []string) {
	for _, n := range m.names {
		old := n[0].String()
		steps = append(steps, fmt.Sprintf("update %s set path = %s || substr(path, %d) where starts_with(path, %s)",
			infoschema.Table(database, infoschema.Loads), ducksql.Text(n[1].String()), utf8.RuneCountInString(old)+1, ducksql.Text(old+"/")))
	}
	return steps
}

// movedStage is a stage's name in another schema or database.
func movedStage(name stage.Name, to catalog.Area) stage.Name {
	name.Database = to.Database
	if to.Schema != "" {
		name.Schema = to.Schema
	}
	return name
}

func (s *session) renameTempStages(from, to catalog.Area) {
	for i, name := range s.tempStages {
		if !from.Has(catalog.NameOf(name.Database, name.Schema, "")) {
			continue
		}
		s.tempStages[i] = movedStage(name, to)
		if about := s.tempAbout[name]; about != nil {
			s.tempAbout[s.tempStages[i]] = about
			delete(s.tempAbout, name)
		}
	}
}
