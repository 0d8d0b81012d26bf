package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) compile() *cobra.Command {
	var sel selection
	var fullRefresh bool
	var dialect, inline, output string
	cmd := &cobra.Command{
		Use: "compile", Short: "Render templates to SQL, and run nothing", Args: cobra.NoArgs,
		Long: "Renders models and tests to the SQL that would run, writes it to target/compiled and,\nfor a single node, shows it.\n\nExit status: 0, 1 when a template is wrong, 2 for wrong usage.",
		Example: "  snowpit compile\n  snowpit compile --select train_test_dataset\n  snowpit compile --select train_test_dataset --dialect duckdb\n" +
			"  snowpit compile --inline \"select * from {{ ref('train_test_dataset') }}\"",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dialect != "snowflake" && dialect != "duckdb" {
				return usage("there is no dialect %q; it is snowflake or duckdb", dialect)
			}
			if output != "text" && output != "json" {
				return usage("--output %q: it is text or json", output)
			}
			sel.among = []string{"model", "test", "snapshot", "analysis"}
			p, err := a.loadProject("")
			if err != nil {
				return err
			}
			nodes, err := sel.of(a, p)
			if err != nil {
				return err
			}
			if inline != "" && len(sel.include)+len(sel.exclude) > 0 {
				return usage("--inline is what to compile: leave out --select and --exclude")
			}
			lazy := &lazySession{app: a, project: p}
			opts := runner.CompileOptions{FullRefresh: fullRefresh, Session: lazy}
			if inline != "" {
				sql, err := p.Inline(cmd.Context(), inline, opts)
				if err == nil && output == "json" {
					err = a.compiledJSON(compiledNode{Compiled: sql})
				} else if err == nil {
					fmt.Fprintln(a.stdout, sql)
				}
				return errors.Join(err, lazy.Close())
			}
			if opts.Defer, err = a.deferred(cmd.Context(), p, nodes, sel); err != nil {
				return err
			}
			if dialect == "duckdb" {
				return a.translateNodes(cmd.Context(), p, nodes, opts)
			}
			return errors.Join(a.compileNodes(cmd.Context(), p, nodes, sel, output, opts), lazy.Close())
		},
	}
	sel.flags(cmd)
	sel.deferFlags(cmd)
	sel.typeFlags(cmd)
	cmd.Flags().StringVar(&dialect, "dialect", "snowflake", "the dialect to show: snowflake, or duckdb for what the local warehouse runs")
	cmd.Flags().StringVar(&output, "output", "text", "how a single node's SQL is shown: text or json")
	cmd.Flags().StringVar(&inline, "inline", "", "a query, with templates, instead of nodes")
	toggle(cmd, &fullRefresh, "full-refresh", "f", "render incremental models as when they are rebuilt")
	return cmd
}

// compileNodes renders nodes, writes their SQL, and shows that of a single
// one. An error does not keep the others from being rendered.
func (a *app) compileNodes(ctx context.Context, p *project.Project, nodes []*runner.Node, sel selection, output string, opts runner.CompileOptions) error {
	shown := theOne(nodes, sel)
	var errs []error
	compiled := artifact.Compiled{}
	for _, n := range nodes {
		sql, err := p.Compile(ctx, n, opts)
		if err == nil {
			compiled[n.ID] = sql
			err = artifact.WriteSQL(p.Dir, p.TargetPath, "compiled", n, sql)
		}
		if err != nil {
			errs = append(errs, err)
		} else if n == shown && output == "json" {
			errs = append(errs, a.compiledJSON(compiledNode{Node: n.Name, Compiled: sql}))
		} else if n == shown {
			a.showCompiled(n.Name, sql)
		}
	}
	if shown == nil {
		fmt.Fprintf(a.stdout, "Compiled %d of %d nodes into %s/compiled\n", len(nodes)-len(errs), len(nodes), p.TargetPath)
	}
	if !a.noWriteJSON {
		errs = append(errs, artifact.NewManifest(p.Project, a.invocation(), time.Now(), compiled, nil).Write(artifact.Folder(p.Dir, p.TargetPath)))
	}
	return errors.Join(errs...)
}

// A compiledNode is what --output json shows of a node, or of a query given
// inline.
type compiledNode struct {
	Node     string `json:"node,omitempty"`
	Compiled string `json:"compiled"`
}

func (a *app) compiledJSON(n compiledNode) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(n)
}

// theOne is the node whose SQL is shown: the only one, or the one that the
// selection names.
func theOne(nodes []*runner.Node, sel selection) *runner.Node {
	for _, n := range nodes {
		if len(nodes) == 1 || len(sel.include) == 1 && n.Name == sel.include[0] {
			return n
		}
	}
	return nil
}

// showCompiled prints a node's SQL, with dbt's line before it unless it is to
// be quiet.
func (a *app) showCompiled(name, sql string) {
	if !a.quiet {
		fmt.Fprintf(a.stdout, "Compiled node '%s' is:\n", name)
	}
	fmt.Fprintln(a.stdout, sql)
}

// translateNodes shows nodes' SQL as the local warehouse runs it. The types of
// tables that are not there yet are not known, and left to DuckDB.
func (a *app) translateNodes(ctx context.Context, p *project.Project, nodes []*runner.Node, opts runner.CompileOptions) error {
	w, err := a.open(ctx, p)
	if err != nil {
		return err
	}
	s, err := w.session(ctx)
	if err != nil {
		return errors.Join(err, w.close())
	}
	var errs []error
	opts.Session = s
	for _, n := range nodes {
		sql, err := p.Compile(ctx, n, opts)
		if err == nil {
			sql, err = warehouse.Translate(ctx, s, sql)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", n.Name, err))
			continue
		}
		fmt.Fprintf(a.stdout, "-- %s\n%s;\n", n.Name, sql)
	}
	return errors.Join(append(errs, s.Close(), w.close())...)
}

// deferred is which relations of another run stand in for nodes when the
// selected ones are compiled. It opens the warehouse only with --defer.
func (a *app) deferred(ctx context.Context, p *project.Project, nodes []*runner.Node, sel selection) (map[string]runner.Relation, error) {
	other, err := sel.deferred()
	if other == nil || err != nil {
		return nil, err
	}
	w, err := a.open(ctx, p)
	if err != nil {
		return nil, err
	}
	env := runner.Env{Warehouse: w.warehouse, Defer: other, FavorState: sel.favorState}
	found, err := runner.Deferred(ctx, runner.Plan{Project: p.Project, Nodes: nodes}, env)
	return found, errors.Join(err, w.close())
}
