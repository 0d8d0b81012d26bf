package project

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

var _ runner.HookCompiler = (*Project)(nil)

// CompileHook renders a hook as its node's template is rendered. One of a run's
// may use results, schemas and database_schemas at its end.
func (p *Project) CompileHook(ctx context.Context, n *runner.Node, h runner.Hook, opts runner.CompileOptions) (string, error) {
	t, err := jinja.Parse(h.Pos.String(), h.SQL)
	if err != nil {
		return "", placed(h.Pos, err)
	}
	if n == nil {
		n = &runner.Node{Package: h.Package, Pos: h.Pos}
	}
	c := &compilation{p: p, opts: opts}
	scope := c.scope(ctx, n)
	if opts.Ended != nil {
		scope.Names = p.endNames(opts)
	}
	sql, err := p.lib.Render(ctx, t, scope)
	var inner *jinja.Error
	if errors.As(err, &inner) && inner.File != t.Name {
		return "", fmt.Errorf("%s: %w", h.Pos, err) // in a macro that the hook calls
	} else if err != nil {
		return "", placed(h.Pos, err)
	}
	return sql, nil
}

// endNames are what an on-run-end hook knows of the run.
func (p *Project) endNames(opts runner.CompileOptions) map[string]any {
	var results []any
	for _, r := range opts.Ended.Nodes {
		if r.Node.Type == runner.Operation && r.Status != runner.Failed {
			continue // dbt leaves out hooks that went well
		}
		node := p.describe(r.Node, r.Node.Config.All)
		node["compiled"], node["compiled_code"] = r.Compiled != "", r.Compiled
		results = append(results, render.Result(plainJSON(artifact.OutcomeOf(r)), plainJSON(node)))
	}
	var names, pairs []any
	seen := map[string]bool{}
	for _, s := range opts.Schemas {
		if !seen[s.Schema] {
			seen[s.Schema] = true
			names = append(names, s.Schema)
		}
		pairs = append(pairs, []any{s.Database, s.Schema})
	}
	return map[string]any{"results": jinja.FromGo(results), "schemas": jinja.FromGo(names), "database_schemas": jinja.FromGo(pairs)}
}

// hookNeeds notes what a node's hooks need.
func (l *loader) hookNeeds(n *runner.Node) error {
	for _, h := range slices.Concat(n.Config.PreHooks, n.Config.PostHooks) {
		if err := l.needsOf(n, h); err != nil {
			return err
		}
	}
	return nil
}

// needsOf notes what a hook needs as what n needs.
func (l *loader) needsOf(n *runner.Node, h runner.Hook) error {
	t, err := jinja.Parse(h.Pos.String(), h.SQL)
	if err != nil {
		return placed(h.Pos, fmt.Errorf("hook: %w", err))
	}
	scope := l.noting(n)
	scope.Node = l.p.describe(n, n.Config.All)
	scope.This = l.p.relation(n)
	before := len(l.calls[n.ID])
	if _, err := l.p.lib.Render(context.Background(), t, scope); err != nil {
		var inner *jinja.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return fmt.Errorf("%s: hook: %w", h.Pos, err)
	}
	for i := before; i < len(l.calls[n.ID]); i++ {
		l.calls[n.ID][i].at = h.Pos
	}
	return nil
}

// runHookNeeds notes what the hooks around a run need, and the macros they call.
func (l *loader) runHookNeeds() error {
	for _, h := range slices.Concat(l.p.OnRunStart, l.p.OnRunEnd) {
		n := h.Node
		n.Macros = l.p.lib.Calls(n.Package, h.SQL)
		if err := l.needsOf(n, h); err != nil {
			return err
		}
		if err := l.edges(n); err != nil {
			return err
		}
	}
	return nil
}

// readHooks reads the hooks around a run: those of the packages, by their
// names, and then the project's own.
func (l *loader) readHooks() error {
	packs := slices.SortedFunc(slices.Values(l.packs), func(a, b *pack) int {
		if own := (a.root == "") != (b.root == ""); own {
			return map[bool]int{true: 1, false: -1}[a.root == ""]
		}
		return strings.Compare(a.name, b.name)
	})
	for _, p := range packs {
		start, err := runHooks(p, "on-run-start")
		if err != nil {
			return err
		}
		end, err := runHooks(p, "on-run-end")
		if err != nil {
			return err
		}
		l.p.OnRunStart, l.p.OnRunEnd = append(l.p.OnRunStart, start...), append(l.p.OnRunEnd, end...)
	}
	return nil
}

// runHooks reads a package's on-run-start or on-run-end.
func runHooks(p *pack, key string) ([]runner.Hook, error) {
	v := p.file
	items := v.Get(key)
	if items.List == nil && !items.IsNull() {
		items = yamldoc.Value{Pos: items.Pos, List: []yamldoc.Value{items}}
	}
	var out []runner.Hook
	for _, item := range items.List {
		if item.Keys != nil || item.List != nil {
			return nil, fmt.Errorf("%s: %s is a statement or a list of them", item.Pos, key)
		}
		if text := item.Text(); strings.TrimSpace(text) != "" {
			h := runner.Hook{SQL: text, Package: p.name, Name: fmt.Sprintf("%s.%d", key, len(out)), Pos: item.Pos}
			h.Node = runner.Operating(h)
			h.Node.Sum = p.sum
			out = append(out, h)
		}
	}
	return out, nil
}
