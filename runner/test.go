package runner

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// test counts the rows that a data test finds and holds the count against its
// bounds, in the one statement dbt uses for it. Where the rows are to be kept,
// they are put into a table or view first.
func (b *build) test(ctx context.Context) error {
	spec := *b.node.Test
	if err := b.compile(ctx, false); err != nil {
		return err
	}
	inner := b.query()
	if as := b.storeAs(b.node); as != "" {
		table := b.auditTable(b.node)
		if err := b.store(ctx, as, table); err != nil {
			return fmt.Errorf("store the failures in %s: %w", table, err)
		}
		inner = "select * from " + table.String()
	}
	if spec.Limit > 0 {
		inner += fmt.Sprintf("\nlimit %d", spec.Limit)
	}
	calc := orElse(spec.FailCalc, "count(*)")
	stmt := fmt.Sprintf(
		"select\n  %s as failures,\n  %s %s as should_warn,\n  %s %s as should_error\nfrom (\n%s\n) dbt_internal_test",
		calc, calc, orElse(spec.WarnIf, "!= 0"), calc, orElse(spec.ErrorIf, "!= 0"), inner)
	b.ran = append(b.ran, stmt)
	res, err := b.s.Query(ctx, stmt)
	if err != nil {
		return err
	}
	defer res.Close()
	b.res.QueryID = res.QueryID
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		return b.read(spec, batch.Column(0), batch.Column(1), batch.Column(2))
	}
	return fmt.Errorf("the test's query gave no row")
}

// storeAs is what a test's rows are kept in: "table", "view", or "" for
// nothing.
func (r *run) storeAs(n *Node) string {
	as := n.Test.StoreAs
	never := n.Config.All["store_failures"] == false
	switch {
	case as == "ephemeral" || as == "" && (never || !n.Test.StoreRows && !r.StoreFailures):
		return ""
	case as == "":
		return "table"
	}
	return as
}

// auditTable is where a test's rows are kept.
func (r *run) auditTable(n *Node) Relation {
	if n.Test.Kept != (Relation{}) {
		return n.Test.Kept
	}
	t := r.project.Target
	return Relation{t.Database, t.Schema + "_DBT_TEST__AUDIT", warehouse.FoldIdent(n.Name)}
}

// store keeps the rows that a test finds.
func (b *build) store(ctx context.Context, as string, table Relation) error {
	if exists, view := b.catalog.find(table); exists && view != (as == "view") {
		kind := map[bool]string{true: "view", false: "table"}[view]
		if err := b.script(ctx, fmt.Sprintf("drop %s if exists %s", kind, table)); err != nil {
			return err
		}
	}
	if err := b.script(ctx, fmt.Sprintf("create or replace %s %s as (\n%s\n)", as, table, b.query())); err != nil {
		return err
	}
	b.catalog.set(table, as == "view")
	b.res.Stored = table
	return nil
}

// read reads the test's one row.
func (b *build) read(spec TestSpec, failures, warn, bad any) error {
	n, err := integer(failures)
	if err != nil {
		return fmt.Errorf("fail_calc %s: %w", orElse(spec.FailCalc, "count(*)"), err)
	}
	shouldWarn, ok := warn.(*array.Boolean)
	shouldError, ok2 := bad.(*array.Boolean)
	if !ok || !ok2 {
		return fmt.Errorf("warn_if %q or error_if %q is no condition", spec.WarnIf, spec.ErrorIf)
	}
	b.judge(spec, n, shouldWarn.Value(0), shouldError.Value(0))
	return nil
}

// judge says how a test with so many failures ended.
func (b *build) judge(spec TestSpec, n int64, warn, bad bool) {
	b.res.Failures = n
	b.res.Status = Pass
	switch {
	case spec.Severity != "warn" && bad:
		b.res.Status = Fail
		b.res.Message = fmt.Sprintf("Got %d %s, configured to fail if %s", n, plural(n, "result"), orElse(spec.ErrorIf, "!= 0"))
	case warn && b.WarnError != nil && b.WarnError("LogTestResult"):
		b.res.Status = Fail
		b.res.Message = fmt.Sprintf("Got %d %s, configured to fail if %s", n, plural(n, "result"), orElse(spec.WarnIf, "!= 0"))
	case warn:
		b.res.Status = Warn
		b.res.Message = fmt.Sprintf("Got %d %s, configured to warn if %s", n, plural(n, "result"), orElse(spec.WarnIf, "!= 0"))
	}
}

func plural(n int64, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// scalar is the one integer of a query's one row.
func scalar(ctx context.Context, s warehouse.Session, sql string) (int64, error) {
	res, err := s.Query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer res.Close()
	for batch, err := range res.Batches() {
		if err != nil {
			return 0, err
		}
		if batch.NumRows() > 0 && batch.NumCols() > 0 {
			return integer(batch.Column(0))
		}
	}
	return 0, fmt.Errorf("no row came back from: %s", sql)
}

// integer reads the first value of a NUMBER column.
func integer(col any) (int64, error) {
	if a, ok := col.(arrow.Array); ok && a.IsNull(0) {
		return 0, fmt.Errorf("None is not of type 'integer': it is null where there are no rows; give it a default, such as coalesce(..., 0)")
	}
	switch col := col.(type) {
	case *array.Int64:
		return col.Value(0), nil
	case *array.Decimal128:
		if v := col.Value(0); v.HighBits() == 0 || v.HighBits() == -1 {
			return int64(v.LowBits()), nil
		}
	}
	return 0, fmt.Errorf("got a value of type %T, want a whole number", col)
}
