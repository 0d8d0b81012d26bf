package duckdb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
)

// alterFunction is ALTER FUNCTION, and ALTER PROCEDURE.
func (s *session) alterFunction(ctx context.Context, rec *record, stmt *ast.Alter) (*warehouse.Result, error) {
	old, err := s.functionBySignature(stmt.Object, stmt.Name, stmt.Args)
	if stmt.IfExists && errors.Is(err, warehouse.ErrNotExist) {
		return rec.status("Statement executed successfully."), nil
	}
	if err != nil {
		return nil, err
	}
	f := *old
	for _, action := range stmt.Actions {
		if err := s.changeFunction(&f, action); err != nil {
			return nil, err
		}
	}
	if f.Temporary {
		s.routines(f.Procedure).Remove(old)
		s.routines(f.Procedure).Put(&f)
		return rec.status("Statement executed successfully."), nil
	}
	steps := append(catalog.Forget(old.Database, f.Kind(), old.KeptAs()),
		catalog.Keep(f.Database, f.Kind(), f.KeptAs(), &f)...)
	if err := s.together(ctx, steps...); err != nil {
		return nil, err
	}
	s.w.routines(f.Procedure).Remove(old)
	s.w.routines(f.Procedure).Put(&f)
	return rec.status("Statement executed successfully."), nil
}

// changeFunction is one thing that ALTER FUNCTION does.
func (s *session) changeFunction(f *routine.Routine, action ast.Action) error {
	switch act := action.(type) {
	case *ast.SetOptions:
		for _, o := range act.Options {
			if o.Key != "COMMENT" {
				return refusal.Unsupported("ALTER " + f.Kind() + " SET " + o.Key)
			}
			f.Comment = commentOption([]ast.Option{o})
		}
	case *ast.UnsetOptions:
		for _, key := range act.Keys {
			if key == "COMMENT" {
				f.Comment = ""
			}
		}
	case *ast.RenameTo:
		to, err := s.newTarget(act.Name)
		if err != nil {
			return err
		}
		if to.Database != f.Database {
			return refusal.Unsupported("moving a function to another database")
		}
		f.Schema, f.Name = to.Schema, to.Table
		for _, other := range s.w.routines(f.Procedure).Named(to) {
			if other.Signature() == f.Signature() {
				return refusal.Exists(f.Name, nil)
			}
		}
	case *ast.Do:
		switch act.Words {
		case "SET SECURE":
			f.Secure = true
		case "UNSET SECURE":
			f.Secure = false
		case "EXECUTE AS CALLER", "EXECUTE AS OWNER":
			kept := slices.DeleteFunc(slices.Clone(f.Properties), func(p string) bool { return strings.HasPrefix(p, "EXECUTE AS") })
			f.Properties = append(kept, act.Words)
		default:
			return refusal.Unsupported("ALTER " + f.Kind() + " " + act.Words)
		}
	default:
		return refusal.Unsupported("ALTER " + f.Kind() + " of this form")
	}
	return nil
}
