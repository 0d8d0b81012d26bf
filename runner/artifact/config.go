package artifact

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
)

// configOf is a node's config with dbt's defaults below it, each key of the
// type that dbt's schema has for it.
func configOf(n *runner.Node) object {
	o := object{"enabled": true, "alias": nil, "schema": nil, "database": nil, "group": orNull(n.Group)}
	if n.Type == runner.Test {
		maps.Copy(o, testDefaults(n))
	} else {
		maps.Copy(o, object{
			"materialized": string(n.Config.Materialized), "incremental_strategy": nil, "persist_docs": object{}, "quoting": object{},
			"column_types": object{}, "full_refresh": nil, "unique_key": nil, "on_schema_change": "ignore", "on_configuration_change": "apply",
			"grants": object{}, "contract": object{"enforced": false, "alias_types": true},
			"event_time": nil, "begin": nil, "batch_size": nil, "lookback": json.Number("1"), "concurrent_batches": nil,
		})
	}
	maps.Copy(o, ofType(n.Type))
	maps.Copy(o, n.Config.All)
	o["tags"], o["meta"] = list(n.Config.Tags), metaOf(n.Config.All["meta"])
	if n.Type == runner.Test {
		return o
	}
	if n.Type == runner.Model {
		o["access"] = orElse(n.Access, "protected")
	}
	o["docs"] = docsOf(n.Config.All["docs"])
	for _, key := range []string{"persist_docs", "quoting", "column_types", "grants"} {
		o[key] = mapOf(o[key])
	}
	o["packages"] = texts(o["packages"])
	delete(o, "pre_hook")
	delete(o, "post_hook")
	o["pre-hook"], o["post-hook"] = hooks(n.Config.PreHooks), hooks(n.Config.PostHooks)
	contract := object{"enforced": false, "alias_types": true}
	maps.Copy(contract, mapOf(n.Config.All["contract"]))
	o["contract"] = contract
	return o
}

// ofType is the config of seeds and snapshots alone, where it says nothing.
func ofType(t runner.ResourceType) object {
	switch t {
	case runner.Seed:
		return object{"delimiter": ",", "quote_columns": nil}
	case runner.Snapshot:
		names := object{}
		for _, column := range runner.MetaColumns {
			names[column] = nil
		}
		return object{"target_schema": nil, "target_database": nil, "updated_at": nil, "dbt_valid_to_current": nil, "snapshot_meta_column_names": names}
	}
	return nil
}

// testDefaults is a test's config where it says nothing.
func testDefaults(n *runner.Node) object {
	return object{
		"materialized": "test", "schema": "dbt_test__audit", "severity": strings.ToUpper(orElse(n.Test.Severity, "error")), "store_failures": nil, "store_failures_as": nil,
		"where": nil, "limit": nil, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0",
	}
}

func hooks(hs []runner.Hook) []object {
	out := []object{}
	for _, h := range hs {
		out = append(out, object{"sql": h.SQL, "transaction": !h.Outside, "index": nil})
	}
	return out
}

// texts is a list of texts, from one or a list of them.
func texts(v any) []string {
	out := []string{}
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// unrendered is what the project itself says in a node's config.
func unrendered(n *runner.Node) object {
	return orEmpty(maps.Clone(n.Config.All))
}
