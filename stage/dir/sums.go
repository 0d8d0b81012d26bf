package dir

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/snowpit-dev/snowpit/stage"
)

// sums are an object's checksums, and its tag.
type sums struct {
	MD5    string `json:"md5"`
	SHA256 string `json:"sha256"`
	Tag    string `json:"tag,omitempty"`
}

// chunk is how many bytes are read at once: enough to make a goroutine's start
// and end small beside summing them up.
const chunk = 256 << 10

// A summer passes on what is written to it and sums it up, MD5, the slowest,
// beside the rest.
type summer struct {
	w       io.Writer
	md, sha hash.Hash
}

func newSummer(w io.Writer) *summer { return &summer{w: w, md: md5.New(), sha: sha256.New()} }

func (s *summer) Write(p []byte) (int, error) {
	var md sync.WaitGroup
	md.Go(func() { s.md.Write(p) })
	defer md.Wait()
	s.sha.Write(p)
	return s.w.Write(p)
}

func (s *summer) sums() sums {
	return sums{MD5: hex.EncodeToString(s.md.Sum(nil)), SHA256: hex.EncodeToString(s.sha.Sum(nil))}
}

// remembered are the checksums of the file that had this size and time.
type remembered struct {
	sums
	Size     int64 `json:"size"`
	Modified int64 `json:"modified_ns"`
}

// note is the file that remembers an object's checksums.
func (f *folder) note(name string) string {
	key := sha256.Sum256([]byte(name))
	return path.Join(f.at, "sums", hex.EncodeToString(key[:16])+".json")
}

// remember keeps the checksums of an object. It is only a saving: what is not
// remembered is computed again.
func (f *folder) remember(name string, info fs.FileInfo, s sums) {
	text, err := json.Marshal(remembered{s, info.Size(), info.ModTime().UnixNano()})
	if err != nil || f.forget(name) != nil {
		return
	}
	if _, err := f.own("sums"); err != nil {
		return
	}
	// O_EXCL follows no link. Another reader may be first: it notes the same.
	file, err := f.root.OpenFile(f.note(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return
	}
	file.Write(text)
	file.Close()
}

// forget takes a note away. It goes before the object is replaced, so that no
// process killed in between leaves the old one's checksums beside the new one.
func (f *folder) forget(name string) error {
	if err := noLinks(f.root, path.Join(f.at, "sums")); err != nil {
		return err
	}
	if err := f.root.Remove(f.note(name)); err != nil && !missing(err) {
		return fmt.Errorf("note of the checksum: %w", err)
	}
	return nil
}

// noted are the checksums that are remembered of a file.
func (f *folder) noted(name string, info fs.FileInfo) (sums, bool) {
	var r remembered
	note := f.note(name)
	for _, at := range []string{path.Dir(note), note} {
		if info, err := f.root.Lstat(at); err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return sums{}, false
		}
	}
	text, err := f.root.ReadFile(note)
	if err != nil || json.Unmarshal(text, &r) != nil || len(r.MD5) != 2*md5.Size || len(r.SHA256) != 2*sha256.Size {
		return sums{}, false
	}
	return r.sums, r.Size == info.Size() && r.Modified == info.ModTime().UnixNano()
}

// describe is the object in an open file, which stays at its start. Checksums
// that are not remembered are computed.
func (f *folder) describe(name string, file *os.File) (stage.Object, error) {
	info, err := file.Stat()
	if err != nil {
		return stage.Object{}, fmt.Errorf("%s: %w", f.full(name), err)
	}
	if s, ok := f.noted(name, info); ok {
		return object(name, info, s), nil
	}
	sum := newSummer(io.Discard)
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{file}, make([]byte, chunk)); err != nil {
		return stage.Object{}, fmt.Errorf("checksum of %s: %w", f.full(name), err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return stage.Object{}, fmt.Errorf("checksum of %s: %w", f.full(name), err)
	}
	s := sum.sums()
	f.remember(name, info, s)
	return object(name, info, s), nil
}

func object(name string, info fs.FileInfo, s sums) stage.Object {
	return stage.Object{Name: name, Size: info.Size(), MD5: s.MD5, SHA256: s.SHA256, Tag: s.Tag, Modified: info.ModTime()}
}
