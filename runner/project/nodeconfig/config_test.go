package nodeconfig_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
)

// layer is a JSON object as a layer.
func layer(t *testing.T, text string) nodeconfig.Layer {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var l nodeconfig.Layer
	if err := d.Decode(&l); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return l
}

// TestOverlay holds the rules of https://docs.getdbt.com/reference/define-configs#combining-configs
// and, for grants, of https://docs.getdbt.com/reference/resource-configs/grants#grant-config-inheritance.
func TestOverlay(t *testing.T) {
	for _, c := range []struct{ name, layers, want string }{
		{"nothing", ``, `{}`},
		{"the later replaces", `{"materialized":"view","schema":"a"} {"materialized":"table"}`, `{"materialized":"table","schema":"a"}`},
		{"so does a list", `{"unique_key":["a","b"]} {"unique_key":["c"]}`, `{"unique_key":["c"]}`},
		{"so does null", `{"schema":"a"} {"schema":null}`, `{"schema":null}`},
		{"tags add up", `{"tags":"a"} {"tags":["b","a"]} {"tags":["c"]}`, `{"tags":["a","b","c"]}`},
		{"meta is merged", `{"meta":{"owner":"x","n":1}} {"meta":{"n":2}}`, `{"meta":{"owner":"x","n":2}}`},
		{"its values are not", `{"meta":{"a":{"b":1}}} {"meta":{"a":{"c":2}}}`, `{"meta":{"a":{"c":2}}}`},
		{"hooks run before those of the model, each as often as written",
			`{"pre-hook":"insert into log values (1)"} {"pre-hook":["insert into log values (1)","analyse"]}`,
			`{"pre-hook":["insert into log values (1)","insert into log values (1)","analyse"]}`},
		{"a privilege's roles are replaced", `{"grants":{"select":["a"],"insert":"b"}} {"grants":{"select":["c","d"]}}`,
			`{"grants":{"select":["c","d"],"insert":["b"]}}`},
		{"with a + they add up", `{"grants":{"select":"a"}} {"grants":{"+select":["b"]}} {"grants":{"+select":"c"}}`, `{"grants":{"select":["a","b","c"]}}`},
		{"a + on nothing", `{"grants":{"+select":"a"}}`, `{"grants":{"select":["a"]}}`},
		{"no + after a +", `{"grants":{"select":"a"}} {"grants":{"+select":"b"}} {"grants":{"select":"c"}}`, `{"grants":{"select":["c"]}}`},
		{"an empty list revokes", `{"grants":{"select":"a"}} {"grants":{"select":[]}}`, `{"grants":{"select":[]}}`},
	} {
		var layers []nodeconfig.Layer
		for d := json.NewDecoder(strings.NewReader(c.layers)); d.More(); {
			var l nodeconfig.Layer
			if err := d.Decode(&l); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			layers = append(layers, l)
		}
		before := fmt.Sprint(layers)
		got, err := json.Marshal(nodeconfig.Overlay(layers...))
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal([]byte(c.want), &a) != nil || json.Unmarshal(got, &b) != nil {
			t.Fatalf("%s: %s", c.name, got)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", c.name, diff)
		}
		if after := fmt.Sprint(layers); after != before {
			t.Errorf("%s: the layers were changed: %s", c.name, after)
		}
	}
}

// TestWrongTypes gives every key that is read every type there is: each is
// taken, or refused by the key's name, and none panics.
func TestWrongTypes(t *testing.T) {
	keys := []string{"materialized", "tags", "unique_key", "incremental_strategy", "on_schema_change", "full_refresh", "merge_update_columns",
		"merge_exclude_columns", "incremental_predicates", "predicates", "transient", "secure", "copy_grants", "persist_docs", "pre-hook", "post_hook",
		"cluster_by", "automatic_clustering", "snowflake_warehouse", "table_format", "plugin", "action", "artifact", "timeout", "strategy", "updated_at", "hard_deletes", "dbt_valid_to_current", "invalidate_hard_deletes",
		"check_cols", "snapshot_meta_column_names", "severity", "error_if", "warn_if", "fail_calc", "where", "limit", "store_failures",
		"store_failures_as", "null_if", "delimiter", "column_types", "quote_columns"}
	values := []string{`null`, `true`, `0`, `-1.5`, `1e999`, `""`, `"x"`, `"\u0000"`, `[]`, `[1]`, `[null]`, `["a",{}]`, `[[]]`, `{}`, `{"a":1}`, `{"sql":1}`, `{"relation":[]}`}
	for _, key := range keys {
		for _, value := range values {
			all := layer(t, fmt.Sprintf(`{%q: %s}`, key, value))
			for _, typ := range []runner.ResourceType{runner.Model, runner.Seed, runner.Snapshot, runner.Test, runner.Source} {
				if _, err := nodeconfig.Read(all, &runner.Node{Type: typ}); err != nil && !strings.Contains(err.Error(), key) {
					t.Errorf("%s: %s of a %s: error %v names another key", key, value, typ, err)
				}
			}
			for name, read := range map[string]func(r *nodeconfig.Reader){
				"snapshot": func(r *nodeconfig.Reader) { r.Snapshot() },
				"test":     func(r *nodeconfig.Reader) { r.Test(&runner.TestSpec{}) },
				"seed":     func(r *nodeconfig.Reader) { r.Seed(&runner.SeedFile{}) },
			} {
				r := &nodeconfig.Reader{All: layer(t, fmt.Sprintf(`{"strategy":"check","unique_key":"id","check_cols":"all",%q: %s}`, key, value))}
				if read(r); r.Err != nil && !strings.Contains(r.Err.Error(), key) {
					t.Errorf("%s: %s of a %s: error %v names another key", key, value, name, r.Err)
				}
			}
		}
	}
}

// TestSilentValues are values that would be lost without a word.
func TestSilentValues(t *testing.T) {
	for _, text := range []string{
		`{"column_types": ["a"]}`, `{"column_types": "int"}`, `{"column_types": {"a": ["int"]}}`, `{"column_types": {"a": null}}`,
		`{"delimiter": ";;"}`, `{"quote_columns": [1]}`, `{"null_if": {"a": 1}}`,
	} {
		r := &nodeconfig.Reader{All: layer(t, text)}
		if r.Seed(&runner.SeedFile{}); r.Err == nil {
			t.Errorf("a seed with %s was taken", text)
		}
	}
	for _, text := range []string{`{"limit": -1}`, `{"limit": "5"}`, `{"limit": 1.5}`, `{"severity": "loud"}`, `{"store_failures": "perhaps"}`} {
		r := &nodeconfig.Reader{All: layer(t, text)}
		if r.Test(&runner.TestSpec{}); r.Err == nil {
			t.Errorf("a test with %s was taken", text)
		}
	}
}
