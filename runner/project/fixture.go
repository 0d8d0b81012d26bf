package project

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
)

// fixture draws in the made-up rows that stand for a node in a unit test.
func (c *compilation) fixture(ctx context.Context, n, to *runner.Node) (any, error) {
	in, ok := c.opts.Fixtures[to.ID]
	if !ok {
		return nil, fmt.Errorf("the unit test gives no rows for %s: add it under given, with rows: [] if it should have none", call(to))
	}
	name := "__dbt__cte__" + strings.ReplaceAll(nameOf(to), ".", "__")
	if c.first(to.ID) {
		sql, err := c.standIn(ctx, n, in)
		if err != nil {
			return nil, fmt.Errorf("the rows of %s: %w", call(to), err)
		}
		c.ctes = append(c.ctes, expression(name, strings.TrimSpace(sql)))
	}
	return cte(name), nil
}

// standIn is the query of made-up rows. One that is written as SQL may have
// templates in it.
func (c *compilation) standIn(ctx context.Context, n *runner.Node, in runner.StandIn) (string, error) {
	if !in.Template {
		return in.SQL, nil
	}
	t, err := jinja.Parse("rows", in.SQL)
	if err != nil {
		return "", err
	}
	return c.p.lib.Render(ctx, t, c.scope(ctx, n))
}

// call is how a template asks for a node.
func call(n *runner.Node) string {
	if n.Type == runner.Source {
		source, table, _ := strings.Cut(nameOf(n), ".")
		return fmt.Sprintf("source('%s', '%s')", source, table)
	}
	return fmt.Sprintf("ref('%s')", n.Name)
}

// standIns are the names that stand for made-up rows in a unit test: this.
func (c *compilation) standIns(n *runner.Node) map[string]any {
	names := map[string]any{}
	if c.this != "" {
		name := "__dbt__cte__" + n.Name + "__this"
		if c.first(runner.This) {
			c.ctes = append(c.ctes, expression(name, strings.TrimSpace(c.this)))
		}
		names["this"] = cte(name)
	}
	return names
}
