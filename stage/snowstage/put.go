package snowstage

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// Put writes r to this machine's disk and uploads that. Once the upload has
// begun it is seen through, whatever becomes of ctx: the driver would go on with
// it anyway.
func (f *folder) Put(ctx context.Context, name string, r io.Reader, opts stage.PutOptions) (stage.Object, error) {
	if err := checkName(name); err != nil {
		return stage.Object{}, err
	}
	dir, err := os.MkdirTemp(f.v.config.TempDir, "snowpit-stage-")
	if err != nil {
		return stage.Object{}, fmt.Errorf("a folder to put objects from: %w", err)
	}
	defer os.RemoveAll(dir)
	local := filepath.Join(dir, path.Base(name))
	obj, err := spool(ctx, local, r)
	if err != nil {
		return stage.Object{}, fmt.Errorf("%s: %w", f.say(name), err)
	}
	obj.Name = name
	release, err := f.v.turnOf(ctx, f.say(name))
	if err != nil {
		return stage.Object{}, fmt.Errorf("%s: %w", f.say(name), err)
	}
	defer release()
	return f.upload(context.WithoutCancel(ctx), obj, local, opts)
}

// upload has PUT carry a local file to the stage.
func (f *folder) upload(ctx context.Context, obj stage.Object, local string, opts stage.PutOptions) (stage.Object, error) {
	if opts.KeepExisting {
		if _, err := f.one(ctx, obj.Name); err == nil {
			return stage.Object{}, fmt.Errorf("%s: %w", f.say(obj.Name), stage.ErrExist)
		}
	}
	folder := ""
	if d := path.Dir(obj.Name); d != "." {
		folder = d + "/"
	}
	rows, err := f.v.rows(ctx, fmt.Sprintf("put %s %s auto_compress = false source_compression = none overwrite = %t",
		warehouse.QuoteString("file://"+filepath.ToSlash(local)), f.at(folder), !opts.KeepExisting))
	if err != nil {
		return stage.Object{}, told(f.say(obj.Name), err)
	}
	switch {
	case len(rows) != 1:
		return stage.Object{}, fmt.Errorf("%s: PUT told of %d files", f.say(obj.Name), len(rows))
	case rows[0]["status"] == "SKIPPED":
		return stage.Object{}, fmt.Errorf("%s: %w", f.say(obj.Name), stage.ErrExist)
	case rows[0]["status"] != "UPLOADED":
		return stage.Object{}, fmt.Errorf("%s: PUT ended with %s: %s", f.say(obj.Name), rows[0]["status"], rows[0]["message"])
	}
	listed, err := f.one(ctx, obj.Name)
	if err != nil {
		return stage.Object{}, err
	}
	obj.Modified = listed.Modified
	return obj, nil
}

// one is what LIST tells of one object.
func (f *folder) one(ctx context.Context, name string) (stage.Object, error) {
	all, err := f.list(ctx, name)
	if err != nil {
		return stage.Object{}, err
	}
	for _, o := range all {
		if o.Name == name {
			return o, nil
		}
	}
	return stage.Object{}, fmt.Errorf("%s: %w", f.say(name), stage.ErrNotExist)
}

// longest is how many bytes a file's name may have.
const longest = 255

// checkName refuses names that PUT cannot carry, beside those that nobody can.
func checkName(name string) error {
	if err := stage.CheckName(name); err != nil {
		return err
	}
	if strings.HasSuffix(name, ".") {
		return fmt.Errorf("%.80q: %w: GET cannot fetch what ends in a full stop", name, stage.ErrName)
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > longest || strings.ContainsAny(part, "'\"*?[") || strings.ContainsFunc(part, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("%.80q: %w: PUT cannot carry the part %.80q: it has at most 255 bytes, no quotation mark, control character nor any of *?[", name, stage.ErrName, part)
		}
	}
	return nil
}

// spool writes r to a file and tells what it is.
func spool(ctx context.Context, to string, r io.Reader) (stage.Object, error) {
	file, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return stage.Object{}, err
	}
	obj, err := facts(ctx, io.TeeReader(r, file))
	if last := file.Close(); err == nil {
		err = last
	}
	if err == nil {
		err = ctx.Err()
	}
	return obj, err
}

// facts reads r to its end and tells its size and sums.
func facts(ctx context.Context, r io.Reader) (stage.Object, error) {
	sum, sha := md5.New(), sha256.New()
	n, err := io.Copy(io.MultiWriter(sum, sha), &until{ctx, r})
	return stage.Object{
		Size: n, MD5: hex.EncodeToString(sum.Sum(nil)), SHA256: hex.EncodeToString(sha.Sum(nil)), Modified: time.Now().UTC(),
	}, err
}

// until reads until ctx ends.
type until struct {
	ctx context.Context
	r   io.Reader
}

// Read reads, or fails in ctx's error.
func (u *until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// A turn is that of one put of an object, while others wait.
type turn struct {
	token chan struct{}
	users int
}

// turnOf waits until no other put of the object is under way, and gives what
// ends this one's turn.
func (v *Volume) turnOf(ctx context.Context, object string) (release func(), err error) {
	v.mu.Lock()
	t := v.waiting[object]
	if t == nil {
		t = &turn{token: make(chan struct{}, 1)}
		v.waiting[object] = t
	}
	t.users++
	v.mu.Unlock()
	leave := func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(v.waiting, object)
		}
	}
	select {
	case t.token <- struct{}{}:
		return func() { <-t.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
