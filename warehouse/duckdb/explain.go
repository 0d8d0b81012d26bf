package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A planNode is an operator of a plan as DuckDB explains it.
type planNode struct {
	Name     string         `json:"name"`
	Children []planNode     `json:"children"`
	Extra    map[string]any `json:"extra_info"`
}

// An operation is a row of EXPLAIN.
type operation struct {
	ID          int      `json:"id"`
	Parent      *int     `json:"parent,omitempty"`
	Operation   string   `json:"operation"`
	Objects     []string `json:"objects,omitempty"`
	Expressions []string `json:"expressions,omitempty"`
}

// explain is EXPLAIN. The plan is the local engine's, in the columns that
// Snowflake's has; partitions are none.
func (s *session) explain(ctx context.Context, rec *record, stmt *ast.Explain) (*warehouse.Result, error) {
	switch stmt.Statement.(type) {
	case *ast.Query, *ast.Insert, *ast.Update, *ast.Delete:
	default:
		return nil, refusal.Unsupported("EXPLAIN of " + strings.ReplaceAll(ast.Kind(stmt.Statement), "_", " "))
	}
	text, err := s.rewritten(stmt.Statement)
	if err != nil {
		return nil, err
	}
	rec.translated(&translation{original: rec.statement.Text, text: text})
	rows, err := s.conn.Texts(ctx, "explain (format json) "+text)
	if err != nil {
		return nil, err
	}
	var plan []planNode
	for _, r := range rows {
		if err := json.Unmarshal([]byte(r[len(r)-1]), &plan); err != nil {
			return nil, fmt.Errorf("the plan cannot be read: %w", err)
		}
	}
	operations := []operation{{ID: 0, Operation: "Result"}}
	operations = flattenPlan(operations, plan, 0)
	return rec.explained(stmt.Format, operations)
}

// flattenPlan lists a plan's operators, each behind its parent.
func flattenPlan(all []operation, nodes []planNode, parent int) []operation {
	for _, n := range nodes {
		o := operation{ID: len(all), Parent: &parent, Operation: strings.TrimSpace(n.Name)}
		for _, key := range slices.Sorted(maps.Keys(n.Extra)) {
			v := n.Extra[key]
			if text := fmt.Sprint(v); key == "Table" {
				o.Objects = append(o.Objects, text)
			} else if list, ok := v.([]any); ok {
				for _, x := range list {
					o.Expressions = append(o.Expressions, fmt.Sprint(x))
				}
			} else if key != "Estimated Cardinality" && key != "Type" && text != "" {
				o.Expressions = append(o.Expressions, text)
			}
		}
		all = flattenPlan(append(all, o), n.Children, o.ID)
	}
	return all
}

// explained is the result of EXPLAIN in one of its forms.
func (rec *record) explained(format string, operations []operation) (*warehouse.Result, error) {
	switch format {
	case "JSON":
		text, err := json.Marshal(map[string]any{"GlobalStats": map[string]any{"partitionsTotal": 0, "partitionsAssigned": 0, "bytesAssigned": 0},
			"Operations": [][]operation{operations}})
		if err != nil {
			return nil, err
		}
		return rec.table(listing.Texts("content"), [][]any{{string(text)}}), nil
	case "TEXT":
		var b strings.Builder
		b.WriteString("GlobalStats:\n\tbytesAssigned=0\n\tpartitionsAssigned=0\n\tpartitionsTotal=0\nOperations:\n")
		depth := map[int]int{0: 0}
		for _, o := range operations {
			if o.Parent != nil {
				depth[o.ID] = depth[*o.Parent] + 1
			}
			fmt.Fprintf(&b, "1:%d %s->%s %s\n", o.ID, strings.Repeat("     ", depth[o.ID]), o.Operation, strings.Join(append(o.Objects, o.Expressions...), ", "))
		}
		return rec.table(listing.Texts("content"), [][]any{{b.String()}}), nil
	}
	rows := [][]any{{nil, nil, nil, "GlobalStats", nil, nil, nil, int64(0), int64(0), int64(0)}}
	for _, o := range operations {
		var parent any
		if o.Parent != nil {
			parent = int64(*o.Parent)
		}
		rows = append(rows, []any{int64(1), int64(o.ID), parent, o.Operation, listing.OrNull(strings.Join(o.Objects, ", ")), nil,
			listing.OrNull(strings.Join(o.Expressions, ", ")), nil, nil, nil})
	}
	return rec.table(listing.Columns("step# id# parent# operation objects alias expressions partitionsTotal# partitionsAssigned# bytesAssigned#"), rows), nil
}
