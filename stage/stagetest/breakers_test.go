package stagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// renaming makes stages that put under another name.
func renaming(other func(string) string) func() stage.Volume {
	return stagesWith(func(b *bad) {
		b.put = func(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
			obj, err := b.kept.Put(ctx, other(name), r, opts)
			obj.Name = name
			return obj, err
		}
		b.open = func(name string) (io.ReadCloser, stage.Object, error) {
			r, obj, err := b.kept.Open(context.Background(), other(name))
			obj.Name = name
			return r, obj, err
		}
	})
}

// moreBreakers are those of changing objects, of names and of stages.
var moreBreakers = map[string]func() stage.Volume{
	"case tells names apart": renaming(strings.ToLower),
	"bytes tell names apart": renaming(strings.NewReplacer("a\u0308", "\u00e4").Replace),
	"a name above another": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		for i, c := range name { // a folder takes a file's place
			if c == '/' {
				_ = b.kept.Remove(ctx, name[:i])
			}
		}
		return b.kept.Put(ctx, name, r, opts)
	}),
	"odd stages": volumes(func(f *faulty) {
		f.find = func(name stage.Name) stage.Name {
			name.Stage = strings.ToUpper(name.Stage)
			return name
		}
	}),
	"stages come and go": volumes(func(f *faulty) {
		f.drop = func(name stage.Name) error {
			time.Sleep(time.Millisecond)
			return f.memory.Drop(context.Background(), name)
		}
		f.stages = func(all iter.Seq2[stage.Info, error]) iter.Seq2[stage.Info, error] {
			time.Sleep(time.Millisecond)
			return func(yield func(stage.Info, error) bool) {
				for info := range all {
					if _, err := f.memory.Stage(context.Background(), info.Name); !yield(info, err) {
						return
					}
				}
			}
		}
	}),
	"one of many puts": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		text, err := io.ReadAll(r)
		if err != nil {
			return stage.Object{}, err
		}
		half := len(text) / 2
		if _, err := b.kept.Put(ctx, name, strings.NewReader(string(text[:half])), opts); err != nil {
			return stage.Object{}, err
		}
		time.Sleep(5 * time.Millisecond)
		first, _, err := b.kept.Open(ctx, name)
		if err != nil {
			return stage.Object{}, err
		}
		return b.kept.Put(ctx, name, io.MultiReader(io.LimitReader(first, int64(half)), strings.NewReader(string(text[half:]))), opts)
	}),
	"one put is first": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		if _, _, err := b.kept.Open(ctx, name); opts.KeepExisting && err == nil {
			return stage.Object{}, stage.ErrExist
		}
		time.Sleep(5 * time.Millisecond)
		return b.kept.Put(ctx, name, r, stage.PutOptions{})
	}),
	"objects come and go": stagesWith(func(b *bad) {
		b.list = func(prefix string) iter.Seq2[stage.Object, error] {
			all := b.kept.List(context.Background(), prefix)
			time.Sleep(time.Millisecond)
			return func(yield func(stage.Object, error) bool) {
				for obj := range all {
					if _, _, err := b.kept.Open(context.Background(), obj.Name); !yield(obj, err) {
						return
					}
				}
			}
		}
		b.remove = func(name string) error {
			time.Sleep(time.Millisecond)
			return b.kept.Remove(context.Background(), name)
		}
	}),
	"what is removed is gone": stagesWith(func(b *bad) {
		b.remove = func(name string) error {
			_, _, err := b.kept.Open(context.Background(), name)
			return err
		}
	}),
	"an ended context puts nothing": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		if err := ctx.Err(); err != nil {
			return stage.Object{}, err
		}
		return b.kept.Put(context.Background(), name, r, opts)
	}),
	"time goes on": func() stage.Volume {
		puts := 0
		return putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
			obj, err := b.kept.Put(ctx, name, r, opts)
			puts++
			obj.Modified = obj.Modified.Add(-time.Duration(puts) * time.Second)
			return obj, err
		})()
	},
	"checksums": stagesWith(func(b *bad) {
		b.list = func(prefix string) iter.Seq2[stage.Object, error] {
			return func(yield func(stage.Object, error) bool) {
				for obj, err := range b.kept.List(context.Background(), prefix) {
					obj.SHA256 = fmt.Sprintf("%064x", obj.Size)
					if !yield(obj, errors.Join(err)) {
						return
					}
				}
			}
		}
	}),
	"any steps in any order": stagesWith(func(b *bad) {
		b.remove = func(name string) error {
			err := b.kept.Remove(context.Background(), name)
			if err == nil { // and what lies below it
				for obj := range b.kept.List(context.Background(), name+"/") {
					_ = b.kept.Remove(context.Background(), obj.Name)
				}
			}
			return err
		}
	}),
	"large objects are not held": func() stage.Volume { return newMemory() },
}
