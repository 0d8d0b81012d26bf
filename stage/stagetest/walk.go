package stagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// walkPromises hold a stage against what it should have by now, at each of many
// steps that chance picks.
var walkPromises = []promise{
	{"any steps in any order", "A Stage keeps objects under names", func(ctx context.Context, e *env) error {
		w := &walk{env: e, Rand: rand.New(rand.NewPCG(1, 1)), has: map[string]string{}}
		for step := range 120 {
			if err := w.step(ctx); err != nil {
				return fmt.Errorf("step %d: %w", step, err)
			}
		}
		return w.all(ctx)
	}},
}

// walk is a stage, and what it has to have.
type walk struct {
	*env
	*rand.Rand
	has map[string]string
}

// name is one that may be there already: there are not many.
func (w *walk) name() string {
	parts := []string{"a", "b", "A", "a.b", "ä b", "x y", "%41", "a$b", "1"}
	name := parts[w.IntN(len(parts))]
	for w.IntN(3) == 0 {
		name += "/" + parts[w.IntN(len(parts))]
	}
	return name
}

func (w *walk) step(ctx context.Context) error {
	name := w.name()
	old, there := w.has[name]
	text := strings.Repeat(name, w.IntN(3000))
	switch w.IntN(8) {
	case 0, 1, 2:
		w.has[name] = text
		return w.put(ctx, name, text)
	case 3:
		_, err := w.s.Put(ctx, name, strings.NewReader(text), stage.PutOptions{KeepExisting: true})
		if there {
			return wants("put "+name, err, stage.ErrExist)
		}
		w.has[name] = text
		return err
	case 4:
		cause := errors.New("the text breaks off")
		_, err := w.s.Put(ctx, name, io.MultiReader(strings.NewReader(text), failing{cause}), stage.PutOptions{})
		return wants("put "+name, err, cause)
	case 5:
		delete(w.has, name)
		err := w.s.Remove(ctx, name)
		if !there {
			return wants("remove "+name, err, stage.ErrNotExist)
		}
		return err
	case 6:
		letters := []rune(name)
		return w.list(ctx, string(letters[:w.IntN(len(letters)+1)]))
	}
	if !there {
		_, _, err := w.s.Open(ctx, name)
		return wants("open "+name, err, stage.ErrNotExist)
	}
	return w.holds(ctx, name, old)
}

// list checks what is listed below a prefix.
func (w *walk) list(ctx context.Context, prefix string) error {
	var want []string
	for _, name := range slices.Sorted(maps.Keys(w.has)) {
		if strings.HasPrefix(name, prefix) {
			want = append(want, name)
		}
	}
	got, err := names(ctx, w.s, prefix)
	if err == nil && !slices.Equal(got, want) {
		err = fmt.Errorf("below %q there are %q, want %q", prefix, got, want)
	}
	return err
}

// all checks every object.
func (w *walk) all(ctx context.Context) error {
	all := []error{w.list(ctx, "")}
	for name, text := range w.has {
		all = append(all, w.holds(ctx, name, text))
	}
	return errors.Join(all...)
}
