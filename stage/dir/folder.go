package dir

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
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
	if err := f.root.MkdirAll(path.Join(f.at, "tmp"), 0o777); err != nil {
		return "", s, err
	}
	tmp = path.Join(f.at, "tmp", uuid.NewString())
	file, err := f.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", s, err
	}
	md, sha := md5.New(), sha256.New()
	_, err = io.Copy(io.MultiWriter(file, md, sha), &ctxReader{ctx, r})
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		f.root.Remove(tmp)
		return "", s, err
	}
	return tmp, sums{MD5: hex.EncodeToString(md.Sum(nil)), SHA256: hex.EncodeToString(sha.Sum(nil))}, nil
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
	if err := f.root.Rename(tmp, at); err != nil {
		return stage.Object{}, err
	}
	if err := f.sync(path.Dir(at)); err != nil {
		return stage.Object{}, err
	}
	info, err := f.root.Lstat(at)
	if err != nil {
		return stage.Object{}, err
	}
	f.remember(name, info, s)
	return object(name, info, s), nil
}

// makeWay makes the folders above a new object and is its path. A file that is
// in the way of a folder steps aside.
func (f *folder) makeWay(name string) (string, error) {
	at := f.path(name)
	above := ""
	parts := strings.Split(encode(name), "/")
	for _, part := range parts[:len(parts)-1] {
		above = path.Join(above, part)
		full := path.Join(f.at, "objects", above)
		if info, err := f.root.Lstat(full); err == nil && info.Mode().IsRegular() {
			if err := f.root.Rename(full, full+beside); err != nil {
				return "", err
			}
		}
	}
	if err := f.root.MkdirAll(path.Dir(at), 0o777); err != nil {
		return "", err
	}
	for dir := path.Dir(at); dir != f.at; dir = path.Dir(dir) {
		if err := f.sync(dir); err != nil {
			return "", err
		}
	}
	if info, err := f.root.Lstat(at); err == nil && info.IsDir() {
		at += beside
	}
	return at, nil
}

// path is where an object lies unless a folder is there.
func (f *folder) path(name string) string { return path.Join(f.at, "objects", encode(name)) }

// find is where an object lies. The caller holds f.mu.
func (f *folder) find(name string) (string, fs.FileInfo, error) {
	if err := f.noLinks(name); err != nil {
		return "", nil, err
	}
	for _, at := range []string{f.path(name), f.path(name) + beside} {
		info, err := f.root.Lstat(at)
		switch {
		case err == nil && info.Mode().IsRegular():
			return at, info, nil
		case err != nil && !missing(err):
			return "", nil, err
		}
	}
	return "", nil, fmt.Errorf("%s: %w", f.full(name), stage.ErrNotExist)
}

// noLinks refuses a name that a link lies on the way to: it could lead out of
// the stage, if not out of the root.
func (f *folder) noLinks(name string) error {
	at := path.Join(f.at, "objects")
	for part := range strings.SplitSeq(encode(name), "/") {
		at = path.Join(at, part)
		info, err := f.root.Lstat(at)
		if err != nil {
			return nil // nothing there, or nothing below: for find to say
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s: %w: %s is a link, which could lead out of the stage", f.full(name), stage.ErrName, part)
		}
	}
	return nil
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
	at, info, err := f.find(name)
	if err != nil {
		return nil, stage.Object{}, err
	}
	file, err := f.root.Open(at)
	if err != nil {
		return nil, stage.Object{}, fmt.Errorf("open %s: %w", f.full(name), err)
	}
	s, err := f.sums(name, at, info)
	if err != nil {
		file.Close()
		return nil, stage.Object{}, err
	}
	return file, object(name, info, s), nil
}

// List yields the objects whose names begin with prefix.
func (f *folder) List(ctx context.Context, prefix string) iter.Seq2[stage.Object, error] {
	return func(yield func(stage.Object, error) bool) {
		names, err := f.names(ctx, prefix)
		if err != nil {
			yield(stage.Object{}, fmt.Errorf("list %s: %w", f.full(prefix), err))
			return
		}
		for _, name := range names {
			obj, err := f.stat(name)
			if errors.Is(err, stage.ErrNotExist) {
				continue // removed meanwhile
			}
			if !yield(obj, err) || err != nil {
				return
			}
		}
	}
}

// names are the names that begin with prefix, sorted.
func (f *folder) names(ctx context.Context, prefix string) ([]string, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	var names []string
	objects := path.Join(f.at, "objects")
	err := fs.WalkDir(f.root.FS(), objects, func(at string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, ok := decode(strings.TrimPrefix(at, objects+"/"))
		if ok && strings.HasPrefix(name, prefix) && stage.CheckName(name) == nil {
			names = append(names, name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = stageErr(f.name, err)
	}
	slices.Sort(names)
	return names, err
}

func (f *folder) stat(name string) (stage.Object, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	at, info, err := f.find(name)
	if err != nil {
		return stage.Object{}, err
	}
	s, err := f.sums(name, at, info)
	return object(name, info, s), err
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
	f.forget(name)
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
	if err := f.root.Rename(tmp, path.Join(f.at, name)); err != nil {
		return err
	}
	return f.sync(f.at)
}

// sync makes the names in a folder last.
func (f *folder) sync(at string) error {
	d, err := f.root.Open(at)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
