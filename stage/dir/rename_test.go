package dir_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/stage/dir"
)

func TestRename(t *testing.T) {
	v, err := dir.Temp()
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	ctx := t.Context()
	from := stage.Name{Database: "DB", Schema: "OLD", Stage: "S"}
	to := stage.Name{Database: "DB", Schema: "a new/one", Stage: "s"}
	taken := stage.Name{Database: "DB", Schema: "OLD", Stage: "TAKEN"}
	for _, n := range []stage.Name{from, taken} {
		if err := v.Create(ctx, n, "of "+n.Stage); err != nil {
			t.Fatal(err)
		}
	}
	old, err := v.Stage(ctx, from)
	if err != nil {
		t.Fatal(err)
	}
	before, err := old.Put(ctx, "in/a.csv", strings.NewReader("1,2"), stage.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Rename(ctx, from, taken); !errors.Is(err, stage.ErrExist) {
		t.Errorf("onto another: %v, want ErrExist", err)
	}
	if err := v.Rename(ctx, from, stage.Name{Database: "..", Schema: "OLD", Stage: "S"}); !errors.Is(err, stage.ErrName) {
		t.Errorf("out of the folder: %v, want ErrName", err)
	}
	if err := v.Rename(ctx, from, to); err != nil {
		t.Fatal(err)
	}
	if err := v.Rename(ctx, from, to); !errors.Is(err, stage.ErrNotExist) {
		t.Errorf("once more: %v, want ErrNotExist", err)
	}
	if _, err := old.Put(ctx, "b", strings.NewReader("x"), stage.PutOptions{}); !errors.Is(err, stage.ErrNotExist) {
		t.Errorf("a put to what was the stage: %v, want ErrNotExist", err)
	}
	s, err := v.Stage(ctx, to)
	if err != nil {
		t.Fatal(err)
	}
	for after, err := range s.List(ctx, "") {
		if err != nil || after != before {
			t.Errorf("after it %+v, %v; before it %+v", after, err, before)
		}
	}
	var comments []string
	for info, err := range v.Stages(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		comments = append(comments, info.Name.String()+" "+info.Comment)
	}
	if got := strings.Join(comments, "; "); got != `DB.OLD.TAKEN of TAKEN; DB."a new/one"."s" of S` {
		t.Errorf("the stages are %s", got)
	}
}
