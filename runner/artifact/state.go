package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A State is the artifacts of an earlier run, in a folder of their own.
type State struct {
	Folder string
	nodes  map[string]entry
	macros map[string]string // by ID, their text
}

// An entry is what comparing and deferring need of a node in a manifest.
type entry struct {
	Type     string         `json:"resource_type"`
	FQN      []string       `json:"fqn"`
	Checksum any            `json:"checksum"`
	Raw      string         `json:"raw_code"`
	Config   map[string]any `json:"unrendered_config"`
	Doc      string         `json:"description"`
	Columns  map[string]struct {
		Doc         string           `json:"description"`
		DataType    string           `json:"data_type"`
		Constraints []map[string]any `json:"constraints"`
	} `json:"columns"`
	Constraints []map[string]any `json:"constraints"`
	Database    string           `json:"database"`
	Schema      string           `json:"schema"`
	Alias       string           `json:"alias"`
	Identifier  string           `json:"identifier"`
	Relation    *string          `json:"relation_name"`
	Contract    struct {
		Enforced bool `json:"enforced"`
	} `json:"contract"`
	DependsOn struct {
		Macros []string `json:"macros"`
		Nodes  []string `json:"nodes"`
	} `json:"depends_on"`

	// Of sources and exposures.
	Freshness any    `json:"freshness"`
	LoadedAt  any    `json:"loaded_at_field"`
	Loader    string `json:"loader"`
	Kind      string `json:"type"`
	Owner     any    `json:"owner"`
	Maturity  any    `json:"maturity"`
	URL       any    `json:"url"`
}

// ReadState reads the manifest of an earlier run from a folder. One that is
// not there is [ErrNoFile].
func ReadState(folder string) (*State, error) {
	var m manifestEntries
	if err := read(folder, ManifestFile, "manifest", &m); err != nil {
		return nil, err
	}
	return m.state(folder), nil
}

// manifestEntries is a manifest as a state reads it.
type manifestEntries struct {
	Nodes     map[string]entry `json:"nodes"`
	Sources   map[string]entry `json:"sources"`
	Exposures map[string]entry `json:"exposures"`
	UnitTests map[string]entry `json:"unit_tests"`
	Macros    map[string]struct {
		SQL string `json:"macro_sql"`
	} `json:"macros"`
}

func (m manifestEntries) state(folder string) *State {
	s := &State{Folder: folder, nodes: map[string]entry{}, macros: map[string]string{}}
	for _, part := range []map[string]entry{m.Nodes, m.Sources, m.Exposures, m.UnitTests} {
		maps.Copy(s.nodes, part)
	}
	for id, macro := range m.Macros {
		s.macros[id] = macro.SQL
	}
	return s
}

// stateOf is a project as a state, by way of its manifest.
func stateOf(p *runner.Project) (*State, error) {
	text, err := json.Marshal(NewManifest(p, "", time.Time{}, nil, nil))
	if err != nil {
		return nil, fmt.Errorf("the project's manifest: %w", err)
	}
	var m manifestEntries
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("the project's manifest: %w", err)
	}
	return m.state(""), nil
}

// Changes says of every node of a project which values of the selection method
// state hold: new or old, modified (and what of it) or unmodified.
func (s *State) Changes(p *runner.Project) (map[string][]string, error) {
	now, err := stateOf(p)
	if err != nil {
		return nil, err
	}
	touched := s.changedMacros(now, p)
	out := map[string][]string{}
	for id, n := range now.nodes {
		old, was := s.nodes[id]
		if !was {
			out[id] = []string{"new", "modified"}
			continue
		}
		words := old.differences(n)
		if slices.ContainsFunc(n.DependsOn.Macros, func(m string) bool { return touched[m] }) {
			words = append(words, "modified.macros")
		}
		if len(words) == 0 {
			out[id] = []string{"old", "unmodified"}
			continue
		}
		out[id] = append([]string{"old", "modified"}, words...)
	}
	return out, nil
}

