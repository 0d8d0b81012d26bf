package runner

import (
	"context"
	"fmt"
	"strings"
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
			if _, err := b.exec(ctx, stmt); err != nil {
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

// around runs the hooks of the run itself, each on a session of its own.
func (r *run) around(ctx context.Context, hooks []Hook, what string, opts CompileOptions) error {
	if len(hooks) == 0 {
		return nil
	}
	s, err := r.another(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	opts.Session, opts.RunID, opts.FullRefresh = s, r.RunID, r.FullRefresh
	for _, h := range hooks {
		sql, err := compileHook(ctx, r.Compiler, nil, h, opts)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		for _, stmt := range Statements(sql) {
			res, err := s.Query(ctx, stmt)
			if err == nil {
				err = res.Close()
			}
			if err != nil {
				return fmt.Errorf("%s: hook %q (%s): %w", what, short(stmt), h.Pos, err)
			}
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
