package stagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

func opener(v func() stage.Volume) Opener {
	return func(context.Context) (stage.Volume, func() error, error) {
		return v(), func() error { return nil }, nil
	}
}

// unkept is what the volume in memory does not promise.
var unkept = map[string]string{"large objects are not held": "it is a volume in memory"}

// A volume without faults keeps every promise but one.
func TestMemoryKeepsPromises(t *testing.T) {
	open := opener(func() stage.Volume { return newMemory() })
	Run(t, open, unkept)
	err := Check(t.Context(), open)
	if err == nil || strings.Count(err.Error(), "\nrule: ") != len(unkept) {
		t.Errorf("Check reports %v", err)
	}
}

// Known faults are a list that can only shrink.
func TestRatchet(t *testing.T) {
	for known, says := range map[string]string{
		"large objects are not held":           "",
		"large objects are not held,no such":   "known lists 1 names that are no promise",
		"large objects are not held,checksums": "holds now; delete it from known",
		"checksums":                            "large objects are not held",
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMemoryWith$/^(checksums|large_objects_are_not_held)$")
		cmd.Env = append(os.Environ(), "STAGETEST_KNOWN="+known)
		out, err := cmd.CombinedOutput()
		if (err == nil) != (says == "") || !strings.Contains(string(out), says) {
			t.Errorf("%q known: %v\n%s", known, err, out)
		}
	}
}

// TestMemoryWith is run by TestRatchet, in a process of its own as it fails.
func TestMemoryWith(t *testing.T) {
	known := map[string]string{}
	for name := range strings.SplitSeq(os.Getenv("STAGETEST_KNOWN"), ",") {
		known[name] = "it is said so"
	}
	if known[""] == "" {
		Run(t, opener(func() stage.Volume { return newMemory() }), known)
	}
}

// faulty is a volume with some of its methods replaced.
type faulty struct {
	*memory
	create func(stage.Name, string) error
	drop   func(stage.Name) error
	stages func(iter.Seq2[stage.Info, error]) iter.Seq2[stage.Info, error]
	find   func(stage.Name) stage.Name
	stage  func(*kept) stage.Stage
}

func (f *faulty) Create(ctx context.Context, name stage.Name, comment string) error {
	if f.create != nil {
		return f.create(name, comment)
	}
	return f.memory.Create(ctx, f.found(name), comment)
}

func (f *faulty) found(name stage.Name) stage.Name {
	if f.find != nil {
		return f.find(name)
	}
	return name
}

func (f *faulty) Drop(ctx context.Context, name stage.Name) error {
	if f.drop != nil {
		return f.drop(name)
	}
	return f.memory.Drop(ctx, name)
}

func (f *faulty) Stages(ctx context.Context) iter.Seq2[stage.Info, error] {
	all := f.memory.Stages(ctx)
	if f.stages != nil {
		return f.stages(all)
	}
	return all
}

func (f *faulty) Stage(ctx context.Context, name stage.Name) (stage.Stage, error) {
	s, err := f.memory.Stage(ctx, f.found(name))
	if err == nil && f.stage != nil {
		return f.stage(s.(*kept)), nil
	}
	return s, err
}

// bad is a stage with some of its methods replaced.
type bad struct {
	*kept
	put    func(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error)
	open   func(name string) (io.ReadCloser, stage.Object, error)
	list   func(prefix string) iter.Seq2[stage.Object, error]
	remove func(name string) error
}

func (b *bad) Put(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
	if b.put != nil {
		return b.put(ctx, name, r, opts)
	}
	return b.kept.Put(ctx, name, r, opts)
}

func (b *bad) Open(ctx context.Context, name string) (io.ReadCloser, stage.Object, error) {
	if b.open != nil {
		return b.open(name)
	}
	return b.kept.Open(ctx, name)
}

func (b *bad) List(ctx context.Context, prefix string) iter.Seq2[stage.Object, error] {
	if b.list != nil {
		return b.list(prefix)
	}
	return b.kept.List(ctx, prefix)
}

