package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A Manifest is manifest.json: the project as it was read.
type Manifest struct {
	Metadata struct {
		Header
		Project string `json:"project_name"`
		Adapter string `json:"adapter_type"`
	} `json:"metadata"`
	Nodes     map[string]object   `json:"nodes"`
	Sources   map[string]object   `json:"sources"`
	Macros    map[string]object   `json:"macros"`
	Docs      map[string]object   `json:"docs"`
	Exposures map[string]object   `json:"exposures"`
	Metrics   map[string]object   `json:"metrics"`
	Groups    map[string]object   `json:"groups"`
	Selectors map[string]any      `json:"selectors"`
	Disabled  map[string][]object `json:"disabled"`
	Parents   map[string][]string `json:"parent_map"`
	Children  map[string][]string `json:"child_map"`
	GroupMap  map[string][]string `json:"group_map"`
	Saved     map[string]object   `json:"saved_queries"`
	Semantic  map[string]object   `json:"semantic_models"`
	UnitTests map[string]object   `json:"unit_tests"`
	Functions map[string]object   `json:"functions"`
}

type object = map[string]any

// Compiled is the SQL of nodes that were compiled, by ID, for their entries in
// a manifest.
type Compiled map[string]string

// NewManifest makes the manifest of a project. Selectors are those of
// selectors.yml as it has them, or nil.
func NewManifest(p *runner.Project, runID string, start time.Time, compiled Compiled, selectors map[string]any) *Manifest {
	m := &Manifest{
		Nodes: map[string]object{}, Sources: map[string]object{}, Macros: map[string]object{}, Docs: map[string]object{},
		Exposures: map[string]object{}, Metrics: map[string]object{}, Groups: map[string]object{}, Selectors: selectors,
		Disabled: map[string][]object{}, Parents: map[string][]string{}, Children: map[string][]string{}, GroupMap: map[string][]string{},
		Saved: map[string]object{}, Semantic: map[string]object{}, UnitTests: map[string]object{}, Functions: map[string]object{},
	}
	if selectors == nil {
		m.Selectors = map[string]any{}
	}
	m.Metadata.Header = header("manifest/v12", runID, start)
	m.Metadata.Project, m.Metadata.Adapter = p.Name, "snowflake"
	d := describer{p: p, at: float64(time.Now().UnixMilli()) / 1000, compiled: compiled}
	for id, n := range p.Nodes {
		m.place(n)[id] = d.node(n)
		m.join(n)
	}
	for _, h := range slices.Concat(p.OnRunStart, p.OnRunEnd) {
		m.Nodes[h.Node.ID] = d.node(h.Node)
		m.join(h.Node)
	}
	for _, n := range p.Disabled {
		m.Disabled[n.ID] = append(m.Disabled[n.ID], d.node(n))
	}
	d.rest(m)
	for _, list := range m.Children {
		sort.Strings(list)
	}
	for _, list := range m.GroupMap {
		sort.Strings(list)
	}
	return m
}

// Entry is what a manifest says of one node of a project.
func Entry(p *runner.Project, n *runner.Node) map[string]any {
	return describer{p: p, at: float64(time.Now().Unix())}.node(n)
}

// place is the section a node stands in.
func (m *Manifest) place(n *runner.Node) map[string]object {
	switch n.Type {
	case runner.Source:
		return m.Sources
	case runner.Exposure:
		return m.Exposures
	case runner.UnitTest:
		return m.UnitTests
	}
	return m.Nodes
}

// join adds a node to the maps of parents, children and groups.
func (m *Manifest) join(n *runner.Node) {
	m.Parents[n.ID] = needs(n)
	if m.Children[n.ID] == nil {
		m.Children[n.ID] = []string{}
	}
	for _, e := range n.Parents {
		m.Children[e.To] = append(m.Children[e.To], n.ID)
	}
	if n.Group != "" {
		m.GroupMap[n.Group] = append(m.GroupMap[n.Group], n.ID)
	}
}

// Write writes manifest.json, and graph_summary.json beside it, into a target
// folder.
func (m *Manifest) Write(folder string) error {
	return errors.Join(write(folder, ManifestFile, m), write(folder, SummaryFile, m.summary()))
}

// A place is a node in the summary of the graph: what it is, and by their
// numbers the nodes that need it.
type place struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Succ []int  `json:"succ,omitempty"`
}

