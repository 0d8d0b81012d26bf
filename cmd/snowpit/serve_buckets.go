package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// fillBuckets makes the buckets that --bucket names, and puts into each the files
// of its folder. What else is in one stays.
func (c *serveCommand) fillBuckets(ctx context.Context, volume stage.Volume) error {
	for _, text := range c.buckets {
		url, folder, filled := strings.Cut(text, "=")
		u, ok := stage.ParseURL(url)
		if !ok || strings.Trim(u.Path, "/") != "" {
			return usage("--bucket %s: it is s3://NAME or s3://NAME=FOLDER", text)
		}
		if err := volume.Create(ctx, u.Name(), ""); err != nil && !errors.Is(err, stage.ErrExist) {
			return fmt.Errorf("--bucket %s: %w", url, err)
		}
		if !filled {
			continue
		}
		st, err := volume.Stage(ctx, u.Name())
		if err == nil {
			err = putFolder(ctx, st, folder)
		}
		if err != nil {
			return usageError{fmt.Errorf("--bucket %s: %w", url, err)}
		}
	}
	return nil
}

// putFolder puts every file of a folder and those below it on a stage.
func putFolder(ctx context.Context, st stage.Stage, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := root.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = st.Put(ctx, path, file, stage.PutOptions{})
		return err
	})
}
