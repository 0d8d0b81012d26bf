package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Status is how a node ended, in dbt's words.
type Status string

// The statuses. Models, seeds and snapshots end in Success, Failed or Skipped;
// tests and the freshness of sources in Pass, Warn, Fail, Failed (the query
// itself) or Skipped; exposures in NoOp.
const (
	Success Status = "success"
	Failed  Status = "error"
	Skipped Status = "skipped"
	Pass    Status = "pass"
	Warn    Status = "warn"
	Fail    Status = "fail"
	NoOp    Status = "no-op"
)

// Bad reports whether a node that ended so fails the run.
func (s Status) Bad() bool { return s == Failed || s == Fail }

// A NodeResult is how one node went.
type NodeResult struct {
	Node     *Node
	Status   Status
	Start    time.Time
	Duration time.Duration
	Rows     int64    // rows in the table built or seeded, where known; -1 where not
	Failures int64    // rows a test found
	Stored   Relation // where they are kept, if they are
	Message  string
	Err      error  // why, for Failed; nil otherwise
	Compiled string // the SQL after rendering
	Ran      string // the statements that built the node, with semicolons between
	Thread   string // which worker ran it, as dbt names them
	// Compiling is how much of Duration went into rendering.
	Compiling time.Duration
	Freshness *Freshness // for a source whose freshness is known
	QueryID   string
	Plugin    *PluginResult // for a model with a plugin that succeeded
}

// Told is Message as dbt tells it: of a node that failed, what kind of error
// it was and where before the error itself.
func (r *NodeResult) Told() string {
	if r.Status != Failed || r.Err == nil {
		return r.Message
	}
	below := strings.ReplaceAll(r.Message, "\n", "\n  ")
	if r.Node.Type == Operation {
		return fmt.Sprintf("%s failed, error:\n  %s", r.Node.Package+"."+r.Node.Hook, below)
	}
	kind := "Compilation"
	var refused *warehouse.Error
	switch {
	case errors.As(r.Err, &refused):
		kind = "Database"
	case r.Ran != "" || r.Compiled != "" || r.Node.Python:
		kind = "Runtime"
	}
	return fmt.Sprintf("%s Error in %s %s (%s)\n  %s", kind, r.Node.Type, r.Node.Name, r.Node.Pos.File, below)
}

// Freshness is how new the newest row of a source is.
type Freshness struct {
	MaxLoaded time.Time // of the newest row
	At        time.Time // when that was asked
}

// Age is how old the newest row was when it was asked for.
func (f Freshness) Age() time.Duration { return f.At.Sub(f.MaxLoaded) }

// A PluginResult is what a plugin gave beside the rows.
type PluginResult struct {
	Artifact string         // stage location
	SHA256   string         // of the artifact; 64 hex digits
	Size     int64          // bytes
	Metrics  map[string]any // by name; see package plugins for those with a meaning
}

// A Result is how a run went.
type Result struct {
	RunID    string // the invocation's id, a UUID
	Start    time.Time
	Duration time.Duration
	Nodes    []NodeResult // in the order they ended, hooks of the run included
	// Drawn is the SQL of the ephemeral models that nodes are made of.
	Drawn map[*Node]string
}

// Counts is how many nodes ended in each status.
func (r *Result) Counts() map[Status]int {
	n := map[Status]int{}
	for _, res := range r.Nodes {
		n[res.Status]++
	}
	return n
}

// OK reports whether every node ended well.
func (r *Result) OK() bool {
	for _, res := range r.Nodes {
		if res.Status.Bad() || res.Status == Skipped {
			return false
		}
	}
	return true
}

// A Reporter hears of a run as it goes. Run calls it from one goroutine at a
// time and waits for it, so it returns soon.
type Reporter interface {
	Report(Event)
}

// An Event is one thing that happened in a run.
type Event struct {
	Kind  EventKind
	Time  time.Time
	Index int // which node of the run this is, from 1, in the order they start
	Total int // how many nodes the run has
	Node  *Node

	Result *NodeResult // for Finished
	// For Progressed: what the node is doing, and how far.
	Step        string
	Done, Count int64 // Count 0 where it is not known
	// For Logged: a line from a plugin.
	Level, Message string
}

// EventKind says what an [Event] is.
type EventKind int

// The kinds of event.
const (
	Started EventKind = iota
	Progressed
	Logged
	Finished
)

// A Compiler renders a node's SQL just before it runs.
type Compiler interface {
	// Compile is the node's SQL with its templates rendered and ephemeral
	// parents put in front. An error has file, line and column.
	Compile(ctx context.Context, n *Node, opts CompileOptions) (string, error)
}

// CompileOptions is what rendering a node may depend on beside the project.
type CompileOptions struct {
	Session     warehouse.Session // for what a template asks of the warehouse; may be nil
	Incremental bool              // what is_incremental() says
	FullRefresh bool              // what flags.FULL_REFRESH says
	RunID       string            // what invocation_id says
	Compiled    string            // for a hook: its node's SQL, once that is made

	// Empty has every ref and source give no rows.
	Empty bool
	// Defer are relations that stand in for nodes, by ID.
	Defer map[string]Relation

	// Stored is where a test's rows are kept, as a table or a view; zero for
	// nowhere.
	Stored   Relation
	StoredAs string

	// Fixtures are queries that stand in for nodes, by ID; that for "this" for
	// the node's own table. With any, a node that has none is refused.
	Fixtures map[string]StandIn
	// Overrides are what templates get in place of what they would.
	Overrides Overrides

	// For an on-run-end hook: how the run went, and the schemas it built into.
	Ended   *Result
	Schemas []Relation
}

// A StandIn is a query that stands in for a node. A Template is rendered first.
type StandIn struct {
	SQL      string
	Template bool
}
