package stagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// badNames are names that no object can have.
var badNames = []string{
	"", "/", "/etc/passwd", "..", "../a", "a/..", "a/../../b", "./a", "a/.", "a//b", "a/", `a\b`, `..\a`, "a\x00b", "\xff\xfe",
	strings.Repeat("x", 1025),
}

// oddNames are names that look as if they could make trouble, and may not.
var oddNames = []string{
	"a", "a/b", "a/b/c", "A", "a b", " a", "a ", ".hidden", "...", "..x", "x..", "-rf", "~", "~/a", "%", "%41", "100%", "a%/b", "%-", "%-/x",
	"ä/ö", "a\u0308", "日本語.json", "🏎", "a\nb", "tab\t", "quote'\"", "$HOME", "*", "?", "[a]", "CON", "nul.txt", "a:b", "a|b", "@at", "#",
	strings.Repeat("y", 1024), strings.Repeat("é", 512), strings.Repeat("p/", 100) + "q", strings.Repeat("%", 300),
}

var namePromises = []promise{
	{"bad names", "every method answers any other with an error wrapping ErrName", func(ctx context.Context, e *env) error {
		var errs []error
		for _, name := range badNames {
			_, err := e.s.Put(ctx, name, strings.NewReader("x"), stage.PutOptions{})
			errs = append(errs, wants(fmt.Sprintf("put %.20q", name), err, stage.ErrName))
			_, _, err = e.s.Open(ctx, name)
			errs = append(errs, wants(fmt.Sprintf("open %.20q", name), err, stage.ErrName))
			errs = append(errs, wants(fmt.Sprintf("remove %.20q", name), e.s.Remove(ctx, name), stage.ErrName))
		}
		got, err := names(ctx, e.s, "")
		if err == nil && len(got) > 0 {
			err = fmt.Errorf("the stage has %q now", got)
		}
		return errors.Join(append(errs, err)...)
	}},
	{"odd names", "A name is what CheckName accepts", func(ctx context.Context, e *env) error {
		for _, name := range oddNames {
			if err := e.put(ctx, name, "of "+name); err != nil {
				return err
			}
		}
		for _, name := range oddNames {
			if err := e.holds(ctx, name, "of "+name); err != nil {
				return err
			}
		}
		got, err := names(ctx, e.s, "")
		if err != nil {
			return err
		}
		want := slices.Sorted(slices.Values(oddNames))
		if !slices.Equal(got, want) {
			return fmt.Errorf("the stage lists %q, want %q", got, want)
		}
		for i, name := range oddNames { // a takes neither a/b with it nor its folder
			if err := e.s.Remove(ctx, name); err != nil {
				return fmt.Errorf("remove %q: %w", name, err)
			}
			want := slices.Sorted(slices.Values(oddNames[i+1:]))
			if got, err := names(ctx, e.s, ""); err != nil || !slices.Equal(got, want) {
				return fmt.Errorf("after %q was removed the stage lists %q, want %q: %w", name, got, want, err)
			}
		}
		return nil
	}},
	{"case tells names apart", "A name is what CheckName accepts", apart("model.json", "Model.json", "MODEL.JSON", "dir/a", "Dir/a", "é", "É")},
	{"bytes tell names apart", "A name is what CheckName accepts", apart("\u00e4", "a\u0308", "K", "\u212a", " a", "a", "a ", "a.", "%41", "A")},
	{"a name above another", "A name is what CheckName accepts", apart("a/b/c", "a", "a/b", "a/b/c/d", "b", "b/a")},
}

// apart makes the promise that objects of these names have nothing to do with
// each other, in whatever order they come and go.
func apart(all ...string) func(context.Context, *env) error {
	return func(ctx context.Context, e *env) error {
		all := slices.Clone(all)
		for range 2 {
			for _, name := range all {
				if err := e.put(ctx, name, "of "+name); err != nil {
					return err
				}
			}
			for i, name := range all {
				for _, left := range all[i:] {
					if err := e.holds(ctx, left, "of "+left); err != nil {
						return err
					}
				}
				if err := e.s.Remove(ctx, name); err != nil {
					return fmt.Errorf("remove %q: %w", name, err)
				}
			}
			slices.Reverse(all)
		}
		return nil
	}
}
