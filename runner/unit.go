package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// This is the input of a fixture that stands for the model's own table.
const This = "this"

// unitTest runs its model's query on made-up rows and compares what comes out
// with what is expected.
func (b *build) unitTest(ctx context.Context) error {
	spec := b.node.UnitTest
	model := b.project.Nodes[spec.Model]
	fixtures := map[string]StandIn{}
	for _, f := range spec.Given {
		if f.Node == "" {
			continue // the last to be read, as its columns may be those of the query itself
		}
		sql, err := b.given(ctx, f, b.project.Nodes[f.Node])
		if err != nil {
			return err
		}
		fixtures[f.Node] = StandIn{sql, f.Format == "sql"}
	}
	for _, f := range spec.Given {
		if f.Node != "" {
			continue
		}
		sql, err := b.givenThis(ctx, f, model, fixtures)
		if err != nil {
			return err
		}
		fixtures[This] = StandIn{sql, f.Format == "sql"}
	}
	sql, err := b.compileUnit(ctx, model, fixtures, spec.Overrides)
	if err != nil {
		return err
	}
	b.res.Compiled = sql
	got, cols, err := b.actual(ctx, sql, spec.Expect)
	if err != nil {
		return err
	}
	want, err := b.expected(ctx, spec.Expect, cols)
	if err != nil {
		return fmt.Errorf("the rows expected: %w", err)
	}
	missing, extra := differ(want, got)
	b.res.Status, b.res.Failures = Pass, int64(len(missing)+len(extra))
	if b.res.Failures > 0 {
		b.res.Status = Fail
		b.res.Message = difference(columnNames(cols), missing, extra)
	}
	return nil
}

// compileUnit is the model's query with fixtures in place of what it needs.
func (b *build) compileUnit(ctx context.Context, model *Node, fixtures map[string]StandIn, over Overrides) (string, error) {
	opts := b.options()
	opts.Fixtures, opts.Overrides = fixtures, over
	opts.Incremental = opts.Overrides.Macros["is_incremental"] == true
	sql, err := b.Compiler.Compile(ctx, model, opts)
	if err != nil {
		return "", err
	}
	return bare(sql), nil
}

// given is the query that stands in for a relation: rows of its columns, with
// null where the fixture says nothing.
func (b *build) given(ctx context.Context, f Fixture, n *Node) (string, error) {
	if f.Format == "sql" {
		return f.SQL, nil
	}
	if n.Type == Model && n.Config.Materialized == Ephemeral {
		return "", fmt.Errorf("%s: %s is ephemeral, and has no columns to ask for: give its rows with format: sql", f.Pos, f.Input)
	}
	cols, err := columns(ctx, b.s, n.Relation.String())
	if err != nil {
		return "", fmt.Errorf("%s: the columns of %s are those of %s, which cannot be read: build it first, with snowpit run --empty --select %s, say: %w",
			f.Pos, f.Input, n.Relation, n.Name, err)
	}
	return rowsSQL(f, cols)
}

// givenThis is the query that stands in for the model's own table. Where there
// is none yet, its columns are those that the model's query gives when it
// begins.
func (b *build) givenThis(ctx context.Context, f Fixture, model *Node, fixtures map[string]StandIn) (string, error) {
	if exists, _ := b.catalog.find(model.Relation); exists || f.Format == "sql" {
		return b.given(ctx, f, model)
	}
	over := b.node.UnitTest.Overrides
	over.Macros = maps.Clone(over.Macros)
	if over.Macros == nil {
		over.Macros = map[string]any{}
	}
	over.Macros["is_incremental"] = false
	sql, err := b.compileUnit(ctx, model, fixtures, over)
	if err != nil {
		return "", err
	}
	cols, err := columns(ctx, b.s, "(\n"+sql+"\n) as dbt_internal_unit_test_this")
	if err != nil {
		return "", fmt.Errorf("%s: the columns of this: %w", f.Pos, err)
	}
	return rowsSQL(f, cols)
}

// actual runs the unit test's query, and gives its rows in the columns that
// are expected.
func (b *build) actual(ctx context.Context, sql string, expect Fixture) ([]string, []warehouse.Column, error) {
	from := "(\n" + sql + "\n) as dbt_internal_unit_test_actual"
	cols, err := columns(ctx, b.s, from)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case expect.Format == "sql":
		named, err := columns(ctx, b.s, "(\n"+expect.SQL+"\n) as dbt_internal_unit_test_expected")
		if err != nil {
			return nil, nil, fmt.Errorf("the rows expected: %w", err)
		}
		cols, err = pick(cols, columnNames(named), expect)
		if err != nil {
			return nil, nil, err
		}
	case len(expect.Columns) > 0:
		if cols, err = pick(cols, expect.Columns, expect); err != nil {
			return nil, nil, err
		}
	}
	rows, err := b.rows(ctx, "select "+strings.Join(quoted(columnNames(cols)), ", ")+" from "+from)
	return rows, cols, err
}

