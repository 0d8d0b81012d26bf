package stagedfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A Reader reads staged files with DuckDB: into temporary tables of a
// connection, or by way of copies in a folder that DuckDB may open.
// One statement at a time uses it.
type Reader struct {
	Conn  *engine.Conn
	Spool string // the folder, made when it is first needed
	Log   *slog.Logger
}

// DropTable drops a temporary table of a statement's own, whatever became of the
// statement.
func (r *Reader) DropTable(table string) {
	if err := r.Conn.Exec(context.Background(), "drop table if exists "+table); err != nil {
		r.Log.Debug("a temporary table is left until the session ends", "table", table, "error", err)
	}
}

// Folder is the full path of the folder, which is there now.
func (r *Reader) Folder() (string, error) {
	dir, err := filepath.Abs(r.Spool)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	return dir, err
}

// copy copies a staged file to where DuckDB can read it. The caller removes
// the copy.
func (r *Reader) copy(ctx context.Context, at stage.Stage, name string) (path string, err error) {
	object, _, err := at.Open(ctx, name)
	if err != nil {
		return "", refusal.OfStage(err, name)
	}
	defer object.Close()
	dir, err := r.Folder()
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	f, err := os.CreateTemp(dir, "file-*")
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	_, err = io.Copy(f, interrupted{ctx, object})
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("reading %s: %w", name, err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// interrupted is a reader that ends with a context.
type interrupted struct {
	ctx context.Context
	io.Reader
}

func (r interrupted) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, engine.Ended(r.ctx)
	}
	return r.Reader.Read(p)
}
