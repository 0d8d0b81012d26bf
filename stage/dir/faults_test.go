package dir_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
)

// create makes one more stage beside MODELSTAGE.
func create(t testing.TB, v *dir.Volume, name string) (stage.Name, stage.Stage) {
	t.Helper()
	full := stage.Name{Database: models.Database, Schema: models.Schema, Stage: name}
	if err := v.Create(t.Context(), full, ""); err != nil {
		t.Fatal(err)
	}
	s, err := v.Stage(t.Context(), full)
	if err != nil {
		t.Fatal(err)
	}
	return full, s
}

func objects(t testing.TB, s stage.Stage) (names []string) {
	t.Helper()
	for obj, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, obj.Name)
	}
	return names
}

func stages(t testing.TB, v *dir.Volume) (names []string) {
	t.Helper()
	for info, err := range v.Stages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Stage)
	}
	return names
}

// A slash in a quoted stage's name makes no stage within another.
func TestSlashInStage(t *testing.T) {
	v, s := open(t, t.TempDir())
	put(t, s, "a", "kept")
	inner, i := create(t, v, "MODELSTAGE/objects")
	put(t, i, "b", "b")
	if got := read(t, s, "a"); got != "kept" {
		t.Errorf("a is %q", got)
	}
	if got := objects(t, s); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the stage lists %q", got)
	}
	if got := stages(t, v); !slices.Equal(got, []string{"MODELSTAGE", inner.Stage}) {
		t.Errorf("stages are %q", got)
	}
	if err := v.Drop(t.Context(), inner); err != nil || read(t, s, "a") != "kept" {
		t.Error(err)
	}
}

// No part of a stage's name leads out of the folder.
func TestStageNamesStay(t *testing.T) {
	above := t.TempDir()
	v, err := dir.Open(filepath.Join(above, "stages"))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	for _, bad := range []string{"", ".", "..", "../..", "/etc", "a/../..", `a\b`, "a\x00b", "\xff", strings.Repeat("x", 1025)} {
		for _, name := range []stage.Name{
			{Database: bad, Schema: "S", Stage: "T"}, {Database: "D", Schema: bad, Stage: "T"}, {Database: "D", Schema: "S", Stage: bad},
		} {
			_, find := v.Stage(t.Context(), name)
			for _, err := range []error{find, v.Create(t.Context(), name, ""), v.Drop(t.Context(), name)} {
				if !errors.Is(err, stage.ErrName) {
					t.Errorf("%.30q: %v", name, err)
				}
			}
		}
	}
	if entries, err := os.ReadDir(above); err != nil || len(entries) != 1 {
		t.Errorf("beside the folder there is %v, %v", entries, err)
	}
}

// Names that are cut to fit into folders leave no part that means a folder.
func TestCutNames(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	for _, end := range []string{".", "..", "./a", "../a", "\t.", "é..", "é."} {
		for n := 190; n < 205; n++ {
			name := strings.Repeat("x", n) + end
			put(t, s, name, name)
		}
	}
	for _, name := range objects(t, s) {
		if got := read(t, s, name); got != name {
			t.Errorf("%q holds %q", name, got)
		}
	}
	if n := len(objects(t, s)); n != 7*15 {
		t.Errorf("%d objects", n)
	}
	entries, err := os.ReadDir(filepath.Join(path, "F1/PUBLIC/MODELSTAGE"))
	if err != nil || len(entries) != 4 {
		t.Errorf("the stage's folder has %v, %v", entries, err)
	}
}

// Stages with names as long as Snowflake allows are found and listed.
func TestLongStage(t *testing.T) {
	v, _ := open(t, t.TempDir())
	long := strings.Repeat("L", 255)
	name, s := create(t, v, long)
	put(t, s, "a", "a")
	if got := stages(t, v); !slices.Equal(got, []string{long, "MODELSTAGE"}) {
		t.Errorf("stages are %.40q", got)
	}
	if err := v.Drop(t.Context(), name); err != nil {
		t.Error(err)
	}
}

// A stage that was dropped and made again has one lock, whoever holds it.
func TestOneLock(t *testing.T) {
	v, old := open(t, t.TempDir())
	if err := v.Drop(t.Context(), models); err != nil {
		t.Fatal(err)
	}
	_, again := create(t, v, models.Stage)
	for i := range 200 {
		name := fmt.Sprint("a/b/", i)
		won := make([]error, 2)
		var wg sync.WaitGroup
		for j, s := range []stage.Stage{old, again} {
			wg.Go(func() {
				_, won[j] = s.Put(t.Context(), name, strings.NewReader(name), stage.PutOptions{KeepExisting: true})
			})
		}
		wg.Wait()
		if (won[0] == nil) == (won[1] == nil) {
			t.Fatalf("%s: %v and %v", name, won[0], won[1])
		}
	}
}

