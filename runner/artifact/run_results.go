package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// RunResults is run_results.json.
type RunResults struct {
	Metadata Header        `json:"metadata"`
	Results  []Outcome     `json:"results"`
	Elapsed  float64       `json:"elapsed_time"` // seconds
	Args     value.Ordered `json:"args"`         // what the command was called with
}

// An Outcome is how one node went.
type Outcome struct {
	Status   string         `json:"status"`
	Timing   []Timing       `json:"timing"`
	Thread   string         `json:"thread_id"`
	Seconds  float64        `json:"execution_time"`
	Adapter  map[string]any `json:"adapter_response"`
	Message  *string        `json:"message"`
	Failures *int64         `json:"failures"`
	ID       string         `json:"unique_id"`
	Compiled bool           `json:"compiled"`
	Code     *string        `json:"compiled_code"`
	Relation *string        `json:"relation_name"`
}

// A Timing is a step of a node: compile or execute.
type Timing struct {
	Name      string     `json:"name"`
	Started   *time.Time `json:"started_at"`
	Completed *time.Time `json:"completed_at"`
}

// NewRunResults makes run_results.json of a run. Args is what the command was
// called with; it must marshal to JSON.
func NewRunResults(res *runner.Result, args map[string]any) RunResults {
	out := RunResults{
		Metadata: header("run-results/v6", res.RunID, res.Start), Results: []Outcome{}, Elapsed: res.Duration.Seconds(),
		Args: value.Ordered{Keys: slices.Sorted(maps.Keys(args)), Fields: args},
	}
	for _, r := range res.Nodes {
		out.Results = append(out.Results, OutcomeOf(r))
	}
	return out
}

// OutcomeOf is how run_results.json has a node's result.
func OutcomeOf(r runner.NodeResult) Outcome {
	o := Outcome{
		Status: string(r.Status), Timing: timing(r), Thread: r.Thread, Seconds: r.Duration.Seconds(), Adapter: map[string]any{},
		ID: r.Node.ID, Compiled: r.Compiled != "",
	}
	if r.QueryID != "" {
		o.Adapter["query_id"] = r.QueryID
	}
	if r.Rows >= 0 {
		o.Adapter["rows_affected"] = r.Rows
	}
	if r.Status != runner.Failed && r.Status != runner.Skipped && r.Node.Type != runner.Operation {
		o.Adapter["code"], o.Adapter["_message"] = "SUCCESS", "SUCCESS"
		if r.Rows >= 0 {
			o.Adapter["_message"] = fmt.Sprintf("SUCCESS %d", r.Rows)
		}
	}
	if r.Plugin != nil {
		o.Adapter["artifact"], o.Adapter["artifact_sha256"], o.Adapter["metrics"] = r.Plugin.Artifact, r.Plugin.SHA256, finite(r.Plugin.Metrics)
	}
	if message := messageOf(r); message != "" {
		o.Message = &message
	}
	if r.Node.Type == runner.Test || r.Node.Type == runner.UnitTest || r.Node.Type == runner.Operation {
		o.Failures = &r.Failures
	}
	if r.Compiled != "" {
		o.Code = &r.Compiled
	}
	name := r.Node.RelationName()
	if r.Stored != (runner.Relation{}) {
		name = r.Stored.Spelt(r.Node.Test.Spelling)
	}
	if name != "" {
		o.Relation = &name
	}
	return o
}

// messageOf is what happened to a node, in dbt's words where all went well.
func messageOf(r runner.NodeResult) string {
	switch {
	case r.Message != "" || r.Status != runner.Success:
		return r.Told()
	case r.Node.Type == runner.Operation:
		return r.Node.Package + "." + r.Node.Hook + " passed"
	case r.Node.Type == runner.Seed:
		return fmt.Sprintf("INSERT %d", r.Rows)
	case r.Rows >= 0:
		return fmt.Sprintf("SUCCESS %d", r.Rows)
	}
	return "SUCCESS 1"
}

// timing is dbt's two steps of a node that ran; none of one that did not.
func timing(r runner.NodeResult) []Timing {
	if r.Status == runner.Skipped || r.Status == runner.NoOp {
		return []Timing{}
	}
	start, end := r.Start.UTC(), r.Start.Add(r.Duration).UTC()
	mid := r.Start.Add(min(r.Compiling, r.Duration)).UTC()
	return []Timing{{"compile", &start, &mid}, {"execute", &mid, &end}}
}

// finite is metrics as JSON can have them: what is no number is null.
func finite(metrics map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range metrics {
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			v = nil
		}
		if _, err := json.Marshal(v); err != nil {
			v = nil
		}
		out[name] = v
	}
	return out
}

// Write writes run_results.json into a target folder.
func (r RunResults) Write(folder string) error { return write(folder, RunResultsFile, r) }

// ReadRunResults reads run_results.json from a folder. One that is not there
// is [ErrNoFile].
func ReadRunResults(folder string) (RunResults, error) {
	var r RunResults
	err := read(folder, RunResultsFile, "run-results", &r)
	return r, err
}

// WriteRun writes run_results.json and the SQL of a run into the target folder
// of the project in dir.
func WriteRun(dir, target string, res *runner.Result, args map[string]any) error {
	errs := []error{NewRunResults(res, args).Write(Folder(dir, target))}
	for _, r := range res.Nodes {
		if r.Compiled != "" && r.Node.Type != runner.Snapshot {
			errs = append(errs, WriteSQL(dir, target, "compiled", r.Node, r.Compiled))
		}
		if r.Ran != "" {
			errs = append(errs, WriteSQL(dir, target, "run", r.Node, r.Ran))
		}
	}
	for n, sql := range res.Drawn {
		errs = append(errs, WriteSQL(dir, target, "compiled", n, sql))
	}
	return errors.Join(errs...)
}
