package dir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/stage"
)

// A Volume is a folder of stages. It is a [stage.Volume].
type Volume struct {
	root *os.Root
	path string
	temp bool // made by Temp: gone at Close

	mu     sync.Mutex
	stages map[stage.Name]*folder // those in use, so that all users share one lock
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
	for info, err := range v.Stages(context.Background()) {
		if err != nil {
			return err
		}
		if err := v.root.RemoveAll(path.Join(place(info.Name), "tmp")); err != nil {
			return fmt.Errorf("remove what is left of earlier puts to %s: %w", info.Name, err)
		}
	}
	return nil
}

// place is a stage's folder below the root.
func place(n stage.Name) string {
	return path.Join(encode(n.Database), encode(n.Schema), encode(n.Stage))
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
	if _, err := v.root.Lstat(path.Join(place(name), "stage.json")); err != nil {
		return nil, stageErr(name, err)
	}
	return v.folder(name), nil
}

// folder is the one folder value for name. The caller holds v.mu.
func (v *Volume) folder(name stage.Name) *folder {
	f := v.stages[name]
	if f == nil {
		f = &folder{root: v.root, name: name, at: place(name)}
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
	at := place(name)
	if _, err := v.root.Lstat(path.Join(at, "stage.json")); err == nil {
		return fmt.Errorf("stage %s: %w", name, stage.ErrExist)
	}
	text, err := json.Marshal(about{Created: time.Now().UTC(), Comment: comment})
	if err != nil {
		return err
	}
	// What a killed Drop left goes first: stage.json is written last and
	// removed first, so a folder without it is no stage.
	if err := errors.Join(v.root.RemoveAll(at), v.root.MkdirAll(path.Join(at, "objects"), 0o777)); err != nil {
		return fmt.Errorf("create stage %s: %w", name, err)
	}
	f := v.folder(name)
	if err := f.write(context.Background(), "stage.json", text); err != nil {
		return fmt.Errorf("create stage %s: %w", name, err)
	}
	return nil
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
	delete(v.stages, name)
	if err := v.root.RemoveAll(f.at); err != nil {
		return fmt.Errorf("drop stage %s: %w", name, err)
	}
	return nil
}

// Stages yields every stage of the folder, in order of name.
func (v *Volume) Stages(ctx context.Context) iter.Seq2[stage.Info, error] {
	return func(yield func(stage.Info, error) bool) {
		stop := errors.New("stop")
		err := fs.WalkDir(v.root.FS(), ".", func(at string, d fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || at == "." || !d.IsDir() {
				return err
			}
			info, ok, err := v.info(at)
			if err != nil || !ok {
				return err
			}
			if !yield(info, nil) {
				return stop
			}
			return fs.SkipDir
		})
		if err != nil && !errors.Is(err, stop) {
			yield(stage.Info{}, fmt.Errorf("stages in %s: %w", v.path, err))
		}
	}
}

// info reads the stage at a folder, or reports that there is none.
func (v *Volume) info(at string) (stage.Info, bool, error) {
	text, err := v.root.ReadFile(path.Join(at, "stage.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return stage.Info{}, false, nil
	} else if err != nil {
		return stage.Info{}, false, err
	}
	var parts [3]string
	rest, ok := at, true
	for i := 2; i >= 0 && ok; i-- {
		var last string
		rest, last = path.Split(rest)
		rest = path.Clean(rest)
		parts[i], ok = decode(last)
	}
	var a about
	if err := json.Unmarshal(text, &a); err != nil {
		return stage.Info{}, false, fmt.Errorf("%s/stage.json: %w", at, err)
	}
	name := stage.Name{Database: parts[0], Schema: parts[1], Stage: parts[2]}
	return stage.Info{Name: name, Created: a.Created, Comment: a.Comment}, ok && place(name) == at, nil
}