// changedMacros is the macros whose text, or that of one they call, is another
// one now.
func (s *State) changedMacros(now *State, p *runner.Project) map[string]bool {
	changed := map[string]bool{}
	for id, text := range now.macros {
		if old, was := s.macros[id]; !was || old != text {
			changed[id] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, m := range p.Macros {
			if !changed[m.ID] && slices.ContainsFunc(m.Needs, func(id string) bool { return changed[id] }) {
				changed[m.ID], grown = true, true
			}
		}
	}
	return changed
}

// apart are the keys of a config that are no change of it: names and places
// are compared by themselves, labels not at all.
var apart = []string{"alias", "database", "schema", "tags", "meta", "group"}

// differences is what of a node is another one in n.
func (e entry) differences(n entry) []string {
	var words []string
	add := func(changed bool, word string) {
		if changed {
			words = append(words, word)
		}
	}
	add(e.body() != n.body(), "modified.body")
	add(!reflect.DeepEqual(less(e.Config, apart), less(n.Config, apart)), "modified.configs")
	add(e.relationWords() != n.relationWords(), "modified.relation")
	persist := mapOf(n.Config["persist_docs"])
	add(persist["relation"] == true && e.Doc != n.Doc || persist["columns"] == true && e.columnDocs() != n.columnDocs(),
		"modified.persisted_descriptions")
	add(e.contract() != n.contract(), "modified.contract")
	if len(words) == 0 && (!slices.Equal(e.FQN, n.FQN) || e.otherwise() != n.otherwise()) {
		words = append(words, "modified.other")
	}
	return words
}

// body is what tells whether a node's text is another one: of a snapshot, which
// may share its file, the text itself, else a hash.
func (e entry) body() string {
	if e.Type == "snapshot" {
		return strings.TrimSpace(e.Raw)
	}
	return fmt.Sprint(e.Checksum)
}

// columnDocs is what the columns' descriptions say.
func (e entry) columnDocs() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.Columns)) {
		fmt.Fprintf(&b, "%s: %s\n", name, e.Columns[name].Doc)
	}
	return b.String()
}

// contract is what an enforced contract promises: names, types and constraints
// of columns. The hash that dbt has of it is of its own making.
func (e entry) contract() string {
	if !e.Contract.Enforced {
		return ""
	}
	b := strings.Builder{}
	b.WriteString("enforced")
	for _, name := range slices.Sorted(maps.Keys(e.Columns)) {
		c := e.Columns[name]
		fmt.Fprintf(&b, "|%s %s %v", name, c.DataType, limits(c.Constraints))
	}
	fmt.Fprint(&b, limits(e.Constraints))
	return b.String()
}

// limits are constraints without what they leave open.
func limits(all []map[string]any) []map[string]any {
	var out []map[string]any
	for _, c := range all {
		c = maps.Clone(c)
		maps.DeleteFunc(c, func(_ string, v any) bool { list, ok := v.([]any); return v == nil || ok && len(list) == 0 })
		out = append(out, c)
	}
	return out
}

// relationWords is what decides on a node's place in the database: for what is
// built, its config's words, as the target's own name differs from one place
// to the next.
func (e entry) relationWords() string {
	if e.Type == "source" {
		return fmt.Sprint(e.Database, ".", e.Schema, ".", e.Identifier)
	}
	return fmt.Sprint(e.Config["database"], ".", e.Config["schema"], ".", e.Config["alias"])
}

// otherwise is what sources and exposures say of themselves.
func (e entry) otherwise() string {
	if e.Type != "source" && e.Type != "exposure" {
		return ""
	}
	return fmt.Sprint(e.Freshness, e.LoadedAt, e.Loader, e.Kind, e.Owner, e.Maturity, e.URL, e.Type == "exposure", e.DependsOn.Nodes)
}

// less is a config without some keys.
func less(config map[string]any, keys []string) map[string]any {
	out := map[string]any{}
	for k, v := range config {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}

// Relations are where the nodes of the earlier run stand, by ID: those that
// may take the place of nodes that are not built here.
func (s *State) Relations() map[string]runner.Relation {
	out := map[string]runner.Relation{}
	for id, e := range s.nodes {
		if e.Relation != nil && (e.Type == "model" || e.Type == "seed" || e.Type == "snapshot") {
			out[id] = runner.ParseRelation(*e.Relation)
		}
	}
	return out
}

// Results is how nodes ended in the earlier run, by ID. A state without
// run_results.json is [ErrNoFile].
func Results(folder string) (map[string]string, error) {
	r, err := ReadRunResults(folder)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, o := range r.Results {
		out[o.ID] = o.Status
	}
	return out, nil
}

// Fresher is which sources have newer rows by the sources.json in folder now
// than by that in before; one that was not there before counts as newer.
func Fresher(before, now string) (map[string]bool, error) {
	var old, cur Sources
	if err := read(before, SourcesFile, "sources", &old); err != nil {
		return nil, err
	}
	if err := read(now, SourcesFile, "sources", &cur); err != nil {
		if errors.Is(err, ErrNoFile) {
			err = fmt.Errorf("%w: run snowpit source freshness first", err)
		}
		return nil, err
	}
	was := map[string]time.Time{}
	for _, r := range old.Results {
		if r.MaxLoaded != nil {
			was[r.ID] = *r.MaxLoaded
		}
	}
	out := map[string]bool{}
	for _, r := range cur.Results {
		if at, ok := was[r.ID]; r.MaxLoaded != nil {
			out[r.ID] = !ok || r.MaxLoaded.After(at)
		}
	}
	return out, nil
}
