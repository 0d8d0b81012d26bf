package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/project/nodeconfig"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// constraintKinds are what a constraint may be.
var constraintKinds = []string{"check", "not_null", "unique", "primary_key", "foreign_key", "custom"}

// constraints are those that an entry declares, of a model or a column. They
// are for the manifest: a relation is built without them.
func constraints(v yamldoc.Value) ([]map[string]any, error) {
	items, err := v.Get("constraints").Each("constraints")
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, item := range items {
		kind := item.Get("type").Text()
		if !slices.Contains(constraintKinds, kind) {
			return nil, fmt.Errorf("%s: a constraint's type is %s, not %q", item.Pos, strings.Join(constraintKinds, ", "), kind)
		}
		usual := nodeconfig.Layer{"expression": nil, "name": nil, "warn_unenforced": true, "warn_unsupported": true, "to": nil, "to_columns": []any{}}
		out = append(out, nodeconfig.Overlay(usual, plainMap(item)))
	}
	return out, nil
}
