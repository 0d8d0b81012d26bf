package stagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

var objectPromises = []promise{
	{"put and open", "Put stores all of r under name", func(ctx context.Context, e *env) error {
		return errors.Join(e.put(ctx, "dir/model.json", `{"a": 1}`), e.holds(ctx, "dir/model.json", `{"a": 1}`))
	}},
	{"an empty object", "Put stores all of r under name", func(ctx context.Context, e *env) error {
		return errors.Join(e.put(ctx, "empty", ""), e.holds(ctx, "empty", ""))
	}},
	{"a large object", "Put stores all of r under name", func(ctx context.Context, e *env) error {
		text := strings.Repeat("0123456789abcdef", 1<<20) // 16 MB
		return errors.Join(e.put(ctx, "large", text), e.holds(ctx, "large", text))
	}},
	{"put replaces", "The zero value refuses nothing and replaces what is there", func(ctx context.Context, e *env) error {
		return errors.Join(e.put(ctx, "a", "a long first text"), e.put(ctx, "a", "short"), e.holds(ctx, "a", "short"))
	}},
	{"existing is kept", "KeepExisting makes Put of a name that exists an error wrapping ErrExist", func(ctx context.Context, e *env) error {
		keep := func(name string) error {
			_, err := e.s.Put(ctx, name, strings.NewReader("new"), stage.PutOptions{KeepExisting: true})
			return err
		}
		return errors.Join(e.put(ctx, "a", "old"), wants("put", keep("a"), stage.ErrExist), e.holds(ctx, "a", "old"), keep("b"), e.holds(ctx, "b", "new"))
	}},
	{"a failed put leaves the old", "when r fails ... the old one stays", func(ctx context.Context, e *env) error {
		if err := e.put(ctx, "a", "old"); err != nil {
			return err
		}
		cause := errors.New("the disk it is read from is gone")
		for _, name := range []string{"a", "never"} {
			_, err := e.s.Put(ctx, name, io.MultiReader(strings.NewReader(strings.Repeat("new", 1<<20)), failing{cause}), stage.PutOptions{})
			if err := wants("put", err, cause); err != nil {
				return err
			}
		}
		_, _, err := e.s.Open(ctx, "never")
		got, listErr := names(ctx, e.s, "")
		if listErr == nil && !slices.Equal(got, []string{"a"}) {
			listErr = fmt.Errorf("the stage has %q afterwards", got)
		}
		return errors.Join(e.holds(ctx, "a", "old"), wants("open what was never put", err, stage.ErrNotExist), listErr)
	}},
	{"a cancelled put leaves the old", "when ... ctx ends ... the old one stays", func(ctx context.Context, e *env) error {
		if err := e.put(ctx, "a", "old"); err != nil {
			return err
		}
		short, cancel := context.WithCancel(ctx)
		defer cancel()
		_, err := e.s.Put(short, "a", io.MultiReader(strings.NewReader("new"), &cancelling{cancel: cancel}), stage.PutOptions{})
		return errors.Join(wants("put", err, context.Canceled), e.holds(ctx, "a", "old"))
	}},
	{"a reader keeps its object", "Open reads one object, as it was when Open returned, whatever is put meanwhile", func(ctx context.Context, e *env) error {
		old := strings.Repeat("old", 1<<20)
		if err := e.put(ctx, "a", old); err != nil {
			return err
		}
		r, _, err := e.s.Open(ctx, "a")
		if err != nil {
			return err
		}
		defer r.Close()
		if err := errors.Join(e.put(ctx, "a", "new"), e.s.Remove(ctx, "a")); err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err == nil && string(text) != old {
			err = fmt.Errorf("the reader got %s", brief(string(text)))
		}
		return err
	}},
	{"a missing object", "A missing name is an error wrapping ErrNotExist", func(ctx context.Context, e *env) error {
		if err := e.put(ctx, "dir/a", "x"); err != nil {
			return err
		}
		var errs []error
		for _, name := range []string{"none", "dir", "dir/a/b", "dir/none"} {
			_, _, err := e.s.Open(ctx, name)
			errs = append(errs, wants("open "+name, err, stage.ErrNotExist), wants("remove "+name, e.s.Remove(ctx, name), stage.ErrNotExist))
		}
		return errors.Join(append(errs, e.holds(ctx, "dir/a", "x"))...)
	}},
	{"remove", "Remove deletes one object", func(ctx context.Context, e *env) error {
		err := errors.Join(e.put(ctx, "dir/a", "1"), e.put(ctx, "dir/ab", "2"), e.put(ctx, "b", "3"), e.s.Remove(ctx, "dir/a"))
		if err != nil {
			return err
		}
		got, err := names(ctx, e.s, "")
		if err == nil && !slices.Equal(got, []string{"b", "dir/ab"}) {
			err = fmt.Errorf("what is left is %q", got)
		}
		return err
	}},
	{"list", "List yields the objects whose names begin with prefix, in order of name", func(ctx context.Context, e *env) error {
		for _, name := range []string{"b", "a/2", "ab", "a/10", "a", "a/1/x", "B"} {
			if err := e.put(ctx, name, name); err != nil {
				return err
			}
		}
		for prefix, want := range map[string][]string{
			"": {"B", "a", "a/1/x", "a/10", "a/2", "ab", "b"}, "a": {"a", "a/1/x", "a/10", "a/2", "ab"},
			"a/": {"a/1/x", "a/10", "a/2"}, "a/1": {"a/1/x", "a/10"}, "ab": {"ab"}, "c": nil, "a/1/x/y": nil,
		} {
			if got, err := names(ctx, e.s, prefix); err != nil || !slices.Equal(got, want) {
				return fmt.Errorf("%q lists %q, want %q: %w", prefix, got, want, err)
			}
		}
		for obj, err := range e.s.List(ctx, "") { // and it can be left early
			return errors.Join(err, facts(obj, "B", "B"))
		}
		return nil
	}},
	{"one object everywhere", "An Object is one file on a stage", func(ctx context.Context, e *env) error {
		put, err := e.s.Put(ctx, "dir/a", strings.NewReader("text"), stage.PutOptions{})
		if err != nil {
			return err
		}
		_, opened, err := read(ctx, e.s, "dir/a")
		if err != nil {
			return err
		}
		for listed, err := range e.s.List(ctx, "dir") {
			if err != nil {
				return err
			}
			if !same(put, opened) || !same(put, listed) {
				return fmt.Errorf("Put says %+v, Open %+v, List %+v", put, opened, listed)
			}
		}
		return nil
	}},
	{"readers see whole objects", "a reader sees the old object or the new one, never a part", func(ctx context.Context, e *env) error {
		texts := [2]string{strings.Repeat("0", 300_000), strings.Repeat("1", 200_000)}
		if err := e.put(ctx, "a", texts[0]); err != nil {
			return err
		}
		puts := make(chan error, 1)
		go func() {
			var err error
			for i := range 40 {
				err = errors.Join(err, e.put(ctx, "a", texts[i%2]))
			}
			puts <- err
		}()
		for {
			select {
			case err := <-puts:
				return err
			default:
			}
			got, obj, err := read(ctx, e.s, "a")
			if err != nil {
				return err
			}
			if got != texts[0] && got != texts[1] {
				return fmt.Errorf("a reader got %s", brief(got))
			}
			if err := facts(obj, "a", got); err != nil {
				return err
			}
		}
	}},
	{"many at once", "Several goroutines may use it at once", func(ctx context.Context, e *env) error {
		done := make(chan error)
		const n = 16
		for i := range n {
			go func() {
				name := fmt.Sprintf("d%d/e/%d", i%3, i)
				done <- errors.Join(e.put(ctx, name, name), e.holds(ctx, name, name), e.put(ctx, "same", name))
			}()
		}
		var errs []error
		for range n {
			errs = append(errs, <-done)
		}
		got, err := names(ctx, e.s, "d")
		if err == nil && len(got) != n {
			err = fmt.Errorf("%d of %d objects are there", len(got), n)
		}
		return errors.Join(append(errs, err)...)
	}},
}

// same compares what is known of both.
func same(a, b stage.Object) bool {
	if a.SHA256 == "" || b.SHA256 == "" {
		a.SHA256, b.SHA256 = "", ""
	}
	return a.Name == b.Name && a.Size == b.Size && a.MD5 == b.MD5 && a.SHA256 == b.SHA256 && a.Modified.Equal(b.Modified)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// cancelling ends a context when it is read from, and gives bytes until that
// is noticed.
type cancelling struct {
	cancel func()
	reads  int
}

func (c *cancelling) Read(p []byte) (int, error) {
	c.cancel()
	if c.reads++; c.reads > 1000 {
		return 0, io.EOF // nobody looks at the context
	}
	return copy(p, "more"), nil
}
