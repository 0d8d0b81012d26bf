// Package ranged answers a request with a stream of known length, or with the
// range of it that the request asks for, as RFC 9110 has it. Unlike
// [net/http.ServeContent] it takes what cannot seek.
package ranged

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

var (
	// ErrRange is a range that begins beyond the end. Only the header
	// Content-Range is set then.
	ErrRange = errors.New("there is no such range")
	// ErrCut is a stream that failed when a part of it was sent. The caller
	// breaks off the connection, or the client would take a part for the whole.
	ErrCut = errors.New("it was not sent whole")
)

// Write answers r with in, which has size bytes. What other headers there are to
// be, the caller has set before. An error but [ErrCut] has sent nothing.
func Write(w http.ResponseWriter, r *http.Request, in io.Reader, size int64) error {
	from, length, partial, ok := parse(r.Header.Get("Range"), size)
	h := w.Header()
	if !ok {
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return ErrRange
	}
	if r.Method != http.MethodHead {
		if _, err := io.CopyN(io.Discard, in, from); err != nil {
			return fmt.Errorf("read up to byte %d: %w", from, err)
		}
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	status := http.StatusOK
	if partial {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from+length-1, size))
		status = http.StatusPartialContent
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.CopyN(w, in, length); err != nil {
		return fmt.Errorf("%w: %w", ErrCut, err)
	}
	return nil
}

// parse reads one range of a Range header: where it begins and how long it
// is. A header that is none is the whole; ok is false for one beyond the end.
func parse(header string, size int64) (from, length int64, partial, ok bool) {
	text, is := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(text, "-")
	if !is || !dash || strings.Contains(last, ",") {
		return 0, size, false, true
	}
	if first == "" { // the last so many bytes
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n <= 0 {
			return 0, size, false, true
		}
		n = min(n, size)
		return size - n, n, true, size > 0
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return 0, size, false, true
	}
	end := size - 1
	if last != "" {
		if end, err = strconv.ParseInt(last, 10, 64); err != nil || end < from {
			return 0, size, false, true
		}
	}
	if from >= size {
		return 0, 0, false, false
	}
	end = min(end, size-1)
	return from, end - from + 1, true, true
}
