package dir_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
)

// whole checks that an object that is there is one that was put.
func whole(t *testing.T, s stage.Stage, name string) {
	r, _, err := s.Open(t.Context(), name)
	if errors.Is(err, stage.ErrNotExist) {
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	defer r.Close()
	var text bytes.Buffer
	var n int
	if _, err := text.ReadFrom(r); err != nil {
		t.Error(err)
	} else if _, err := fmt.Sscanf(text.String(), "%9d", &n); err != nil || text.String() != sized(n) {
		t.Errorf("%s has %d bytes that begin %.20q", name, text.Len(), text.String())
	}
}

// Objects are put, read, listed and removed at once, under names that are each
// other's folders.
func TestAtOnce(t *testing.T) {
	_, s := open(t, t.TempDir())
	names := []string{"a", "a/b", "a/b/c", "a/d", "e"}
	until := time.Now().Add(500 * time.Millisecond)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for time.Now().Before(until) {
				name := names[rand.IntN(len(names))]
				switch rand.IntN(6) {
				case 0:
					if err := s.Remove(t.Context(), name); err != nil && !errors.Is(err, stage.ErrNotExist) {
						t.Error(err)
					}
				case 1:
					for obj, err := range s.List(t.Context(), name) {
						if err != nil || !strings.HasPrefix(obj.Name, name) {
							t.Errorf("list %s: %v, %v", name, obj, err)
						}
					}
				case 2, 3:
					if _, err := s.Put(t.Context(), name, strings.NewReader(sized(rand.IntN(100_000))), stage.PutOptions{}); err != nil {
						t.Error(err)
					}
				default:
					whole(t, s, name)
				}
			}
		})
	}
	wg.Wait()
}

// A second process that puts does not make readers see half an object, or one
// with another's checksum.
func TestTwoProcesses(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	cmd := exec.Command(os.Args[0], "put-for-ever", path)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(time.Second); time.Now().Before(until); {
		for _, name := range []string{"a", "b/c"} {
			whole(t, s, name)
		}
		put(t, s, "a", sized(rand.IntN(1000)))
		for _, err := range s.List(t.Context(), "") {
			if err != nil {
				t.Error(err)
			}
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if out.Len() > 0 {
		t.Error(out.String())
	}
}

// FuzzNote: whatever is in the note of an object's checksums, its bytes are read
// or the reader ends with ErrCorrupt.
func FuzzNote(f *testing.F) {
	path := f.TempDir()
	_, s := open(f, path)
	put(f, s, "a", "text")
	notes, err := filepath.Glob(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/sums/*"))
	if err != nil || len(notes) != 1 {
		f.Fatal(notes, err)
	}
	sound, err := os.ReadFile(notes[0])
	if err != nil {
		f.Fatal(err)
	}
	for _, note := range [][]byte{sound, sound[:len(sound)/2], nil, []byte("null"), []byte("[]"), []byte("{}"), bytes.ReplaceAll(sound, []byte("a"), []byte("b")), bytes.ReplaceAll(sound, []byte(`"md5":"`), []byte(`"md5":"0`))} {
		f.Add(note)
	}
	f.Fuzz(func(t *testing.T, note []byte) {
		if err := os.WriteFile(notes[0], note, 0o666); err != nil {
			t.Fatal(err)
		}
		r, obj, err := s.Open(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var text bytes.Buffer
		if _, err := text.ReadFrom(r); err != nil && !errors.Is(err, dir.ErrCorrupt) || text.String() != "text" || obj.Size != 4 {
			t.Errorf("%q: %v, %q, %v", note, obj, text.String(), err)
		}
	})
}
