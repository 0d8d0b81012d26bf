package duckdb

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagedfile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/stagequery"
)

// readsStages reports whether a statement has @stage in a FROM, or a function
// that is about stages, and is not one that looks after that itself.
func readsStages(stmt ast.Statement) bool {
	switch stmt := stmt.(type) {
	case *ast.CopyInto:
		return false
	case *ast.CreateTable:
		if stmt.Template != nil {
			return false
		}
	}
	return len(stagequery.Tables(stmt)) > 0 || callsOwn(stmt)
}

// onStages runs a statement that reads staged files.
func (s *session) onStages(ctx context.Context, rec *record, stmt ast.Statement, args []any) (*warehouse.Result, error) {
	tree, text, err := s.withoutStages(ctx, stmt)
	if err != nil {
		return nil, err
	}
	rec.tree = tree
	res, err := s.fated(ctx, tree, func() (*warehouse.Result, error) { return s.change(ctx, rec, tree, text, args) })
	if rec.translation != nil {
		rec.translation.original = rec.statement.Text
	}
	return res, err
}

// withoutStages makes views of the session's own of the staged files that a
// statement reads, and gives the statement with those in their place.
func (s *session) withoutStages(ctx context.Context, stmt ast.Statement) (ast.Statement, string, error) {
	if _, ok := stmt.(*ast.CreateView); ok {
		return nil, "", refusal.Unsupported("a view of staged files; make a table of them")
	}
	if err := s.makeTables(ctx, stmt); err != nil {
		return nil, "", err
	}
	wants := stagequery.WantsOf(stmt)
	if wants.Err != nil {
		return nil, "", wants.Err
	}
	for _, t := range stagequery.Tables(stmt) {
		source, err := s.stageSource(ctx, t, wants)
		if err != nil {
			return nil, "", err
		}
		wants.Views[t] = source
	}
	wants.Replace(stmt)
	text := print.SQL(stmt)
	tree, err := parse.Statement(text)
	if err != nil {
		return nil, "", fmt.Errorf("a query on a stage: %w", err)
	}
	return tree, text, nil
}

// stageSource makes the view for one @stage of a query.
func (s *session) stageSource(ctx context.Context, t *ast.StageTable, wants *stagequery.Wants) (*stagequery.View, error) {
	at, err := s.locate(ctx, t.Location)
	if err != nil {
		return nil, err
	}
	var o stagedfile.Selection
	how := &stagedfile.Reading{Label: func(i int) string { return fmt.Sprintf(`"TRANSIENT_STAGE_TABLE"["$%d":%d]`, i, i) }}
	for _, a := range t.Args {
		if a.Name == nil {
			return nil, refusal.Unsupported("an argument of a stage without a name")
		}
		opt := ast.Option{At: ast.At{Position: a.Value.Pos()}, Key: a.Name.Name, Value: a.Value}
		switch a.Name.Name {
		case "FILE_FORMAT":
			how.Format, err = s.formatNamed(ctx, opt, a.Value)
		case "PATTERN":
			err = o.SetPattern(opt)
		default:
			err = refusal.NoOption(opt, "a query on a stage")
		}
		if err != nil {
			return nil, err
		}
	}
	if how.Format == nil {
		if how.Format, err = s.stageFormat(ctx, at.Name); err != nil {
			return nil, err
		}
	}
	objects, err := o.Objects(ctx, at)
	if err != nil {
		return nil, err
	}
	v := &stagequery.View{Reader: s.reader(), At: at, How: how, Wants: wants}
	for _, o := range objects {
		v.Files = append(v.Files, &stagedfile.File{Object: o, Shown: at.Listed(o.Name)})
	}
	s.after = append(s.after, v.Drop)
	return v, v.Make(ctx)
}
