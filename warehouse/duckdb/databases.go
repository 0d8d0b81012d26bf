package duckdb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/macros"
)

const (
	databaseSuffix = ".duckdb"
	draftSuffix    = ".new" // behind databaseSuffix, while the file is made
)

// databaseDir holds one DuckDB file a database.
func (w *Warehouse) databaseDir() string { return filepath.Join(w.config.Dir, "databases") }

// prebuiltDir holds the databases that are the same in every warehouse: where the
// user's caches are, or else beside the databases.
func (w *Warehouse) prebuiltDir() string {
	if caches, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(caches, "snowpit", "prebuilt")
		if os.MkdirAll(dir, 0o777) == nil {
			return dir
		}
	}
	return filepath.Join(cmp.Or(w.config.Dir, w.scratch), "prebuilt")
}

// settings are what makes DuckDB behave like Snowflake where a setting can.
func (w *Warehouse) settings() [][2]string {
	s := [][2]string{
		{"errors_as_json", "true"},
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"default_null_order", "nulls_last_on_asc_first_on_desc"},
		{"old_implicit_casting", "true"},
		{"preserve_insertion_order", "true"},
		{"temp_directory", w.scratch},
	}
	if w.config.Threads > 0 {
		s = append(s, [2]string{"threads", strconv.Itoa(w.config.Threads)})
	}
	if w.config.MemoryLimit != "" {
		s = append(s, [2]string{"memory_limit", w.config.MemoryLimit})
	}
	return s
}

// prepareEngine attaches the databases found and then shuts the door: from
// here on DuckDB opens no file outside the database folder and the spool.
func (w *Warehouse) prepareEngine(ctx context.Context) error {
	spool, err := filepath.Abs(w.spoolDir())
	if err != nil {
		return err
	}
	open := ducksql.Text(spool)
	if w.config.Dir != "" {
		dir, err := filepath.Abs(w.databaseDir())
		if err != nil {
			return err
		}
		open += ", " + ducksql.Text(dir)
	}
	if err := w.admin.Exec(ctx, "set global TimeZone = 'UTC'"); err != nil {
		return err
	}
	if err := macros.Add(ctx, w.admin, w.prebuiltDir()); err != nil {
		return err
	}
	for _, sql := range []string{"set allowed_directories = [" + open + "]", "set enable_external_access = false"} {
		if err := w.admin.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return w.attachAll(ctx)
}

func (w *Warehouse) attachAll(ctx context.Context) error {
	if w.config.Dir == "" {
		return nil
	}
	entries, err := os.ReadDir(w.databaseDir())
	if err != nil {
		return err
	}
	for _, e := range entries {
		file, ok := strings.CutSuffix(e.Name(), databaseSuffix)
		if !ok {
			continue
		}
		name, err := url.PathUnescape(file)
		if err != nil {
			return fmt.Errorf("database file %s: %w", e.Name(), err)
		}
		if err := w.attach(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// ensureDatabase attaches a database, creating it if it is not there.
func (w *Warehouse) ensureDatabase(ctx context.Context, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed
	}
	switch there := w.databases[strings.ToUpper(name)]; there {
	case name:
		return nil
	case "":
	default:
		return besideNamesake(there, warehouse.QuoteIdent(name))
	}
	if err := takenDatabase(name); err != nil {
		return err
	}
	return w.attach(ctx, name)
}

func (w *Warehouse) hasDatabase(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return name != "" && w.databases[strings.ToUpper(name)] == name
}

// attach makes a database part of the instance. w.mu is held, or nobody else
// has w yet.
func (w *Warehouse) attach(ctx context.Context, name string) error {
	path, fresh, err := w.databaseFile(ctx, name)
	if err != nil {
		return fmt.Errorf("database %s: %w", name, err)
	}
	if err := w.admin.Exec(ctx, "attach "+ducksql.Text(path)+" as "+ducksql.Name(name)); err != nil {
		return fmt.Errorf("database %s: %w", name, err)
	}
	if err := w.furnish(ctx, name); err != nil {
		// Not attached, it can be tried again.
		_ = w.admin.Exec(context.WithoutCancel(ctx), "detach "+ducksql.Name(name))
		return fmt.Errorf("database %s: %w", name, err)
	}
	w.databases[strings.ToUpper(name)] = name
	w.hybrid.Delete(name)
	if fresh {
		w.hybrid.Store(name, false)
		w.cased.CompareAndSwap(false, cased(name))
		return nil
	}
	for _, find := range []func(context.Context, string) error{w.findCases, w.findNarrow, w.findNotNull, w.loadAlterations, w.loadFunctions} {
		if err := find(ctx, name); err != nil {
			return fmt.Errorf("database %s: %w", name, err)
		}
	}
	return nil
}

// databaseFile is the file to attach for a database. A new one is made under
// another name first, so that no crash leaves half a file under this one; fresh
// says that it has nothing in it.
func (w *Warehouse) databaseFile(ctx context.Context, name string) (path string, fresh bool, err error) {
	if w.config.Dir == "" {
		return ":memory:", true, nil
	}
	path, err = filepath.Abs(filepath.Join(w.databaseDir(), url.PathEscape(name)+databaseSuffix))
	if err != nil {
		return "", false, err
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, false, err
	}
	draft := path + draftSuffix
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, err
	}
	for _, sql := range []string{"attach " + ducksql.Text(draft) + " as " + ducksql.Name(catalog.Draft), "detach " + ducksql.Name(catalog.Draft)} {
		if err := w.admin.Exec(ctx, sql); err != nil {
			return "", false, err
		}
	}
	return path, true, os.Rename(draft, path)
}

// furnish gives a database what every Snowflake database has: its schema
// PUBLIC and its INFORMATION_SCHEMA. One that has them as this version makes them
// is left alone.
func (w *Warehouse) furnish(ctx context.Context, database string) error {
	steps := infoschema.Furniture(database)
	mark := sha256.Sum256([]byte(strings.Join(steps, "\n")))
	version := ducksql.Text(hex.EncodeToString(mark[:8]))
	has, err := w.admin.Texts(ctx, "select name from "+catalog.MetaTable(database)+" where kind = 'FURNISHED' and name = "+version)
	if err == nil && len(has) > 0 {
		return nil
	}
	steps = append(steps,
		"delete from "+catalog.MetaTable(database)+" where kind = 'FURNISHED'",
		"insert into "+catalog.MetaTable(database)+" values ('FURNISHED', "+version+", '')")
	for _, sql := range append(append([]string{"begin transaction"}, steps...), "commit") {
		if err := w.admin.Exec(ctx, sql); err != nil {
			// The first error is the one that matters.
			_ = w.admin.Exec(context.WithoutCancel(ctx), "rollback")
			return err
		}
	}
	return nil
}
