package host

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzHandshake lets a plugin print anything: of it, one line of bounded
// length comes through, and the rest is read and thrown away.
func FuzzHandshake(f *testing.F) {
	f.Add([]byte("1|1|unix|/tmp/plugin|grpc|MIIC\n"))
	f.Add([]byte("Welcome!\n1|1|unix|/tmp/plugin|grpc|\n"))
	f.Add([]byte(strings.Repeat("x", 3*maxHandshake)))
	f.Add([]byte("\n\n\xff"))
	f.Fuzz(func(t *testing.T, printed []byte) {
		for _, pipe := range []io.Reader{bytes.NewReader(printed), iotest.HalfReader(bytes.NewReader(printed))} {
			rest := bytes.NewBuffer(nil)
			h := &handshake{pipe: io.NopCloser(io.TeeReader(pipe, rest))}
			got, err := io.ReadAll(h)
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatal(err)
			}
			line, _, more := bytes.Cut(printed, []byte("\n"))
			if len(line) < maxHandshake && string(bytes.TrimSuffix(got, []byte("\n"))) != string(line) {
				t.Errorf("%q comes through, of %q", got, line)
			}
			if len(got) > 2*maxHandshake || bytes.Count(got, []byte("\n")) > 1 {
				t.Errorf("%d bytes and %d lines come through", len(got), bytes.Count(got, []byte("\n")))
			}
			if more && rest.Len() != len(printed) {
				t.Errorf("%d of %d bytes are read", rest.Len(), len(printed))
			}
		}
	})
}
