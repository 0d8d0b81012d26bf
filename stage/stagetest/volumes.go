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
	{"odd stages", "each part as Snowflake stores it: upper case unless it was quoted", oddStages},
	{"stages come and go", "Stages yields every stage", func(ctx context.Context, e *env) error {
		name := stage.Name{Database: "KIT", Schema: "PUBLIC", Stage: e.name.Stage + "_2"}
		return during(func() error {
			for range 40 {
				if err := errors.Join(e.v.Create(ctx, name, ""), e.v.Drop(ctx, name)); err != nil {
					return err
				}
			}
			return nil
		}, func() error {
			all, err := stages(ctx, e.v)
			if err == nil && !slices.Contains(all, e.name) {
				err = fmt.Errorf("%s is not among the stages", e.name)
			}
			return err
		})
	}},
}

// oddStages makes stages whose names SQL quotes, and keeps them apart.
func oddStages(ctx context.Context, e *env) error {
	want := []stage.Name{e.name}
	for _, end := range []string{"a", "A", "/objects", "/a", " ", "%", "%41", ".b", `"`, "ä", "a\u0308", "\t", "~", strings.Repeat("L", 255-len(e.name.Stage))} {
		name := stage.Name{Database: "KIT", Schema: "PUBLIC", Stage: e.name.Stage + end}
		s, err := e.another(ctx, name)
		if err != nil {
			return err
		}
		if _, err := s.Put(ctx, "a", strings.NewReader(name.Stage), stage.PutOptions{}); err != nil {
			return fmt.Errorf("put to %s: %w", name, err)
		}
		want = append(want, name)
	}
	slices.SortFunc(want, func(a, b stage.Name) int { return strings.Compare(a.Stage, b.Stage) })
	all, err := stages(ctx, e.v)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(n stage.Name) bool { return !strings.HasPrefix(n.Stage, e.name.Stage) })
	if !slices.Equal(all, want) {
		return fmt.Errorf("the stages are %q, want %q", all, want)
	}
	for _, name := range e.extra {
		s, err := e.v.Stage(ctx, name)
		if err != nil {
			return err
		}
		if got, _, err := read(ctx, s, "a"); err != nil || got != name.Stage {
			return fmt.Errorf("%s holds %q, %w", name, got, err)
		}
		if err := e.v.Drop(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// stages are the names that Stages yields.
func stages(ctx context.Context, v stage.Volume) (all []stage.Name, err error) {
	for info, err := range v.Stages(ctx) {
		if err != nil {
			return nil, fmt.Errorf("stages: %w", err)
		}
		all = append(all, info.Name)
	}
	return all, nil
}
