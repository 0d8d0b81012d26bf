package artifact

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// source is a source's entry.
func (d describer) source(n *runner.Node) object {
	o := d.common(n)
	parts := sourceParts(n)
	spec := runner.SourceSpec{}
	if n.Source != nil {
		spec = *n.Source
	}
	o["source_name"], o["source_description"], o["loader"] = parts[0], spec.Doc, spec.Loader
	rel := n.Spelt()
	o["database"], o["schema"], o["identifier"], o["relation_name"] = rel.Database, rel.Schema, rel.Identifier, n.RelationName()
	o["quoting"] = object{"database": nil, "schema": nil, "identifier": nil, "column": nil}
	o["loaded_at_field"], o["loaded_at_query"], o["freshness"] = orNull(spec.LoadedAt), orNull(spec.LoadedAtQuery), criteria(spec)
	o["columns"], o["tags"] = columns(n.Columns), list(n.Config.Tags)
	o["meta"], o["source_meta"] = metaOf(n.Config.All["meta"]), metaOf(spec.Meta)
	o["unrendered_config"] = unrendered(n)
	config := object{
		"enabled": true, "event_time": nil, "freshness": criteria(spec), "loaded_at_field": orNull(spec.LoadedAt), "loaded_at_query": orNull(spec.LoadedAtQuery),
	}
	maps.Copy(config, n.Config.All)
	config["meta"], config["tags"] = metaOf(n.Config.All["meta"]), list(n.Config.Tags)
	o["config"] = config
	o["patch_path"], o["external"], o["doc_blocks"], o["unrendered_database"], o["unrendered_schema"] = nil, nil, []any{}, nil, nil
	if spec.External != nil {
		o["external"] = spec.External
	}
	return o
}

// maybe is a list that is empty rather than none.
func maybe(list []object) []object {
	if list == nil {
		return []object{}
	}
	return list
}

// criteria is a source's freshness bounds.
func criteria(s runner.SourceSpec) object {
	age := func(a runner.Age) object {
		if a.Count == 0 {
			return object{"count": nil, "period": nil}
		}
		return object{"count": a.Count, "period": a.Period}
	}
	return object{"warn_after": age(s.WarnAfter), "error_after": age(s.ErrorAfter), "filter": orNull(s.Filter)}
}

// exposure is an exposure's entry.
func (d describer) exposure(n *runner.Node) object {
	o := d.common(n)
	spec := runner.ExposureSpec{}
	if n.Exposure != nil {
		spec = *n.Exposure
	}
	owner := object{"name": nil, "email": nil}
	maps.Copy(owner, spec.Owner)
	refs, sources := d.named(n)
	o["type"], o["owner"], o["label"], o["url"], o["maturity"] = spec.Kind, owner, orNull(spec.Label), orNull(spec.URL), orNull(spec.Maturity)
	o["meta"], o["tags"] = metaOf(spec.Meta), list(n.Config.Tags)
	o["config"], o["unrendered_config"] = object{"enabled": true, "meta": metaOf(spec.Meta), "tags": list(n.Config.Tags)}, object{}
	o["depends_on"] = object{"macros": []string{}, "nodes": needs(n)}
	o["refs"], o["sources"], o["metrics"] = refs, sources, []any{}
	return o
}

// unitTest is a unit test's entry.
func (d describer) unitTest(n *runner.Node) object {
	o := d.common(n)
	spec := n.UnitTest
	model := spec.Model
	if m := d.p.Nodes[spec.Model]; m != nil {
		model = m.Name
		o["schema"] = m.Spelt().Schema
	}
	given := []object{}
	for _, f := range spec.Given {
		x := fixture(f)
		x["input"] = f.Input
		given = append(given, x)
	}
	o["model"], o["given"], o["expect"] = model, given, fixture(spec.Expect)
	o["overrides"] = object{"macros": orEmpty(spec.Overrides.Macros), "vars": orEmpty(spec.Overrides.Vars), "env_vars": orEmpty(spec.Overrides.Env)}
	o["depends_on"] = object{"macros": list(n.Macros), "nodes": needs(n)}
	o["config"] = object{"enabled": true, "tags": list(n.Config.Tags), "meta": metaOf(n.Config.All["meta"])}
	o["checksum"] = checksum(&runner.Node{Raw: fmt.Sprint(spec.Given, spec.Expect, spec.Overrides)})["checksum"]
	return o
}

