package report

import (
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// CompiledPath is where a node's compiled SQL goes below the target folder,
// as dbt lays it out.
func CompiledPath(target string, n *runner.Node) string {
	file := n.Pos.File
	if n.Test != nil && n.Test.Generic != "" {
		file = path.Join(file, n.Name+".sql")
	}
	return path.Join(target, "compiled", n.Package, file)
}

// WriteCompiled writes one node's compiled SQL into the project in dir.
func WriteCompiled(dir, target string, n *runner.Node, sql string) error {
	file := filepath.Join(dir, filepath.FromSlash(CompiledPath(target, n)))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(sql+"\n"), 0o666)
}

// Versions of dbt's artifacts, and of the dbt whose shape they have.
const (
	runResultsSchema = "https://schemas.getdbt.com/dbt/run-results/v6.json"
	dbtVersion       = "1.10.0"
)

// runResults is run_results.json, by dbt's schema version 6.
type runResults struct {
	Metadata struct {
		Schema      string    `json:"dbt_schema_version"`
		Version     string    `json:"dbt_version"`
		GeneratedAt time.Time `json:"generated_at"`
		Invocation  string    `json:"invocation_id"`
	} `json:"metadata"`
	Results []nodeResult   `json:"results"`
	Elapsed float64        `json:"elapsed_time"`
	Args    map[string]any `json:"args"`
}

type nodeResult struct {
	Status       string         `json:"status"`
	Timing       []timing       `json:"timing"`
	Thread       string         `json:"thread_id"`
	Seconds      float64        `json:"execution_time"`
	Adapter      map[string]any `json:"adapter_response"`
	Message      *string        `json:"message"`
	Failures     *int64         `json:"failures"`
	ID           string         `json:"unique_id"`
	Compiled     bool           `json:"compiled"`
	CompiledCode *string        `json:"compiled_code"`
	Relation     *string        `json:"relation_name"`
}

type timing struct {
	Name      string    `json:"name"`
	Started   time.Time `json:"started_at"`
	Completed time.Time `json:"completed_at"`
}

// WriteRun writes run_results.json and the compiled SQL of a run. Args is what
// the command was called with.
func WriteRun(dir, target string, res *runner.Result, args map[string]any) error {
	out := runResults{Elapsed: res.Duration.Seconds(), Args: args, Results: []nodeResult{}}
	out.Metadata.Schema, out.Metadata.Version = runResultsSchema, dbtVersion
	out.Metadata.GeneratedAt, out.Metadata.Invocation = time.Now().UTC(), res.RunID
	var errs []error
	for _, r := range res.Nodes {
		out.Results = append(out.Results, resultOf(r))
		if r.Compiled != "" {
			errs = append(errs, WriteCompiled(dir, target, r.Node, r.Compiled))
		}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	folder := filepath.Join(dir, filepath.FromSlash(target))
	errs = append(errs, os.MkdirAll(folder, 0o777), os.WriteFile(filepath.Join(folder, "run_results.json"), text, 0o666))
	return errors.Join(errs...)
}

func resultOf(r runner.NodeResult) nodeResult {
	n := nodeResult{
		Status: string(r.Status), Thread: "main", Seconds: r.Duration.Seconds(), ID: r.Node.ID, Compiled: r.Compiled != "",
		Timing:  []timing{{"execute", r.Start.UTC(), r.Start.Add(r.Duration).UTC()}},
		Adapter: map[string]any{},
	}
	if r.QueryID != "" {
		n.Adapter["query_id"] = r.QueryID
	}
	if r.Rows >= 0 {
		n.Adapter["rows_affected"] = r.Rows
	}
	if r.Plugin != nil {
		n.Adapter["artifact"], n.Adapter["artifact_sha256"], n.Adapter["metrics"] = r.Plugin.Artifact, r.Plugin.SHA256, r.Plugin.Metrics
	}
	if r.Message != "" {
		n.Message = &r.Message
	}
	if r.Node.Type == runner.Test {
		n.Failures = &r.Failures
	}
	if r.Compiled != "" {
		n.CompiledCode = &r.Compiled
	}
	if rel := r.Node.Relation.String(); rel != "" {
		n.Relation = &rel
	}
	return n
}
