package report

import (
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A JSON writes each message and event as one JSON object a line, with dbt's
// two parts: info, which all have, and data, which differ.
type JSON struct {
	Out   io.Writer
	RunID string
	Quiet bool // only errors
}

// info is what every line has.
type info struct {
	Name       string         `json:"name"`
	Code       string         `json:"code"`
	Level      string         `json:"level"`
	Text       string         `json:"msg"`
	Time       time.Time      `json:"ts"`
	Invocation string         `json:"invocation_id"`
	PID        int            `json:"pid"`
	Thread     string         `json:"thread"`
	Category   string         `json:"category"`
	Extra      map[string]any `json:"extra"`
}

// Report writes one event.
func (j *JSON) Report(e runner.Event) {
	if e.Kind == runner.Progressed {
		j.Tell(Message{Name: "NodeProgress", Code: "S002", Level: "info", at: e.Time, parts: []part{{text: e.Node.Name + ": " + Clean(e.Step)}},
			Data: map[string]any{"node_info": nodeInfo(e), "step": e.Step, "done": e.Done, "count": e.Count}})
		return
	}
	j.Tell(told(e))
}

// Tell writes one message.
func (j *JSON) Tell(m Message) {
	if j.Quiet && m.Level != "error" {
		return
	}
	at := m.at
	if at.IsZero() {
		at = time.Now()
	}
	if m.Data == nil {
		m.Data = map[string]any{}
	}
	json.NewEncoder(j.Out).Encode(map[string]any{"data": m.Data, "info": info{
		Name: m.Name, Code: m.Code, Level: m.Level, Text: m.text(), Time: at.UTC(), Invocation: j.RunID, PID: os.Getpid(), Thread: "MainThread", Extra: map[string]any{},
	}})
}

// nodeInfo is what dbt's lines say of a node.
func nodeInfo(e runner.Event) map[string]any {
	n := e.Node
	rel := n.Spelt()
	out := map[string]any{
		"unique_id": n.ID, "node_name": n.Name, "resource_type": string(n.Type), "materialized": string(n.Config.Materialized), "node_path": n.Pos.File,
		"node_status": "started", "node_started_at": e.Time.UTC(), "node_finished_at": "",
		"node_relation": map[string]any{"database": rel.Database, "schema": rel.Schema, "alias": rel.Identifier, "relation_name": n.RelationName()},
	}
	if r := e.Result; r != nil {
		out["node_status"], out["node_started_at"], out["node_finished_at"] = string(r.Status), r.Start.UTC(), r.Start.Add(r.Duration).UTC()
	}
	return out
}

// resultData is what a line says of how a node went.
func resultData(r *runner.NodeResult) map[string]any {
	out := map[string]any{"description": describe(r.Node), "status": string(r.Status), "execution_time": r.Duration.Seconds()}
	if r.Message != "" {
		out["message"] = r.Message
	}
	if r.QueryID != "" {
		out["query_id"] = r.QueryID
	}
	if r.Rows >= 0 {
		out["rows_affected"] = r.Rows
	}
	if r.Node.Type == runner.Test || r.Node.Type == runner.UnitTest {
		out["num_failures"] = r.Failures
	}
	if r.Plugin != nil {
		out["artifact"], out["metrics"] = r.Plugin.Artifact, r.Plugin.Metrics
	}
	return out
}
