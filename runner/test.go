package runner

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// test counts the rows that a data test finds and holds the count against its
// bounds, in the one statement dbt uses for it.
func (b *build) test(ctx context.Context) error {
	spec := *b.node.Test
	if spec.StoreRows {
		return fmt.Errorf("store_failures is not supported yet: take it out of the test's config")
	}
	if err := b.compile(ctx, false); err != nil {
		return err
	}
	inner := b.res.Compiled
	if spec.Limit > 0 {
		inner += fmt.Sprintf("\nlimit %d", spec.Limit)
	}
	calc := orElse(spec.FailCalc, "count(*)")
	res, err := b.s.Query(ctx, fmt.Sprintf(
		"select coalesce(%s, 0) as failures, coalesce(%s, 0) %s as should_warn, coalesce(%s, 0) %s as should_error from (\n%s\n) as dbt_internal_test",
		calc, calc, orElse(spec.WarnIf, "!= 0"), calc, orElse(spec.ErrorIf, "!= 0"), inner))
	if err != nil {
		return err
	}
	defer res.Close()
	b.res.QueryID = res.QueryID
	for batch, err := range res.Batches() {
		if err != nil {
			return err
		}
		return b.judge(spec, batch.Column(0), batch.Column(1), batch.Column(2))
	}
	return fmt.Errorf("the test's query gave no row")
}

// judge reads the test's one row.
func (b *build) judge(spec TestSpec, failures, warn, bad any) error {
	n, err := integer(failures)
	if err != nil {
		return fmt.Errorf("fail_calc %s: %w", spec.FailCalc, err)
	}
	shouldWarn, ok := warn.(*array.Boolean)
	shouldError, ok2 := bad.(*array.Boolean)
	if !ok || !ok2 {
		return fmt.Errorf("warn_if %q or error_if %q is no condition", spec.WarnIf, spec.ErrorIf)
	}
	b.res.Failures = n
	b.res.Status = Pass
	switch {
	case spec.Severity != "warn" && shouldError.Value(0):
		b.res.Status = Fail
		b.res.Message = fmt.Sprintf("Got %d %s, configured to fail if %s", n, plural(n, "result"), orElse(spec.ErrorIf, "!= 0"))
	case shouldWarn.Value(0) && b.WarnError != nil && b.WarnError("LogTestResult"):
		b.res.Status = Fail
		b.res.Message = fmt.Sprintf("Got %d %s, configured to fail if %s", n, plural(n, "result"), orElse(spec.WarnIf, "!= 0"))
	case shouldWarn.Value(0):
		b.res.Status = Warn
		b.res.Message = fmt.Sprintf("Got %d %s, configured to warn if %s", n, plural(n, "result"), orElse(spec.WarnIf, "!= 0"))
	}
	return nil
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

// columns is the names of a relation's columns, in order.
func columns(ctx context.Context, s warehouse.Session, table string) ([]string, error) {
	res, err := s.Query(ctx, "select * from "+table+" limit 0")
	if err != nil {
		return nil, err
	}
	defer res.Close()
	names := make([]string, len(res.Columns))
	for i, c := range res.Columns {
		names[i] = c.Name
	}
	return names, nil
}
