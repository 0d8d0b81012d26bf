package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A Plan is what to build: some nodes of a project. Sources, analyses and
// ephemeral models in it are passed over, as there is nothing to build.
type Plan struct {
	Project *Project
	Nodes   []*Node // in any order; those that run first among equals come first
	// Freshness has the run look at how fresh the sources among Nodes are,
	// those that say how fresh they should be, and do nothing else.
	Freshness bool
	// Clone has the run make each node a clone of the relation that stands here
	// under its ID, and do nothing else; nil for a run that builds.
	Clone map[string]Relation
}

// Env is what a run works with. Warehouse and Compiler are needed always,
// Stages and Plugins where a model names a plugin.
type Env struct {
	Warehouse   warehouse.Warehouse
	Stages      stage.Volume
	Plugins     plugins.Host
	Compiler    Compiler
	Reporter    Reporter // nil for none
	Threads     int      // nodes at a time; 0 for the target's, else 4
	FullRefresh bool     // rebuild incremental models from nothing
	FailFast    bool     // start nothing more once a node has failed
	RunID       string   // a new UUID if empty

	SkipOnStartFailure bool // skip every node when an on-run-start hook fails

	StoreFailures bool // keep what tests find in tables, whatever their config says
	Empty         bool // every ref and source gives no rows

	// Defer are the relations of another run, by node ID. They stand in for
	// nodes that are not in the plan and, unless FavorState, not built here.
	Defer      map[string]Relation
	FavorState bool

	// WarnError reports whether a warning of dbt's name is to be an error; nil
	// for none.
	WarnError func(name string) bool
}

// Run builds the plan's nodes, each after those it needs, several at a time.
//
// A node that fails fails once: what needs it is skipped, everything else goes
// on. When tests and models are both in the plan, a model waits for the tests
// of the models it needs, and a test that fails skips it. When ctx ends, running
// nodes are stopped, the rest is skipped, and Run returns when all have ended.
//
// Node failures are in the Result, and so are those of the run's hooks; the
// error is for a run that could not start, or for ctx's end. As in dbt, nodes
// run after an on-run-start hook that failed too, unless SkipOnStartFailure.
func Run(ctx context.Context, plan Plan, env Env) (*Result, error) {
	env = env.withDefaults(plan.Project.Target)
	r := &run{
		Env:     env,
		project: plan.Project,
		result:  &Result{RunID: env.RunID, Start: time.Now(), Drawn: map[*Node]string{}},
	}
	tasks, err := schedule(plan)
	if err != nil {
		return nil, err
	}
	r.clones = plan.Clone
	if err := r.prepare(ctx, tasks); err != nil {
		return nil, err
	}
	nodesOnly := plan.Freshness || plan.Clone != nil
	started := nodesOnly || r.around(ctx, plan.Project.OnRunStart, CompileOptions{})
	if !started && env.SkipOnStartFailure {
		for _, t := range tasks {
			t.blame = "the on-run-start hooks to succeed"
		}
	}
	r.drain(ctx, tasks)
	r.result.Duration = time.Since(r.result.Start)
	if ctx.Err() == nil && !nodesOnly {
		r.around(ctx, plan.Project.OnRunEnd, CompileOptions{Ended: r.result, Schemas: r.schemas})
	}
	r.result.Duration = time.Since(r.result.Start)
	return r.result, context.Cause(ctx)
}

func (e Env) withDefaults(t Target) Env {
	if e.Threads <= 0 {
		e.Threads = t.Threads
	}
	if e.Threads <= 0 {
		e.Threads = 4
	}
	if e.RunID == "" {
		e.RunID = uuid.NewString()
	}
	return e
}

// A run is one call of Run.
type run struct {
	Env
	project  *Project
	catalog  catalog
	deferred map[string]Relation // what stands in for nodes in this run
	clones   map[string]Relation // what nodes are to be clones of; nil where they are built
	schemas  []Relation          // those that the run builds into

	mu     sync.Mutex // guards result and the reporter
	result *Result
	begun  int
	total  int
}

