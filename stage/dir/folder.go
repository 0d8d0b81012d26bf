package dir

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/stage"
)

// A folder is one stage.
type folder struct {
	root *os.Root
	name stage.Name
	at   string // below the root

	// folds says that the file system takes a name in upper case for the same
	// one in lower case.
	folds bool

	// mu is held to change which files there are, not while bytes are copied.
	mu sync.RWMutex
}

var _ stage.Stage = (*folder)(nil)

// Put stores r under name.
func (f *folder) Put(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return stage.Object{}, err
	}
	if opts.KeepExisting && f.has(name) {
		return stage.Object{}, fmt.Errorf("%s: %w", f.full(name), stage.ErrExist)
	}
	tmp, sums, err := f.spool(ctx, r)
	if err != nil {
		return stage.Object{}, fmt.Errorf("put %s: %w", f.full(name), err)
	}
	if opts.Tag != nil {
		sums.Tag = opts.Tag()
	}
	obj, err := f.place(tmp, name, sums, opts)
	if err != nil {
		f.root.Remove(tmp)
		return stage.Object{}, fmt.Errorf("put %s: %w", f.full(name), err)
	}
	return obj, nil
}

func (f *folder) full(name string) string { return "@" + f.name.String() + "/" + name }

// spool copies r to a temporary file, synced, and sums it up on the way.
func (f *folder) spool(ctx context.Context, r io.Reader) (tmp string, s sums, err error) {
	at, err := f.own("tmp")
	if err != nil {
		return "", s, err
	}
	tmp = path.Join(at, uuid.NewString())
	file, err := f.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", s, stageErr(f.name, err) // not there: dropped just now
	}
	sum := newSummer(file)
	_, err = io.CopyBuffer(sum, &ctxReader{ctx, r}, make([]byte, chunk))
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		f.root.Remove(tmp)
		return "", s, err
	}
	return tmp, sum.sums(), nil
}

// A ctxReader ends when its context does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// place renames a temporary file to where name belongs.
func (f *folder) place(tmp, name string, s sums, opts stage.PutOptions) (stage.Object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.root.Lstat(path.Join(f.at, "stage.json")); err != nil {
		return stage.Object{}, stageErr(f.name, err)
	}
	at, _, err := f.find(name)
	switch {
	case err == nil && opts.KeepExisting:
		return stage.Object{}, stage.ErrExist
	case errors.Is(err, stage.ErrNotExist):
		if at, err = f.makeWay(name); err != nil {
			return stage.Object{}, err
		}
	case err != nil:
		return stage.Object{}, err
	}
	if err := f.forget(name); err != nil {
		return stage.Object{}, err
	}
	info, err := f.rename(tmp, at)
	if err != nil {
		return stage.Object{}, err
	}
	f.remember(name, info, s)
	return object(name, info, s), nil
}

// rename moves a temporary file to its place, for good, and is what it was
// before: another process may put over it at once.
func (f *folder) rename(tmp, at string) (fs.FileInfo, error) {
	info, err := f.root.Lstat(tmp)
	if err != nil {
		return nil, stageErr(f.name, err) // dropped meanwhile, and made again
	}
	if err := f.root.Rename(tmp, at); err != nil {
		return nil, err
	}
	return info, f.sync(path.Dir(at))
}

func (f *folder) has(name string) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	_, _, err := f.find(name)
	return err == nil
}

// Open reads an object.
func (f *folder) Open(_ context.Context, name string) (io.ReadCloser, stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return nil, stage.Object{}, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	at, _, err := f.find(name)
	if err != nil {
		return nil, stage.Object{}, err
	}
	file, err := f.root.Open(at)
	if err != nil {
		return nil, stage.Object{}, fmt.Errorf("open %s: %w", f.full(name), err)
	}
	obj, err := f.describe(name, file)
	if err != nil {
		file.Close()
		return nil, stage.Object{}, err
	}
	return &reader{file: file, sha: sha256.New(), left: obj.Size, want: obj.SHA256, name: f.full(name), note: f.note(name)}, obj, nil
}

// List yields the objects whose names begin with prefix.
func (f *folder) List(ctx context.Context, prefix string) iter.Seq2[stage.Object, error] {
	return func(yield func(stage.Object, error) bool) {
		found, err := f.walk(ctx, prefix)
		if err != nil {
			yield(stage.Object{}, fmt.Errorf("list %s: %w", f.full(prefix), err))
			return
		}
		for _, e := range found {
			obj, err := f.stat(ctx, e)
			switch {
			case errors.Is(err, stage.ErrNotExist): // removed meanwhile
			case err != nil:
				yield(stage.Object{}, fmt.Errorf("list %s: %w", f.full(e.name), err))
				return
			case !yield(obj, nil):
				return
			}
		}
	}
}

// An entry is an object's name and where it was seen.
type entry struct{ name, at string }

// walk finds the objects whose names begin with prefix, sorted. It follows no
// links.
func (f *folder) walk(ctx context.Context, prefix string) ([]entry, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	var found []entry
	objects := path.Join(f.at, "objects")
	if err := noLinks(f.root, objects); err != nil {
		return nil, err
	}
	err := fs.WalkDir(f.root.FS(), objects, func(at string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, ok := decode(strings.TrimPrefix(at, objects+"/"))
		if ok && strings.HasPrefix(name, prefix) && stage.CheckName(name) == nil {
			found = append(found, entry{name, at})
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = stageErr(f.name, err)
	}
	byName := func(a, b entry) int { return strings.Compare(a.name, b.name) }
	slices.SortFunc(found, byName)
	return slices.CompactFunc(found, func(a, b entry) bool { return a.name == b.name }), err
}

// stat describes an object that was seen, where it was unless it went elsewhere.
func (f *folder) stat(ctx context.Context, e entry) (stage.Object, error) {
	if err := ctx.Err(); err != nil {
		return stage.Object{}, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	at := e.at
	info, err := f.root.Lstat(at)
	if err != nil || !info.Mode().IsRegular() || !slices.ContainsFunc(f.paths(e.name), func(p string) bool { return at == p || at == p+beside }) {
		if at, info, err = f.find(e.name); err != nil {
			return stage.Object{}, err
		}
	}
	if s, ok := f.noted(e.name, info); ok {
		return object(e.name, info, s), nil
	}
	file, err := f.root.Open(at)
	if err != nil {
		return stage.Object{}, err
	}
	defer file.Close()
	return f.describe(e.name, file)
}

// Remove deletes an object and the folders that are empty without it.
func (f *folder) Remove(_ context.Context, name string) error {
	if err := stage.CheckName(name); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(name)
	if err != nil {
		return err
	}
	if err := f.root.Remove(at); err != nil {
		return fmt.Errorf("remove %s: %w", f.full(name), err)
	}
	if err := f.forget(name); err != nil {
		return fmt.Errorf("remove %s: %w", f.full(name), err)
	}
	for dir := path.Dir(at); path.Base(dir) != "objects" || path.Dir(dir) != f.at; dir = path.Dir(dir) {
		if f.root.Remove(dir) != nil {
			break // not empty
		}
	}
	return nil
}

// write replaces a small file of the stage's own, atomically.
func (f *folder) write(ctx context.Context, name string, text []byte) error {
	tmp, _, err := f.spool(ctx, bytes.NewReader(text))
	if err != nil {
		return err
	}
	_, err = f.rename(tmp, path.Join(f.at, name))
	return err
}

// sync makes the names in a folder last.
func (f *folder) sync(at string) error {
	d, err := f.root.Open(at)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