func (b *bad) Remove(ctx context.Context, name string) error {
	if b.remove != nil {
		return b.remove(name)
	}
	return b.kept.Remove(ctx, name)
}

// stagesWith makes a volume whose stages have a fault.
func stagesWith(fault func(*bad)) func() stage.Volume {
	return func() stage.Volume {
		return &faulty{memory: newMemory(), stage: func(k *kept) stage.Stage {
			b := &bad{kept: k}
			fault(b)
			return b
		}}
	}
}

// putting makes stages that put otherwise.
func putting(put func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error)) func() stage.Volume {
	return stagesWith(func(b *bad) {
		b.put = func(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
			return put(b, ctx, name, r, opts)
		}
	})
}

// volumes makes a volume with a fault of its own.
func volumes(fault func(*faulty)) func() stage.Volume {
	return func() stage.Volume {
		f := &faulty{memory: newMemory()}
		fault(f)
		return f
	}
}

// breakers are volumes with one fault each, by the promise that it breaks.
var breakers = map[string]func() stage.Volume{
	"a stage is found": volumes(func(f *faulty) {
		f.stages = func(iter.Seq2[stage.Info, error]) iter.Seq2[stage.Info, error] {
			return func(func(stage.Info, error) bool) {}
		}
	}),
	"a stage is created once": volumes(func(f *faulty) {
		f.create = func(name stage.Name, comment string) error {
			f.memory.Drop(context.Background(), name)
			return f.memory.Create(context.Background(), name, comment)
		}
	}),
	"a missing stage": volumes(func(f *faulty) { f.drop = func(stage.Name) error { return nil } }),
	"a dropped stage is gone": volumes(func(f *faulty) {
		f.drop = func(name stage.Name) error {
			if f.memory.stages[name] == nil {
				return stage.ErrNotExist
			}
			return nil
		}
	}),
	"a dropped stage takes nothing": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		obj, err := b.kept.Put(ctx, name, r, opts)
		if errors.Is(err, stage.ErrNotExist) {
			err = nil
		}
		return obj, err
	}),
	"stages are in order": volumes(func(f *faulty) {
		f.stages = func(all iter.Seq2[stage.Info, error]) iter.Seq2[stage.Info, error] {
			return func(yield func(stage.Info, error) bool) {
				var list []stage.Info
				for info := range all {
					list = append(list, info)
				}
				slices.Reverse(list)
				for _, info := range list {
					if !yield(info, nil) {
						return
					}
				}
			}
		}
	}),
	"stages are apart": volumes(func(f *faulty) {
		f.find = func(name stage.Name) stage.Name {
			name.Database = "ONE"
			return name
		}
	}),
	"put and open": stagesWith(func(b *bad) {
		b.open = func(name string) (io.ReadCloser, stage.Object, error) {
			r, obj, err := b.kept.Open(context.Background(), name)
			obj.MD5 = strings.ToUpper(obj.MD5)
			return r, obj, err
		}
	}),
	"an empty object": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		text, err := io.ReadAll(r)
		if err == nil && len(text) == 0 {
			return stage.Object{}, errors.New("nothing to put")
		}
		return b.kept.Put(ctx, name, io.MultiReader(bytes.NewReader(text), failingIf(err)), opts)
	}),
	"a large object": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		return b.kept.Put(ctx, name, io.LimitReader(r, 4<<20), opts)
	}),
	"put replaces": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		opts.KeepExisting = true
		return b.kept.Put(ctx, name, r, opts)
	}),
	"existing is kept": putting(func(b *bad, ctx context.Context, name string, r io.Reader, _ stage.PutOptions) (stage.Object, error) {
		return b.kept.Put(ctx, name, r, stage.PutOptions{})
	}),
	"a failed put leaves the old": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		text, err := io.ReadAll(r)
		obj, putErr := b.kept.Put(ctx, name, bytes.NewReader(text), opts)
		return obj, errors.Join(err, putErr)
	}),
	"a cancelled put leaves the old": putting(func(b *bad, _ context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		return b.kept.Put(context.Background(), name, r, opts)
	}),
	"a reader keeps its object": stagesWith(func(b *bad) {
		b.open = func(name string) (io.ReadCloser, stage.Object, error) {
			_, obj, err := b.kept.Open(context.Background(), name)
			return io.NopCloser(&late{b.kept, name, nil}), obj, err
		}
	}),
	"a missing object": stagesWith(func(b *bad) {
		b.remove = func(name string) error {
			if err := b.kept.Remove(context.Background(), name); !errors.Is(err, stage.ErrNotExist) {
				return err
			}
			return nil
		}
	}),
	"remove": stagesWith(func(b *bad) {
		b.remove = func(prefix string) error {
			err := b.kept.Remove(context.Background(), prefix)
			for obj := range b.kept.List(context.Background(), prefix) {
				b.kept.Remove(context.Background(), obj.Name)
			}
			return err
		}
	}),
	"list": stagesWith(func(b *bad) {
		b.list = func(prefix string) iter.Seq2[stage.Object, error] {
			return b.kept.List(context.Background(), strings.TrimSuffix(prefix, "/"))
		}
	}),
	"one object everywhere": stagesWith(func(b *bad) {
		b.open = func(name string) (io.ReadCloser, stage.Object, error) {
			r, obj, err := b.kept.Open(context.Background(), name)
			obj.Modified = obj.Modified.Add(time.Second)
			return r, obj, err
		}
	}),
	"readers see whole objects": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		text, err := io.ReadAll(r)
		if err != nil {
			return stage.Object{}, err
		}
		if _, err := b.kept.Put(ctx, name, bytes.NewReader(text[:len(text)/2]), opts); err != nil {
			return stage.Object{}, err
		}
		time.Sleep(time.Millisecond)
		return b.kept.Put(ctx, name, bytes.NewReader(text), stage.PutOptions{})
	}),
	"many at once": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		if path.Dir(name) == "d1/e" {
			name = path.Dir(name) + "/0"
		}
		return b.kept.Put(ctx, name, r, opts)
	}),
	"bad names": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		if clean := strings.TrimPrefix(path.Clean(name), "/"); clean != "." && !strings.HasPrefix(clean, "..") && stage.CheckName(clean) == nil {
			name = clean
		}
		return b.kept.Put(ctx, name, r, opts)
	}),
	"odd names": putting(func(b *bad, ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
		return b.kept.Put(ctx, strings.ReplaceAll(name, "%41", "A"), r, opts)
	}),
}

func failingIf(err error) io.Reader {
	if err == nil {
		return strings.NewReader("")
	}
	return failing{err}
}

// late reads an object as it is when it is read.
type late struct {
	s    *kept
	name string
	r    io.Reader
}

func (l *late) Read(p []byte) (int, error) {
	if l.r == nil {
		r, _, err := l.s.Open(context.Background(), l.name)
		if err != nil {
			return 0, err
		}
		l.r = r
	}
	return l.r.Read(p)
}

// Every promise is one that a fault breaks: a check that cannot fail is none.
func TestEveryPromiseCanBreak(t *testing.T) {
	all := promises()
	maps.Copy(breakers, moreBreakers)
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			broken, ok := breakers[p.name]
			if !ok {
				t.Fatal("no volume breaks it")
			}
			if err := p.try(t.Context(), opener(broken)); err == nil {
				t.Error("it is broken, and the kit does not see it")
			} else if !strings.Contains(err.Error(), "rule: "+p.rule) {
				t.Errorf("the error does not name the rule: %v", err)
			}
		})
	}
	if len(breakers) != len(all) {
		t.Errorf("%d breakers for %d promises", len(breakers), len(all))
	}
}