// summary is the shape of the graph, with a number for every node.
func (m *Manifest) summary() object {
	ids := slices.Sorted(maps.Keys(m.Children))
	number := map[string]int{}
	for i, id := range ids {
		number[id] = i
	}
	linked := map[int]place{}
	for i, id := range ids {
		typ, _, _ := strings.Cut(id, ".")
		p := place{Name: id, Type: typ}
		for _, child := range m.Children[id] {
			p.Succ = append(p.Succ, number[child])
		}
		linked[i] = p
	}
	return object{"_invocation_id": m.Metadata.Invocation, "linked": linked}
}

// A describer makes the entries of a manifest.
type describer struct {
	p        *runner.Project
	at       float64 // created_at, in seconds
	compiled Compiled
}

// node is a node's entry.
func (d describer) node(n *runner.Node) object {
	switch n.Type {
	case runner.Source:
		return d.source(n)
	case runner.Exposure:
		return d.exposure(n)
	case runner.UnitTest:
		return d.unitTest(n)
	case runner.Seed:
		return d.seed(n)
	}
	o := d.code(n)
	switch n.Type {
	case runner.Model:
		d.model(o, n)
	case runner.Test:
		d.test(o, n)
	case runner.Operation:
		operation(o, n)
	}
	return o
}

// common is what every entry has.
func (d describer) common(n *runner.Node) object {
	return object{
		"name": n.Name, "resource_type": string(n.Type), "package_name": n.Package, "path": shortPath(n), "original_file_path": original(n),
		"unique_id": n.ID, "fqn": n.FQN, "description": n.Doc, "created_at": d.at,
	}
}

// shortPath is a node's file below the folder of its kind.
func shortPath(n *runner.Node) string {
	file := original(n)
	if n.Test != nil && n.Test.Generic != "" {
		return fileName(orElse(n.Test.File, n.Name)) + ".sql"
	}
	switch n.Type {
	case runner.Source:
		return file
	case runner.Operation:
		return "hooks/" + n.Name + ".sql"
	case runner.Snapshot:
		return snapshotPath(n, file)
	case runner.Analysis:
		return "analysis/" + underRoot(file, len(n.FQN)-3) // its name says analysis, too
	}
	return underRoot(file, len(n.FQN)-2)
}

// snapshotPath is that of a snapshot: of a block its file, else a file of its
// own below that of its properties.
func snapshotPath(n *runner.Node, file string) string {
	if path.Ext(file) == ".sql" {
		return underRoot(file, len(n.FQN)-3) // the file's name is a part of its name
	}
	return underRoot(file, len(n.FQN)-2) + "/" + fileName(n.Name) + ".sql"
}

// underRoot is a file's name and so many folders before it.
func underRoot(file string, folders int) string {
	if folders < 0 {
		return file
	}
	parts := strings.Split(file, "/")
	return strings.Join(parts[max(0, len(parts)-1-folders):], "/")
}

// built is what an entry of nodes has: models, seeds, snapshots, tests and
// analyses.
func (d describer) built(n *runner.Node) object {
	o := d.common(n)
	rel := n.Spelt()
	if rel == (runner.Relation{}) {
		rel = runner.Relation{Database: d.p.Target.Database, Schema: d.p.Target.Schema, Identifier: n.Name}
	}
	if n.Test != nil && n.Test.Kept != (runner.Relation{}) {
		rel = n.Test.Kept.Written(n.Test.Spelling)
	}
	o["database"], o["schema"], o["alias"], o["relation_name"] = rel.Database, rel.Schema, rel.Identifier, nil
	if name := n.RelationName(); name != "" {
		o["relation_name"] = name
	}
	o["checksum"] = checksum(n)
	o["config"], o["unrendered_config"] = configOf(n), unrendered(n)
	o["tags"], o["meta"], o["columns"] = list(n.Config.Tags), metaOf(n.Config.All["meta"]), columns(n.Columns)
	o["docs"] = docsOf(n.Config.All["docs"])
	o["group"], o["patch_path"] = orNull(n.Group), patchPath(n)
	o["raw_code"] = n.Raw
	o["build_path"], o["config_call_dict"], o["unrendered_config_call_dict"], o["doc_blocks"] = nil, object{}, object{}, []any{}
	if n.Type == runner.Model || n.Type == runner.Seed || n.Type == runner.Snapshot {
		o["defer_relation"] = nil
	}
	return o
}

func patchPath(n *runner.Node) any {
	if n.Patch == "" {
		return nil
	}
	return n.Package + "://" + below(n.Patch, n.Package)
}

