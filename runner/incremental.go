package runner

import (
	"context"
	"errors"
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
	if _, err := b.exec(ctx, fmt.Sprintf("create or replace temporary table %s as (\n%s\n)", tmp, b.query())); err != nil {
		return err
	}
	if err := b.widen(ctx, tmp); err != nil {
		return err
	}
	cols, err := b.matchSchema(ctx, tmp)
	if err != nil {
		return err
	}
	m := merge{table: rel.String(), from: tmp, columns: cols, predicates: cfg.Predicates}
	if m.keys, err = b.keys(cols, cfg.UniqueKey, "unique_key"); err != nil {
		return err
	}
	if m.update, err = b.updated(cols, m.keys); err != nil {
		return err
	}
	changed := int64(0)
	for _, stmt := range append(m.statements(strategy), "drop table if exists "+tmp) {
		n, err := b.exec(ctx, stmt)
		if err != nil {
			return explainMerge(err, m.keys)
		}
		changed += n
	}
	b.res.Rows = changed
	return nil
}

// microbatch is a strategy whose batches are built in one piece, each time
// anew.
const microbatch = "microbatch"

// strategies are the incremental strategies there are.
var strategies = []string{"append", "delete+insert", "insert_overwrite", "merge"}

// strategyOf is the incremental strategy, by dbt-snowflake's default: merge
// where there is a unique key, else append.
func strategyOf(cfg Config) (string, error) {
	strategy := orElse(cfg.Strategy, "merge")
	switch {
	case !slices.Contains(strategies, strategy):
		return "", fmt.Errorf("incremental_strategy=%q is not supported; use %s", cfg.Strategy, strings.Join(strategies, ", "))
	case len(cfg.UniqueKey) == 0 && (strategy == "merge" || strategy == "delete+insert"):
		return "append", nil
	}
	return strategy, nil
}

// nondeterministic is Snowflake's code of a MERGE that several rows match.
const nondeterministic = 100090

// explainMerge says what to do about new rows that share a unique key: which of
// them should win is nowhere said.
func explainMerge(err error, keys []string) error {
	var refused *warehouse.Error
	if !errors.As(err, &refused) || refused.Code != nondeterministic {
		return err
	}
	return fmt.Errorf("the unique key (%s) occurs more than once among the new rows: make the query's rows unique, for instance with qualify row_number(): %w",
		strings.Join(quoted(keys), ", "), err)
}

// keys finds a key's columns among those of the table. What is for messages.
func (b *build) keys(have, key []string, what string) ([]string, error) {
	var keys []string
	for _, k := range key {
		name := strings.Trim(k, `"`)
		i := slices.Index(have, name)
		if i < 0 {
			i = slices.IndexFunc(have, func(c string) bool { return strings.EqualFold(c, name) })
		}
		if i < 0 {
			return nil, fmt.Errorf("%s %s is no column of %s, which has %s", what, k, b.node.Relation, strings.Join(have, ", "))
		}
		keys = append(keys, have[i])
	}
	return keys, nil
}

// updated is the columns that a merge updates: all, those the config names, or
// all but those it names.
func (b *build) updated(have, keys []string) ([]string, error) {
	cfg := b.node.Config
	if len(cfg.MergeUpdate) > 0 && len(cfg.MergeExclude) > 0 {
		return nil, fmt.Errorf("merge_update_columns and merge_exclude_columns cannot both be set: leave one of them out")
	}
	if len(cfg.MergeUpdate) > 0 {
		return b.keys(have, cfg.MergeUpdate, "merge_update_columns:")
	}
	out, err := b.keys(have, cfg.MergeExclude, "merge_exclude_columns:")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(have), func(c string) bool { return slices.Contains(out, c) }), nil
}

// A merge brings the rows of one table into another.
type merge struct {
	table, from           string // as SQL names them
	columns, keys, update []string
	predicates            []string
}

// statements are those that do it.
func (m merge) statements(strategy string) []string {
	list := strings.Join(quoted(m.columns), ", ")
	insert := fmt.Sprintf("insert into %s (%s) select %s from %s", m.table, list, list, m.from)
	switch strategy {
	case "delete+insert":
		del := fmt.Sprintf("delete from %s as DBT_INTERNAL_DEST using %s as DBT_INTERNAL_SOURCE where %s", m.table, m.from, m.match())
		return []string{"begin", del, insert, "commit"}
	case "insert_overwrite":
		return []string{fmt.Sprintf("insert overwrite into %s (%s) select %s from %s", m.table, list, list, m.from)}
	case "merge":
		return []string{m.merge(list)}
	}
	return []string{insert}
}

// match is the condition under which a new row takes an old one's place.
func (m merge) match() string {
	var terms []string
	for _, p := range m.predicates {
		terms = append(terms, "("+p+")")
	}
	for _, k := range quoted(m.keys) {
		terms = append(terms, fmt.Sprintf("DBT_INTERNAL_SOURCE.%s = DBT_INTERNAL_DEST.%s", k, k))
	}
	return strings.Join(terms, " and ")
}

func (m merge) merge(list string) string {
	var sets, vals []string
	for _, c := range quoted(m.update) {
		sets = append(sets, fmt.Sprintf("%s = DBT_INTERNAL_SOURCE.%s", c, c))
	}
	for _, c := range quoted(m.columns) {
		vals = append(vals, "DBT_INTERNAL_SOURCE."+c)
	}
	stmt := fmt.Sprintf("merge into %s as DBT_INTERNAL_DEST using %s as DBT_INTERNAL_SOURCE on %s", m.table, m.from, m.match())
	if len(sets) > 0 {
		stmt += "\nwhen matched then update set " + strings.Join(sets, ", ")
	}
	return stmt + fmt.Sprintf("\nwhen not matched then insert (%s) values (%s)", list, strings.Join(vals, ", "))
}

// quoted writes column names for SQL.
func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = warehouse.QuoteIdent(n)
	}
	return out
}
