package datafile

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// ErrCompression is content that is not compressed as the file format says.
var ErrCompression = errors.New("invalid data encountered during decompression")

// Decompress reads r's content, compressed as Snowflake's COMPRESSION names
// it. AUTO goes by the first bytes, whatever the file is called. Errors of the
// content wrap [ErrCompression]; those of r come as they are.
func Decompress(r io.Reader, compression string) (io.Reader, error) {
	src := &watched{r: r}
	in := bufio.NewReaderSize(src, 64<<10)
	if compression == "AUTO" {
		compression = sniff(in)
	}
	var out io.Reader
	var err error
	switch compression {
	case "NONE", "":
		return in, nil
	case "GZIP":
		out, err = gzip.NewReader(in)
	case "ZSTD":
		out, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
	case "BZ2":
		out = bzip2.NewReader(in)
	case "DEFLATE":
		out, err = zlib.NewReader(in)
	case "RAW_DEFLATE":
		out = flate.NewReader(in)
	case "BROTLI":
		out = brotli.NewReader(in)
	default:
		return nil, fmt.Errorf("the compression %s is not known", compression)
	}
	d := &decompressed{out, src, compression}
	if err != nil {
		return nil, d.fault(err)
	}
	return d, nil
}

// watched keeps the error that a reader gave.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// sniff is what the first bytes say of the compression.
func sniff(in *bufio.Reader) string {
	head, _ := in.Peek(10) // what is shorter is not compressed
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "GZIP"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "ZSTD"
	case len(head) == 10 && bytes.HasPrefix(head, []byte("BZh")) && bytes.Equal(head[4:], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}):
		return "BZ2"
	case len(head) >= 2 && head[0] == 0x78 && (head[1] == 0x9c || head[1] == 0xda || head[1] == 0x01):
		return "DEFLATE"
	}
	return "NONE"
}

// decompressed tells errors of the content from the end of it.
type decompressed struct {
	r           io.Reader
	src         *watched
	compression string
}

// fault is an error as that of the content, or of what the content is read from.
func (d *decompressed) fault(err error) error {
	if d.src.err != nil {
		return d.src.err
	}
	return fmt.Errorf("%w as %s: %w", ErrCompression, d.compression, err)
}

func (d *decompressed) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		err = d.fault(err)
	}
	return n, err
}

// Close frees what decompressing holds.
func (d *decompressed) Close() error {
	if z, ok := d.r.(*zstd.Decoder); ok {
		z.Close()
	}
	return nil
}

// Compress writes to w what is written to it, compressed as Snowflake's
// COMPRESSION names it; AUTO is GZIP. Closing it ends the content and leaves w
// open. The extension is what such files' names end in.
func Compress(w io.Writer, compression string) (out io.WriteCloser, extension string, err error) {
	switch compression {
	case "NONE":
		return plainWriter{w}, "", nil
	case "AUTO", "GZIP", "":
		return &gzipWriter{w: w}, ".gz", nil
	case "ZSTD":
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		return z, ".zst", err
	case "BROTLI":
		return brotli.NewWriter(w), ".br", nil
	case "DEFLATE":
		return zlib.NewWriter(w), ".deflate", nil
	case "RAW_DEFLATE":
		z, err := flate.NewWriter(w, flate.DefaultCompression)
		return z, ".raw_deflate", err
	}
	return nil, "", fmt.Errorf("nothing here writes the compression %s", compression)
}

type plainWriter struct{ io.Writer }

func (plainWriter) Close() error { return nil }
