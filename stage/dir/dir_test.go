package dir_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
	"github.com/snowpit-dev/snowpit/stage/stagetest"
)

// TestMain makes the test binary a process that puts again and again, to be
// killed, or one that may not write much.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 {
		switch os.Args[1] {
		case "put-for-ever":
			putForEver(os.Args[2])
		case "put-too-much":
			putTooMuch(os.Args[2])
		}
	}
	os.Exit(m.Run())
}

func TestDirKeepsPromises(t *testing.T) {
	stagetest.Run(t, func(context.Context) (stage.Volume, func() error, error) {
		v, err := dir.Temp()
		return v, v.Close, err
	}, nil)
}

var models = stage.Name{Database: "F1", Schema: "PUBLIC", Stage: "MODELSTAGE"}

// open opens the stage MODELSTAGE of a folder, made if it is not there.
func open(t testing.TB, path string) (*dir.Volume, stage.Stage) {
	t.Helper()
	v, err := dir.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	if err := v.Create(t.Context(), models, ""); err != nil && !errors.Is(err, stage.ErrExist) {
		t.Fatal(err)
	}
	s, err := v.Stage(t.Context(), models)
	if err != nil {
		t.Fatal(err)
	}
	return v, s
}

func put(t testing.TB, s stage.Stage, name, text string) {
	t.Helper()
	if _, err := s.Put(t.Context(), name, strings.NewReader(text), stage.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, s stage.Stage, name string) string {
	t.Helper()
	r, obj, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(text); obj.SHA256 != hex.EncodeToString(sum[:]) {
		t.Fatalf("%s has the SHA-256 %x and says %s", name, sum, obj.SHA256)
	}
	return string(text)
}

// What is put is there for the next process, and for any tool, under its name.
func TestFolderStays(t *testing.T) {
	path := t.TempDir()
	v, s := open(t, path)
	put(t, s, "v1/model.json", "{}")
	v.Close()
	text, err := os.ReadFile(filepath.Join(path, "F1", "PUBLIC", "MODELSTAGE", "objects", "v1", "model.json"))
	if err != nil || string(text) != "{}" {
		t.Errorf("the file has %q, %v", text, err)
	}
	_, s = open(t, path)
	if got := read(t, s, "v1/model.json"); got != "{}" {
		t.Errorf("the next process reads %q", got)
	}
}

// A file that another tool put there, or changed, is an object as it is now.
func TestForeignFiles(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	put(t, s, "a", "one")
	objects := filepath.Join(path, "F1", "PUBLIC", "MODELSTAGE", "objects")
	for name, text := range map[string]string{"a": "another text", "copied": "by hand"} {
		if err := os.WriteFile(filepath.Join(objects, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if a, c := read(t, s, "a"), read(t, s, "copied"); a != "another text" || c != "by hand" {
		t.Errorf("read %q and %q", a, c)
	}
	// Spoilt notes of checksums are made anew.
	notes, err := filepath.Glob(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/sums/*"))
	if err != nil || len(notes) == 0 {
		t.Fatalf("no notes, %v", err)
	}
	for _, note := range notes {
		if err := os.WriteFile(note, []byte("{spoilt"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	read(t, s, "a")
}

// Links do not lead out of a stage: not to a file, not through a folder, not
// into another stage.
func TestLinks(t *testing.T) {
	path, outside := t.TempDir(), t.TempDir()
	v, s := open(t, path)
	put(t, s, "own", "own")
	other := stage.Name{Database: "F1", Schema: "PUBLIC", Stage: "OTHER"}
	if err := v.Create(t.Context(), other, ""); err != nil {
		t.Fatal(err)
	}
	o, err := v.Stage(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, "secret", "secret")
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	objects := filepath.Join(path, "F1", "PUBLIC", "MODELSTAGE", "objects")
	for name, target := range map[string]string{
		"file": filepath.Join(outside, "secret"), "folder": outside, "dangling": filepath.Join(outside, "none"),
		"sibling": "../../OTHER/objects", "loop": "loop", "self": ".",
	} {
		if err := os.Symlink(target, filepath.Join(objects, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"file", "folder/secret", "folder/new", "dangling", "sibling/secret", "sibling/new", "loop", "loop/a", "self/own", "self/new"} {
		if r, _, err := s.Open(t.Context(), name); err == nil {
			text, _ := io.ReadAll(r)
			t.Errorf("open %s reads %q", name, text)
		}
		if _, err := s.Put(t.Context(), name, strings.NewReader("overwritten"), stage.PutOptions{}); err == nil {
			t.Errorf("put %s goes through", name)
		}
		if err := s.Remove(t.Context(), name); err == nil {
			t.Errorf("remove %s goes through", name)
		}
	}
	var got []string
	for obj, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, obj.Name)
	}
	if fmt.Sprint(got) != "[own]" {
		t.Errorf("the stage lists %q", got)
	}
	text, err := os.ReadFile(filepath.Join(outside, "secret"))
	if entries, _ := os.ReadDir(outside); err != nil || string(text) != "secret" || len(entries) != 1 {
		t.Errorf("outside there is %v, and %q in the file (%v)", entries, text, err)
	}
	if got := read(t, o, "secret"); got != "secret" {
		t.Errorf("the other stage has %q", got)
	}
}

// sized is a text that says its own length.
func sized(n int) string {
	return fmt.Sprintf("%09d", n) + strings.Repeat("x", n)
}

// putForEver replaces an object by ones of many sizes.
func putForEver(path string) {
	v, err := dir.Open(path)
	if err == nil {
		var s stage.Stage
		for s, err = v.Stage(context.Background(), models); err == nil; {
			for _, name := range []string{"a", "b/c"} {
				_, err = s.Put(context.Background(), name, strings.NewReader(sized(rand.IntN(2_000_000))), stage.PutOptions{})
			}
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Kill -9 at any moment of a put leaves the old object or the new one, whole.
func TestKill(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	path := t.TempDir()
	v, s := open(t, path)
	put(t, s, "a", sized(1))
	put(t, s, "b/c", sized(1))
	for range rounds {
		cmd := exec.Command(os.Args[0], "put-for-ever", path)
		var out bytes.Buffer
		cmd.Stderr = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Millisecond + time.Duration(rand.IntN(40_000))*time.Microsecond)
		cmd.Process.Kill()
		cmd.Wait()
		if out.Len() > 0 {
			t.Fatal(out.String())
		}
		for _, name := range []string{"a", "b/c"} {
			text := read(t, s, name)
			var n int
			if _, err := fmt.Sscanf(text, "%9d", &n); err != nil || text != sized(n) {
				t.Fatalf("%s has %d bytes that begin %.20q", name, len(text), text)
			}
		}
	}
	if err := v.Sweep(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/tmp/*")); len(left) > 0 {
		t.Errorf("after Sweep there is %v", left)
	}
	if got := len(read(t, s, "a")); got == 0 {
		t.Error("Sweep took an object")
	}
}

// A file where the folder should be, and a stage whose own file is spoilt.
func TestSpoilt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := dir.Open(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file for a folder: %v", err)
	}
	path := t.TempDir()
	v, _ := open(t, path)
	if err := os.WriteFile(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/stage.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, err := range v.Stages(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), "MODELSTAGE/stage.json") {
			t.Errorf("a spoilt stage.json: %v", err)
		}
	}
}

// A stage that was half-way made or dropped when the process died is none, and
// can be made again.
func TestHalfDropped(t *testing.T) {
	path := t.TempDir()
	v, s := open(t, path)
	put(t, s, "a", "old")
	if err := os.Remove(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/stage.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Stage(t.Context(), models); !errors.Is(err, stage.ErrNotExist) {
		t.Errorf("find: %v", err)
	}
	_, s = open(t, path)
	for obj, err := range s.List(t.Context(), "") {
		t.Errorf("the new stage has %v, %v", obj, err)
	}
}

func Example() {
	v, err := dir.Temp()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	ctx := context.Background()
	if err := v.Create(ctx, models, "trained models"); err != nil {
		fmt.Println(err)
		return
	}
	s, err := v.Stage(ctx, models)
	if err != nil {
		fmt.Println(err)
		return
	}
	obj, err := s.Put(ctx, "v1/model.json", strings.NewReader("{}"), stage.PutOptions{})
	fmt.Println(obj.Name, obj.Size, obj.MD5, err)
	// Output: v1/model.json 2 99914b932bd37a50b983c5e7c90ae93b <nil>
}

// A tag that a file was put with stays with it, and goes with it.
func TestTags(t *testing.T) {
	at := t.TempDir()
	put := func(opts stage.PutOptions) {
		t.Helper()
		_, st := open(t, at)
		if _, err := st.Put(t.Context(), "a", strings.NewReader("text"), opts); err != nil {
			t.Fatal(err)
		}
	}
	tag := func() string {
		t.Helper()
		_, st := open(t, at)
		for o, err := range st.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			return o.Tag
		}
		return "no object"
	}
	put(stage.PutOptions{Tag: func() string { return "0123" }})
	if got := tag(); got != "0123" {
		t.Errorf("it is %q", got)
	}
	put(stage.PutOptions{})
	if got := tag(); got != "" {
		t.Errorf("of another file it is %q", got)
	}
}
