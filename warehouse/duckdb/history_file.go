package duckdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
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

// secretWords are in the names of what holds a secret: password, passcode,
// private_key_passphrase, client_secret, token, aws_secret_key, credentials.
var secretWords = []string{"pass", "secret", "token", "_key", "credential"}

func namesSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// mask takes secrets out of a statement's text: literals given to something
// whose name says that it is one.
func mask(text string) string {
	if !namesSecret(text) {
		return text
	}
	var b strings.Builder
	toks := parse.Tokens(text)
	end := 0
	for i, tok := range toks {
		switch tok.Kind {
		case token.String, token.Dollar, token.Invalid:
			if namesSecret(givenTo(toks[:i])) {
				b.WriteString(text[end:tok.Pos.Offset] + "'***'")
				end = tok.End()
			}
		}
	}
	return b.String() + text[end:]
}

// givenTo is the name that the literal behind toks is given to, with =, =>,
// := or nothing between them, or "".
func givenTo(toks []token.Token) string {
	i := len(toks) - 1
	if i > 0 {
		switch toks[i].Kind {
		case token.Equal, token.FatArrow, token.Assign, token.Colon:
			i--
		}
	}
	if i >= 0 {
		switch toks[i].Kind {
		case token.Word, token.Quoted, token.String:
			return toks[i].Value
		}
	}
	return ""
}
