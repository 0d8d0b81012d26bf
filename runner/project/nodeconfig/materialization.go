package nodeconfig

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
)

// materialization reads the keys that say how a model, seed or snapshot is
// built.
func (r *Reader) materialization(c *runner.Config) {
	c.MergeUpdate, c.MergeExclude = r.Texts("merge_update_columns"), r.Texts("merge_exclude_columns")
	c.Predicates = append(r.Texts("incremental_predicates"), r.Texts("predicates")...)
	c.Transient = r.Flag("transient")
	if on := r.Flag("secure"); on != nil {
		c.Secure = *on
	}
	if on := r.Flag("copy_grants"); on != nil {
		c.CopyGrants = *on
	}
	c.ClusterBy, c.Compute = r.Texts("cluster_by"), r.Text("snowflake_warehouse")
	if on := r.Flag("automatic_clustering"); on != nil {
		c.Recluster = *on
	}
	if format := r.Text("table_format"); format != "" && format != "default" && r.Err == nil {
		r.Err = fmt.Errorf("table_format: %s is not supported; use default", format)
	}
	docs := &Reader{All: Map(r.All["persist_docs"])}
	if on := docs.Flag("relation"); on != nil {
		c.PersistDocs.Relation = *on
	}
	if on := docs.Flag("columns"); on != nil {
		c.PersistDocs.Columns = *on
	}
	if docs.Err != nil && r.Err == nil {
		r.Err = fmt.Errorf("persist_docs: %w", docs.Err)
	}
	if v := r.All["persist_docs"]; v != nil && docs.All == nil {
		r.bad("persist_docs", "a map such as {relation: true, columns: true}")
	}
	c.PreHooks, c.PostHooks = r.hooks(c.Pos, "pre-hook", "pre_hook"), r.hooks(c.Pos, "post-hook", "post_hook")
}

// hookText is a hook given as text: a statement, or what dbt's macros
// before_begin, in_transaction and after_commit make of one, which is JSON.
func hookText(at runner.Pos, text string) runner.Hook {
	var made struct {
		SQL         *string `json:"sql"`
		Transaction *bool   `json:"transaction"`
	}
	if err := json.Unmarshal([]byte(text), &made); err == nil && made.SQL != nil {
		return runner.Hook{SQL: *made.SQL, Outside: made.Transaction != nil && !*made.Transaction, Pos: at}
	}
	return runner.Hook{SQL: text, Pos: at}
}

// hooks reads statements: a text, a map with sql and transaction, or a list of
// them, under either of two keys.
func (r *Reader) hooks(at runner.Pos, keys ...string) []runner.Hook {
	var out []runner.Hook
	for _, key := range keys {
		for _, v := range List(r.All[key]) {
			h := runner.Hook{Pos: at}
			switch v := v.(type) {
			case string:
				h = hookText(at, v)
			default:
				m := Map(v)
				sql, ok := m["sql"].(string)
				inside, isFlag := m["transaction"].(bool)
				if !ok || m["transaction"] != nil && !isFlag {
					r.bad(key, "a statement, or a map with sql and transaction")
				}
				h.SQL, h.Outside = sql, isFlag && !inside
			}
			if strings.TrimSpace(h.SQL) != "" {
				out = append(out, h)
			}
		}
	}
	return out
}

// Snapshot reads the config of a snapshot.
func (r *Reader) Snapshot() *runner.SnapshotSpec {
	s := &runner.SnapshotSpec{
		Strategy: r.Text("strategy"), UniqueKey: r.Texts("unique_key"), UpdatedAt: r.Text("updated_at"),
		HardDeletes: r.Text("hard_deletes"), CurrentTo: r.Text("dbt_valid_to_current"), Names: map[string]string{},
	}
	if on := r.Flag("invalidate_hard_deletes"); on != nil && *on && s.HardDeletes == "" {
		s.HardDeletes = "invalidate"
	}
	if r.All["check_cols"] != "all" {
		s.CheckCols = r.Texts("check_cols")
	}
	for k, v := range Map(r.All["snapshot_meta_column_names"]) {
		name, ok := v.(string)
		if !ok || !slices.Contains(runner.MetaColumns, k) {
			r.bad("snapshot_meta_column_names", "a map of "+strings.Join(runner.MetaColumns, ", ")+" to other names")
		}
		s.Names[k] = name
	}
	r.checkSnapshot(s)
	return s
}

func (r *Reader) checkSnapshot(s *runner.SnapshotSpec) {
	switch {
	case r.Err != nil:
	case !slices.Contains([]string{"timestamp", "check"}, s.Strategy):
		r.Err = fmt.Errorf("strategy: a snapshot needs one, timestamp or check, not %q", s.Strategy)
	case len(s.UniqueKey) == 0:
		r.Err = fmt.Errorf("unique_key: a snapshot needs one")
	case s.Strategy == "timestamp" && s.UpdatedAt == "":
		r.Err = fmt.Errorf("updated_at: a snapshot by timestamp names the column that says when a row changed")
	case s.Strategy == "check" && r.All["check_cols"] == nil:
		r.Err = fmt.Errorf("check_cols: a snapshot by check names the columns to compare, or says check_cols='all'")
	case s.Strategy == "check" && r.All["check_cols"] != "all" && len(s.CheckCols) == 0:
		r.Err = fmt.Errorf("check_cols: the list is empty; name the columns to compare, or say check_cols='all'")
	case !slices.Contains([]string{"", "ignore", "invalidate", "new_record"}, s.HardDeletes):
		r.Err = fmt.Errorf("hard_deletes: it is ignore, invalidate or new_record, not %q", s.HardDeletes)
	}
}

// Test reads a test's config.
func (r *Reader) Test(t *runner.TestSpec) {
	t.Severity = strings.ToLower(r.Text("severity"))
	t.ErrorIf, t.WarnIf, t.FailCalc = r.Text("error_if"), r.Text("warn_if"), r.Text("fail_calc")
	t.Where, t.Limit = r.Text("where"), r.number("limit")
	if store := r.Flag("store_failures"); store != nil {
		t.StoreRows = *store
	}
	if t.StoreAs = r.Text("store_failures_as"); !slices.Contains([]string{"", "table", "view", "ephemeral"}, t.StoreAs) {
		r.bad("store_failures_as", "table, view or ephemeral")
	}
	if t.Limit < 0 {
		r.bad("limit", "a number of rows")
	}
	if t.Severity != "" && t.Severity != "error" && t.Severity != "warn" {
		r.bad("severity", "error or warn")
	}
}

// Seed reads the config of a seed.
func (r *Reader) Seed(s *runner.SeedFile) {
	s.NullIf = r.Texts("null_if")
	if d := []rune(r.Text("delimiter")); len(d) == 1 {
		s.Delimiter = d[0]
	} else if len(d) > 1 {
		r.bad("delimiter", "one character")
	}
	types := Map(r.All["column_types"])
	if types == nil && r.All["column_types"] != nil {
		r.bad("column_types", "a map of columns to types")
	}
	s.ColumnTypes = map[string]string{}
	for c, t := range types {
		text, ok := t.(string)
		if !ok {
			r.bad("column_types", "a map of columns to types")
		}
		s.ColumnTypes[c] = text
	}
	if on := r.Flag("quote_columns"); on != nil {
		s.Quoted = *on
	}
}
