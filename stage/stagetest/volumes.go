package stagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

var volumePromises = []promise{
	{"a stage is found", "Stages yields every stage", func(ctx context.Context, e *env) error {
		for info, err := range e.v.Stages(ctx) {
			switch {
			case err != nil:
				return err
			case info.Name != e.name:
			case info.Comment != "of the kit":
				return fmt.Errorf("its comment is %q", info.Comment)
			case time.Since(info.Created).Abs() > time.Hour:
				return fmt.Errorf("it was created at %v", info.Created)
			default:
				return nil
			}
		}
		return fmt.Errorf("%s was created and is not among the stages", e.name)
	}},
	{"a stage is created once", "One of that name is an error wrapping ErrExist", func(ctx context.Context, e *env) error {
		if err := e.put(ctx, "a", "kept"); err != nil {
			return err
		}
		return errors.Join(wants("create again", e.v.Create(ctx, e.name, ""), stage.ErrExist), e.holds(ctx, "a", "kept"))
	}},
	{"a missing stage", "A missing one is an error wrapping ErrNotExist", func(ctx context.Context, e *env) error {
		none := stage.Name{Database: "KIT", Schema: "PUBLIC", Stage: "NONE"}
		_, err := e.v.Stage(ctx, none)
		return errors.Join(wants("find", err, stage.ErrNotExist), wants("drop", e.v.Drop(ctx, none), stage.ErrNotExist))
	}},
	{"a dropped stage is gone", "Drop removes a stage and all its objects", func(ctx context.Context, e *env) error {
		if err := errors.Join(e.put(ctx, "a", "x"), e.v.Drop(ctx, e.name)); err != nil {
			return err
		}
		_, err := e.v.Stage(ctx, e.name)
		if err := wants("find", err, stage.ErrNotExist); err != nil {
			return err
		}
		if err := e.start(ctx); err != nil {
			return err
		}
		left, err := names(ctx, e.s, "")
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("the next stage of that name has %q", left)
		}
		return err
	}},
	{"a dropped stage takes nothing", "A missing one is an error wrapping ErrNotExist", func(ctx context.Context, e *env) error {
		if err := e.v.Drop(ctx, e.name); err != nil {
			return err
		}
		_, err := e.s.Put(ctx, "a", strings.NewReader("x"), stage.PutOptions{})
		return wants("put", err, stage.ErrNotExist)
	}},
	{"stages are in order", "Stages yields every stage, in order of name", func(ctx context.Context, e *env) error {
		for _, name := range []string{"Z", "A", "M", "a b", "Ü"} {
			if _, err := e.another(ctx, stage.Name{Database: "KIT", Schema: e.name.Stage, Stage: name}); err != nil {
				return err
			}
		}
		var got []string
		for info, err := range e.v.Stages(ctx) {
			if err != nil {
				return err
			}
			if info.Schema == e.name.Stage {
				got = append(got, info.Stage)
			}
		}
		if want := []string{"A", "M", "Z", "a b", "Ü"}; !slices.Equal(got, want) {
			return fmt.Errorf("stages are %q, want %q", got, want)
		}
		return nil
	}},
	{"stages are apart", "A Volume holds an account's stages and finds one by its database, schema and name", func(ctx context.Context, e *env) error {
		others := []stage.Name{
			{Database: "KIT", Schema: "PUBLIC", Stage: e.name.Stage + "_2"},
			{Database: "KIT", Schema: "OTHER", Stage: e.name.Stage},
			{Database: "KIT2", Schema: "PUBLIC", Stage: e.name.Stage},
		}
		if err := e.put(ctx, "a", "first"); err != nil {
			return err
		}
		for _, name := range others {
			s, err := e.another(ctx, name)
			if err != nil {
				return err
			}
			if _, err := s.Put(ctx, "a", strings.NewReader(name.String()), stage.PutOptions{}); err != nil {
				return err
			}
		}
		for _, name := range others {
			s, err := e.v.Stage(ctx, name)
			if err != nil {
				return err
			}
			if got, _, err := read(ctx, s, "a"); err != nil || got != name.String() {
				return fmt.Errorf("%s holds %q, %w", name, got, err)
			}
		}
		return e.holds(ctx, "a", "first")
	}},
}
