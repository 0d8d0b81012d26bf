package project

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// Compile renders a model's or test's SQL, with the ephemeral models it needs
// in front as common table expressions.
func (p *Project) Compile(ctx context.Context, n *runner.Node, opts runner.CompileOptions) (string, error) {
	c := &compilation{p: p, opts: opts}
	if in, ok := opts.Fixtures[runner.This]; ok {
		this, err := c.standIn(ctx, n, in)
		if err != nil {
			return "", fmt.Errorf("the rows of this: %w", err)
		}
		c.this = this
	}
	sql, err := c.node(ctx, n)
	if err != nil {
		return "", err
	}
	return c.with(sql), nil
}

// Inline renders SQL that stands in no file, such as that of show --inline. It
// may ref whatever the project has.
func (p *Project) Inline(ctx context.Context, sql string, opts runner.CompileOptions) (string, error) {
	t, err := jinja.Parse("inline", sql)
	if err != nil {
		return "", err
	}
	c := &compilation{p: p, opts: opts}
	out, err := p.lib.Render(ctx, t, c.scope(ctx, &runner.Node{Pos: runner.Pos{File: "inline"}}))
	if err != nil {
		return "", err
	}
	return c.with(out), nil
}

// A compilation is one node's SQL and the ephemeral models it drew in.
type compilation struct {
	p    *Project
	opts runner.CompileOptions
	this string   // the query that stands in for the node's own table
	ctes []string // name as ( ... ), each after those it needs
	seen map[string]bool
}

func (c *compilation) node(ctx context.Context, n *runner.Node) (string, error) {
	scope := c.scope(ctx, n)
	switch {
	case c.p.tests[n.ID] != nil:
		sql, err := c.p.renderTest(ctx, n, scope)
		if err != nil {
			err = fmt.Errorf("%s: test %s: %w", n.Pos, n.Test.Generic, inner(err))
		}
		return sql, err
	case n.Python:
		return "", fmt.Errorf("%s: a Python model needs the Python runtime, which is not there yet; a model can go through a plugin instead", n.Pos)
	case c.p.templates[n.ID] != nil:
		tpl, err := c.p.templates[n.ID].parsed()
		if err != nil {
			return "", err
		}
		return c.p.lib.Render(ctx, tpl, scope)
	}
	return "", fmt.Errorf("%s: a %s has no SQL to compile", n.Pos, n.Type)
}

// scope is what n's template sees when its SQL is about to run.
func (c *compilation) scope(ctx context.Context, n *runner.Node) render.Scope {
	node := c.described(n)
	config := value.Fields(node["config"]) // dbt's defaults, too
	return render.Scope{
		Package: n.Package,
		Names:   c.standIns(n), Overrides: c.opts.Overrides.Macros, Vars: c.opts.Overrides.Vars, Env: c.opts.Overrides.Env,
		Node: node, This: c.p.relation(n), Seed: seedRows(n), Session: c.opts.Session, Execute: true, Incremental: c.opts.Incremental, FullRefresh: c.opts.FullRefresh, RunID: c.opts.RunID,
		Compiled: c.opts.Compiled,
		Ref: func(_ runner.Pos, pkg, name, version string) (any, error) {
			to, err := c.p.find(need{pkg: pkg, name: name, version: version}, n.Package)
			if err != nil {
				return nil, err
			}
			return c.relation(ctx, n, to)
		},
		Source: func(_ runner.Pos, source, table string) (any, error) {
			to, err := c.p.find(need{name: source + "." + table, source: true}, n.Package)
			if err != nil {
				return nil, err
			}
			return c.relation(ctx, n, to)
		},
		Get: func(key string) (any, bool) {
			if v, ok := n.Config.All[key]; ok {
				return v, true
			}
			v, ok := config[key]
			return v, ok
		},
	}
}

// described is the node as its template sees it, with its SQL once that is made.
func (c *compilation) described(n *runner.Node) map[string]any {
	d := c.p.describe(n, n.Config.All)
	if c.opts.Compiled != "" {
		d["compiled"], d["compiled_code"] = true, c.opts.Compiled
	}
	return d
}

// relation is how n's SQL names a node it needs. One that it did not name when
// the project was read may not be built yet, and is refused as dbt does.
func (c *compilation) relation(ctx context.Context, n, to *runner.Node) (any, error) {
	known := n.ID == "" || to.Type == runner.Source // which is there whatever is built
	for _, e := range n.Parents {
		known = known || e.To == to.ID
	}
	if !known {
		return nil, fmt.Errorf("the need for %s was not seen when the project was read; name it where it always shows: -- depends_on: {{ ref('%s') }}", to.Name, to.Name)
	}
	if c.opts.Fixtures != nil {
		return c.fixture(ctx, n, to)
	}
	if to.Config.Materialized != runner.Ephemeral || to.Type != runner.Model {
		rel := to.Relation
		if other, ok := c.opts.Defer[to.ID]; ok {
			rel = other
		}
		r := c.p.relation(to)
		if rel != to.Relation {
			r = render.Relation{Relation: rel}
		}
		r.Empty = c.opts.Empty
		return r, nil
	}
	name := render.EphemeralPrefix + to.Name
	if c.first(to.ID) {
		sql, err := c.node(ctx, to)
		if err != nil {
			return nil, err
		}
		c.ctes = append(c.ctes, expression(name, sql))
	}
	return cte(name), nil
}

// cte is a common table expression as templates have it.
func cte(name string) render.Relation {
	return render.Relation{Relation: runner.Relation{Identifier: name}, Type: "cte"}
}

// relation is a node's relation as templates have it.
func (p *Project) relation(n *runner.Node) render.Relation {
	r := render.Relation{Relation: n.Relation, Spelt: n.Spelling}
	switch {
	case n.Config.Custom != "": // which alone knows
	case n.Type == runner.Model && n.Config.Materialized == runner.View:
		r.Type = "view"
	case n.Type != runner.Source:
		r.Type = "table"
	}
	return r
}

// first reports whether an ephemeral model or a fixture has not been drawn in
// yet, and notes that it is.
func (c *compilation) first(id string) bool {
	if c.seen[id] {
		return false
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[id] = true
	return true
}

// with puts the ephemeral models in front of sql, before the expressions of
// its own WITH if it has one, spaced as dbt does.
func (c *compilation) with(sql string) string {
	if len(c.ctes) == 0 {
		return sql
	}
	ctes := " " + strings.Join(c.ctes, ",  ")
	at := skipBlank(sql)
	word, after := firstWord(sql[at:])
	if !strings.EqualFold(word, "with") {
		body := strings.TrimLeft(sql, " \t\r\n")
		return sql[:len(sql)-len(body)] + "with" + ctes + " " + body
	}
	if next, more := firstWord(after[skipBlank(after):]); strings.EqualFold(next, "recursive") {
		after = more
	}
	own := strings.TrimLeft(after, " \t\r\n")
	return sql[:len(sql)-len(own)] + ctes + ", " + own
}

// expression is a query as a common table expression, as dbt writes it.
func expression(name, sql string) string { return name + " as (\n" + sql + "\n)" }

// skipBlank is where the first token of sql begins, past space and comments.
func skipBlank(sql string) int {
	for i := 0; i < len(sql); {
		rest := sql[i:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(sql[i])):
			i++
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return len(sql)
			}
			i += end + 1
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				return i
			}
			i += end + 2
		default:
			return i
		}
	}
	return len(sql)
}

func firstWord(s string) (word, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}
