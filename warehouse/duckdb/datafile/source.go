package datafile

import (
	"bytes"
	"fmt"
	"io"
)

// maxRecord is the largest record that is read, in bytes.
const maxRecord = 128 << 20

// source is the window of a stream that holds the record being read.
type source struct {
	r      io.Reader
	buf    []byte // from the record's begin on
	start  int    // of the record, in buf
	end    int    // of what was read
	offset int64  // of the record in the stream
	line   int64  // of the record, from 1
	eof    bool
}

func newSource(r io.Reader) *source {
	return &source{r: r, buf: make([]byte, 256<<10), line: 1}
}

// window is what is there of the record.
func (s *source) window() []byte { return s.buf[s.start:s.end] }

// more reads on. It moves the window, and reports false at the stream's end.
func (s *source) more() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.start, s.end = 0, s.end-s.start
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxRecord {
			return false, fmt.Errorf("line %d: a record is over %d MB", s.line, maxRecord>>20)
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
			return n > 0, nil
		}
		if err != nil {
			return false, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, io.ErrNoProgress
}

// grow reads on until the window is twice what it was, so that reading a long
// record again from its begin stays cheap.
func (s *source) grow() error {
	for want := 2*len(s.window()) + 1; len(s.window()) < want && !s.eof; {
		if _, err := s.more(); err != nil {
			return err
		}
	}
	return nil
}

// advance goes to behind the next n bytes.
func (s *source) advance(n int) {
	s.line += int64(bytes.Count(s.buf[s.start:s.start+n], []byte{'\n'}))
	s.start += n
	s.offset += int64(n)
}

// skipMark passes over a byte order mark of UTF-8.
func (s *source) skipMark() error {
	for len(s.window()) < 3 && !s.eof {
		if _, err := s.more(); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(s.window(), []byte("\xef\xbb\xbf")) {
		s.advance(3)
	}
	return nil
}
