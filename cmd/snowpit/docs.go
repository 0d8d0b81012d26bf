package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/artifact"
	"github.com/snowpit-dev/snowpit/runner/project"
	"github.com/snowpit-dev/snowpit/warehouse"
)

func (a *app) docs() *cobra.Command {
	cmd := &cobra.Command{
		Use: "docs", Short: "What other tools know the project by: manifest.json and catalog.json", Args: cobra.NoArgs,
		Long:    "What there is to do with documentation.\n\nExit status: that of the command below.",
		Example: "  snowpit docs generate",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	generate := &cobra.Command{
		Use: "generate", Short: "Write manifest.json and catalog.json", Args: cobra.NoArgs,
		Long: "Compiles the project and asks the warehouse for its relations and their columns. Writes\n" +
			"target/manifest.json and target/catalog.json.\n\nExit status: 0, 1 when the warehouse cannot be asked, 2 when the project cannot be read.",
		Example: "  snowpit docs generate\n  snowpit docs generate --no-compile\n  snowpit docs generate --select tag:marts",
	}
	compile, empty := true, false
	toggle(generate, &compile, "compile", "", "put the compiled SQL of models and tests into manifest.json")
	generate.Flags().BoolVar(&empty, "empty-catalog", false, "ask the warehouse for nothing")
	var sel selection
	sel.flags(generate)
	generate.RunE = func(cmd *cobra.Command, _ []string) error { return a.generateDocs(cmd.Context(), sel, compile, empty) }
	cmd.AddCommand(generate, refused("serve"))
	return cmd
}

// generateDocs writes manifest.json and catalog.json.
func (a *app) generateDocs(ctx context.Context, sel selection, compile, empty bool) error {
	start, id := time.Now(), a.invocation()
	p, err := a.loadProject("")
	if err != nil {
		return err
	}
	nodes, err := sel.of(a, p)
	if err != nil {
		return err
	}
	compiled := artifact.Compiled{}
	if compile {
		lazy := &lazySession{app: a, project: p}
		compiled, err = compileAll(ctx, p, nodes, lazy)
		if err := errors.Join(err, lazy.Close()); err != nil {
			return err
		}
	}
	folder := artifact.Folder(p.Dir, p.TargetPath)
	if err := artifact.NewManifest(p.Project, id, start, compiled, nil).Write(folder); err != nil {
		return err
	}
	var relations map[runner.Relation]*runner.Described
	var problem error
	a.say("Building catalog")
	if !empty {
		w, err := a.open(ctx, p)
		if err != nil {
			return err
		}
		relations, problem = runner.Describe(ctx, p.Project, w.warehouse)
		relations = ofNodes(relations, nodes)
		if err := w.close(); err != nil {
			return err
		}
	}
	catalog := artifact.NewCatalog(p.Project, relations, problem, id, start)
	if err := catalog.Write(folder); err != nil {
		return err
	}
	a.say("Catalog written to %s (%d relations)", here(filepath.Join(folder, artifact.CatalogFile)), len(catalog.Nodes)+len(catalog.Sources))
	return problem
}

// ofNodes are the relations of some nodes.
func ofNodes(all map[runner.Relation]*runner.Described, nodes []*runner.Node) map[runner.Relation]*runner.Described {
	out := map[runner.Relation]*runner.Described{}
	for _, n := range nodes {
		if d := all[n.Relation]; d != nil {
			out[n.Relation] = d
		}
	}
	return out
}

// compileAll renders those nodes that have SQL.
func compileAll(ctx context.Context, p *project.Project, nodes []*runner.Node, s warehouse.Session) (artifact.Compiled, error) {
	out := artifact.Compiled{}
	var errs []error
	for _, n := range nodes {
		if n.Python || n.Type != runner.Model && n.Type != runner.Test && n.Type != runner.Snapshot && n.Type != runner.Analysis {
			continue
		}
		sql, err := p.Compile(ctx, n, runner.CompileOptions{Session: s})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out[n.ID] = sql
	}
	return out, errors.Join(errs...)
}
