package snowstage_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/snowstage"
)

// a stage on an emulator of its own, and the folder that objects go over.
func newStage(t testing.TB, name string) (v *snowstage.Volume, st stage.Stage, tmp string) {
	t.Helper()
	tmp = t.TempDir()
	v = snowstage.New(accountOf(t), snowstage.Config{TempDir: tmp, Sessions: 2})
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	at := stage.Name{Database: "KIT", Schema: "PUBLIC", Stage: name}
	if err := v.Create(t.Context(), at, ""); err != nil {
		t.Fatal(err)
	}
	st, err := v.Stage(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return v, st, tmp
}

func put(t testing.TB, st stage.Stage, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := st.Put(t.Context(), name, strings.NewReader("of "+name), stage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneOfAPrefix: GET and REMOVE take whatever begins so; Open and Remove one
// object alone, whatever signs its name has that patterns give a meaning.
func TestOneOfAPrefix(t *testing.T) {
	_, st, _ := newStage(t, "MODELS")
	names := []string{"a", "a.b", "aXb", "a/a", "a/b.json", "a/bXjson", "a/b.json.bak", "a(b", "a+", "aa", "models/a"}
	put(t, st, names...)
	for _, name := range names {
		r, obj, err := st.Open(t.Context(), name)
		if err != nil {
			t.Errorf("open %s: %v", name, err)
			continue
		}
		text, err := io.ReadAll(r)
		if string(text) != "of "+name || err != nil || obj.Size != int64(len(text)) {
			t.Errorf("%s is %q, %v", name, text, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	slices.Sort(names)
	for len(names) > 0 {
		if err := st.Remove(t.Context(), names[0]); err != nil {
			t.Fatal(err)
		}
		names = names[1:]
		var left []string
		for o, err := range st.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, o.Name)
		}
		if !slices.Equal(left, names) {
			t.Fatalf("left are %q, want %q", left, names)
		}
	}
}

// TestNamesThatCannotGo are refused before anything is sent.
func TestNamesThatCannotGo(t *testing.T) {
	_, st, _ := newStage(t, "MODELS")
	for _, name := range []string{"it's", `say "hi"`, "a*", "what?", "[a]", "a\nb", "ends.", strings.Repeat("x", 256), "../a", ""} {
		if _, err := st.Put(t.Context(), name, strings.NewReader("x"), stage.PutOptions{}); !errors.Is(err, stage.ErrName) {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	for o, err := range st.List(t.Context(), "") {
		t.Errorf("there is %v, %v", o, err)
	}
}

// TestNothingIsLeftHere: what objects went over is deleted, and so is what a
// reader had, once it is closed.
func TestNothingIsLeftHere(t *testing.T) {
	_, st, tmp := newStage(t, "MODELS")
	put(t, st, "a", "b/c")
	broken := errors.New("the line went dead")
	if _, err := st.Put(t.Context(), "d", io.MultiReader(strings.NewReader("x"), failing{broken}), stage.PutOptions{}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	r, _, err := st.Open(t.Context(), "b/c")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := st.Open(t.Context(), "none"); !errors.Is(err, stage.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestFacts are those of the object, and Modified what LIST says.
func TestFacts(t *testing.T) {
	_, st, _ := newStage(t, "MODELS")
	began := time.Now().Truncate(time.Second)
	obj, err := st.Put(t.Context(), "v1/model.json", strings.NewReader("abc"), stage.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if obj.MD5 != "900150983cd24fb0d6963f7d28e17f72" || obj.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || obj.Size != 3 || obj.Modified.Before(began) {
		t.Errorf("%+v", obj)
	}
	if _, err := st.Put(t.Context(), "v1/model.json", strings.NewReader("abd"), stage.PutOptions{KeepExisting: true}); !errors.Is(err, stage.ErrExist) {
		t.Errorf("error %v", err)
	}
	// A stage in another schema is made with it.
	v, _, _ := newStage(t, "OTHER")
	name := stage.Name{Database: "KIT", Schema: "new schema", Stage: "my stage"}
	if err := v.Create(t.Context(), name, "it's new"); err != nil {
		t.Fatal(err)
	}
	for info, err := range v.Stages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if info.Name == name && info.Comment == "it's new" {
			return
		}
	}
	t.Error("the stage is not listed")
}

// TestClosed: stages that were closed are of no more use.
func TestClosed(t *testing.T) {
	v, st, _ := newStage(t, "MODELS")
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Put(t.Context(), "a", strings.NewReader("x"), stage.PutOptions{}); err == nil {
		t.Error("a closed volume puts")
	}
}