// Stages are dropped while others put to them and list them.
func TestDropInUse(t *testing.T) {
	v, s := open(t, t.TempDir())
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				_, err := s.Put(t.Context(), fmt.Sprint("d/", i, "/", n%7), strings.NewReader("x"), stage.PutOptions{})
				if err != nil && !errors.Is(err, stage.ErrNotExist) {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, err := range v.Stages(t.Context()) {
				if err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 60 {
		if err := v.Drop(t.Context(), models); err != nil {
			t.Error("drop:", err)
		}
		if err := v.Create(t.Context(), models, ""); err != nil {
			t.Error("create:", err)
		}
	}
	close(stop)
	wg.Wait()
}

// Bytes that changed where they lie are told to whoever reads them.
func TestRot(t *testing.T) {
	path := t.TempDir()
	_, s := open(t, path)
	put(t, s, "a", "the right bytes")
	file := filepath.Join(path, "F1/PUBLIC/MODELSTAGE/objects/a")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(file, []byte("the wrong bytes"), 0o666), os.Chtimes(file, time.Time{}, info.ModTime())); err != nil {
		t.Fatal(err)
	}
	r, _, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if text, err := io.ReadAll(r); !errors.Is(err, dir.ErrCorrupt) || !strings.Contains(fmt.Sprint(err), "MODELSTAGE/a") {
		t.Errorf("read %q, %v", text, err)
	}
	put(t, s, "a", "put again")
	if got := read(t, s, "a"); got != "put again" {
		t.Errorf("read %q", got)
	}
}

// One spoilt stage.json does not keep others from being listed and swept.
func TestSpoiltBesideSound(t *testing.T) {
	path := t.TempDir()
	v, _ := open(t, path)
	create(t, v, "SOUND")
	left := filepath.Join(path, "F1/PUBLIC/SOUND/tmp/left")
	spoilt := filepath.Join(path, "F1/PUBLIC/MODELSTAGE/stage.json")
	if err := errors.Join(os.WriteFile(left, nil, 0o666), os.WriteFile(spoilt, []byte("{"), 0o666)); err != nil {
		t.Fatal(err)
	}
	var got []string
	var last error
	for info, err := range v.Stages(t.Context()) {
		if last = err; err == nil {
			got = append(got, info.Stage)
		}
	}
	if !slices.Equal(got, []string{"SOUND"}) || last == nil || !strings.Contains(last.Error(), "MODELSTAGE/stage.json") {
		t.Errorf("stages are %q, %v", got, last)
	}
	if err := v.Sweep(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Sweep: %v", err)
	}
}

// An object called stage.json makes no stage of what a killed drop left.
func TestObjectStageJSON(t *testing.T) {
	path := t.TempDir()
	v, s := open(t, path)
	put(t, s, "stage.json", "no stage")
	if err := os.Remove(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/stage.json")); err != nil {
		t.Fatal(err)
	}
	if got := stages(t, v); len(got) != 0 {
		t.Errorf("stages are %q", got)
	}
}

// The stage's own folders and notes are no way out either.
func TestLinksAround(t *testing.T) {
	for _, link := range []string{"sums", "tmp", "objects", "../MODELSTAGE", "../../PUBLIC", "note"} {
		t.Run(strings.Trim(link, "./"), func(t *testing.T) {
			path := t.TempDir()
			v, s := open(t, path)
			_, o := create(t, v, "OTHER")
			put(t, o, "secret", "secret")
			put(t, s, "a", "old")
			other := filepath.Join(path, "F1/PUBLIC/OTHER")
			at := filepath.Join(path, "F1/PUBLIC/MODELSTAGE", link)
			target := filepath.Join(other, "objects")
			switch link {
			case "note":
				notes, _ := filepath.Glob(filepath.Join(path, "F1/PUBLIC/MODELSTAGE/sums/*"))
				at, target = notes[0], filepath.Join(other, "objects/secret")
			case "../../PUBLIC":
				target = filepath.Join(path, "F1/ELSEWHERE")
				if err := os.Rename(at, target); err != nil {
					t.Fatal(err)
				}
				at, other = filepath.Join(path, "F1/PUBLIC"), filepath.Join(target, "OTHER")
			case "../MODELSTAGE":
				target = other
			}
			if rel, err := filepath.Rel(filepath.Dir(at), target); err != nil {
				t.Fatal(err)
			} else if err := errors.Join(os.RemoveAll(at), os.Symlink(rel, at)); err != nil {
				t.Fatal(err)
			}
			_, _ = s.Put(t.Context(), "secret", strings.NewReader("overwritten"), stage.PutOptions{})
			_, _ = s.Put(t.Context(), "a", strings.NewReader("new"), stage.PutOptions{})
			_ = s.Remove(t.Context(), "secret")
			if r, _, err := s.Open(t.Context(), "secret"); err == nil {
				text, _ := io.ReadAll(r)
				if string(text) == "secret" {
					t.Error("it is read through the link")
				}
			}
			_ = v.Drop(t.Context(), models)
			_ = v.Sweep()
			text, err := os.ReadFile(filepath.Join(other, "objects/secret"))
			entries, _ := os.ReadDir(filepath.Join(other, "objects"))
			if string(text) != "secret" || len(entries) != 1 {
				t.Errorf("the other stage has %v, and %q in its object (%v)", entries, text, err)
			}
		})
	}
}

// A closed folder answers with errors, and a temporary one is gone.
func TestClose(t *testing.T) {
	v, s := open(t, t.TempDir())
	put(t, s, "a", "a")
	if err := errors.Join(v.Close(), v.Close()); err != nil {
		t.Error(err)
	}
	_, put := s.Put(t.Context(), "b", strings.NewReader("b"), stage.PutOptions{})
	_, _, open := s.Open(t.Context(), "a")
	_, find := v.Stage(t.Context(), models)
	for _, err := range []error{put, open, s.Remove(t.Context(), "a"), find, v.Create(t.Context(), models, ""), v.Drop(t.Context(), models)} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}
