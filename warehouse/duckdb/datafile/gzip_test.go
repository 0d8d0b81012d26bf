package datafile_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
)

// A short file is as small as gzip's own program makes it, which ends with the
// block that has the content. The size is that of: printf … | gzip -n | wc -c
func TestShortGzip(t *testing.T) {
	for text, want := range map[string]int{"123,test1\n456,test2\n": 36, "a": 21, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": 24} {
		var file bytes.Buffer
		w, _, err := datafile.Compress(&file, "GZIP")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if file.Len() > want {
			t.Errorf("%q is %d bytes, not %d", text, file.Len(), want)
		}
	}
}

// Whatever its length, and however it is written, the file is what it was, and
// nothing lies behind it.
func TestGzip(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, size := range []int{0, 1, 100, 5000, 16382, 16383, 16384, 100_000} {
		for _, letters := range []int{1, 4, 256} {
			text := make([]byte, size)
			for i := range text {
				text[i] = byte(random.Intn(letters))
			}
			var file bytes.Buffer
			w, _, err := datafile.Compress(&file, "GZIP")
			if err != nil {
				t.Fatal(err)
			}
			for rest := text; len(rest) > 0; {
				n := min(len(rest), 1+random.Intn(3000))
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			in, err := gzip.NewReader(&file)
			if err != nil {
				t.Fatalf("%d bytes of %d: %v", size, letters, err)
			}
			in.Multistream(false)
			if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, text) || file.Len() > 0 {
				t.Errorf("%d bytes of %d: %d came back, %v, %d lie behind", size, letters, len(got), err, file.Len())
			}
		}
	}
}