// expected is the rows that should come out.
func (b *build) expected(ctx context.Context, f Fixture, cols []warehouse.Column) ([]string, error) {
	sql := f.SQL
	if f.Format != "sql" {
		if len(f.Rows) == 0 {
			return nil, nil
		}
		var err error
		if sql, err = rowsSQL(f, cols); err != nil {
			return nil, err
		}
	}
	exprs := make([]string, len(cols))
	for i, c := range cols {
		exprs[i] = fmt.Sprintf("cast(%s as %s)", warehouse.QuoteIdent(c.Name), c.SQL())
	}
	return b.rows(ctx, "select "+strings.Join(exprs, ", ")+" from (\n"+sql+"\n) as dbt_internal_unit_test_expected")
}

// pick finds the columns that a fixture names.
func pick(cols []warehouse.Column, names []string, f Fixture) ([]warehouse.Column, error) {
	var out []warehouse.Column
	for _, name := range names {
		i := slices.IndexFunc(cols, func(c warehouse.Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			what := orElse(f.Input, "what is expected")
			return nil, fmt.Errorf("%s: invalid column name %q in the rows of %s; the columns are %s", f.Pos, name, what, strings.Join(columnNames(cols), ", "))
		}
		out = append(out, cols[i])
	}
	return out, nil
}

// rowsSQL is a query of a fixture's rows, in columns of the types given.
func rowsSQL(f Fixture, cols []warehouse.Column) (string, error) {
	named, err := pick(cols, f.Columns, f)
	if err != nil {
		return "", err
	}
	line := func(row map[string]any) string {
		exprs := make([]string, len(cols))
		for i, c := range cols {
			value := "null"
			if j := slices.IndexFunc(named, func(n warehouse.Column) bool { return n.Name == c.Name }); j >= 0 {
				value = literal(row[f.Columns[j]])
			}
			exprs[i] = fmt.Sprintf("cast(%s as %s) as %s", value, c.SQL(), warehouse.QuoteIdent(c.Name))
		}
		return "select " + strings.Join(exprs, ", ")
	}
	if len(f.Rows) == 0 {
		return line(nil) + " where false", nil
	}
	lines := make([]string, len(f.Rows))
	for i, row := range f.Rows {
		lines[i] = line(row)
	}
	return strings.Join(lines, "\nunion all\n"), nil
}

// literal is a value as SQL writes it.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case string:
		return warehouse.QuoteString(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from YAML or JSON
	}
	return "parse_json(" + warehouse.QuoteString(string(text)) + ")"
}

// rows is a query's rows as text, their cells with bars between.
func (b *build) rows(ctx context.Context, query string) ([]string, error) {
	b.ran = append(b.ran, query)
	res, err := b.s.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	b.res.QueryID = res.QueryID
	var out []string
	for batch, err := range res.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range int(batch.NumRows()) {
			cells := make([]string, batch.NumCols())
			for j, col := range batch.Columns() {
				cells[j] = "null"
				if !col.IsNull(i) {
					cells[j] = col.ValueStr(i)
				}
			}
			out = append(out, strings.Join(cells, " | "))
		}
	}
	return out, nil
}

// differ is the rows of want that got lacks, and those it has beyond them.
// Order means nothing; how often a row occurs does.
func differ(want, got []string) (missing, extra []string) {
	count := map[string]int{}
	for _, row := range want {
		count[row]++
	}
	for _, row := range got {
		count[row]--
	}
	for _, row := range slices.Sorted(maps.Keys(count)) {
		for n := count[row]; n > 0; n-- {
			missing = append(missing, row)
		}
		for n := count[row]; n < 0; n++ {
			extra = append(extra, row)
		}
	}
	return missing, extra
}

// maxDifferences is how many rows a message shows of each kind.
const maxDifferences = 20

// difference tells how rows differ.
func difference(cols, missing, extra []string) string {
	var b strings.Builder
	b.WriteString("actual differs from expected:\n\n    " + strings.Join(cols, " | "))
	for _, part := range []struct {
		mark string
		rows []string
	}{{"---", missing}, {"+++", extra}} {
		for i, row := range part.rows {
			if i == maxDifferences {
				fmt.Fprintf(&b, "\n%s (%d more)", part.mark, len(part.rows)-i)
				break
			}
			b.WriteString("\n" + part.mark + " " + row)
		}
	}
	b.WriteString("\n\n--- is expected and does not come out, +++ comes out and is not expected")
	return b.String()
}
