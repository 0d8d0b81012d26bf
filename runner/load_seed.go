package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/runner/seed"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// seed replaces the seed's table by the rows of its file, all or nothing.
func (b *build) seed(ctx context.Context) error {
	spec := b.node.Seed
	file, err := seed.Open(spec.Path, seed.Options{
		Delimiter: spec.Delimiter, NullIf: spec.NullIf, AsText: slices.Sorted(maps.Keys(spec.ColumnTypes)), KeepNames: spec.Quoted,
	})
	if err != nil {
		return err
	}
	loader, ok := b.s.(warehouse.Loader)
	if !ok {
		return fmt.Errorf("this warehouse cannot load rows, which a seed needs")
	}
	rows, err := file.Rows()
	if err != nil {
		return err
	}
	defer rows.Release()
	counted := &counter{RecordReader: rows, tell: b.progress("load")}
	if len(spec.ColumnTypes) == 0 {
		err = b.loadSeed(ctx, loader, file.Columns, counted)
	} else {
		err = b.castSeed(ctx, loader, file, counted)
	}
	if err != nil {
		return err
	}
	b.res.Rows = counted.rows
	b.catalog.set(b.node.Relation, false)
	return nil
}

// loadSeed loads rows whose columns have the types found in the file.
func (b *build) loadSeed(ctx context.Context, loader warehouse.Loader, cols []warehouse.Column, rows array.RecordReader) error {
	_, err := loader.Load(ctx, b.node.Relation.String(), warehouse.LoadReplace, cols, rows)
	return err
}

// castSeed loads rows into a table beside the seed's own and from there, cast to the types
// of the config's column_types, into the seed's own.
func (b *build) castSeed(ctx context.Context, loader warehouse.Loader, file *seed.File, rows array.RecordReader) error {
	casts := map[string]string{} // SQL types by column
	for name, typ := range b.node.Seed.ColumnTypes {
		i := slices.IndexFunc(file.Columns, func(c warehouse.Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			return fmt.Errorf("column_types names %s, which is no column of %s", name, b.node.Seed.Path)
		}
		casts[file.Columns[i].Name] = typ
	}
	exprs := make([]string, len(file.Columns))
	for i, c := range file.Columns {
		exprs[i] = warehouse.QuoteIdent(c.Name)
		if typ, ok := casts[c.Name]; ok {
			exprs[i] = fmt.Sprintf("cast(%s as %s) as %s", exprs[i], typ, exprs[i])
		}
	}
	rel := b.node.Relation
	tmp := Relation{rel.Database, rel.Schema, rel.Identifier + "__DBT_SEED"}.String()
	if _, err := loader.Load(ctx, tmp, warehouse.LoadReplace, file.Columns, rows); err != nil {
		return err
	}
	err := b.script(ctx, fmt.Sprintf("create or replace table %s as (select %s from %s)", b.node.Relation, strings.Join(exprs, ", "), tmp))
	if err != nil {
		err = b.whichCast(ctx, file, casts, tmp, err)
	}
	return errors.Join(err, b.script(ctx, "drop table if exists "+tmp))
}

// whichCast says of a cast that was refused which value of the file it is.
func (b *build) whichCast(ctx context.Context, file *seed.File, casts map[string]string, tmp string, refused error) error {
	for _, column := range slices.Sorted(maps.Keys(casts)) {
		name := warehouse.QuoteIdent(column)
		value, found, err := b.text(ctx, fmt.Sprintf(
			"select %[1]s from %[2]s where %[1]s is not null and try_cast(%[1]s as %[3]s) is null limit 1", name, tmp, casts[column]))
		if err != nil || !found {
			continue // the refusal itself is what there is to tell
		}
		line, err := file.Find(column, value)
		if err == nil && line > 0 {
			return fmt.Errorf("%s:%d: column %s: %q is not a value of type %s, which column_types asks for: %w",
				b.node.Seed.Path, line, column, value, casts[column], refused)
		}
	}
	return refused
}

// text is the one text that a query gives, if it gives any row.
func (b *build) text(ctx context.Context, stmt string) (value string, found bool, err error) {
	res, err := b.s.Query(ctx, stmt)
	if err != nil {
		return "", false, err
	}
	for batch, err := range res.Batches() {
		if err != nil {
			return "", false, errors.Join(err, res.Close())
		}
		if batch.NumRows() > 0 && !found {
			value, found = batch.Column(0).ValueStr(0), true
		}
	}
	return value, found, res.Close()
}
