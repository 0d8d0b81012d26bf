package project

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render"
	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	jv "github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A genericTest is a test declared in YAML: a macro and what it is called with.
type genericTest struct {
	macro string
	on    *runner.Node
	args  map[string]yamldoc.Value
}

// testKeys are the keys of a test's entry that are not arguments of its macro.
var testKeys = []string{"name", "config", "description", "arguments", "test_name"}

// testConfigKeys are config keys that dbt also takes beside the arguments.
var testConfigKeys = []string{"severity", "warn_if", "error_if", "fail_calc", "limit", "where", "store_failures", "store_failures_as", "enabled", "tags", "meta", "database", "schema", "alias"}

// readGenericTests makes a node of every test declared in YAML.
func (l *loader) readGenericTests() error {
	for _, f := range l.yaml {
		for _, section := range []string{"models", "seeds", "snapshots"} {
			for _, item := range f.v.Get(section).List {
				name := item.Get("name").Text()
				for _, n := range l.tested(f.pkg, name) {
					if err := l.testsOf(f, n, name, item); err != nil {
						return err
					}
				}
			}
		}
		for _, group := range f.v.Get("sources").List {
			for _, table := range group.Get("tables").List {
				name := group.Get("name").Text() + "." + table.Get("name").Text()
				n := l.names.source(f.pkg, name)
				tags := slices.Concat(nodeconfig.List(group.Get("tags").Plain()), nodeconfig.List(table.Get("tags").Plain()))
				if err := l.testsOf(f, n, name, table, tags...); err != nil {
					return err
				}
			}
		}
	}
	l.warnUnused()
	return nil
}

// testsOf reads the tests of one model, seed or source table and its columns.
// A node that is not there has its tests dropped, with a warning where nobody
// switched it off. Tags are those that the tests have beside their own.
func (l *loader) testsOf(f propertyFile, n *runner.Node, name string, item yamldoc.Value, tags ...any) error {
	if n != nil {
		var err error
		if item, err = ofVersion(item, l.versionEntry(n, item)); err != nil {
			return err
		}
	}
	entries, err := testEntries(item)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.tags = append(slices.Clone(tags), e.tags...)
		if n == nil {
			if l.names.disabled[name] == nil {
				l.warnAs("NodeNotFoundOrDisabled", e.v.Pos, "the test is left out: there is no %s%s", name, l.names.nearest(name))
			}
			continue
		}
		if err := l.genericTest(f, n, e); err != nil {
			return err
		}
	}
	return nil
}

// A testEntry is one test in YAML, and the column it stands under, if any.
type testEntry struct {
	v      yamldoc.Value
	column string
	tags   []any // those of the column, and of a source
}

