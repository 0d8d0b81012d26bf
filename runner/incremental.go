package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// incremental adds the query's rows to a table that exists, in place of the
// rows with the same unique key where the model has one. The rows are first
// gathered in a temporary table, so that the query is run once and reads the
// table as it was.
func (b *build) incremental(ctx context.Context) error {
	cfg, rel := b.node.Config, b.node.Relation
	strategy, err := strategyOf(cfg)
	if err != nil {
		return err
	}
	tmp := warehouse.QuoteIdent(rel.Identifier + "__DBT_TMP")
	if _, err := b.exec(ctx, fmt.Sprintf("create or replace temporary table %s as (\n%s\n)", tmp, b.res.Compiled)); err != nil {
		return err
	}
	have, err := columns(ctx, b.s, rel.String())
	if err != nil {
		return err
	}
	if err := b.sameColumns(ctx, have, tmp); err != nil {
		return err
	}
	keys, err := b.keys(have)
	if err != nil {
		return err
	}
	if strategy != "append" {
		if err := b.distinctKeys(ctx, tmp, keys); err != nil {
			return err
		}
	}
	into := incrementalSQL(strategy, rel.String(), tmp, have, keys)
	stmts := append([]string{"begin"}, into...)
	changed := int64(0)
	for _, stmt := range append(stmts, "commit", "drop table if exists "+tmp) {
		n, err := b.exec(ctx, stmt)
		if err != nil {
			return err
		}
		changed += n
	}
	b.res.Rows = changed
	return nil
}

// strategyOf is the incremental strategy, by dbt-snowflake's default: merge
// where there is a unique key, else append.
func strategyOf(cfg Config) (string, error) {
	if cfg.OnSchema != "" && cfg.OnSchema != "ignore" && cfg.OnSchema != "fail" {
		return "", fmt.Errorf("on_schema_change=%q is not supported yet: use 'ignore' or 'fail', or rebuild with --full-refresh", cfg.OnSchema)
	}
	switch cfg.Strategy {
	case "", "merge":
		if len(cfg.UniqueKey) == 0 {
			return "append", nil
		}
		return "merge", nil
	case "append":
		return "append", nil
	case "delete+insert":
		if len(cfg.UniqueKey) == 0 {
			return "append", nil
		}
		return "delete+insert", nil
	}
	return "", fmt.Errorf("incremental_strategy=%q is not supported yet: use 'append', 'merge' or 'delete+insert'", cfg.Strategy)
}

// sameColumns refuses rows that lack a column of the table, or, with
// on_schema_change='fail', have one more.
func (b *build) sameColumns(ctx context.Context, have []string, tmp string) error {
	got, err := columns(ctx, b.s, tmp)
	if err != nil {
		return err
	}
	for _, c := range have {
		if !slices.Contains(got, c) {
			return fmt.Errorf("column %s is in %s but no longer in the model's query: bring it back, or rebuild with --full-refresh", c, b.node.Relation)
		}
	}
	for _, c := range got {
		if b.node.Config.OnSchema == "fail" && !slices.Contains(have, c) {
			return fmt.Errorf("column %s is new in the model's query and on_schema_change is 'fail': rebuild with --full-refresh", c)
		}
	}
	return nil
}

// keys finds the unique key's columns among those of the table.
func (b *build) keys(have []string) ([]string, error) {
	var keys []string
	for _, k := range b.node.Config.UniqueKey {
		i := slices.IndexFunc(have, func(c string) bool { return strings.EqualFold(c, strings.Trim(k, `"`)) })
		if i < 0 {
			return nil, fmt.Errorf("unique_key %s is no column of %s, which has %s", k, b.node.Relation, strings.Join(have, ", "))
		}
		keys = append(keys, have[i])
	}
	return keys, nil
}

// distinctKeys refuses new rows that share a unique key: which of them should
// win is nowhere said. Snowflake's MERGE refuses them too (100090).
func (b *build) distinctKeys(ctx context.Context, tmp string, key []string) error {
	keys := strings.Join(quoted(key), ", ")
	n, err := scalar(ctx, b.s, fmt.Sprintf("select count(*) from (select %s from %s group by %s having count(*) > 1) as duplicates", keys, tmp, keys))
	if err == nil && n > 0 {
		err = fmt.Errorf("%d unique keys (%s) occur more than once among the new rows: make the query's rows unique, for instance with qualify row_number()", n, keys)
	}
	return err
}

// incrementalSQL is the statements that bring the rows of tmp into table.
func incrementalSQL(strategy, table, tmp string, cols, keys []string) []string {
	list := strings.Join(quoted(cols), ", ")
	insert := fmt.Sprintf("insert into %s (%s) select %s from %s", table, list, list, tmp)
	match := make([]string, len(keys))
	for i, k := range quoted(keys) {
		match[i] = fmt.Sprintf("t.%s = s.%s", k, k)
	}
	on := strings.Join(match, " and ")
	switch strategy {
	case "delete+insert":
		return []string{fmt.Sprintf("delete from %s as t using %s as s where %s", table, tmp, on), insert}
	case "merge":
		var sets, vals []string
		for _, c := range quoted(cols) {
			sets = append(sets, fmt.Sprintf("%s = s.%s", c, c))
			vals = append(vals, "s."+c)
		}
		return []string{fmt.Sprintf("merge into %s as t using %s as s on %s\nwhen matched then update set %s\nwhen not matched then insert (%s) values (%s)",
			table, tmp, on, strings.Join(sets, ", "), list, strings.Join(vals, ", "))}
	}
	return []string{insert}
}

// quoted writes column names for SQL.
func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = warehouse.QuoteIdent(n)
	}
	return out
}
