package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// dbt's names of the columns that a snapshot adds.
const (
	scdID     = "dbt_scd_id"
	updatedAt = "dbt_updated_at"
	validFrom = "dbt_valid_from"
	validTo   = "dbt_valid_to"
	isDeleted = "dbt_is_deleted"
)

// MetaColumns are dbt's names of the columns that a snapshot adds to its rows.
var MetaColumns = []string{scdID, updatedAt, validFrom, validTo, isDeleted}

// A history is one snapshot being taken: the SQL of its parts.
type history struct {
	SnapshotSpec
	query string // the rows as they are now
	table string
	now   string // as SQL: when the snapshot is taken

	have, source []string // columns of the table, if there is one, and of the query
	keys         []string // of source
	changed      []string // check: the columns to compare; those that are new count as changed
	widened      bool     // check: whether the query has a column that the table lacks
}

// snapshot takes a snapshot: rows that changed or are gone since the last one
// get an end, and rows that are new or changed are added. It is one statement:
// either all is written or nothing.
func (b *build) snapshot(ctx context.Context) error {
	if err := b.compile(ctx, false); err != nil {
		return err
	}
	h, err := b.history(ctx)
	if err != nil {
		return err
	}
	exists, view := b.catalog.find(b.node.Relation)
	if view {
		return fmt.Errorf("%s is a view, and a snapshot needs a table: drop it, or give the snapshot another name", b.node.Relation)
	}
	if !exists {
		if err := b.tableOf(ctx, h.first()); err != nil {
			return err
		}
		return b.count(ctx)
	}
	return b.nextSnapshot(ctx, h)
}

// history finds out what the snapshot is made of.
func (b *build) history(ctx context.Context) (*history, error) {
	h := &history{SnapshotSpec: *b.node.Snapshot, query: b.query(), table: b.node.Relation.String()}
	cols, err := columns(ctx, b.s, "(\n"+h.query+"\n) as sbq")
	if err != nil {
		return nil, err
	}
	h.source = columnNames(cols)
	for _, c := range h.source {
		if slices.ContainsFunc(MetaColumns, func(m string) bool { return strings.EqualFold(h.bare(m), c) }) {
			return nil, fmt.Errorf("the snapshot's query has a column %s, which the snapshot adds itself: leave it out", c)
		}
	}
	rel := Relation{Identifier: "the snapshot's query"}
	if h.keys, err = (&build{node: &Node{Relation: rel}}).keys(h.source, h.UniqueKey, "unique_key"); err != nil {
		return nil, err
	}
	now, _, err := b.text(ctx, "select to_varchar(sysdate(), 'YYYY-MM-DD HH24:MI:SS.FF6')")
	h.now = "to_timestamp_ntz(" + warehouse.QuoteString(now) + ")"
	return h, err
}

// bare is the name of a column that the snapshot adds.
func (h *history) bare(column string) string {
	if name := h.Names[column]; name != "" {
		return name
	}
	return column
}

// col is the same as SQL names it.
func (h *history) col(column string) string {
	return warehouse.QuoteIdent(warehouse.FoldIdent(h.bare(column)))
}

// at is when a row of the query came to be what it is.
func (h *history) at(alias string) string {
	if h.UpdatedAt == "" {
		return h.now
	}
	if i := slices.IndexFunc(h.source, func(c string) bool { return strings.EqualFold(c, h.UpdatedAt) }); i >= 0 {
		return alias + "." + warehouse.QuoteIdent(h.source[i])
	}
	return h.UpdatedAt
}

// id is a hash of a row's key and time.
func (h *history) id(alias, at string) string {
	var parts []string
	for _, k := range quoted(h.keys) {
		parts = append(parts, fmt.Sprintf("coalesce(cast(%s.%s as varchar), '')", alias, k))
	}
	parts = append(parts, fmt.Sprintf("coalesce(cast(%s as varchar), '')", at))
	return "md5(" + strings.Join(parts, " || '|' || ") + ")"
}

