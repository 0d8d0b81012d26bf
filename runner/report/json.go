package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A JSON writes each event as one JSON object a line.
type JSON struct{ Out io.Writer }

// entry is one line.
type entry struct {
	Time     time.Time `json:"ts"`
	Event    string    `json:"event"` // node_start, node_progress, node_log, node_finish
	Index    int       `json:"index"`
	Total    int       `json:"total"`
	ID       string    `json:"unique_id"`
	Name     string    `json:"node_name"`
	Type     string    `json:"resource_type"`
	Relation string    `json:"relation_name,omitempty"`

	Status   string         `json:"status,omitempty"`
	Seconds  *float64       `json:"execution_time,omitempty"`
	Rows     *int64         `json:"rows_affected,omitempty"`
	Failures *int64         `json:"failures,omitempty"`
	Message  string         `json:"message,omitempty"`
	QueryID  string         `json:"query_id,omitempty"`
	Artifact string         `json:"artifact,omitempty"`
	Metrics  map[string]any `json:"metrics,omitempty"`
	Step     string         `json:"step,omitempty"`
	Done     *int64         `json:"done,omitempty"`
	Count    int64          `json:"count,omitempty"`
	Level    string         `json:"level,omitempty"`
}

var eventNames = map[runner.EventKind]string{
	runner.Started: "node_start", runner.Progressed: "node_progress", runner.Logged: "node_log", runner.Finished: "node_finish",
}

// Report writes one event.
func (j *JSON) Report(e runner.Event) {
	line := entry{
		Time: e.Time.UTC(), Event: eventNames[e.Kind], Index: e.Index, Total: e.Total,
		ID: e.Node.ID, Name: e.Node.Name, Type: string(e.Node.Type), Relation: e.Node.RelationName(),
		Step: e.Step, Count: e.Count, Level: e.Level, Message: e.Message,
	}
	if e.Kind == runner.Progressed {
		line.Done = &e.Done
	}
	if r := e.Result; r != nil {
		seconds := r.Duration.Seconds()
		line.Status, line.Seconds, line.Message, line.QueryID = string(r.Status), &seconds, r.Message, r.QueryID
		if r.Rows >= 0 {
			line.Rows = &r.Rows
		}
		if r.Node.Type == runner.Test {
			line.Failures = &r.Failures
		}
		if r.Plugin != nil {
			line.Artifact, line.Metrics = r.Plugin.Artifact, r.Plugin.Metrics
		}
	}
	json.NewEncoder(j.Out).Encode(line)
}
