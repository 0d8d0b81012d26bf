// Package tag says which tags hold for an object: its own, and those of what it
// stands in.
package tag

import (
	"maps"
	"slices"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// A Level is a column, table, schema or database with the tags that were set on it,
// by their full names.
type Level struct {
	Domain string // COLUMN, TABLE, SCHEMA or DATABASE
	Tags   map[string]string
}

// A Reference is a tag that holds for an object.
type Reference struct {
	Tag   catalog.Name
	Value string
	Level string // the domain of what it was set on
}

// References are the tags that hold for an object, by their names, from its own level
// and those around it, the nearest first.
func References(levels []Level) (all []Reference) {
	known := map[string]bool{}
	for _, l := range levels {
		for name, value := range l.Tags {
			if !known[name] {
				known[name] = true
				all = append(all, Reference{Tag: full(name), Value: value, Level: l.Domain})
			}
		}
	}
	slices.SortFunc(all, func(a, b Reference) int {
		return slices.Compare([]string{a.Tag.Database, a.Tag.Schema, a.Tag.Table}, []string{b.Tag.Database, b.Tag.Schema, b.Tag.Table})
	})
	return all
}

// full is a tag's name; earlier versions kept the last part of it alone.
func full(name string) catalog.Name {
	if parts := parse.Name(name); len(parts) == 3 {
		return catalog.NameOf(parts[0].Name, parts[1].Name, parts[2].Name)
	}
	return catalog.NameOf("", "", name)
}

// Columns are those of TAG_REFERENCES and TAG_REFERENCES_ALL_COLUMNS.
var Columns = []string{"TAG_DATABASE", "TAG_SCHEMA", "TAG_NAME", "TAG_VALUE", "APPLY_METHOD", "LEVEL", "OBJECT_DATABASE", "OBJECT_SCHEMA", "OBJECT_NAME",
	"DOMAIN", "COLUMN_NAME"}

// Rows are the references of an object, or of one of its columns, in those columns. A
// part of the object's name, or a column's, that is "" is a null.
func Rows(levels []Level, object catalog.Name, column string) (rows [][]any) {
	domain := levels[0].Domain
	for _, r := range References(levels) {
		method := "MANUAL"
		if r.Level != domain {
			method = "INHERITED"
		}
		row := []any{r.Tag.Database, r.Tag.Schema, r.Tag.Table, r.Value, method, r.Level, object.Database, object.Schema, object.Table, domain, column}
		for i, cell := range row {
			if cell == "" {
				row[i] = nil
			}
		}
		row[3] = r.Value // which may be ""
		rows = append(rows, row)
	}
	return rows
}

// Set is tags with more of them.
func Set(tags, more map[string]string) map[string]string {
	out := maps.Clone(tags)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, more)
	return out
}

// Unset is tags without some.
func Unset(tags map[string]string, names ...string) map[string]string {
	out := maps.Clone(tags)
	for _, name := range names {
		delete(out, name)
	}
	return out
}
