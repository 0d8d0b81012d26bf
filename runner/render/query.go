package render

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// ErrNoWarehouse is a question to the warehouse where there is none to ask.
var ErrNoWarehouse = errors.New("there is no warehouse to ask here")

// session is the session of the render.
func (c *rendering) session(what string) (warehouse.Session, error) {
	if c.s.Session == nil {
		return nil, fmt.Errorf("%s: %w", what, ErrNoWarehouse)
	}
	return c.s.Session, nil
}

// query runs a statement and keeps its rows; of several, those of the last.
func (c *rendering) query(ctx context.Context, what, sql string, fetch bool, args ...any) (*answer, error) {
	s, err := c.session(what)
	if err != nil {
		return nil, err
	}
	last := strings.TrimRight(strings.TrimSpace(sql), ";")
	if all := runner.Statements(sql); len(all) > 1 {
		for _, stmt := range all[:len(all)-1] {
			if _, err := warehouse.Exec(ctx, s, stmt); err != nil {
				return nil, fmt.Errorf("%s: %w", what, err)
			}
		}
		last = all[len(all)-1]
	}
	res, err := s.Query(ctx, last, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	a, err := newAnswer(res, fetch)
	if err = errors.Join(err, res.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return a, nil
}

// statement is {% call statement(name, fetch_result=true) %}. While a project
// is read it does nothing.
func (c *rendering) statement(a *jinja.Args) (any, error) {
	caller, _ := a.Kw.Get("caller")
	if !c.s.Execute {
		return "", nil
	}
	if caller == nil {
		return nil, fmt.Errorf("statement() is called with a body: {%% call statement('name') %%} select 1 {%% endcall %%}")
	}
	body, err := a.Call(caller)
	if err != nil {
		return nil, err
	}
	text, err := value.Text(body)
	if err != nil {
		return nil, err
	}
	name := a.Str(0, "name", "")
	if name == "main" && c.written != nil {
		*c.written = text
	}
	got, err := c.query(a.Context(), "statement", text, value.Truthy(a.Arg(1, "fetch_result", false)))
	if err != nil {
		return nil, err
	}
	if name != "" {
		err = c.results.Set(name, got.result())
	}
	return "", err
}

// runQuery is run_query(sql): a table, or none while a project is read.
func (c *rendering) runQuery(a *jinja.Args) (any, error) {
	if !c.s.Execute {
		return nil, nil
	}
	got, err := c.query(a.Context(), "run_query", a.Str(0, "sql", ""), true)
	if err != nil {
		return nil, err
	}
	return got.table(), nil
}

// loadResult is load_result(name): what a statement gave, or none.
func (c *rendering) loadResult(a *jinja.Args) (any, error) {
	v, _ := c.results.Get(a.Str(0, "name", ""))
	return v, nil
}

// storeResult is store_result(name, response, agate_table).
func (c *rendering) storeResult(a *jinja.Args) (any, error) {
	return "", c.results.Set(a.Str(0, "name", ""), value.DictOf("response", a.Arg(1, "response", nil), "data", value.NewList(), "table", a.Arg(2, "agate_table", nil)))
}

// storeRawResult is store_result with the parts of its response.
func (c *rendering) storeRawResult(a *jinja.Args) (any, error) {
	response := value.DictOf("_message", a.Arg(1, "message", nil), "code", a.Arg(2, "code", nil), "rows_affected", a.Arg(3, "rows_affected", nil))
	return "", c.results.Set(a.Str(0, "name", ""), value.DictOf("response", response, "data", value.NewList(), "table", a.Arg(4, "agate_table", nil)))
}

// queryTag is the session's query tag.
func (c *rendering) queryTag(a *jinja.Args) (any, error) {
	return warehouse.QueryTag(a.Context()), nil
}
