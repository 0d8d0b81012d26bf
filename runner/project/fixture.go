package project

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
)

// fixture draws in the made-up rows that stand for a node in a unit test.
func (c *compilation) fixture(to *runner.Node) (any, error) {
	sql, ok := c.opts.Fixtures[to.ID]
	if !ok {
		return nil, fmt.Errorf("the unit test gives no rows for %s: add it under given, with rows: [] if it should have none", call(to))
	}
	name := "__dbt__cte__" + strings.ReplaceAll(nameOf(to), ".", "__")
	if c.first(to.ID) {
		c.ctes = append(c.ctes, fmt.Sprintf("%s as (\n%s\n)", name, strings.TrimSpace(sql)))
	}
	return cte(name), nil
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
	if sql, ok := c.opts.Fixtures[runner.This]; ok {
		name := "__dbt__cte__" + n.Name + "__this"
		if c.first(runner.This) {
			c.ctes = append(c.ctes, fmt.Sprintf("%s as (\n%s\n)", name, strings.TrimSpace(sql)))
		}
		names["this"] = cte(name)
	}
	return names
}