// fixture is made-up rows as the manifest has them: CSV as text.
func fixture(f runner.Fixture) object {
	o := object{"format": orElse(f.Format, "dict"), "fixture": nil}
	switch f.Format {
	case "sql":
		o["rows"] = f.SQL
	case "csv":
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.Write(f.Columns)
		for _, row := range f.Rows {
			cells := make([]string, len(f.Columns))
			for i, c := range f.Columns {
				if row[c] != nil {
					cells[i] = fmt.Sprint(row[c])
				}
			}
			w.Write(cells)
		}
		w.Flush()
		o["rows"] = b.String()
	default:
		rows := f.Rows
		if rows == nil {
			rows = []map[string]any{}
		}
		o["rows"] = rows
	}
	return o
}

// rest fills in what a manifest has beside the nodes.
func (d describer) rest(m *Manifest) {
	for _, x := range d.p.Macros {
		file := below(x.Pos.File, x.Package)
		m.Macros[x.ID] = object{
			"name": x.Name, "resource_type": "macro", "package_name": x.Package, "path": file, "original_file_path": file, "unique_id": x.ID,
			"macro_sql": x.SQL, "depends_on": object{"macros": list(x.Needs)}, "description": x.Doc, "meta": object{}, "docs": docsOf(nil),
			"patch_path": nil, "arguments": []any{}, "created_at": d.at, "supported_languages": nil,
		}
	}
	for _, x := range d.p.Docs {
		file := below(x.Pos.File, x.Package)
		m.Docs[x.ID] = object{
			"name": x.Name, "resource_type": "doc", "package_name": x.Package, "path": file, "original_file_path": file,
			"unique_id": x.ID, "block_contents": x.Contents,
		}
	}
	for _, x := range d.p.Groups {
		file := below(x.Pos.File, x.Package)
		owner := object{"name": nil, "email": nil}
		maps.Copy(owner, x.Owner)
		m.Groups[x.ID] = object{
			"name": x.Name, "resource_type": "group", "package_name": x.Package, "path": file, "original_file_path": file, "unique_id": x.ID,
			"owner": owner, "description": "", "config": object{"meta": object{}},
		}
	}
}

// columns is what YAML says of a node's columns.
func columns(docs []runner.ColumnDoc) value.Ordered {
	out := value.Ordered{Fields: object{}}
	for _, c := range docs {
		col := object{
			"name": c.Name, "description": c.Doc, "meta": metaOf(c.Meta), "data_type": orNull(c.DataType), "constraints": maybe(c.Constraints),
			"quote": nil, "config": object{"meta": metaOf(c.Meta), "tags": list(c.Tags)}, "tags": list(c.Tags), "granularity": nil, "doc_blocks": []any{},
		}
		if c.Quote {
			col["quote"] = true
		}
		if _, twice := out.Fields[c.Name]; !twice {
			out.Keys = append(out.Keys, c.Name)
		}
		out.Fields[c.Name] = col
	}
	return out
}

// needs is the IDs of what a node needs.
func needs(n *runner.Node) []string {
	ids := []string{}
	for _, e := range n.Parents {
		if !slices.Contains(ids, e.To) {
			ids = append(ids, e.To)
		}
	}
	return ids
}

func list(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}

func mapOf(v any) map[string]any {
	return orEmpty(value.Fields(v))
}

// metaOf is a map as it is ordered, an empty one for none.
func metaOf(v any) any {
	if value.Fields(v) == nil {
		return object{}
	}
	return v
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func docsOf(v any) object {
	docs := object{"show": true, "node_color": nil}
	for k, x := range mapOf(v) {
		if _, known := docs[k]; known {
			docs[k] = x
		}
	}
	return docs
}
