package dir

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"syscall"

	"github.com/snowpit-dev/snowpit/stage"
)

// sums are an object's checksums.
type sums struct {
	MD5    string `json:"md5"`
	SHA256 string `json:"sha256"`
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

// remember keeps the checksums of an object that was just put. It is only a
// saving: what is not remembered is computed again.
func (f *folder) remember(name string, info fs.FileInfo, s sums) {
	text, err := json.Marshal(remembered{s, info.Size(), info.ModTime().UnixNano()})
	if err == nil && f.root.MkdirAll(path.Join(f.at, "sums"), 0o777) == nil {
		f.root.WriteFile(f.note(name), text, 0o666)
	}
}

func (f *folder) forget(name string) { f.root.Remove(f.note(name)) }

// sums are the checksums of the object at a path, remembered or computed.
func (f *folder) sums(name, at string, info fs.FileInfo) (sums, error) {
	var r remembered
	text, err := f.root.ReadFile(f.note(name))
	if err == nil && json.Unmarshal(text, &r) == nil && r.Size == info.Size() && r.Modified == info.ModTime().UnixNano() {
		return r.sums, nil
	}
	file, err := f.root.Open(at)
	if err != nil {
		return sums{}, fmt.Errorf("checksum of %s: %w", f.full(name), err)
	}
	defer file.Close()
	md, sha := md5.New(), sha256.New()
	if _, err := io.Copy(io.MultiWriter(md, sha), file); err != nil {
		return sums{}, fmt.Errorf("checksum of %s: %w", f.full(name), err)
	}
	s := sums{MD5: hex.EncodeToString(md.Sum(nil)), SHA256: hex.EncodeToString(sha.Sum(nil))}
	f.remember(name, info, s)
	return s, nil
}

func object(name string, info fs.FileInfo, s sums) stage.Object {
	return stage.Object{Name: name, Size: info.Size(), MD5: s.MD5, SHA256: s.SHA256, Modified: info.ModTime()}
}

// missing reports an error that means no file is there: none of that name, or
// a file where a folder would have to be.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
