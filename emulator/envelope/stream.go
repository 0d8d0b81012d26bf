package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// step is how many bytes are worked on at a time.
const step = 64 << 10

// opened decrypts what it reads. The last block waits for the end, since it is
// shorter than it looks.
type opened struct {
	in   io.Reader
	mode cipher.BlockMode
	buf  [step + aes.BlockSize]byte
	held int    // bytes in buf that are not decrypted
	out  []byte // decrypted, and not read
	err  error
}

func (o *opened) Read(p []byte) (int, error) {
	for len(o.out) == 0 && o.err == nil {
		o.fill()
	}
	n := copy(p, o.out)
	o.out = o.out[n:]
	if n == 0 && len(p) > 0 {
		return 0, o.err
	}
	return n, nil
}

func (o *opened) fill() {
	n, err := io.ReadFull(o.in, o.buf[o.held:])
	o.held += n
	switch {
	case err == nil:
		ready := o.held - aes.BlockSize
		o.mode.CryptBlocks(o.buf[:ready], o.buf[:ready])
		o.out = append(o.out[:0], o.buf[:ready]...)
		o.held = copy(o.buf[:], o.buf[ready:])
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		o.out, o.err = o.end()
	default:
		o.err = err
	}
}

// end decrypts what is left.
func (o *opened) end() ([]byte, error) {
	if o.held == 0 || o.held%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: it is no whole number of blocks", ErrSealed)
	}
	o.mode.CryptBlocks(o.buf[:o.held], o.buf[:o.held])
	text, err := unpadded(o.buf[:o.held])
	if err != nil {
		return nil, err
	}
	return text, io.EOF
}

// sealed encrypts what it reads.
type sealed struct {
	in   io.Reader
	mode cipher.BlockMode
	buf  [step]byte
	out  []byte // encrypted, and not read
	err  error
}

func (s *sealed) Read(p []byte) (int, error) {
	for len(s.out) == 0 && s.err == nil {
		s.fill()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	if n == 0 && len(p) > 0 {
		return 0, s.err
	}
	return n, nil
}

func (s *sealed) fill() {
	n, err := io.ReadFull(s.in, s.buf[:])
	switch {
	case err == nil:
		s.mode.CryptBlocks(s.buf[:], s.buf[:])
		s.out = s.buf[:]
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		s.out, s.err = padded(s.buf[:n]), io.EOF
		s.mode.CryptBlocks(s.out, s.out)
	default:
		s.err = err
	}
}