// open is the end of a row that still holds.
func (h *history) open(at string) string {
	null := fmt.Sprintf("nullif(%s, %s)", at, at)
	if h.CurrentTo == "" {
		return null
	}
	return fmt.Sprintf("coalesce(%s, %s)", null, h.CurrentTo)
}

// holds is the condition that a row of the table still holds.
func (h *history) holds(alias string) string {
	end := alias + "." + h.col(validTo)
	if h.CurrentTo == "" {
		return end + " is null"
	}
	return fmt.Sprintf("(%s is null or %s = %s)", end, end, h.CurrentTo)
}

// first is the query of the table when there is none yet.
func (h *history) first() string {
	at := h.at("sbq")
	text := fmt.Sprintf("select sbq.*,\n  %s as %s,\n  %s as %s,\n  %s as %s,\n  %s as %s",
		h.id("sbq", at), h.col(scdID), at, h.col(updatedAt), at, h.col(validFrom), h.open(at), h.col(validTo))
	if h.HardDeletes == "new_record" {
		text += ",\n  'False' as " + h.col(isDeleted)
	}
	return text + "\nfrom (\n" + h.query + "\n) as sbq"
}

// nextSnapshot brings a table that exists up to date.
func (b *build) nextSnapshot(ctx context.Context, h *history) error {
	have, err := columns(ctx, b.s, h.table)
	if err != nil {
		return err
	}
	h.have = columnNames(have)
	if err := b.checkSnapshot(h); err != nil {
		return err
	}
	tmp := warehouse.QuoteIdent(b.node.Relation.Identifier + "__DBT_TMP")
	if _, err := b.exec(ctx, fmt.Sprintf("create or replace temporary table %s as (\n%s\n)", tmp, h.staging())); err != nil {
		return err
	}
	if err := b.widen(ctx, tmp); err != nil {
		return err
	}
	got, err := columns(ctx, b.s, tmp)
	if err != nil {
		return err
	}
	got = slices.DeleteFunc(got, named("DBT_CHANGE_TYPE"))
	change := changeOf(have, got)
	if err := b.alter(ctx, schemaChange{added: change.added}); err != nil {
		return err
	}
	n, err := b.exec(ctx, h.merge(tmp, columnNames(got)))
	if err != nil {
		return err
	}
	b.res.Rows = n
	return b.script(ctx, "drop table if exists "+tmp)
}

// checkSnapshot makes sure that the table is one of a snapshot, and finds the
// columns to compare.
func (b *build) checkSnapshot(h *history) error {
	for _, m := range MetaColumns {
		if m == isDeleted && h.HardDeletes != "new_record" {
			continue
		}
		if !slices.Contains(h.have, warehouse.FoldIdent(h.bare(m))) {
			return fmt.Errorf("%s has no column %s, so no snapshot made it: drop it, or give the snapshot another name", b.node.Relation, h.bare(m))
		}
	}
	if h.Strategy != "check" {
		return nil
	}
	check := h.CheckCols
	if check == nil {
		check = h.source
	}
	cols, err := (&build{node: &Node{Relation: Relation{Identifier: "the snapshot's query"}}}).keys(h.source, check, "check_cols:")
	if err != nil {
		return err
	}
	for _, c := range cols {
		if slices.Contains(h.have, c) {
			h.changed = append(h.changed, c)
		} else {
			h.widened = true
		}
	}
	return nil
}

// rowChanged is the condition that a row of the query (s) is another one than
// in the table (t).
func (h *history) rowChanged() string {
	if h.Strategy != "check" {
		return fmt.Sprintf("t.%s < %s", h.col(validFrom), h.at("s"))
	}
	terms := []string{}
	if h.widened {
		terms = append(terms, "true")
	}
	for _, c := range quoted(h.changed) {
		terms = append(terms, fmt.Sprintf("t.%s is distinct from s.%s", c, c))
	}
	if len(terms) == 0 {
		return "false"
	}
	return "(" + strings.Join(terms, " or ") + ")"
}

// joined is the condition that a row of the query and one of the table have
// the same key.
func (h *history) joined() string {
	var terms []string
	for _, k := range quoted(h.keys) {
		terms = append(terms, fmt.Sprintf("s.%s = t.%s", k, k))
	}
	return strings.Join(terms, " and ")
}

