package runner

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// A HookCompiler is a [Compiler] that renders hooks too.
type HookCompiler interface {
	// CompileHook is a hook's SQL with its templates rendered. N is the node
	// the hook belongs to, nil for the hooks of a run.
	CompileHook(ctx context.Context, n *Node, h Hook, opts CompileOptions) (string, error)
}

// hooks runs a node's hooks, those outside of its transaction or those inside.
func (b *build) hooks(ctx context.Context, hooks []Hook, outside bool) error {
	for _, h := range hooks {
		if h.Outside != outside {
			continue
		}
		sql, err := compileHook(ctx, b.Compiler, b.node, h, b.options())
		if err != nil {
			return err
		}
		for _, stmt := range Statements(sql) {
			if err := b.beside(ctx, stmt); err != nil {
				return fmt.Errorf("hook %q: %w", short(stmt), err)
			}
		}
	}
	return nil
}

// withHooks runs the hooks around a build.
func (b *build) withHooks(ctx context.Context, make func(context.Context) error) error {
	cfg := b.node.Config
	for _, outside := range []bool{true, false} {
		if err := b.hooks(ctx, cfg.PreHooks, outside); err != nil {
			return err
		}
	}
	if err := make(ctx); err != nil {
		return err
	}
	if err := b.grants(ctx); err != nil {
		return err
	}
	if err := b.persistDocs(ctx); err != nil {
		return err
	}
	for _, outside := range []bool{false, true} {
		if err := b.hooks(ctx, cfg.PostHooks, outside); err != nil {
			return err
		}
	}
	return nil
}

func compileHook(ctx context.Context, c Compiler, n *Node, h Hook, opts CompileOptions) (string, error) {
	hc, ok := c.(HookCompiler)
	if !ok {
		return h.SQL, nil
	}
	return hc.CompileHook(ctx, n, h, opts)
}

// around runs the hooks of the run itself, each after the one before, on a
// session of their own, and reports whether they went well. One that fails has
// the others skipped.
func (r *run) around(ctx context.Context, hooks []Hook, opts CompileOptions) bool {
	if len(hooks) == 0 {
		return true
	}
	s, err := r.another(ctx)
	if err == nil {
		defer s.Close()
	}
	opts.Session, opts.RunID, opts.FullRefresh = s, r.RunID, r.FullRefresh
	failed := false
	for i, h := range hooks {
		res := NodeResult{Node: h.Node, Failures: 1, Start: time.Now(), Rows: -1, Thread: "main", Status: Skipped, Message: "skipped: needs the hook before it"}
		if !failed {
			r.report(Event{Kind: Started, Index: i + 1, Total: len(hooks), Node: res.Node})
			if err == nil {
				err = r.hook(ctx, s, h, opts, &res)
			}
			res.Status, res.Message, res.Failures, res.Err = Success, "", 0, err
			if failed = err != nil; failed {
				res.Status, res.Message, res.Failures = Failed, err.Error(), 1
			}
			res.Duration = time.Since(res.Start)
		}
		r.finishOf(i+1, len(hooks), res)
	}
	return !failed
}

// Operating makes the node that stands for a hook of a run.
func Operating(h Hook) *Node {
	kind, _, _ := strings.Cut(h.Name, ".")
	name := h.Package + "-" + strings.ReplaceAll(h.Name, ".", "-")
	return &Node{
		ID: "operation." + h.Package + "." + name, Type: Operation, Package: h.Package, Name: name, FQN: []string{h.Package, "hooks", name},
		Pos: h.Pos, Raw: h.SQL, Hook: h.Name, Config: Config{Materialized: View, Tags: []string{kind}, Pos: h.Pos},
	}
}

// hook runs one hook of the run.
func (r *run) hook(ctx context.Context, s warehouse.Session, h Hook, opts CompileOptions, res *NodeResult) error {
	sql, err := compileHook(ctx, r.Compiler, nil, h, opts)
	if err != nil {
		return err
	}
	res.Compiled, res.Compiling = sql, time.Since(res.Start)
	for _, stmt := range Statements(sql) {
		res, err := s.Query(ctx, stmt)
		if err == nil {
			err = res.Close()
		}
		if err != nil {
			return fmt.Errorf("hook %q (%s): %w", short(stmt), h.Pos, err)
		}
	}
	return nil
}

// short is a statement's beginning, on one line.
func short(stmt string) string {
	text := []rune(strings.Join(strings.Fields(stmt), " "))
	if len(text) > 60 {
		return string(text[:59]) + "…"
	}
	return string(text)
}
