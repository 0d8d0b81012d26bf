package dir

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/stagetest"
)

// FuzzEncode: every name that is accepted has a path of its own, within the
// folder, whose parts file systems take, and is read back from it.
func FuzzEncode(f *testing.F) {
	for _, name := range []string{"a", "a/b", "%", "%41", "a%-/b", strings.Repeat("é", 512), strings.Repeat("%", 1024), "\n", "..a", "a/%/b",
		"README.md", strings.Repeat("x", 200) + "..", strings.Repeat("x", 199) + "é./a"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if stage.CheckName(name) != nil {
			return
		}
		for _, at := range []string{encode(name), encodeFolded(name)} {
			fits(t, name, at)
			for _, at := range []string{at, at + beside} {
				if got, ok := decode(at); !ok || got != name {
					t.Errorf("%q is read back from %q as %q, %v", name, at, got, ok)
				}
			}
		}
		// What folding and other spellings of é could change is not in it, so
		// that two names with one path when folded would be one name.
		at := encodeFolded(name)
		if strings.ContainsFunc(at, func(r rune) bool { return r >= 0x80 }) {
			t.Errorf("%q lies at %q", name, at)
		}
		if got, ok := decode(strings.ToLower(at)); !ok || got != name {
			t.Errorf("%q is read back from %q, folded, as %q, %v", name, at, got, ok)
		}
	})
}

// fits checks that a path stays within the folder and that file systems take it.
func fits(t *testing.T, name, at string) {
	t.Helper()
	if path.Clean(at) != at || path.IsAbs(at) || at == ".." || strings.HasPrefix(at, "../") {
		t.Errorf("%q lies at %q", name, at)
	}
	for part := range strings.SplitSeq(at, "/") {
		if len(part) > 255 || part == "" || strings.ContainsAny(part, "\x00\\") {
			t.Errorf("%q lies at %q", name, at)
		}
		if strings.HasSuffix(part, beside) {
			t.Errorf("%q lies at %q, where an object beside a folder would", name, at)
		}
	}
}

// FuzzEncodeStage: every stage that is accepted has three folders of its own, or
// more where a part is long, none of them within another stage.
func FuzzEncodeStage(f *testing.F) {
	f.Add("F1", "PUBLIC", "MODELSTAGE")
	f.Add("F1", "PUBLIC", "MODELSTAGE/objects")
	f.Add("a/b", "%", strings.Repeat("L", 255))
	f.Add("é", "%-", strings.Repeat("x", 200)+"..")
	f.Fuzz(func(t *testing.T, database, schema, name string) {
		n := stage.Name{Database: database, Schema: schema, Stage: name}
		if valid(n) != nil {
			return
		}
		at := encodeStage(n)
		fits(t, n.String(), at)
		if got, ok := decodeStage(at); !ok || got != n {
			t.Errorf("%s is read back from %q as %s, %v", n, at, got, ok)
		}
		folders := 0
		for part := range strings.SplitSeq(at, "/") {
			if !strings.HasSuffix(part, more) {
				folders++
			}
		}
		if folders != 3 {
			t.Errorf("%s lies at %q", n, at)
		}
		if folded, ok := decode(strings.ToUpper(strings.ReplaceAll(at, more+"/", ""))); !ok || strings.Count(folded, "/") < 2 || folded != database+"/"+schema+"/"+name {
			t.Errorf("%s is read back from %q, folded, as %q", n, at, folded)
		}
	})
}

// A file system that folds is asked for nothing but folded paths: the kit holds
// there too. Files that other tools put there are found by their own names.
func TestFolds(t *testing.T) {
	stagetest.Run(t, func(context.Context) (stage.Volume, func() error, error) {
		v, err := Temp()
		if err != nil {
			return nil, nil, err
		}
		return foldingVolume{v}, v.Close, nil
	}, nil)
	v, err := Temp()
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	name := stage.Name{Database: "F1", Schema: "PUBLIC", Stage: "S"}
	if err := v.Create(t.Context(), name, ""); err != nil {
		t.Fatal(err)
	}
	s, err := foldingVolume{v}.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(v.path, "F1/PUBLIC/S/objects/Copied.txt")
	if err := os.WriteFile(foreign, []byte("by hand"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Copied.txt", "copied.txt", "Model.json", "model.json"} {
		if _, err := s.Put(t.Context(), name, strings.NewReader(name), stage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := filepath.WalkDir(filepath.Dir(foreign), func(at string, d fs.DirEntry, err error) error {
		base := filepath.Base(at)
		if decoded, ok := decode(strings.ToLower(base)); err != nil || at != foreign && (!ok || encodeFolded(decoded) != base) {
			t.Errorf("%s, %v", at, err)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(foreign); err != nil || string(text) != "Copied.txt" {
		t.Errorf("the copied file has %q, %v", text, err)
	}
}

// A foldingVolume takes its file system for one that folds.
type foldingVolume struct{ *Volume }

func (v foldingVolume) Stage(ctx context.Context, name stage.Name) (stage.Stage, error) {
	s, err := v.Volume.Stage(ctx, name)
	if err == nil {
		s.(*folder).folds = true
	}
	return s, err
}
