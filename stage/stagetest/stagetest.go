package stagetest

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// An Opener opens the volume under test and what closes it again. The kit opens
// several, one after another, and leaves no stage behind.
type Opener func(ctx context.Context) (v stage.Volume, end func() error, err error)

// A promise is one thing every caller of a stage may rely on.
type promise struct {
	name string
	rule string // the sentence in package stage that it checks
	hold func(context.Context, *env) error
}

// timeout is how long a promise may take, the way over a network included.
const timeout = 2 * time.Minute

func promises() []promise {
	return slices.Concat(volumePromises, objectPromises, changePromises, namePromises, walkPromises)
}

// Check reports every promise that the backend breaks, or nil.
func Check(ctx context.Context, open Opener) error {
	var broken []error
	for _, p := range promises() {
		if err := p.try(ctx, open); err != nil {
			broken = append(broken, err)
		}
	}
	return errors.Join(broken...)
}

// Run checks each promise in a subtest of its own.
//
// known gives the reason for each promise that the backend does not keep yet.
// Such a subtest is skipped while the promise is broken and fails once it
// holds, so the list cannot outlive the faults it names.
func Run(t *testing.T, open Opener, known map[string]string) {
	left := len(known)
	for _, p := range promises() {
		why, listed := known[p.name]
		if listed {
			left--
		}
		t.Run(p.name, func(t *testing.T) {
			err := p.try(t.Context(), open)
			switch {
			case listed && err == nil:
				t.Errorf("holds now; delete it from known (%s)", why)
			case listed:
				t.Skipf("known: %s: %v", why, err)
			case err != nil:
				t.Error(err)
			}
		})
	}
	if left != 0 {
		t.Errorf("known lists %d names that are no promise", left)
	}
}

// try checks one promise on a volume and a stage of its own.
func (p promise) try(ctx context.Context, open Opener) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	v, end, err := open(ctx)
	if err != nil {
		return fmt.Errorf("%s: opening the volume: %w", p.name, err)
	}
	e := &env{v: v, name: stage.Name{Database: "KIT", Schema: "PUBLIC", Stage: "S_" + rand.Text()[:12]}}
	err = e.start(ctx)
	if err == nil {
		err = p.hold(ctx, e)
	}
	e.clean(ctx)
	if err = errors.Join(err, end()); err != nil {
		return fmt.Errorf("%s: %w\nrule: %s", p.name, err, p.rule)
	}
	return nil
}

// env is what a promise is checked on: a volume, and an empty stage that nobody
// else uses.
type env struct {
	v     stage.Volume
	s     stage.Stage
	name  stage.Name
	extra []stage.Name // further stages that a promise made
}

func (e *env) start(ctx context.Context) (err error) {
	if err := e.v.Create(ctx, e.name, "of the kit"); err != nil {
		return fmt.Errorf("create %s: %w", e.name, err)
	}
	if e.s, err = e.v.Stage(ctx, e.name); err != nil {
		return fmt.Errorf("find %s: %w", e.name, err)
	}
	return nil
}

// another makes a further stage.
func (e *env) another(ctx context.Context, name stage.Name) (stage.Stage, error) {
	if err := e.v.Create(ctx, name, ""); err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	e.extra = append(e.extra, name)
	return e.v.Stage(ctx, name)
}

func (e *env) clean(ctx context.Context) {
	for _, name := range append(e.extra, e.name) {
		e.v.Drop(ctx, name) // it may be gone already
	}
}

// put stores text and checks what Put says of it.
func (e *env) put(ctx context.Context, name, text string) error {
	obj, err := e.s.Put(ctx, name, bytes.NewReader([]byte(text)), stage.PutOptions{})
	if err != nil {
		return fmt.Errorf("put %q: %w", name, err)
	}
	return facts(obj, name, text)
}

// holds checks that name has text.
func (e *env) holds(ctx context.Context, name, text string) error {
	got, obj, err := read(ctx, e.s, name)
	if err != nil {
		return err
	}
	if got != text {
		return fmt.Errorf("%q holds %s, want %s", name, brief(got), brief(text))
	}
	return facts(obj, name, text)
}

func read(ctx context.Context, s stage.Stage, name string) (string, stage.Object, error) {
	r, obj, err := s.Open(ctx, name)
	if err != nil {
		return "", obj, fmt.Errorf("open %q: %w", name, err)
	}
	text, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return "", obj, fmt.Errorf("read %q: %w", name, err)
	}
	return string(text), obj, nil
}

// facts checks what is said of an object against its bytes.
func facts(obj stage.Object, name, text string) error {
	sum, sha := md5.Sum([]byte(text)), sha256.Sum256([]byte(text))
	switch {
	case obj.Name != name:
		return fmt.Errorf("the object is named %q, want %q", obj.Name, name)
	case obj.Size != int64(len(text)):
		return fmt.Errorf("%q has size %d, want %d", name, obj.Size, len(text))
	case obj.MD5 != hex.EncodeToString(sum[:]):
		return fmt.Errorf("%q has MD5 %q, want %x", name, obj.MD5, sum)
	case obj.SHA256 != "" && obj.SHA256 != hex.EncodeToString(sha[:]):
		return fmt.Errorf("%q has SHA-256 %q, want %x", name, obj.SHA256, sha)
	case time.Since(obj.Modified).Abs() > time.Hour:
		return fmt.Errorf("%q was modified at %v, and it was just put", name, obj.Modified)
	}
	return nil
}

// brief is a text short enough for an error.
func brief(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%q... (%d bytes)", s[:40], len(s))
	}
	return fmt.Sprintf("%q", s)
}

// names are the objects that List yields.
func names(ctx context.Context, s stage.Stage, prefix string) ([]string, error) {
	var all []string
	for obj, err := range s.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("list %q: %w", prefix, err)
		}
		all = append(all, obj.Name)
	}
	return all, nil
}

// wants checks that an error wraps the one it should.
func wants(what string, err, kind error) error {
	if !errors.Is(err, kind) {
		return fmt.Errorf("%s: the error is %v, want one wrapping %q", what, err, kind)
	}
	return nil
}
