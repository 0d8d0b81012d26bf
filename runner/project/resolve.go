package project

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/stage"
)

// hasPlace reports whether nodes of a type become tables or views.
func hasPlace(t runner.ResourceType) bool {
	return t == runner.Model || t == runner.Seed || t == runner.Snapshot
}

// name gives every node that becomes a table or view its full name.
func (l *loader) name() error {
	taken := map[runner.Relation]*runner.Node{}
	for _, n := range l.order {
		if l.p.Nodes[n.ID] == n && n.Type == runner.Test {
			if err := l.kept(n); err != nil {
				return err
			}
		}
		if l.p.Nodes[n.ID] != n || !hasPlace(n.Type) || n.Config.Materialized == runner.Ephemeral {
			continue
		}
		if err := l.relation(n); err != nil {
			return err
		}
		if old := taken[n.Relation]; old != nil {
			return fmt.Errorf("%s: %s is what %s (%s) is called already; give one of them an alias or a schema", n.Pos, n.Relation, old.Name, old.Pos.File)
		}
		taken[n.Relation] = n
	}
	return nil
}

// relation is made by dbt's rules, or by the project's own macros where it
// has them: an alias or the name, in the target's schema or, with a custom
// one, in TARGET_CUSTOM.
func (l *loader) relation(n *runner.Node) error {
	r := &nodeconfig.Reader{All: n.Config.All}
	alias, schema, database := r.Text("alias"), r.Text("schema"), r.Text("database")
	if r.Err != nil {
		return fmt.Errorf("%s: config %w", n.Config.Pos, r.Err)
	}
	t := l.p.Target
	names := []struct {
		macro, arg, custom, usual string
		to                        *string
	}{
		{"generate_alias_name", "custom_alias_name", alias, n.Name, &n.Relation.Identifier},
		{"generate_schema_name", "custom_schema_name", schema, l.spelt("schema", t.Schema) + "_" + strings.TrimSpace(schema), &n.Relation.Schema},
		{"generate_database_name", "custom_database_name", database, database, &n.Relation.Database},
	}
	names[0].usual = n.Name
	switch {
	case alias != "":
		names[0].usual = strings.TrimSpace(alias)
	case n.Version != "":
		names[0].usual = n.Name + "_v" + strings.ReplaceAll(n.Version, ".", "_")
	}
	if schema == "" {
		names[1].usual = l.spelt("schema", t.Schema)
	}
	if database == "" {
		names[2].usual = l.spelt("database", t.Database)
	}
	quoting := nodeconfig.Overlay(l.pack(n.Package).quoting, l.settings.quoting, nodeconfig.Map(n.Config.All["quoting"]))
	spelt := runner.Relation{}
	parts := []string{"identifier", "schema", "database"}
	for i, part := range names {
		text := part.usual
		if l.replaced(part.macro) {
			var custom any
			if part.custom != "" {
				custom = part.custom
			}
			out, err := l.p.lib.Call(context.Background(), part.macro, render.Scope{Execute: true, Node: l.p.describe(n, n.Config.All)}, map[string]any{part.arg: custom, "node": jinja.FromGo(l.p.describe(n, n.Config.All))})
			if err != nil {
				return err
			}
			text = strings.TrimSpace(out)
		}
		*part.to = fold(text, quoting[parts[i]])
		*[]*string{&spelt.Identifier, &spelt.Schema, &spelt.Database}[i] = text
	}
	if n.Type == runner.Snapshot {
		snapshotPlace(n, r, quoting, &spelt)
	}
	n.Spelling = spelt
	if r.Err != nil {
		return fmt.Errorf("%s: config %w", n.Config.Pos, r.Err)
	}
	return nil
}

// kept names the place of the rows that a test finds by the same rules, with
// dbt_test__audit for a schema where it has none of its own.
func (l *loader) kept(n *runner.Node) error {
	as := *n
	as.Config.All = nodeconfig.Overlay(nodeconfig.Layer{"schema": "dbt_test__audit"}, n.Config.All)
	if as.Config.All["schema"] == nil {
		as.Config.All["schema"] = "dbt_test__audit"
	}
	err := l.relation(&as)
	n.Test.Kept, n.Test.Spelling = as.Relation, as.Spelling
	return err
}

// replaced reports whether the project has its own macro in place of one of
// dbt's.
func (l *loader) replaced(macro string) bool {
	for _, prefix := range []string{"", "snowflake__", "default__"} {
		if l.p.lib.Has(prefix + macro) {
			return true
		}
	}
	return false
}

