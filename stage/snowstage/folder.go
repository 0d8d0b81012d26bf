package snowstage

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// folder is one stage.
type folder struct {
	v    *Volume
	name stage.Name
}

// at is a place on the stage, as a literal.
func (f *folder) at(path string) string {
	return warehouse.QuoteString("@" + f.name.String() + "/" + path)
}

// say names an object in an error.
func (f *folder) say(name string) string {
	return stage.Location{Name: f.name, Path: name}.String()
}

// Open fetches an object to this machine's disk.
func (f *folder) Open(ctx context.Context, name string) (io.ReadCloser, stage.Object, error) {
	if err := stage.CheckName(name); err != nil {
		return nil, stage.Object{}, err
	}
	listed, pattern, err := f.find(ctx, name)
	if err != nil {
		return nil, stage.Object{}, err
	}
	dir, err := os.MkdirTemp(f.v.config.TempDir, "snowpit-stage-")
	if err != nil {
		return nil, stage.Object{}, fmt.Errorf("a folder to fetch objects to: %w", err)
	}
	r, obj, err := f.fetch(ctx, listed, pattern, dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, stage.Object{}, told(f.say(name), err)
	}
	return r, obj, nil
}

// fetch has GET write an object into a folder, and opens what came.
func (f *folder) fetch(ctx context.Context, listed stage.Object, pattern, dir string) (io.ReadCloser, stage.Object, error) {
	err := f.v.exec(ctx, "get "+f.at(listed.Name)+" "+warehouse.QuoteString("file://"+filepath.ToSlash(dir)+"/")+pattern)
	if err != nil {
		return nil, stage.Object{}, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, stage.Object{}, err
	}
	if len(files) != 1 {
		return nil, stage.Object{}, fmt.Errorf("%d files were fetched where one was due: %w", len(files), stage.ErrNotExist)
	}
	file, err := os.Open(filepath.Join(dir, files[0].Name()))
	if err != nil {
		return nil, stage.Object{}, err
	}
	obj, err := facts(ctx, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, stage.Object{}, err
	}
	obj.Name, obj.Modified = listed.Name, listed.Modified
	return &fetched{file, dir}, obj, nil
}

// fetched is an object on this machine's disk, which goes when it is closed.
type fetched struct {
	*os.File
	dir string
}

// Close deletes the file.
func (r *fetched) Close() error {
	err := r.File.Close()
	if rm := os.RemoveAll(r.dir); err == nil {
		err = rm
	}
	return err
}

// find is what LIST tells of one object, and what GET and REMOVE need to leave
// others alone: they take every object whose name begins so.
func (f *folder) find(ctx context.Context, name string) (obj stage.Object, pattern string, err error) {
	all, err := f.list(ctx, name)
	if err != nil {
		return obj, "", err
	}
	i := slices.IndexFunc(all, func(o stage.Object) bool { return o.Name == name })
	if i < 0 {
		return obj, "", fmt.Errorf("%s: %w", f.say(name), stage.ErrNotExist)
	}
	if len(all) == 1 {
		return all[i], "", nil
	}
	lower := strings.ToLower(f.name.Stage) + "/"
	for _, o := range all {
		if o.Name == lower+name {
			return obj, "", fmt.Errorf("%s cannot be told apart from %s, which is there too: rename one", f.say(name), f.say(o.Name))
		}
	}
	// Patterns are held against the name with or without the stage's.
	exact := "(" + regexp.QuoteMeta(lower) + ")?" + regexp.QuoteMeta(name)
	return all[i], " pattern = " + warehouse.QuoteString(exact), nil
}

// List yields objects in order of name.
func (f *folder) List(ctx context.Context, prefix string) iter.Seq2[stage.Object, error] {
	return func(yield func(stage.Object, error) bool) {
		all, err := f.list(ctx, prefix)
		if err != nil {
			yield(stage.Object{}, err)
			return
		}
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (f *folder) list(ctx context.Context, prefix string) ([]stage.Object, error) {
	rows, err := f.v.rows(ctx, "list "+f.at(prefix))
	if err != nil {
		return nil, told(f.say(prefix), err)
	}
	var all []stage.Object
	for _, r := range rows {
		o := stage.Object{MD5: r["md5"]}
		var ok bool
		if o.Name, ok = strings.CutPrefix(r["name"], strings.ToLower(f.name.Stage)+"/"); !ok {
			return nil, fmt.Errorf("%s: LIST tells of %s, which is not on it", f.say(prefix), r["name"])
		}
		if o.Size, err = strconv.ParseInt(r["size"], 10, 64); err != nil {
			return nil, fmt.Errorf("%s: its size: %w", f.say(o.Name), err)
		}
		if o.Modified, err = http.ParseTime(r["last_modified"]); err != nil {
			return nil, fmt.Errorf("%s: its time: %w", f.say(o.Name), err)
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b stage.Object) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Remove deletes one object.
func (f *folder) Remove(ctx context.Context, name string) error {
	if err := stage.CheckName(name); err != nil {
		return err
	}
	_, pattern, err := f.find(ctx, name)
	if err != nil {
		return err
	}
	rows, err := f.v.rows(ctx, "remove "+f.at(name)+pattern)
	if err != nil {
		return told(f.say(name), err)
	}
	if len(rows) == 0 { // somebody else was first
		return fmt.Errorf("%s: %w", f.say(name), stage.ErrNotExist)
	}
	return nil
}
