package artifact

import (
	"os"
	"path/filepath"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// Sources is sources.json: how fresh the sources are.
type Sources struct {
	Metadata Header      `json:"metadata"`
	Results  []Freshness `json:"results"`
	Elapsed  float64     `json:"elapsed_time"` // seconds
}

// Freshness is how fresh one source is, or why nobody knows.
type Freshness struct {
	ID         string         `json:"unique_id"`
	Status     string         `json:"status"` // pass, warn, error or runtime error
	Error      *string        `json:"error,omitempty"`
	MaxLoaded  *time.Time     `json:"max_loaded_at,omitempty"`
	SnapshotAt *time.Time     `json:"snapshotted_at,omitempty"`
	Age        *float64       `json:"max_loaded_at_time_ago_in_s,omitempty"`
	Criteria   object         `json:"criteria,omitempty"`
	Adapter    map[string]any `json:"adapter_response,omitzero"`
	Timing     []Timing       `json:"timing,omitzero"`
	Thread     *string        `json:"thread_id,omitempty"`
	Seconds    *float64       `json:"execution_time,omitempty"`
}

// NewSources makes sources.json of a freshness run.
func NewSources(res *runner.Result) Sources {
	out := Sources{Metadata: header("sources/v3", res.RunID, res.Start), Results: []Freshness{}, Elapsed: res.Duration.Seconds()}
	for _, r := range res.Nodes {
		f := Freshness{ID: r.Node.ID, Status: string(r.Status)}
		if r.Freshness == nil {
			message := r.Message
			f.Status, f.Error = "runtime error", &message
			out.Results = append(out.Results, f)
			continue
		}
		if r.Status == runner.Fail {
			f.Status = "error"
		}
		loaded, at, age, seconds, thread := r.Freshness.MaxLoaded.UTC(), r.Freshness.At.UTC(), r.Freshness.Age().Seconds(), r.Duration.Seconds(), r.Thread
		f.MaxLoaded, f.SnapshotAt, f.Age, f.Seconds, f.Thread = &loaded, &at, &age, &seconds, &thread
		f.Criteria, f.Adapter, f.Timing = criteria(*r.Node.Source), map[string]any{}, timing(r)
		out.Results = append(out.Results, f)
	}
	return out
}

// Write writes sources.json into a target folder.
func (s Sources) Write(folder string) error { return write(folder, SourcesFile, s) }

// WriteFile writes it to a file of any name, or into a folder that is there.
func (s Sources) WriteFile(file string) error {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return s.Write(file)
	}
	return write(filepath.Dir(file), filepath.Base(file), s)
}
