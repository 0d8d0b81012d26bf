package dir_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// large is how many bytes are put and read.
const large = 256 << 20

// source writes a large file of noise.
func source(b *testing.B) string {
	at := filepath.Join(b.TempDir(), "source")
	f, err := os.Create(at)
	if err == nil {
		_, err = io.CopyN(f, rand.NewChaCha8([32]byte{}), large)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		b.Fatal(err)
	}
	return at
}

// against runs two ways to do the same in turn, and reports how many times as
// long as the plain one ours takes.
func against(b *testing.B, ours, plain func() error) {
	b.SetBytes(large)
	var own, other time.Duration
	for b.Loop() {
		began := time.Now()
		if err := ours(); err != nil {
			b.Fatal(err)
		}
		own += time.Since(began)
		b.StopTimer()
		began = time.Now()
		if err := plain(); err != nil {
			b.Fatal(err)
		}
		other += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(own)/float64(other), "x-plain")
}

// BenchmarkPut puts a file, against a plain synced copy with its SHA-256.
func BenchmarkPut(b *testing.B) {
	from, to := source(b), filepath.Join(b.TempDir(), "copy")
	_, s := open(b, b.TempDir())
	against(b, func() error {
		f, err := os.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = s.Put(b.Context(), "large", f, stage.PutOptions{})
		return err
	}, func() error {
		f, err := os.Create(to)
		if err != nil {
			return err
		}
		return errors.Join(plainRead(from, f), f.Sync(), f.Close())
	})
}

// BenchmarkRead reads an object, against a plain file with its SHA-256.
func BenchmarkRead(b *testing.B) {
	from := source(b)
	_, s := open(b, b.TempDir())
	f, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := s.Put(b.Context(), "large", f, stage.PutOptions{}); err != nil {
		b.Fatal(err)
	}
	against(b, func() error {
		r, _, err := s.Open(b.Context(), "large")
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return errors.Join(err, r.Close())
	}, func() error { return plainRead(from, io.Discard) })
}

// plainRead copies a file to w and sums it up.
func plainRead(from string, w io.Writer) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.MultiWriter(w, sha256.New()), f)
	return err
}

// BenchmarkList lists a stage of 1,000 objects.
func BenchmarkList(b *testing.B) {
	_, s := open(b, b.TempDir())
	for i := range 1000 {
		put(b, s, fmt.Sprintf("driver_position_1.0/part_%03d.json", i), "{}")
	}
	for b.Loop() {
		if n := len(objects(b, s)); n != 1000 {
			b.Fatal(n)
		}
	}
}
