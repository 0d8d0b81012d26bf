package dir

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/snowpit-dev/snowpit/stage"
)

var _ stage.Renamer = (*Volume)(nil)

// Rename gives a stage another name. What is being put to it fails.
func (v *Volume) Rename(ctx context.Context, from, to stage.Name) error {
	if _, err := v.Stage(ctx, from); err != nil {
		return err
	}
	if err := valid(to); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	f, at := v.folder(from), encodeStage(to)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := noLinks(v.root, at); err != nil {
		return fmt.Errorf("rename stage %s: %w", from, err)
	}
	if _, err := v.root.Lstat(path.Join(at, "stage.json")); err == nil {
		return fmt.Errorf("stage %s: %w", to, stage.ErrExist)
	}
	// What a killed Drop left goes first, as in Create.
	if err := errors.Join(v.removeAll(at), v.root.MkdirAll(path.Dir(at), 0o777)); err != nil {
		return fmt.Errorf("rename stage %s: %w", from, err)
	}
	if err := v.root.Rename(f.at, at); err != nil {
		return fmt.Errorf("rename stage %s to %s: %w", from, to, stageErr(from, err))
	}
	for _, dir := range []string{path.Dir(f.at), path.Dir(at)} {
		for ; ; dir = path.Dir(dir) { // the folders above may be new
			if err := f.sync(dir); err != nil {
				return fmt.Errorf("rename stage %s: %w", from, err)
			}
			if dir == "." {
				break
			}
		}
	}
	return nil
}
