package artifact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// The names of the files in the target folder.
const (
	ManifestFile   = "manifest.json"
	RunResultsFile = "run_results.json"
	CatalogFile    = "catalog.json"
	SourcesFile    = "sources.json"
	SummaryFile    = "graph_summary.json"
)

// schema is the URL that tells an artifact's kind and version.
func schema(kind string) string { return "https://schemas.getdbt.com/dbt/" + kind + ".json" }

// ErrNoFile is an artifact that is not there.
var ErrNoFile = errors.New("no such artifact")

// A Header says when and by which run an artifact was made.
type Header struct {
	Schema      string            `json:"dbt_schema_version"`
	Version     string            `json:"dbt_version"`
	GeneratedAt time.Time         `json:"generated_at"`
	Invocation  string            `json:"invocation_id"`
	StartedAt   *time.Time        `json:"invocation_started_at"`
	Env         map[string]string `json:"env"`
}

func header(kind, runID string, start time.Time) Header {
	h := Header{Schema: schema(kind), Version: runner.DBTVersion, GeneratedAt: time.Now().UTC(), Invocation: runID, Env: MetadataEnv()}
	if !start.IsZero() {
		start = start.UTC()
		h.StartedAt = &start
	}
	return h
}

// metadataPrefix begins the environment variables that artifacts have in them.
const metadataPrefix = "DBT_ENV_CUSTOM_ENV_"

// MetadataEnv is what artifacts say of the environment: the variables that are
// made for that, without their prefix.
func MetadataEnv() map[string]string {
	out := map[string]string{}
	for _, v := range os.Environ() {
		if name, text, _ := strings.Cut(v, "="); strings.HasPrefix(name, metadataPrefix) {
			out[strings.TrimPrefix(name, metadataPrefix)] = text
		}
	}
	return out
}

// write puts an artifact into a folder, whole or not at all.
func write(dir, name string, content any) error {
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return replace(filepath.Join(dir, name), text)
}

// replace writes a file beside its place and moves it there.
func replace(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// read reads an artifact from a folder, and checks that it is of a kind.
func read(dir, name, kind string, into any) error {
	file := filepath.Join(dir, name)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", file, ErrNoFile)
	} else if err != nil {
		return err
	}
	var head struct {
		Metadata struct {
			Schema string `json:"dbt_schema_version"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return unread(file, text, err)
	}
	if !strings.Contains(head.Metadata.Schema, "/"+kind+"/") {
		return fmt.Errorf("%s: it is no %s of dbt: its dbt_schema_version is %q", file, name, head.Metadata.Schema)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return unread(file, text, err)
	}
	return nil
}

// unread says of a file that cannot be read where it breaks off, or what is of
// another type than dbt writes.
func unread(file string, text []byte, err error) error {
	var broken *json.SyntaxError
	var other *json.UnmarshalTypeError
	offset, what := int64(-1), ""
	switch {
	case errors.As(err, &broken):
		offset, what = broken.Offset, broken.Error()
	case errors.As(err, &other):
		if offset, what = other.Offset, "the "+other.Value+" is not what dbt writes here"; other.Field != "" {
			what += ", in " + other.Field
		}
	default:
		return fmt.Errorf("%s: %w", file, err)
	}
	before := text[:min(max(offset-1, 0), int64(len(text)))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("%s:%d:%d: %s", file, line, column, what)
}

// Folder is the target folder as a path on disk: target itself where it is
// absolute, else below the project's folder.
func Folder(project, target string) string {
	if filepath.IsAbs(target) {
		return target
	}
	return filepath.Join(project, filepath.FromSlash(target))
}

// CompiledPath is where a node's compiled SQL goes below the target folder,
// as dbt lays it out. Kind is "compiled" or "run".
func CompiledPath(target, kind string, n *runner.Node) string {
	file, short := original(n), shortPath(n)
	if n.Type == runner.UnitTest {
		short = path.Join(path.Dir(file), fileName(n.Name)+".sql")
	}
	if path.Base(short) != path.Base(file) {
		file = path.Join(file, short)
	}
	return path.Join(filepath.ToSlash(target), kind, n.Package, file)
}

// fileName is a name without what would make it a path.
func fileName(name string) string {
	return strings.NewReplacer("/", "_", `\`, "_", "..", "_").Replace(name)
}

// original is a node's file below the folder of its own package.
func original(n *runner.Node) string { return below(n.Pos.File, n.Package) }

func below(file, pkg string) string {
	if i := strings.Index(file, "/"+pkg+"/"); i >= 0 && strings.HasPrefix(file, "dbt_packages/") {
		return file[i+len(pkg)+2:]
	}
	return file
}

// WriteSQL writes a node's SQL into the target folder of the project in dir.
// Kind is "compiled" for the node's query, "run" for what was run.
func WriteSQL(dir, target, kind string, n *runner.Node, sql string) error {
	file := filepath.FromSlash(CompiledPath(target, kind, n))
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(sql), 0o666)
}
