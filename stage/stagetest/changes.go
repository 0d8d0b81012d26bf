package stagetest

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// changePromises are about objects that change while others use them, and about
// what must not grow with them.
var changePromises = []promise{
	{"one of many puts", "a reader sees the old object or the new one, never a part", func(ctx context.Context, e *env) error {
		const n = 12
		if err := atOnce(n, func(i int) error { return e.put(ctx, "a", ofLetter(i)) }); err != nil {
			return err
		}
		got, obj, err := read(ctx, e.s, "a")
		if err != nil {
			return err
		}
		if got == "" || got != ofLetter(int(got[0]-'a')) {
			return fmt.Errorf("what is left of %d puts is %s", n, brief(got))
		}
		return facts(obj, "a", got)
	}},
	{"one put is first", "KeepExisting makes Put of a name that exists an error wrapping ErrExist", func(ctx context.Context, e *env) error {
		first := make(chan int, 12)
		err := atOnce(cap(first), func(i int) error {
			_, err := e.s.Put(ctx, "a", strings.NewReader(ofLetter(i)), stage.PutOptions{KeepExisting: true})
			if err == nil {
				first <- i
				return nil
			}
			return wants("put", err, stage.ErrExist)
		})
		if err != nil {
			return err
		}
		if len(first) != 1 {
			return fmt.Errorf("%d puts were first", len(first))
		}
		return e.holds(ctx, "a", ofLetter(<-first))
	}},
	{"objects come and go", "List yields the objects whose names begin with prefix", func(ctx context.Context, e *env) error {
		stays := []string{"a", "d/1", "d/3", "z"}
		for _, name := range stays {
			if err := e.put(ctx, name, name); err != nil {
				return err
			}
		}
		return during(func() error {
			for i := range 40 {
				name := fmt.Sprintf("d/%d/x", i%2*2)
				if err := errors.Join(e.put(ctx, name, name), e.s.Remove(ctx, name)); err != nil {
					return err
				}
			}
			return nil
		}, func() error {
			got, err := names(ctx, e.s, "")
			got = slices.DeleteFunc(got, func(name string) bool { return strings.HasSuffix(name, "/x") })
			if err == nil && !slices.Equal(got, stays) {
				err = fmt.Errorf("of %q the stage lists %q", stays, got)
			}
			return err
		})
	}},
	{"what is removed is gone", "A missing name is an error wrapping ErrNotExist", func(ctx context.Context, e *env) error {
		if err := errors.Join(e.put(ctx, "d/a", "old"), e.s.Remove(ctx, "d/a")); err != nil {
			return err
		}
		_, _, err := e.s.Open(ctx, "d/a")
		return errors.Join(wants("open", err, stage.ErrNotExist), wants("remove again", e.s.Remove(ctx, "d/a"), stage.ErrNotExist),
			e.put(ctx, "d/a", "new"), e.holds(ctx, "d/a", "new"))
	}},
	{"an ended context puts nothing", "when ... ctx ends ... the old one stays", func(ctx context.Context, e *env) error {
		if err := e.put(ctx, "a", "old"); err != nil {
			return err
		}
		ended, cancel := context.WithCancel(ctx)
		_, atEnd := e.s.Put(ended, "a", endOf{cancel}, stage.PutOptions{})
		_, before := e.s.Put(ended, "b", strings.NewReader("new"), stage.PutOptions{})
		got, err := names(ctx, e.s, "")
		if err == nil && !slices.Equal(got, []string{"a"}) {
			err = fmt.Errorf("the stage has %q afterwards", got)
		}
		return errors.Join(wants("put that ends with its context", atEnd, context.Canceled), wants("put after it", before, context.Canceled), e.holds(ctx, "a", "old"), err)
	}},
	{"time goes on", "An Object is one file on a stage ... Modified", func(ctx context.Context, e *env) error {
		old, err := e.s.Put(ctx, "a", strings.NewReader("old"), stage.PutOptions{})
		if err != nil {
			return err
		}
		last, err := e.s.Put(ctx, "a", strings.NewReader("new"), stage.PutOptions{})
		if err == nil && last.Modified.Before(old.Modified) {
			err = fmt.Errorf("modified at %v, and then at %v", old.Modified, last.Modified)
		}
		return err
	}},
	{"checksums", "MD5 ... 32 hex digits, as LIST shows it; SHA256 ... 64 hex digits", func(ctx context.Context, e *env) error {
		for _, text := range []string{"", "abc", "abd", strings.Repeat("x", 100_000)} {
			if err := e.put(ctx, "a", text); err != nil {
				return err
			}
			for obj, err := range e.s.List(ctx, "a") {
				if err := errors.Join(err, facts(obj, "a", text)); err != nil {
					return fmt.Errorf("list: %w", err)
				}
			}
		}
		return nil
	}},
	{"large objects are not held", "Neither Put nor a reader holds a whole object in memory", notHeld},
}

// notHeld looks at the memory in use at the end of a large put and of reading it.
func notHeld(ctx context.Context, e *env) error {
	const size, most = 64 << 20, 16 << 20
	before := live()
	sum := md5.New()
	var grew int64
	obj, err := e.s.Put(ctx, "large", io.MultiReader(io.TeeReader(io.LimitReader(zeros{}, size), sum), atEnd(func() { grew = live() - before })), stage.PutOptions{})
	if err != nil {
		return err
	}
	if grew > most {
		return fmt.Errorf("at the end of a put of %d MB %d MB more were in use", size>>20, grew>>20)
	}
	if obj.Size != size || obj.MD5 != hex.EncodeToString(sum.Sum(nil)) {
		return fmt.Errorf("put says %+v, want %d bytes with MD5 %x", obj, size, sum.Sum(nil))
	}
	r, _, err := e.s.Open(ctx, "large")
	if err != nil {
		return err
	}
	defer r.Close()
	sum.Reset()
	if _, err := io.Copy(sum, r); err != nil {
		return err
	}
	if grew := live() - before; grew > most {
		return fmt.Errorf("after %d MB were read %d MB more were in use", size>>20, grew>>20)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != obj.MD5 {
		return fmt.Errorf("what was read has MD5 %s, want %s", got, obj.MD5)
	}
	return nil
}

// live is how many bytes are in use.
func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// ofLetter is a text of one letter, the i-th.
func ofLetter(i int) string { return strings.Repeat(string(rune('a'+i)), 50_000) }

// atOnce calls f n times at once.
func atOnce(n int, f func(i int) error) error {
	done := make(chan error, n)
	for i := range n {
		go func() { done <- f(i) }()
	}
	var errs []error
	for range n {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

// during calls look again and again while change runs, and once more.
func during(change, look func() error) error {
	changed := make(chan error, 1)
	go func() { changed <- change() }()
	for {
		select {
		case err := <-changed:
			return errors.Join(err, look())
		default:
		}
		if err := look(); err != nil {
			return errors.Join(err, <-changed)
		}
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// atEnd is called when a reader is read from, and is empty.
type atEnd func()

func (f atEnd) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

// endOf gives its last bytes and the end at once, and ends a context with them.
type endOf struct{ cancel func() }

func (r endOf) Read(p []byte) (int, error) {
	r.cancel()
	return copy(p, "new"), io.EOF
}
