package s3

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// most is how many uploads in parts there are at a time.
const most = 1000

// uploads are those that are not completed.
type uploads struct {
	mu  sync.Mutex
	all map[string]*upload
}

// An upload is an object whose parts come one by one.
type upload struct {
	id, owner, key string
	meta           map[string]string

	mu    sync.Mutex
	parts map[int]part
	size  int64
	used  time.Time
	gone  bool
}

// A part waits in a file.
type part struct {
	file string
	size int64
	etag string
}

func (a *uploads) begin(owner, key string, meta map[string]string) (*upload, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) >= most {
		return nil, refusal("SlowDown", "there are %d uploads in parts already", most)
	}
	u := &upload{id: rand.Text(), owner: owner, key: key, meta: meta, parts: map[int]part{}, used: time.Now()}
	a.all[u.id] = u
	return u, nil
}

// find is the upload of that id, if it is the owner's and of the key; else nil.
func (a *uploads) find(id, owner, key string) *upload {
	a.mu.Lock()
	defer a.mu.Unlock()
	if u := a.all[id]; u != nil && u.owner == owner && u.key == key {
		return u
	}
	return nil
}

// drop forgets an upload and its parts.
func (a *uploads) drop(u *upload) {
	a.mu.Lock()
	delete(a.all, u.id)
	a.mu.Unlock()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.gone = true
	for _, p := range u.parts {
		os.Remove(p.file)
	}
	u.parts = nil
}

// sweep drops the uploads that nobody has used for so long.
func (a *uploads) sweep(idle time.Duration) {
	a.mu.Lock()
	var old []*upload
	for _, u := range a.all {
		u.mu.Lock()
		if time.Since(u.used) >= idle {
			old = append(old, u)
		}
		u.mu.Unlock()
	}
	a.mu.Unlock()
	for _, u := range old {
		a.drop(u)
	}
}

// keep writes a part to a file, in place of what was there of that number.
func (u *upload) keep(dir string, number int, in *body, limit int64) (etag string, err error) {
	p := part{size: in.left}
	if err := u.reserve(p.size, limit); err != nil {
		return "", err
	}
	if err := p.write(dir, in); err != nil {
		u.release(p)
		return "", err
	}
	return p.etag, u.replace(number, p)
}

// reserve makes room for a part before it is there.
func (u *upload) reserve(size, limit int64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.size+size > limit {
		return refusal("EntityTooLarge", "an object may have %d bytes here", limit)
	}
	u.size += size
	return nil
}

func (u *upload) release(p part) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.size -= p.size
}

func (p *part) write(dir string, in io.Reader) error {
	file, err := os.CreateTemp(dir, "snowpit-part-*")
	if err != nil {
		return fmt.Errorf("keep a part: %w", err)
	}
	hash := md5.New()
	_, err = io.Copy(io.MultiWriter(file, hash), in)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return err
	}
	p.file, p.etag = file.Name(), hex.EncodeToString(hash.Sum(nil))
	return nil
}

func (u *upload) replace(number int, p part) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone {
		os.Remove(p.file)
		return refusal("NoSuchUpload", "The upload was aborted or completed.")
	}
	if old, ok := u.parts[number]; ok {
		os.Remove(old.file)
		u.size -= old.size
	}
	u.parts[number], u.used = p, time.Now()
	return nil
}

// take is the files of the parts asked for, in their order.
func (u *upload) take(asked completion) (files []string, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	last := 0
	for _, a := range asked.Parts {
		if a.PartNumber <= last {
			return nil, refusal("InvalidPartOrder", "The list of parts was not in ascending order.")
		}
		last = a.PartNumber
		p, ok := u.parts[a.PartNumber]
		if !ok || p.etag != strings.Trim(a.ETag, `"`) {
			return nil, refusal("InvalidPart", "part %d could not be found: it might not have been uploaded, or its ETag is another one", a.PartNumber)
		}
		files = append(files, p.file)
	}
	return files, nil
}

// joined reads files one after the other, with one open at a time.
type joined struct {
	files []string
	open  *os.File
}

func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.files) == 0 {
				return 0, io.EOF
			}
			file, err := os.Open(j.files[0])
			if err != nil {
				return 0, fmt.Errorf("read a part: %w", err)
			}
			j.open, j.files = file, j.files[1:]
		}
		n, err := j.open.Read(p)
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		j.Close()
	}
}

// Close closes the file that is open.
func (j *joined) Close() error {
	if j.open == nil {
		return nil
	}
	err := j.open.Close()
	j.open = nil
	return err
}
