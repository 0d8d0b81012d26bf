package dir

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
)

// ErrCorrupt is an object whose bytes changed where they lie, though the file's
// size and time did not: a disk that lost them, say. The reader that meets the
// object's end tells. Test for it with [errors.Is].
var ErrCorrupt = errors.New("the bytes are not those that were put")

// A reader reads an object and compares it with its checksum.
type reader struct {
	file *os.File
	sha  hash.Hash
	left int64 // bytes to the end
	want string
	name string // the object's, in full
	note string
	err  error // what was found at the end
}

func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.file.Read(p)
	r.sha.Write(p[:n])
	r.left -= int64(n)
	if err == io.EOF || err == nil && r.left <= 0 {
		if sum := hex.EncodeToString(r.sha.Sum(nil)); sum != r.want {
			r.err = fmt.Errorf("%s: %w: they have the SHA-256 %s, not %s; put the object again, or delete %s to take it as it is",
				r.name, ErrCorrupt, sum, r.want, r.note)
			return n, r.err
		}
	}
	return n, err
}

func (r *reader) Close() error { return r.file.Close() }
