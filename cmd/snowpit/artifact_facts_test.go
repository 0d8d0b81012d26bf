package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// facts are what testdata/artifacts.txt says of dbt's artifacts, as schemas by
// name, such as manifest.nodes.model.
type facts struct {
	records map[string]any // as JSON schemas, of $defs and of the artifacts
}

func readFacts(t *testing.T) *facts {
	t.Helper()
	text, err := os.ReadFile("testdata/artifacts.txt")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts{records: map[string]any{}}
	for _, entry := range strings.Split(strings.ReplaceAll(string(text), "\n  ", " "), "\n") {
		name, rest, ok := strings.Cut(entry, " = ")
		if !ok {
			continue
		}
		p := &factParser{rest: rest}
		f.records[strings.TrimPrefix(name, "@")] = p.alternatives()
		if p.rest != "" {
			t.Fatalf("testdata/artifacts.txt: %s: %q is left over", name, p.rest)
		}
	}
	if len(f.records) < 40 {
		t.Fatalf("%d facts are left", len(f.records))
	}
	return f
}

// A factParser turns a type as artifacts.txt writes it into a JSON schema.
type factParser struct{ rest string }

func (p *factParser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = strings.TrimLeft(rest, " ")
	}
	return ok
}

func (p *factParser) word() string {
	n := strings.IndexAny(p.rest+"|", "|,{}[]():! ")
	word := p.rest[:n]
	p.rest = strings.TrimLeft(p.rest[n:], " ")
	return word
}

func (p *factParser) alternatives() map[string]any {
	first := p.kind()
	if !p.take("|") {
		return first
	}
	all := []any{first, p.kind()}
	for p.take("|") {
		all = append(all, p.kind())
	}
	return map[string]any{"anyOf": all}
}

func (p *factParser) kind() map[string]any {
	switch {
	case p.take("{"):
		return p.record()
	case p.take("["):
		items := p.alternatives()
		p.take("]")
		return map[string]any{"type": "array", "items": items}
	case p.take("("):
		var words []any
		for !p.take(")") {
			words = append(words, strings.ReplaceAll(p.word(), "~", " "))
		}
		return map[string]any{"enum": words}
	case p.take("@"):
		return map[string]any{"$ref": "#/" + p.word()}
	case p.take("any"):
		return map[string]any{}
	}
	return map[string]any{"type": p.word()}
}

func (p *factParser) record() map[string]any {
	props, required, more := map[string]any{}, []any{}, any(false)
	for !p.take("}") {
		if p.take("*") {
			more = true
			if p.take(":") {
				more = p.alternatives()
			}
		} else {
			name := p.word()
			if p.take("!") {
				required = append(required, name)
			}
			p.take(":")
			props[name] = p.alternatives()
		}
		p.take(",")
	}
	return map[string]any{"type": "object", "properties": props, "required": required, "additionalProperties": more}
}

// faults holds an artifact against the facts.
func (f *facts) faults(artifact string, v map[string]any) []string {
	var out []string
	for _, section := range slices.Sorted(maps.Keys(v)) {
		name := artifact + "." + section
		if schema, ok := f.records[name].(map[string]any); ok {
			out = append(out, schemaFaults(f.records, schema, v[section], name)...)
			continue
		}
		entries, _ := v[section].(map[string]any)
		for _, id := range slices.Sorted(maps.Keys(entries)) {
			list, disabled := entries[id].([]any)
			if !disabled {
				list = []any{entries[id]}
			}
			for _, x := range list {
				out = append(out, f.entry(artifact, section, id, x)...)
			}
		}
	}
	return out
}

// entry holds a node of a manifest against what its kind has.
func (f *facts) entry(artifact, section, id string, v any) []string {
	m, _ := v.(map[string]any)
	kind := fmt.Sprint(m["resource_type"])
	if section == "disabled" {
		section = map[string]string{"source": "sources", "exposure": "exposures", "unit_test": "unit_tests"}[kind]
		if section == "" {
			section = "nodes"
		}
	}
	name := artifact + "." + section + "." + kind
	if m["test_metadata"] != nil {
		name += ".generic"
	}
	schema, ok := f.records[name].(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: dbt has no %s", id, name)}
	}
	return schemaFaults(f.records, schema, v, id)
}

// The facts find what they should; otherwise the artifacts' test could not fail.
func TestFacts(t *testing.T) {
	f := readFacts(t)
	doc := map[string]any{"name": "d", "resource_type": "doc", "package_name": "p", "path": "a.md", "original_file_path": "a.md", "unique_id": "doc.p.d", "block_contents": 1.0, "extra": 1.0}
	got := f.faults("manifest", map[string]any{"docs": map[string]any{"doc.p.d": doc}, "nodes": map[string]any{"x": map[string]any{"resource_type": "thing"}}, "parent_map": []any{}})
	want := []string{
		"doc.p.d: 1 is not of type string", "doc.p.d: extra is not known", "x: dbt has no manifest.nodes.thing", "manifest.parent_map: [] is not of type object",
	}
	for i := range got {
		got[i] = strings.Replace(got[i], "doc.p.d.block_contents", "doc.p.d", 1)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
