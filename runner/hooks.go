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
		for _, stmt := range statements(sql) {
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
		for _, stmt := range statements(sql) {
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

// statements takes SQL apart at its semicolons. Those in texts, quoted names,
// comments and $$ blocks separate nothing; what is blank is left out.
func statements(sql string) []string {
	var out []string
	from := 0
	add := func(to int) {
		if stmt := strings.TrimSpace(sql[from:to]); !blank(stmt) {
			out = append(out, stmt)
		}
	}
	for i := 0; i < len(sql); {
		if sql[i] == ';' {
			add(i)
			from = i + 1
		}
		i += span(sql[i:])
	}
	add(len(sql))
	return out
}

// span is how many bytes the first token takes that may hold a semicolon: a
// text, a quoted name, a comment or a block; 1 for anything else.
func span(sql string) int {
	for _, s := range []struct{ open, end string }{{"--", "\n"}, {"//", "\n"}, {"/*", "*/"}, {"$$", "$$"}} {
		if strings.HasPrefix(sql, s.open) {
			if i := strings.Index(sql[len(s.open):], s.end); i >= 0 {
				return len(s.open) + i + len(s.end)
			}
			return len(sql)
		}
	}
	if sql[0] != '\'' && sql[0] != '"' {
		return 1
	}
	for i := 1; i < len(sql); i++ {
		if sql[0] == '\'' && sql[i] == '\\' {
			i++
		} else if sql[i] == sql[0] {
			return i + 1
		}
	}
	return len(sql)
}

// blank reports whether a statement is nothing but space and comments.
func blank(stmt string) bool {
	for stmt = strings.TrimSpace(stmt); stmt != ""; stmt = strings.TrimSpace(stmt) {
		if !strings.HasPrefix(stmt, "--") && !strings.HasPrefix(stmt, "/*") && !strings.HasPrefix(stmt, "//") {
			return false
		}
		stmt = stmt[span(stmt):]
	}
	return true
}
