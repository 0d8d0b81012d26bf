package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// backwards yields the statements of one history file from its end, passing
// over lines that a crash has torn. A missing file has none.
func backwards(path string) iter.Seq2[warehouse.Statement, error] {
	return func(yield func(warehouse.Statement, error) bool) {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(warehouse.Statement{}, err)
			return
		}
		defer f.Close()
		for line, err := range linesBackwards(f) {
			var st warehouse.Statement
			if err == nil && json.Unmarshal(line, &st) != nil {
				continue
			}
			if !yield(st, err) || err != nil {
				return
			}
		}
	}
}

// linesBackwards yields a file's lines from the last to the first, reading
// blocks from the end. A line is valid until the next.
func linesBackwards(f *os.File) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		const block = 64 << 10
		info, err := f.Stat()
		if err != nil {
			yield(nil, err)
			return
		}
		var tail []byte // the part of a line behind what is read next
		for end := info.Size(); end > 0; {
			start := max(0, end-block)
			buf := make([]byte, end-start, int(end-start)+len(tail))
			if _, err := f.ReadAt(buf, start); err != nil {
				yield(nil, err)
				return
			}
			buf = append(buf, tail...)
			for {
				i := bytes.LastIndexByte(buf, '\n')
				if i < 0 {
					break
				}
				if line := buf[i+1:]; len(line) > 0 && !yield(line, nil) {
					return
				}
				buf = buf[:i]
			}
			tail, end = buf, start
		}
		if len(tail) > 0 {
			yield(tail, nil)
		}
	}
}
