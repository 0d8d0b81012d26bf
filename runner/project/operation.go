package project

import (
	"context"
	"fmt"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// ErrNoMacro is an operation that is not there.
var ErrNoMacro = render.ErrNoMacro

// OperationOptions are what a macro runs with.
type OperationOptions struct {
	Session warehouse.Session // for run_query, statement and adapter; nil for none, when they refuse
	RunID   string            // invocation_id
}

// Operation calls a macro of the project, or package.macro, with arguments as
// encoding/json has them. It may ref whatever the project has. An error wraps
// [ErrNoMacro] where there is no such macro.
func (p *Project) Operation(ctx context.Context, macro string, args map[string]any, opts OperationOptions) error {
	c := &compilation{p: p, opts: runner.CompileOptions{Session: opts.Session, RunID: opts.RunID}}
	scope := c.scope(ctx, &runner.Node{Pos: runner.Pos{File: "run-operation"}})
	kwargs := map[string]any{}
	for k, v := range args {
		kwargs[k] = jinja.FromGo(v)
	}
	if _, err := p.lib.CallValue(ctx, macro, scope, kwargs); err != nil {
		return fmt.Errorf("macro %s: %w", macro, err)
	}
	return nil
}