func testEntries(item yamldoc.Value) ([]testEntry, error) {
	var out []testEntry
	add := func(v yamldoc.Value, column string, tags ...any) error {
		for _, key := range []string{"tests", "data_tests"} {
			list, err := v.Get(key).Each(key)
			if err != nil {
				return err
			}
			for _, t := range list {
				out = append(out, testEntry{t, column, tags})
			}
		}
		return nil
	}
	if err := add(item, ""); err != nil {
		return nil, err
	}
	columns, err := item.Get("columns").Each("columns")
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		name := c.Get("name").Text()
		if name == "" {
			return nil, fmt.Errorf("%s: a column needs a name", c.Pos)
		}
		if c.Get("quote").Scalar == true {
			name = warehouse.QuoteIdent(name)
		}
		if err := add(c, name, nodeconfig.List(c.Get("tags").Plain())...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// genericTest makes the node of one test.
func (l *loader) genericTest(f propertyFile, on *runner.Node, e testEntry) error {
	typ, body, err := splitTest(e.v)
	if err != nil {
		return err
	}
	space, bare, _ := strings.Cut(typ, ".")
	if bare == "" {
		space, bare = "", typ
	}
	if !l.p.lib.HasTest(f.pkg, space, bare) {
		return l.noTest(e.v, f.pkg, typ)
	}
	args, config, err := l.testArgs(f.pkg, body)
	if err != nil {
		return err
	}
	if e.column != "" {
		args["column_name"] = yamldoc.Value{Pos: e.v.Pos, Scalar: e.column}
	}
	short, full := testName(strings.ReplaceAll(typ, ".", "_"), on, args)
	if custom := body.Get("name").Text(); custom != "" {
		short, full = custom, custom
	}
	n := &runner.Node{
		ID:   fmt.Sprintf("test.%s.%s.%s", f.pkg, full, testHash(full, space, bare, modelText(on), args)),
		Type: runner.Test, Package: f.pkg, Name: full, FQN: append(slices.Clone(f.fqn), full), Pos: e.v.Pos,
		Doc:  body.Get("description").Text(),
		Test: &runner.TestSpec{Generic: bare, File: short, Namespace: space, Column: e.column, Attached: on.ID, Target: modelText(on), Args: plainArgs(args)},
	}
	if len(e.tags) > 0 {
		config = nodeconfig.Overlay(nodeconfig.Layer{"tags": e.tags}, config)
	}
	if short != full && config["alias"] == nil {
		config = nodeconfig.Overlay(config, nodeconfig.Layer{"alias": short})
	}
	if l.p.Nodes[n.ID] != nil {
		return fmt.Errorf("%s: the same test, %s, is declared twice; give one of them a name", e.v.Pos, full)
	}
	macro := "test_" + bare
	if space != "" {
		macro = space + "." + macro
	}
	l.p.tests[n.ID] = &genericTest{macro: macro, on: on, args: args}
	l.add(n)
	n.Macros = l.p.lib.Calls(f.pkg, "{{ "+macro+"() }}")
	all, err := l.layers(n, config, func(below nodeconfig.Layer) (nodeconfig.Layer, error) { return l.parseTest(n, below) })
	if err != nil {
		return err
	}
	if err := l.finish(n, all); err != nil {
		return err
	}
	if n.Group == "" {
		n.Group = on.Group
	}
	return nil
}

// parseTest renders a test without running anything, notes what it needs, and
// gives the config that its macro sets.
func (l *loader) parseTest(n *runner.Node, below nodeconfig.Layer) (nodeconfig.Layer, error) {
	key := l.cache.key(n, "", nodeconfig.Layer{"below": below, "test": l.p.tests[n.ID].key()})
	if kept, ok := l.cache.node(key); ok {
		l.p.Read.Kept++
		l.calls[n.ID] = kept.needs()
		for i := range l.calls[n.ID] {
			l.calls[n.ID][i].at = n.Pos
		}
		return kept.config(), nil
	}
	l.p.Read.Parsed++
	set := nodeconfig.Layer{}
	scope := l.noting(n)
	scope.Node = l.p.describe(n, below)
	scope.Config = func(_ runner.Pos, more map[string]any) error {
		set = nodeconfig.Overlay(set, more)
		return nil
	}
	scope.Get = func(key string) (any, bool) {
		if key == "where" {
			return nil, false
		}
		v, ok := nodeconfig.Overlay(below, set)[key]
		return v, ok
	}
	_, err := l.p.renderTest(context.Background(), n, scope)
	for i := range l.calls[n.ID] {
		l.calls[n.ID][i].at = n.Pos // an argument's own place counts from its text's beginning
	}
	if err != nil {
		err = fmt.Errorf("%s: test %s: %w", n.Pos, n.Test.Generic, inner(err))
	}
	if err == nil {
		err = l.cache.keep(key, set, runner.Pos{}, l.calls[n.ID])
	}
	return set, err
}

// key is what the test's render depends on.
func (t *genericTest) key() any {
	return []any{t.macro, t.on.ID, plainArgs(t.args)}
}

// tested are the nodes that an entry's tests are for: all versions of a model,
// or nil for none.
func (l *loader) tested(pkg, name string) []*runner.Node {
	var out []*runner.Node
	for _, v := range l.versions {
		if v.pkg == pkg && v.model == name {
			if n := l.names.model(pkg, name+".v"+v.version); n != nil {
				out = append(out, n)
			}
		}
	}
	if out == nil {
		return []*runner.Node{l.names.model(pkg, name)}
	}
	slices.SortFunc(out, func(a, b *runner.Node) int { return strings.Compare(a.ID, b.ID) })
	return slices.Compact(out) // the latest has two names
}

// noTest says that there is no such generic test.
func (l *loader) noTest(at yamldoc.Value, from, typ string) error {
	all := l.p.lib.Tests(from)
	if near := jv.Nearest(typ, all); near != "" {
		return fmt.Errorf("%s: there is no generic test %s; did you mean %s?", at.Pos, typ, near)
	}
	if pkg, _, ok := strings.Cut(typ, "."); ok && l.pack(pkg) == nil {
		return fmt.Errorf("%s: there is no generic test %s: package %s is not installed", at.Pos, typ, pkg)
	}
	return fmt.Errorf("%s: there is no generic test %s; there are %s", at.Pos, typ, strings.Join(all, ", "))
}

// plainArgs are a test's arguments as encoding/json has them.
func plainArgs(args map[string]yamldoc.Value) map[string]any {
	out := map[string]any{}
	for k, v := range args {
		out[k] = v.Plain()
	}
	return out
}

// nameOf is how a template names a node.
func nameOf(n *runner.Node) string {
	if n.Type == runner.Source {
		return strings.Join(n.FQN[len(n.FQN)-2:], ".")
	}
	return n.Name
}

// splitTest is the test's name and what stands under it: "unique", or
// {unique: {...}}, or {unique: , config: {...}}.
func splitTest(v yamldoc.Value) (string, yamldoc.Value, error) {
	if v.Keys == nil {
		if v.Text() == "" {
			return "", v, fmt.Errorf("%s: a test is a name, such as not_null, or a name with arguments", v.Pos)
		}
		return v.Text(), yamldoc.Value{Pos: v.Pos}, nil
	}
	if t := v.Get("test_name").Text(); t != "" {
		return t, v, nil
	}
	for _, k := range v.Keys {
		if slices.Contains(testKeys, k) || slices.Contains(testConfigKeys, k) {
			continue
		}
		body := v.Get(k)
		both := yamldoc.Value{Pos: v.Pos, Keys: []string{}, Fields: map[string]yamldoc.Value{}}
		for _, part := range []yamldoc.Value{v, body} {
			for _, key := range part.Keys {
				if key != k || len(part.Keys) != len(v.Keys) {
					both.Set(key, part.Fields[key])
				}
			}
		}
		return k, both, nil
	}
	return "", v, fmt.Errorf("%s: the entry names no test, such as not_null", v.Pos)
}

// testArgs parts a test's keys into its macro's arguments and its config.
func (l *loader) testArgs(pkg string, body yamldoc.Value) (map[string]yamldoc.Value, nodeconfig.Layer, error) {
	args, config := map[string]yamldoc.Value{}, nodeconfig.Layer{}
	for _, k := range body.Keys {
		switch {
		case slices.Contains(testConfigKeys, k):
			config[k] = body.Fields[k].Plain()
		case !slices.Contains(testKeys, k):
			args[k] = body.Fields[k]
		}
	}
	nested := body.Get("arguments")
	maps.Copy(args, nested.Fields)
	rendered, err := body.Get("config").Rendered(l.evaluateIn(pkg))
	if err != nil {
		return nil, nil, err
	}
	return args, nodeconfig.Overlay(config, plainMap(rendered)), nil
}

var notWord = regexp.MustCompile("[^0-9a-zA-Z_]+")

// testName is the name dbt makes up for a generic test: its type, its model
// and its arguments in order of their names. For files and relations one of 64
// characters or more is cut to 30 with a hash behind.
func testName(typ string, on *runner.Node, args map[string]yamldoc.Value) (short, full string) {
	head := typ + "_" + strings.ReplaceAll(nameOf(on), ".", "_")
	if on.Version != "" {
		head += "_v" + strings.ReplaceAll(on.Version, ".", "_")
	}
	if on.Type == runner.Source {
		head = "source_" + head
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(args)) {
		for _, text := range flatten(args[k]) {
			parts = append(parts, notWord.ReplaceAllString(text, "_"))
		}
	}
	full = head
	if len(parts) > 0 {
		full += "_" + strings.Join(parts, "__")
	}
	if len(full) < 64 {
		return full, full
	}
	sum := md5.Sum([]byte(full))
	return head[:min(30, len(head))] + "_" + hex.EncodeToString(sum[:]), full
}

// flatten lists an argument's texts as Python's str has them.
func flatten(v yamldoc.Value) []string {
	var out []string
	switch {
	case v.Keys != nil:
		for _, k := range v.Keys {
			out = append(out, jinja.Str(jinja.FromGo(v.Fields[k].Plain())))
		}
	case v.List != nil:
		for _, x := range v.List {
			out = append(out, jinja.Str(jinja.FromGo(x.Plain())))
		}
	default:
		out = append(out, jinja.Str(jinja.FromGo(v.Scalar)))
	}
	return out
}

// testHash tells apart tests that have one name, by what dbt hashes: the name
// and, as Python prints them, the macro and what it is called with.
func testHash(name, space, macro, model string, args map[string]yamldoc.Value) string {
	kwargs := map[string]any{"model": "{{ get_where_subquery(" + model + ") }}"}
	for k, v := range args {
		kwargs[k] = hashable(v)
	}
	if space == "" {
		space = "None"
	}
	metadata := inOrder(map[string]any{"kwargs": inOrder(kwargs), "name": macro, "namespace": space})
	sum := md5.Sum([]byte(name + jinja.Repr(metadata)))
	return hex.EncodeToString(sum[:])[22:]
}

// hashable is a value with the keys of maps in order and all else as text.
func hashable(v yamldoc.Value) any {
	switch {
	case v.Keys != nil:
		fields := map[string]any{}
		for _, k := range v.Keys {
			fields[k] = hashable(v.Fields[k])
		}
		return inOrder(fields)
	case v.List != nil:
		list := make([]any, len(v.List))
		for i, x := range v.List {
			list[i] = hashable(x)
		}
		return jv.NewList(list...)
	}
	return jinja.Str(jinja.FromGo(v.Scalar))
}

// inOrder is a dict with its keys in order.
func inOrder(fields map[string]any) *jv.Dict {
	var turns []any
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		turns = append(turns, k, fields[k])
	}
	return jv.DictOf(turns...)
}

// modelText is how dbt's templates name what a test is declared on.
func modelText(n *runner.Node) string {
	if n.Type == runner.Source {
		source, table, _ := strings.Cut(nameOf(n), ".")
		return fmt.Sprintf("source('%s', '%s')", source, table)
	}
	if n.Version != "" {
		return fmt.Sprintf("ref('%s', version='%s')", n.Name, n.Version)
	}
	return fmt.Sprintf("ref('%s')", n.Name)
}

var callText = regexp.MustCompile(`^\s*(ref|source|var|env_var)\s*\(.*\)\s*$`)

// renderTest calls a generic test's macro.
func (p *Project) renderTest(ctx context.Context, n *runner.Node, scope render.Scope) (string, error) {
	t := p.tests[n.ID]
	kwargs := map[string]any{}
	for name, arg := range t.args {
		v, err := p.argument(ctx, arg, scope)
		if err != nil {
			return "", err
		}
		kwargs[name] = v
	}
	var rel any
	var err error
	if t.on.Type == runner.Source {
		source, table, _ := strings.Cut(nameOf(t.on), ".")
		rel, err = scope.Source(n.Pos, source, table)
	} else {
		rel, err = scope.Ref(n.Pos, t.on.Package, t.on.Name, t.on.Version)
	}
	if err != nil {
		return "", err
	}
	if rel, err = p.whereOf(ctx, n, rel, scope); err != nil {
		return "", err
	}
	kwargs["model"] = rel
	return p.lib.Call(ctx, t.macro, scope, kwargs)
}

// whereOf is what a test reads: the relation, or those of its rows that the
// config where leaves. A project may have its own macro for that.
func (p *Project) whereOf(ctx context.Context, n *runner.Node, rel any, scope render.Scope) (any, error) {
	if p.lib.Has("get_where_subquery") || p.lib.Has("default__get_where_subquery") || p.lib.Has("snowflake__get_where_subquery") {
		return p.lib.CallValue(ctx, "get_where_subquery", scope, map[string]any{"relation": rel})
	}
	if n.Test.Where == "" {
		return rel, nil
	}
	return fmt.Sprintf("(select * from %s where %s) dbt_subquery", jinja.Str(rel), n.Test.Where), nil
}

// argument is a test's argument as its macro gets it: a text such as
// ref('x') or {{ ref('x') }} is what it evaluates to, and one with templates
// among other text is what it renders to.
func (p *Project) argument(ctx context.Context, v yamldoc.Value, scope render.Scope) (any, error) {
	v, err := v.Rendered(func(at runner.Pos, text string) (any, error) { return p.evaluated(ctx, at, text, scope) })
	if err != nil {
		return nil, err
	}
	if text, ok := v.Scalar.(string); ok && callText.MatchString(text) {
		return p.expression(ctx, v.Pos, text, scope)
	}
	return v.Ordered(), nil
}