// snapshotPlace puts a snapshot where target_schema and target_database, the
// older keys, say: as they stand, without the target's own schema before them.
func snapshotPlace(n *runner.Node, r *nodeconfig.Reader, quoting map[string]any, spelt *runner.Relation) {
	if schema := r.Text("target_schema"); schema != "" {
		n.Relation.Schema, spelt.Schema = fold(schema, quoting["schema"]), schema
	}
	if database := r.Text("target_database"); database != "" {
		n.Relation.Database, spelt.Database = fold(database, quoting["database"]), database
	}
}

// resolve turns the names that templates asked for into edges.
func (l *loader) resolve() error {
	for _, n := range slices.Clone(l.order) {
		if l.p.Nodes[n.ID] != n {
			continue
		}
		if err := l.edges(n); err != nil {
			return err
		}
	}
	return nil
}

// edges turns what a node's templates asked for into its edges.
func (l *loader) edges(n *runner.Node) error {
	for _, need := range l.calls[n.ID] {
		to, err := l.p.find(need, n.Package)
		if err == nil {
			err = l.mayUse(n, to)
		}
		if err == nil {
			addParent(n, runner.Edge{To: to.ID, Pos: need.at, Why: map[bool]string{true: "source", false: "ref"}[need.source]})
			continue
		}
		if n.Type != runner.Test || errors.Is(err, errNotAllowed) {
			return fmt.Errorf("%s: %w", need.at, err)
		}
		// dbt leaves such a test out with a warning, unless what it needs was
		// switched off.
		if !errors.Is(err, errDisabled) {
			l.warnAs("NodeNotFoundOrDisabled", n.Pos, "test %s is left out: %v", n.Name, err)
		}
		delete(l.p.Nodes, n.ID)
		break
	}
	return nil
}

var errNotAllowed = errors.New("which is not allowed")

// mayUse refuses what access keeps from a node: a private model is for its own
// group, a protected one of a package that restricts access for that package.
// Tests may use any.
func (l *loader) mayUse(n, to *runner.Node) error {
	outside := n.Package != to.Package && l.pack(to.Package).restrict
	private := to.Access == "private" && (n.Group == "" || n.Group != to.Group || outside)
	switch {
	case to.Type != runner.Model || n.Type == runner.Test || n.Type == runner.UnitTest:
		return nil
	case private:
		return fmt.Errorf("%s attempted to reference %s, %w because the referenced node is private to the '%s' group", n.ID, to.ID, errNotAllowed, to.Group)
	case outside && to.Access != "public":
		return fmt.Errorf("%s attempted to reference %s, %w because the referenced node is protected to the '%s' package", n.ID, to.ID, errNotAllowed, to.Package)
	}
	return nil
}

// joinArtifacts makes the model that trains an artifact a need of those that
// predict with it.
func (l *loader) joinArtifacts() error {
	trainers := map[string]*runner.Node{}
	for _, action := range []string{plugins.ActionTrain, plugins.ActionPredict} {
		for _, n := range l.order {
			cfg := n.Config.Plugin
			if cfg == nil || l.p.Nodes[n.ID] != n {
				continue
			}
			loc, err := stage.ParseLocation(cfg.Artifact, stage.Name{Database: l.p.Target.Database, Schema: l.p.Target.Schema})
			if err == nil {
				err = stage.CheckName(loc.Path)
			}
			if err != nil {
				return fmt.Errorf("%s: config artifact: %w", n.Config.Pos, err)
			}
			trainer := trainers[loc.String()]
			switch {
			case cfg.Action != action:
			case action == plugins.ActionTrain && trainer != nil:
				return fmt.Errorf("%s: %s is the artifact of %s (%s) already; two models cannot train one artifact", n.Pos, loc, trainer.Name, trainer.Pos)
			case action == plugins.ActionTrain:
				trainers[loc.String()] = n
			case trainer != nil:
				addParent(n, runner.Edge{To: trainer.ID, Pos: n.Pos, Why: "artifact"})
			}
		}
	}
	return nil
}

// addParent adds an edge, unless there is one to the same node.
func addParent(n *runner.Node, e runner.Edge) {
	if !slices.ContainsFunc(n.Parents, func(old runner.Edge) bool { return old.To == e.To }) {
		n.Parents = append(n.Parents, e)
	}
}