// drain runs every task. Workers take ready tasks; this goroutine alone marks
// them done and finds out which became ready.
func (r *run) drain(ctx context.Context, tasks []*task) {
	r.total = len(tasks)
	ready, done := make(chan *task, len(tasks)), make(chan *task, len(tasks))
	var workers sync.WaitGroup
	for i := range min(r.Threads, len(tasks)) {
		workers.Go(func() { r.work(ctx, fmt.Sprintf("Thread-%d (worker)", i+1), ready, done) })
	}
	left, stopped := len(tasks), false
	for _, t := range tasks {
		if t.waiting == 0 {
			ready <- t
		}
	}
	for ; left > 0; left-- {
		t := <-done
		stopped = stopped || r.FailFast && t.status.Bad()
		for _, next := range t.unblocks {
			if next.blame == "" {
				next.blame = t.blames()
			}
			if stopped && next.blame == "" {
				next.blame = "every node so far to succeed (--fail-fast)"
			}
			if next.waiting--; next.waiting == 0 {
				ready <- next
			}
		}
	}
	close(ready)
	workers.Wait()
}

// work runs ready tasks, one after another, on a session of its own.
func (r *run) work(ctx context.Context, name string, ready <-chan *task, done chan<- *task) {
	w := &worker{run: r, name: name}
	defer w.close()
	for t := range ready {
		t.status = w.one(ctx, t)
		done <- t
	}
}

// A worker runs nodes on one session, which it opens when it first needs it.
type worker struct {
	*run
	name    string
	session warehouse.Session
}

func (w *worker) close() {
	if w.session != nil {
		w.session.Close()
	}
}

// one runs, or skips, one task, and reports it.
func (w *worker) one(ctx context.Context, t *task) Status {
	res := NodeResult{Node: t.node, Start: time.Now(), Rows: -1, Thread: w.name}
	index := w.begin()
	switch {
	case t.blame != "":
		res.Status, res.Message = Skipped, "skipped: needs "+t.blame
	case ctx.Err() != nil:
		res.Status, res.Message = Skipped, "skipped: the run was interrupted"
	case t.node.Type == Exposure:
		res.Status = NoOp
	default:
		w.report(Event{Kind: Started, Index: index, Node: t.node})
		w.build(ctx, index, &res)
	}
	res.Duration = time.Since(res.Start)
	w.finish(index, res)
	return res.Status
}

// build runs the node and turns an error into a failed result.
func (w *worker) build(ctx context.Context, index int, res *NodeResult) {
	ctx = warehouse.WithQueryTag(ctx, w.tag(res.Node))
	b := &build{worker: w, node: res.Node, index: index, res: res}
	if err := b.do(ctx); err != nil {
		res.Status = Failed
		if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
			err = fmt.Errorf("%w (%w)", err, ctx.Err())
		}
		res.Err = fmt.Errorf("%s %s (%s): %w", res.Node.Type, res.Node.Name, res.Node.Pos.File, err)
		res.Message = err.Error()
		w.forget()
	}
}

// open is the worker's session.
func (w *worker) open(ctx context.Context) (warehouse.Session, error) {
	if w.session != nil {
		return w.session, nil
	}
	s, err := w.another(ctx)
	w.session = s
	return s, err
}

// another opens one more session in the target's database and schema.
func (r *run) another(ctx context.Context) (warehouse.Session, error) {
	t := r.project.Target
	s, err := r.Warehouse.Open(ctx, warehouse.SessionOptions{
		Database: t.Database, Schema: t.Schema, Role: t.Role, Warehouse: t.Compute,
	})
	if err != nil {
		return nil, fmt.Errorf("open a session in %s.%s: %w", t.Database, t.Schema, err)
	}
	return s, nil
}

// forget drops the session after a failure, which may have left it in a
// transaction or ended it; the next node gets a new one.
func (w *worker) forget() {
	w.close()
	w.session = nil
}

// tag is the query tag of a node's statements.
func (r *run) tag(n *Node) string {
	tag, err := json.Marshal(map[string]string{
		"app": "snowpit", "project": r.project.Name, "run_id": r.RunID, "node": n.ID,
	})
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(tag)
}

func (r *run) begin() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
	return r.begun
}

func (r *run) finish(index int, res NodeResult) { r.finishOf(index, 0, res) }

// finishOf ends one of so many, 0 for the run's nodes.
func (r *run) finishOf(index, total int, res NodeResult) {
	r.mu.Lock()
	r.result.Nodes = append(r.result.Nodes, res)
	r.mu.Unlock()
	r.report(Event{Kind: Finished, Index: index, Total: total, Node: res.Node, Result: &res})
}

// drawn notes the SQL of an ephemeral model, and reports whether it is the
// first to.
func (r *run) drawn(n *Node, sql string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, was := r.result.Drawn[n]
	if !was || sql != "" {
		r.result.Drawn[n] = sql
	}
	return !was
}

func (r *run) report(e Event) {
	if r.Reporter == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e.Time = time.Now()
	if e.Total == 0 {
		e.Total = r.total
	}
	r.Reporter.Report(e)
}
