package s3

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// chunked reads a body that is sent in chunks, each behind a line with its
// length in hexadecimal digits, the last one of length 0 and followed by
// trailers: what clients call aws-chunked.
type chunked struct {
	in    *bufio.Reader
	left  int64 // of the chunk
	begun bool  // a chunk was read, and ends in a line's end
	done  bool
}

var errChunk = refusal("InvalidRequest", "the body is not made of chunks as aws-chunked has them")

func (c *chunked) Read(p []byte) (int, error) {
	for c.left == 0 {
		if c.done {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads up to a chunk.
func (c *chunked) next() error {
	if c.begun {
		if text, err := c.line(); err != nil || text != "" {
			return errors.Join(errChunk, err)
		}
	}
	text, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(text, ";")
	c.left, err = strconv.ParseInt(size, 16, 64)
	if err != nil || c.left < 0 {
		c.left = 0
		return errChunk
	}
	c.begun, c.done = true, c.left == 0
	return nil
}

// line reads a line, which may have a few hundred bytes.
func (c *chunked) line() (string, error) {
	text, err := c.in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF):
		return "", io.ErrUnexpectedEOF
	case errors.Is(err, bufio.ErrBufferFull):
		return "", errChunk
	case err != nil:
		return "", err
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// trailer reads what follows the last chunk, which all others have to lie before.
func (c *chunked) trailer() (map[string]string, error) {
	if !c.done {
		if c.left > 0 {
			return nil, errChunk
		}
		if err := c.next(); err != nil {
			return nil, err
		}
		if !c.done {
			return nil, refusal("InvalidRequest", "the body is longer than x-amz-decoded-content-length")
		}
	}
	found := map[string]string{}
	for len(found) < 16 {
		text, err := c.line()
		if errors.Is(err, io.ErrUnexpectedEOF) || err == nil && text == "" {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		name, value, _ := strings.Cut(text, ":")
		found[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return nil, errChunk
}
