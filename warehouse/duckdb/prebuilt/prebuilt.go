// Package prebuilt attaches databases that are the same in every warehouse and
// take DuckDB longer to make than to read: it binds each macro and each view that
// is created, but none that it finds in a file. Such a file is made once for a
// folder, which any number of processes may use, and once for a process.
package prebuilt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// made are the files that this process has made or read, by their key.
var made sync.Map

// Attach attaches a database under a name, with all that the statements create
// in it, to be read only. The folder keeps the file; both are made if need be, and
// may go or be damaged while nobody has them attached. Where no file can be
// written, the database is made in memory.
func Attach(ctx context.Context, c *engine.Conn, folder, name string, statements []string) error {
	d := database{c: c, folder: folder, name: name, statements: statements}
	path, err := d.file(ctx)
	if err == nil {
		err = c.Exec(ctx, "attach "+ducksql.Text(path)+" as "+name+" (read_only)")
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	return d.create(ctx, ":memory:")
}

type database struct {
	c            *engine.Conn
	folder, name string
	statements   []string
}

// key stands for what is in the file and for who can read it.
func (d *database) key() string {
	h := sha256.New()
	fmt.Fprintln(h, mapping.LibraryVersion(), d.name)
	for _, sql := range d.statements {
		fmt.Fprintln(h, sql)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// file is a whole file with the database in it. Its name has the key and a sum of
// its bytes: DuckDB does not live on when it reads a damaged one.
func (d *database) file(ctx context.Context) (string, error) {
	if err := os.MkdirAll(d.folder, 0o777); err != nil {
		return "", err
	}
	found, err := os.ReadDir(d.folder)
	if err != nil {
		return "", err
	}
	for _, f := range found {
		d.clean(f)
	}
	for _, f := range found {
		path := filepath.Join(d.folder, f.Name())
		if !strings.HasPrefix(f.Name(), d.key()) {
			continue
		}
		if data, err := os.ReadFile(path); err == nil && path == d.path(data) {
			made.Store(d.key(), data)
			return path, nil
		}
		if err := os.RemoveAll(path); err != nil {
			return "", err
		}
	}
	return d.write(ctx)
}

// old is the age at which what other versions and a kill have left is of no use.
const old = 30 * 24 * time.Hour

// clean removes it if it is; where that fails, the next one tries.
func (d *database) clean(f os.DirEntry) {
	if info, err := f.Info(); err == nil && time.Since(info.ModTime()) > old && !strings.HasPrefix(f.Name(), d.key()) {
		os.RemoveAll(filepath.Join(d.folder, f.Name()))
	}
}

// write makes the file in a folder of its own, and whole puts it where all look.
func (d *database) write(ctx context.Context) (string, error) {
	own, err := os.MkdirTemp(d.folder, "draft-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(own)
	draft := filepath.Join(own, "draft.duckdb")
	data, err := d.bytes(ctx, draft)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(draft, data, 0o666); err != nil {
		return "", err
	}
	return d.path(data), os.Rename(draft, d.path(data))
}

// path is where a file of these bytes stands.
func (d *database) path(data []byte) string {
	sum := sha256.Sum256(data)
	return filepath.Join(d.folder, d.key()+"-"+hex.EncodeToString(sum[:16])+".duckdb")
}

// bytes are those of a file that this process knows, or of one that it makes at
// draft.
func (d *database) bytes(ctx context.Context, draft string) ([]byte, error) {
	if data, ok := made.Load(d.key()); ok {
		return data.([]byte), nil
	}
	if err := d.create(ctx, draft); err != nil {
		return nil, err
	}
	if err := d.c.Exec(ctx, "detach "+d.name); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(draft)
	if err == nil {
		made.Store(d.key(), data)
	}
	return data, err
}

// create makes the database at a path, or else leaves nothing attached.
func (d *database) create(ctx context.Context, path string) error {
	err := d.c.Exec(ctx, "attach "+ducksql.Text(path)+" as "+d.name+" (storage_version 'latest')")
	if err != nil {
		return err
	}
	steps := append(append([]string{"begin"}, d.statements...), "commit")
	for _, sql := range steps {
		if err := d.c.Exec(ctx, sql); err != nil {
			_ = d.c.Exec(context.WithoutCancel(ctx), "rollback") // the first error is the one that matters
			_ = d.c.Exec(context.WithoutCancel(ctx), "detach "+d.name)
			return fmt.Errorf("%.60s: %w", sql, err)
		}
	}
	return nil
}