// staging is the query of the rows to merge: those to add, and those to end.
func (h *history) staging() string {
	at := h.at("s")
	key := warehouse.QuoteIdent(h.keys[0])
	deleted, back := "", "t."+key+" is null or "+h.rowChanged()
	if h.HardDeletes == "new_record" {
		deleted = ",\n  'False' as " + h.col(isDeleted)
		back += fmt.Sprintf(" or t.%s = 'True'", h.col(isDeleted))
	}
	parts := []string{
		fmt.Sprintf("select 'insert' as DBT_CHANGE_TYPE, s.*,\n  %s as %s,\n  %s as %s,\n  %s as %s,\n  %s as %s%s\nfrom source as s left join current_rows as t on %s\nwhere %s",
			h.id("s", at), h.col(scdID), at, h.col(updatedAt), at, h.col(validFrom), h.open(at), h.col(validTo), deleted, h.joined(), back),
		fmt.Sprintf("select 'update' as DBT_CHANGE_TYPE, s.*,\n  t.%s, %s, %s, %s%s\nfrom source as s join current_rows as t on %s\nwhere %s",
			h.col(scdID), at, at, at, deleted, h.joined(), h.again()),
	}
	if h.HardDeletes == "invalidate" || h.HardDeletes == "new_record" {
		parts = append(parts, h.gone("delete", "t."+h.col(scdID), h.now))
	}
	if h.HardDeletes == "new_record" {
		parts = append(parts, h.gone("insert", h.id("t", h.now), h.open(h.now)))
	}
	return fmt.Sprintf("with source as (\n%s\n),\ncurrent_rows as (\nselect * from %s as t where %s\n)\n%s",
		h.query, h.table, h.holds("t"), strings.Join(parts, "\nunion all\n"))
}

// again is the condition that a row of the table ends as there is a newer one.
func (h *history) again() string {
	if h.HardDeletes == "new_record" {
		return fmt.Sprintf("%s or t.%s = 'True'", h.rowChanged(), h.col(isDeleted))
	}
	return h.rowChanged()
}

// gone is the query of rows that are in the table and no longer in the query.
func (h *history) gone(change, id, end string) string {
	var cols []string
	for _, c := range h.source {
		if slices.Contains(h.have, c) {
			cols = append(cols, "t."+warehouse.QuoteIdent(c))
		} else {
			cols = append(cols, "null")
		}
	}
	deleted, still := "", ""
	if h.HardDeletes == "new_record" {
		deleted, still = ", 'True'", fmt.Sprintf(" and t.%s = 'False'", h.col(isDeleted))
	}
	return fmt.Sprintf("select '%s', %s,\n  %s, %s, %s, %s%s\nfrom current_rows as t left join source as s on %s\nwhere s.%s is null%s",
		change, strings.Join(cols, ", "), id, h.now, h.now, end, deleted, h.joined(), warehouse.QuoteIdent(h.keys[0]), still)
}

// merge is the statement that brings the staged rows into the table.
func (h *history) merge(from string, cols []string) string {
	var names, vals []string
	for _, c := range cols {
		names = append(names, warehouse.QuoteIdent(c))
		vals = append(vals, "DBT_INTERNAL_SOURCE."+warehouse.QuoteIdent(c))
	}
	return fmt.Sprintf(`merge into %s as DBT_INTERNAL_DEST using %s as DBT_INTERNAL_SOURCE
on DBT_INTERNAL_SOURCE.%s = DBT_INTERNAL_DEST.%s
when matched and %s and DBT_INTERNAL_SOURCE.DBT_CHANGE_TYPE in ('update', 'delete')
  then update set %s = DBT_INTERNAL_SOURCE.%s
when not matched and DBT_INTERNAL_SOURCE.DBT_CHANGE_TYPE = 'insert'
  then insert (%s) values (%s)`,
		h.table, from, h.col(scdID), h.col(scdID), h.holds("DBT_INTERNAL_DEST"), h.col(validTo), h.col(validTo),
		strings.Join(names, ", "), strings.Join(vals, ", "))
}