// checksum is the hash of what a node is made of.
func checksum(n *runner.Node) object {
	text := []byte(strings.TrimSpace(n.Raw))
	switch {
	case n.Sum != "":
		return object{"name": "sha256", "checksum": n.Sum}
	case n.Seed != nil:
		content, err := readSmall(n.Seed.Path)
		if err != nil {
			return object{"name": "path", "checksum": n.Pos.File}
		}
		text = bytes.TrimSpace(content)
	case n.Test != nil && n.Test.Generic != "":
		return object{"name": "none", "checksum": ""}
	}
	sum := sha256.Sum256(text)
	return object{"name": "sha256", "checksum": hex.EncodeToString(sum[:])}
}

// maxHashed is the most bytes a seed may have for its text to count: a larger
// one is known by its path, as in dbt.
const maxHashed = 1 << 20

// readSmall reads a file, unless it is too large.
func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxHashed {
		return nil, fmt.Errorf("%s has %d bytes", file, info.Size())
	}
	return os.ReadFile(file)
}

// seed is a seed's entry.
func (d describer) seed(n *runner.Node) object {
	o := d.built(n)
	o["root_path"] = d.p.Dir
	o["depends_on"] = object{"macros": list(n.Macros)}
	return o
}

// code is the entry of a node that has SQL or Python.
func (d describer) code(n *runner.Node) object {
	o := d.built(n)
	o["language"] = "sql"
	if n.Python {
		o["language"] = "python"
	}
	refs, sources := d.named(n)
	o["refs"], o["sources"], o["metrics"] = refs, sources, []any{}
	o["depends_on"] = object{"macros": list(n.Macros), "nodes": needs(n)}
	o["functions"] = []any{}
	o["contract"] = object{"enforced": false, "alias_types": true, "checksum": nil}
	if sql, ok := d.compiled[n.ID]; ok {
		o["compiled"], o["compiled_code"], o["compiled_path"] = true, sql, nil
		if n.Type != runner.Snapshot {
			o["compiled_path"] = CompiledPath("target", "compiled", n)
		}
		o["extra_ctes_injected"], o["extra_ctes"] = true, []any{}
	}
	return o
}

// named is what a node's templates asked for.
func (d describer) named(n *runner.Node) (refs []object, sources [][]string) {
	refs, sources = []object{}, [][]string{}
	for _, e := range n.Parents {
		to := d.p.Nodes[e.To]
		switch {
		case to == nil:
		case to.Type == runner.Source:
			sources = append(sources, sourceParts(to))
		case e.Why != "artifact":
			ref := object{"name": to.Name, "package": nil, "version": orNull(to.Version)}
			if to.Package != n.Package {
				ref["package"] = to.Package
			}
			refs = append(refs, ref)
		}
	}
	return refs, sources
}

func sourceParts(n *runner.Node) []string { return slices.Clone(n.FQN[max(0, len(n.FQN)-2):]) }

func (d describer) model(o object, n *runner.Node) {
	o["access"] = orElse(n.Access, "protected")
	o["constraints"], o["primary_key"], o["deprecation_date"], o["time_spine"] = maybe(n.Constraints), []any{}, orNull(n.Deprecated), nil
	if n.TimeSpine != nil {
		o["time_spine"] = n.TimeSpine
	}
	o["version"], o["latest_version"] = orNull(n.Version), orNull(n.Latest)
	o["contract"] = object{"enforced": mapOf(n.Config.All["contract"])["enforced"] == true, "alias_types": true, "checksum": nil}
}

// operation is what differs in the entry of a hook of a run.
func operation(o object, n *runner.Node) {
	_, index, _ := strings.Cut(n.Hook, ".")
	i, _ := strconv.Atoi(index)
	o["index"] = i + 1
	o["config"].(object)["tags"], o["unrendered_config"] = []string{}, object{}
}

func (d describer) test(o object, n *runner.Node) {
	if n.Test.Generic == "" {
		return
	}
	o["raw_code"] = "{{ test_" + n.Test.Generic + "(**_dbt_generic_test_kwargs) }}"
	o["column_name"], o["attached_node"] = orNull(n.Test.Column), nil
	if !strings.HasPrefix(n.Test.Attached, "source.") {
		o["attached_node"] = orNull(n.Test.Attached)
	}
	kwargs := object{"model": "{{ get_where_subquery(" + n.Test.Target + ") }}"}
	for k, v := range n.Test.Args {
		kwargs[k] = v
	}
	o["test_metadata"] = object{"name": n.Test.Generic, "kwargs": kwargs, "namespace": orNull(n.Test.Namespace)}
}
