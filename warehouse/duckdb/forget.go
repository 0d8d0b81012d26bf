package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
)

// fate is what becomes of what is kept beside tables when a statement changes
// or ends them: of the load history, the file formats and the stages.
type fate struct {
	database, schema string
	table            string   // "" for the whole schema
	steps            []string // of DuckDB's, in the statement's own transaction
	stages           bool     // the table's stage goes, or all stages of the schema
}

// fateOf is the fate that a statement brings, nil for most.
func (s *session) fateOf(stmt ast.Statement) *fate {
	switch stmt := stmt.(type) {
	case *ast.CreateTable:
		if f := s.tableFate(stmt.Name, true); f != nil && stmt.Replace && stmt.Temporary == (f.database == catalog.Temp) {
			return f
		}
	case *ast.CreateObject:
		if stmt.Replace && stmt.Object == "SCHEMA" {
			return s.schemaFate(stmt.Name)
		}
	case *ast.Truncate:
		return s.tableFate(stmt.Name, false)
	case *ast.Drop:
		switch stmt.Object {
		case "TABLE":
			return s.tableFate(stmt.Name, true)
		case "SCHEMA":
			return s.schemaFate(stmt.Name)
		}
	case *ast.Alter:
		if stmt.Object != "TABLE" {
			return nil
		}
		switch to := firstAction(stmt).(type) {
		case *ast.RenameTo:
			return s.renamed(stmt.Name, to.Name)
		case *ast.SwapWith:
			return s.swapped(stmt.Name, to.Name)
		}
	}
	return nil
}

func firstAction(stmt *ast.Alter) ast.Action {
	if len(stmt.Actions) == 0 {
		return nil
	}
	return stmt.Actions[0]
}

func (s *session) tableFate(name *ast.Name, stages bool) *fate {
	t, err := s.resolve(print.SQL(name))
	if err != nil { // the statement itself will say so
		return nil
	}
	return &fate{database: t.Database, schema: t.Schema, table: t.Table, stages: stages,
		steps: []string{fmt.Sprintf("delete from %s where schema_name = %s and table_name = %s", infoschema.Table(t.Database, infoschema.Loads), ducksql.Text(t.Schema), ducksql.Text(t.Table))}}
}

func (s *session) schemaFate(name *ast.Name) *fate {
	n := parts(name)
	f := &fate{database: s.database, stages: true}
	switch len(n) {
	case 1:
		f.schema = n[0]
	case 2:
		f.database, f.schema = n[0], n[1]
	default:
		return nil
	}
	for _, table := range []string{infoschema.Loads, infoschema.Formats, infoschema.Stages} {
		f.steps = append(f.steps, fmt.Sprintf("delete from %s where schema_name = %s", infoschema.Table(f.database, table), ducksql.Text(f.schema)))
	}
	return f
}

func (s *session) renamed(from, to *ast.Name) *fate {
	f := s.tableFate(from, false)
	t, err := s.resolve(print.SQL(to))
	if f == nil || err != nil {
		return nil
	}
	f.steps = []string{fmt.Sprintf("update %s set table_name = %s where schema_name = %s and table_name = %s",
		infoschema.Table(f.database, infoschema.Loads), ducksql.Text(t.Table), ducksql.Text(f.schema), ducksql.Text(f.table))}
	return f
}

// swapped gives each of two tables what is kept of the other.
func (s *session) swapped(one, other *ast.Name) *fate {
	f := s.renamed(one, other)
	t, err := s.resolve(print.SQL(other))
	if f == nil || err != nil {
		return nil
	}
	f.steps = []string{fmt.Sprintf("update %[1]s set table_name = case when table_name = %[3]s then %[4]s else %[3]s end where schema_name = %[2]s and table_name in (%[3]s, %[4]s)",
		infoschema.Table(f.database, infoschema.Loads), ducksql.Text(f.schema), ducksql.Text(f.table), ducksql.Text(t.Table))}
	return f
}

// fated runs a statement together with the fate it brings.
func (s *session) fated(ctx context.Context, stmt ast.Statement, run func() (*warehouse.Result, error)) (*warehouse.Result, error) {
	f := s.fateOf(stmt)
	if f != nil && f.database == catalog.Temp {
		delete(s.tempLoads, f.table)
	}
	if f == nil || !s.w.hasDatabase(f.database) {
		return run()
	}
	known, err := s.conn.Texts(ctx, fmt.Sprintf(`select 'x' from %s union all select 'x' from %s union all select 'x' from %s limit 1`,
		infoschema.Table(f.database, infoschema.Loads), infoschema.Table(f.database, infoschema.Formats), infoschema.Table(f.database, infoschema.Stages)))
	if err != nil {
		return nil, err
	}
	var res *warehouse.Result
	if len(known) == 0 {
		res, err = run()
	} else {
		res, err = s.runFated(ctx, f, run)
	}
	if f.stages && err == nil {
		s.dropStages(ctx, f)
	}
	return res, err
}

func (s *session) runFated(ctx context.Context, f *fate, run func() (*warehouse.Result, error)) (res *warehouse.Result, err error) {
	err = s.inOneTransaction(ctx, func() error {
		if res, err = run(); err != nil {
			return err
		}
		for _, sql := range f.steps {
			if err := s.conn.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
	return res, err
}

// dropStages drops a table's stage, or the stages of a schema.
func (s *session) dropStages(ctx context.Context, f *fate) {
	if f.table == "" {
		s.dropStagesIn(ctx, catalog.Area{Database: f.database, Schema: f.schema})
	} else if s.w.config.Stages != nil {
		s.dropLeft(ctx, stage.TableStage(f.database, f.schema, f.table))
	}
}

// dropStagesIn drops the stages of a schema or a database, those of tables among
// them.
func (s *session) dropStagesIn(ctx context.Context, area catalog.Area) {
	if s.w.config.Stages == nil {
		return
	}
	var gone []stage.Name
	for info, err := range s.w.config.Stages.Stages(ctx) {
		if err != nil {
			s.w.log.Warn("some stages are left", "of", area.String(), "error", err)
			return
		}
		if area.Has(catalog.NameOf(info.Database, info.Schema, "")) {
			gone = append(gone, info.Name)
		}
	}
	for _, name := range gone {
		s.dropLeft(ctx, name)
	}
}

// dropLeft drops a stage. One that cannot be dropped is left with a note: the
// statement is done.
func (s *session) dropLeft(ctx context.Context, name stage.Name) {
	if err := s.w.config.Stages.Drop(ctx, name); err != nil && !errors.Is(err, stage.ErrNotExist) {
		s.w.log.Warn("a stage is left", "stage", name.String(), "error", err)
	}
}
