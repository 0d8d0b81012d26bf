package s3

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A body is the content of a request, which ends well only if it is all there
// and has the checksums that were promised.
type body struct {
	in    io.Reader
	left  int64
	sums  []sum
	chunk *chunked // nil for a body that comes in one piece
	ended error    // what end has said
}

// A sum is a checksum that the content is to have.
type sum struct {
	hash.Hash
	name, code string
	want       string // base64; "" for that of the trailer
}

// checksums are those that S3 knows. The last one's polynomial is that of NVMe.
var checksums = map[string]func() hash.Hash{
	"x-amz-checksum-crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"x-amz-checksum-crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"x-amz-checksum-crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	"x-amz-checksum-sha1":      sha1.New,
	"x-amz-checksum-sha256":    sha256.New,
}

// read is the content of a request.
func (h *Handler) read(r *http.Request) (*body, error) {
	b := &body{in: r.Body, left: r.ContentLength}
	if b.left < 0 {
		return nil, refusal("MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	switch payload := r.Header.Get("X-Amz-Content-Sha256"); {
	case payload == "UNSIGNED-PAYLOAD":
	case payload == "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
		var err error
		if b.left, err = strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64); err != nil || b.left < 0 {
			return nil, refusal("MissingContentLength", "x-amz-decoded-content-length is no number of bytes")
		}
		b.chunk = &chunked{in: bufio.NewReader(r.Body)}
		b.in = b.chunk
		if name := strings.ToLower(r.Header.Get("X-Amz-Trailer")); checksums[name] != nil {
			b.sums = append(b.sums, sum{Hash: checksums[name](), name: name, code: "BadDigest"})
		} else if name != "" {
			return nil, refusal("InvalidRequest", "the trailer %s", name)
		}
	case strings.HasPrefix(payload, "STREAMING-"):
		return nil, refusal("NotImplemented", "a body of the kind %s", payload)
	default:
		want, err := hex.DecodeString(payload)
		if err != nil || len(want) != sha256.Size {
			return nil, refusal("InvalidRequest", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER or a valid sha256 value")
		}
		b.sums = append(b.sums, sum{sha256.New(), "x-amz-content-sha256", "XAmzContentSHA256Mismatch", base64.StdEncoding.EncodeToString(want)})
	}
	if b.left > h.config.Limit {
		return nil, refusal("EntityTooLarge", "an object may have %d bytes here", h.config.Limit)
	}
	if want := r.Header.Get("Content-Md5"); want != "" {
		b.sums = append(b.sums, sum{md5.New(), "content-md5", "BadDigest", want})
	}
	for name, hash := range checksums {
		if want := r.Header.Get(name); want != "" {
			b.sums = append(b.sums, sum{hash(), name, "BadDigest", want})
		}
	}
	return b, nil
}

func (b *body) Read(p []byte) (int, error) {
	if b.left == 0 {
		if b.ended == nil {
			b.ended = b.end()
		}
		return 0, b.ended
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	for _, s := range b.sums {
		s.Write(p[:n])
	}
	switch {
	case errors.Is(err, io.EOF) && b.left > 0, errors.Is(err, io.ErrUnexpectedEOF):
		return n, refusal("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.")
	case errors.Is(err, io.EOF):
		return n, nil
	}
	return n, err
}

// end is io.EOF if all is as it was promised.
func (b *body) end() error {
	trailer := map[string]string{}
	if b.chunk != nil {
		var err error
		if trailer, err = b.chunk.trailer(); err != nil {
			return err
		}
	}
	for _, s := range b.sums {
		want := s.want
		if want == "" {
			want = trailer[s.name]
		}
		if got, err := base64.StdEncoding.DecodeString(want); err != nil || !bytes.Equal(got, s.Sum(nil)) {
			return refusal(s.code, "The %s that you specified did not match what was received.", s.name)
		}
	}
	return io.EOF
}
