package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// freshness asks how old the newest row of a source is, and holds that against
// its bounds.
func (b *build) freshness(ctx context.Context) error {
	spec := b.node.Source
	f, err := b.newest(ctx, spec)
	if err != nil {
		return err
	}
	b.res.Freshness = f
	b.res.Status = Pass
	for _, bound := range []struct {
		age    Age
		status Status
		word   string
	}{{spec.WarnAfter, Warn, "warn"}, {spec.ErrorAfter, Fail, "error"}} {
		if bound.age.Count > 0 && f.Age() > bound.age.Duration() {
			b.res.Status = bound.status
			b.res.Message = fmt.Sprintf("the newest row is %s old, configured to %s after %d %s",
				f.Age().Round(time.Second), bound.word, bound.age.Count, plural(int64(bound.age.Count), bound.age.Period))
		}
	}
	return nil
}

// Duration is the age as a duration; 0 for no bound.
func (a Age) Duration() time.Duration {
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	return time.Duration(a.Count) * units[a.Period]
}

// newest asks for the time of a source's newest row.
func (b *build) newest(ctx context.Context, spec *SourceSpec) (*Freshness, error) {
	loaded, err := b.loaded(ctx, spec)
	if err != nil {
		return nil, err
	}
	at, err := b.time(ctx, "select sysdate()")
	if err != nil {
		return nil, err
	}
	if loaded.IsZero() {
		loaded = time.Unix(0, 0).UTC() // no row at all is older than any bound
	}
	return &Freshness{MaxLoaded: loaded, At: at}, nil
}

// loaded is when a source's newest row came, zero if it has none: by what the
// source says or, where it says nothing, by when the warehouse last saw the
// table change.
func (b *build) loaded(ctx context.Context, spec *SourceSpec) (time.Time, error) {
	switch {
	case spec.LoadedAtQuery != "":
		query, err := compileHook(ctx, b.Compiler, b.node, Hook{SQL: spec.LoadedAtQuery, Pos: b.node.Pos}, b.options())
		if err != nil {
			return time.Time{}, within("loaded_at_query", err)
		}
		at, err := b.time(ctx, query)
		return at, within("loaded_at_query", err)
	case spec.LoadedAt == "":
		return b.altered(ctx, b.node.Relation)
	}
	query := fmt.Sprintf("select max(%s) from %s", spec.LoadedAt, b.node.Relation)
	if spec.Filter != "" {
		query += " where " + spec.Filter
	}
	at, err := b.time(ctx, query)
	return at, within("loaded_at_field "+spec.LoadedAt, err)
}

// altered is when a table last changed, by the warehouse's own account, which
// dbt calls a freshness check by metadata.
func (b *build) altered(ctx context.Context, r Relation) (time.Time, error) {
	catalog := Relation{r.Database, "INFORMATION_SCHEMA", "TABLES"}
	at, err := b.time(ctx, fmt.Sprintf("select last_altered from %s where table_schema = ? and table_name = ?", catalog), r.Schema, r.Identifier)
	if err == nil && at.IsZero() {
		err = fmt.Errorf("there is no such table or view, or nobody knows when it changed; loaded_at_field names a column that says it")
	}
	return at, within("LAST_ALTERED of "+r.String(), err)
}

func within(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// time is the one time that a query gives, zero for null. A time without a
// zone is taken for UTC.
func (b *build) time(ctx context.Context, query string, args ...any) (time.Time, error) {
	b.ran = append(b.ran, query)
	res, err := b.s.Query(ctx, query, args...)
	if err != nil {
		return time.Time{}, err
	}
	defer res.Close()
	b.res.QueryID = res.QueryID
	for batch, err := range res.Batches() {
		if err != nil {
			return time.Time{}, err
		}
		if batch.NumRows() == 0 || batch.Column(0).IsNull(0) {
			continue
		}
		switch col := batch.Column(0).(type) {
		case *array.Timestamp:
			return col.Value(0).ToTime(col.DataType().(*arrow.TimestampType).Unit).UTC(), nil
		case *warehouse.FarArray:
			return col.Value(0).UTC(), nil
		case *extensions.TimestampWithOffsetArray:
			return col.Value(0).UTC(), nil
		case *array.Date32:
			return col.Value(0).ToTime().UTC(), nil
		}
		return time.Time{}, fmt.Errorf("it is of type %s, and freshness needs a timestamp or a date", res.Columns[0].Type)
	}
	return time.Time{}, nil
}
