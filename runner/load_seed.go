package runner

import (
	"context"
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
		Delimiter: spec.Delimiter, NullIf: spec.NullIf, AsText: slices.Sorted(maps.Keys(spec.ColumnTypes)),
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
		err = b.castSeed(ctx, loader, file.Columns, counted)
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

// castSeed loads rows into a temporary table and from there, cast to the types
// of the config's column_types, into the seed's own.
func (b *build) castSeed(ctx context.Context, loader warehouse.Loader, cols []warehouse.Column, rows array.RecordReader) error {
	types := map[string]string{}
	for name, typ := range b.node.Seed.ColumnTypes {
		types[strings.ToUpper(name)] = typ
	}
	exprs := make([]string, len(cols))
	for i, c := range cols {
		name := warehouse.QuoteIdent(c.Name)
		exprs[i] = name
		if typ, ok := types[c.Name]; ok {
			exprs[i] = fmt.Sprintf("cast(%s as %s) as %s", name, typ, name)
			delete(types, c.Name)
		}
	}
	for name := range types {
		return fmt.Errorf("column_types names %s, which is no column of %s", name, b.node.Seed.Path)
	}
	tmp := warehouse.QuoteIdent(b.node.Relation.Identifier + "__DBT_SEED")
	defs := make([]string, len(cols))
	for i, c := range cols {
		defs[i] = warehouse.QuoteIdent(c.Name) + " " + c.SQL()
	}
	if err := b.script(ctx, fmt.Sprintf("create or replace temporary table %s (%s)", tmp, strings.Join(defs, ", "))); err != nil {
		return err
	}
	if _, err := loader.Load(ctx, tmp, warehouse.LoadAppend, nil, rows); err != nil {
		return err
	}
	return b.script(ctx,
		fmt.Sprintf("create or replace table %s as (select %s from %s)", b.node.Relation, strings.Join(exprs, ", "), tmp),
		"drop table if exists "+tmp)
}
