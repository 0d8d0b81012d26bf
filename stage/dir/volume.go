package dir

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// A Volume is a folder of stages. It is a [stage.Volume].
type Volume struct {
	root *os.Root
	path string
	temp bool // made by Temp: gone at Close

	mu     sync.Mutex
	stages map[stage.Name]*folder // those that were in use, so that all users share one lock
}

var _ stage.Volume = (*Volume)(nil)

// Open opens the folder of stages at path, making it if it is not there. The
// caller closes it.
func Open(path string) (*Volume, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, fmt.Errorf("folder of stages: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("folder of stages: %w", err)
	}
	return &Volume{root: root, path: path, stages: map[stage.Name]*folder{}}, nil
}

// Temp opens an empty folder of stages that is deleted when it is closed.
func Temp() (*Volume, error) {
	path, err := os.MkdirTemp("", "snowpit-stages-")
	if err != nil {
		return nil, fmt.Errorf("folder of stages: %w", err)
	}
	v, err := Open(path)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	v.temp = true
	return v, nil
}

// Close lets go of the folder. Closing twice is harmless.
func (v *Volume) Close() error {
	err := v.root.Close()
	if v.temp {
		err = errors.Join(err, os.RemoveAll(v.path))
	}
	return err
}

// Sweep removes what is left of puts that were killed. It is called once
// nobody else can be putting.
func (v *Volume) Sweep() error {
	names, err := v.names(context.Background())
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := v.root.RemoveAll(path.Join(encodeStage(name), "tmp")); err != nil {
			return fmt.Errorf("remove what is left of earlier puts to %s: %w", name, err)
		}
	}
	return nil
}

// valid reports a name whose parts cannot be folders.
func valid(n stage.Name) error {
	for _, part := range []string{n.Database, n.Schema, n.Stage} {
		if err := stage.CheckName(part); err != nil {
			return fmt.Errorf("stage %s: %w", n, err)
		}
	}
	return nil
}

// Stage finds a stage by its full name.
func (v *Volume) Stage(_ context.Context, name stage.Name) (stage.Stage, error) {
	if err := valid(name); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at := path.Join(encodeStage(name), "stage.json")
	if err := noLinks(v.root, at); err != nil {
		return nil, fmt.Errorf("stage %s: %w", name, err)
	}
	if _, err := v.root.Lstat(at); err != nil {
		return nil, stageErr(name, err)
	}
	return v.folder(name), nil
}

// folder is the one folder value for name, through drops too: who still has a
// stage that was made again shares its lock. The caller holds v.mu.
func (v *Volume) folder(name stage.Name) *folder {
	f := v.stages[name]
	if f == nil {
		at := encodeStage(name)
		f = &folder{root: v.root, name: name, at: at, folds: folds(v.root, at)}
		v.stages[name] = f
	}
	return f
}

// stageErr is a failure to reach a stage, in this project's terms.
func stageErr(name stage.Name, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("stage %s: %w", name, stage.ErrNotExist)
	}
	return fmt.Errorf("stage %s: %w", name, err)
}

// about is what stage.json holds.
type about struct {
	Created time.Time `json:"created"`
	Comment string    `json:"comment,omitempty"`
}

// Create makes an empty stage.
func (v *Volume) Create(_ context.Context, name stage.Name, comment string) error {
	if err := valid(name); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	at := encodeStage(name)
	if err := noLinks(v.root, at); err != nil {
		return fmt.Errorf("create stage %s: %w", name, err)
	}
	if _, err := v.root.Lstat(path.Join(at, "stage.json")); err == nil {
		return fmt.Errorf("stage %s: %w", name, stage.ErrExist)
	}
	text, err := json.Marshal(about{Created: time.Now().UTC(), Comment: comment})
	if err != nil {
		return err
	}
	// What a killed Drop left goes first: stage.json is written last and
	// removed first, so a folder without it is no stage.
	if err := errors.Join(v.removeAll(at), v.root.MkdirAll(path.Join(at, "objects"), 0o777)); err != nil {
		return fmt.Errorf("create stage %s: %w", name, err)
	}
	f := v.folder(name)
	if err := f.write(context.Background(), "stage.json", text); err != nil {
		return fmt.Errorf("create stage %s: %w", name, err)
	}
	for at != "." { // the folders above may be new
		at = path.Dir(at)
		if err := f.sync(at); err != nil {
			return fmt.Errorf("create stage %s: %w", name, err)
		}
	}
	return nil
}

// removeAll removes a stage's folder. A put under way may have one more file
// there just then.
func (v *Volume) removeAll(at string) (err error) {
	for range 100 {
		if err = v.root.RemoveAll(at); !errors.Is(err, syscall.ENOTEMPTY) {
			break
		}
	}
	return err
}

// Drop removes a stage and its objects.
func (v *Volume) Drop(ctx context.Context, name stage.Name) error {
	if _, err := v.Stage(ctx, name); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	f := v.folder(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := v.root.Remove(path.Join(f.at, "stage.json")); err != nil {
		return stageErr(name, err)
	}
	if err := v.removeAll(f.at); err != nil {
		return fmt.Errorf("drop stage %s: %w", name, err)
	}
	return nil
}

// Stages yields every stage of the folder, in order of name, and then an error
// for those whose stage.json cannot be read.
func (v *Volume) Stages(ctx context.Context) iter.Seq2[stage.Info, error] {
	return func(yield func(stage.Info, error) bool) {
		names, last := v.names(ctx)
		for _, name := range names {
			info, err := v.info(ctx, name)
			switch {
			case errors.Is(err, fs.ErrNotExist): // dropped meanwhile
			case err != nil:
				last = errors.Join(last, err)
			case !yield(info, nil):
				return
			}
		}
		if last != nil {
			yield(stage.Info{}, fmt.Errorf("stages in %s: %w", v.path, last))
		}
	}
}

// names are the stages of the folder, sorted.
func (v *Volume) names(ctx context.Context) ([]stage.Name, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var names []stage.Name
	err := fs.WalkDir(v.root.FS(), ".", func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && at != "." {
			return nil // dropped by another process
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || at == "." || !d.IsDir() {
			return err
		}
		name, ok := decodeStage(at)
		if !ok {
			return nil // a folder above stages
		}
		if info, err := v.root.Lstat(path.Join(at, "stage.json")); err == nil && info.Mode().IsRegular() && valid(name) == nil {
			names = append(names, name)
		}
		return fs.SkipDir
	})
	slices.SortFunc(names, func(a, b stage.Name) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Stage, b.Stage))
	})
	return names, err
}

// info reads what is known of a stage.
func (v *Volume) info(ctx context.Context, name stage.Name) (stage.Info, error) {
	if err := ctx.Err(); err != nil {
		return stage.Info{}, err
	}
	at := path.Join(encodeStage(name), "stage.json")
	text, err := v.root.ReadFile(at)
	if err != nil {
		return stage.Info{}, err
	}
	var a about
	if err := json.Unmarshal(text, &a); err != nil {
		return stage.Info{}, fmt.Errorf("%s is spoilt: %w; write {} into it to keep the stage's objects, or drop the stage", at, err)
	}
	return stage.Info{Name: name, Created: a.Created, Comment: a.Comment}, nil
}
