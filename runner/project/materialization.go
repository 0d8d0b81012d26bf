package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// materialization reads the keys that say how a model, seed or snapshot is
// built.
func (r *configReader) materialization(c *runner.Config) {
	c.MergeUpdate, c.MergeExclude = r.texts("merge_update_columns"), r.texts("merge_exclude_columns")
	c.Predicates = append(r.texts("incremental_predicates"), r.texts("predicates")...)
	c.Transient = r.flag("transient")
	if on := r.flag("secure"); on != nil {
		c.Secure = *on
	}
	if on := r.flag("copy_grants"); on != nil {
		c.CopyGrants = *on
	}
	docs := &configReader{all: mapOf(r.all["persist_docs"])}
	if on := docs.flag("relation"); on != nil {
		c.PersistDocs.Relation = *on
	}
	if on := docs.flag("columns"); on != nil {
		c.PersistDocs.Columns = *on
	}
	if docs.err != nil && r.err == nil {
		r.err = fmt.Errorf("persist_docs: %w", docs.err)
	}
	if v := r.all["persist_docs"]; v != nil && docs.all == nil {
		r.bad("persist_docs", "a map such as {relation: true, columns: true}")
	}
	c.PreHooks, c.PostHooks = r.hooks(c.Pos, "pre-hook", "pre_hook"), r.hooks(c.Pos, "post-hook", "post_hook")
}

// hooks reads statements: a text, a map with sql and transaction, or a list of
// them, under either of two keys.
func (r *configReader) hooks(at runner.Pos, keys ...string) []runner.Hook {
	var out []runner.Hook
	for _, key := range keys {
		for _, v := range asList(r.all[key]) {
			h := runner.Hook{Pos: at}
			switch v := v.(type) {
			case string:
				h.SQL = v
			case map[string]any:
				sql, ok := v["sql"].(string)
				inside, isFlag := v["transaction"].(bool)
				if !ok || v["transaction"] != nil && !isFlag {
					r.bad(key, "a statement, or a map with sql and transaction")
				}
				h.SQL, h.Outside = sql, isFlag && !inside
			default:
				r.bad(key, "a statement, or a map with sql and transaction")
			}
			if strings.TrimSpace(h.SQL) != "" {
				out = append(out, h)
			}
		}
	}
	return out
}

// runHooks reads on-run-start or on-run-end.
func runHooks(v yamldoc.Value, key string) ([]runner.Hook, error) {
	items := v.Get(key)
	if items.List == nil && !items.IsNull() {
		items = yamldoc.Value{Pos: items.Pos, List: []yamldoc.Value{items}}
	}
	var out []runner.Hook
	for _, item := range items.List {
		if item.Keys != nil || item.List != nil {
			return nil, fmt.Errorf("%s: %s is a statement or a list of them", item.Pos, key)
		}
		if text := item.Text(); strings.TrimSpace(text) != "" {
			out = append(out, runner.Hook{SQL: text, Pos: item.Pos})
		}
	}
	return out, nil
}

// snapshotSpec reads the config of a snapshot.
func (r *configReader) snapshotSpec() *runner.SnapshotSpec {
	s := &runner.SnapshotSpec{
		Strategy: r.text("strategy"), UniqueKey: r.texts("unique_key"), UpdatedAt: r.text("updated_at"),
		HardDeletes: r.text("hard_deletes"), CurrentTo: r.text("dbt_valid_to_current"), Names: map[string]string{},
	}
	if on := r.flag("invalidate_hard_deletes"); on != nil && *on && s.HardDeletes == "" {
		s.HardDeletes = "invalidate"
	}
	if r.all["check_cols"] != "all" {
		s.CheckCols = r.texts("check_cols")
	}
	for k, v := range mapOf(r.all["snapshot_meta_column_names"]) {
		name, ok := v.(string)
		if !ok || !slices.Contains(runner.MetaColumns, k) {
			r.bad("snapshot_meta_column_names", "a map of "+strings.Join(runner.MetaColumns, ", ")+" to other names")
		}
		s.Names[k] = name
	}
	r.checkSnapshot(s)
	return s
}

func (r *configReader) checkSnapshot(s *runner.SnapshotSpec) {
	switch {
	case r.err != nil:
	case !slices.Contains([]string{"timestamp", "check"}, s.Strategy):
		r.err = fmt.Errorf("strategy: a snapshot needs one, timestamp or check, not %q", s.Strategy)
	case len(s.UniqueKey) == 0:
		r.err = fmt.Errorf("unique_key: a snapshot needs one")
	case s.Strategy == "timestamp" && s.UpdatedAt == "":
		r.err = fmt.Errorf("updated_at: a snapshot by timestamp names the column that says when a row changed")
	case s.Strategy == "check" && r.all["check_cols"] == nil:
		r.err = fmt.Errorf("check_cols: a snapshot by check names the columns to compare, or says check_cols='all'")
	case s.Strategy == "check" && r.all["check_cols"] != "all" && len(s.CheckCols) == 0:
		r.err = fmt.Errorf("check_cols: the list is empty; name the columns to compare, or say check_cols='all'")
	case !slices.Contains([]string{"", "ignore", "invalidate", "new_record"}, s.HardDeletes):
		r.err = fmt.Errorf("hard_deletes: it is ignore, invalidate or new_record, not %q", s.HardDeletes)
	}
}
