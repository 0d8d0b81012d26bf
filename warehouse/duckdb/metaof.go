package duckdb

import (
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// columnMetaOf is what a definition says of its column.
func columnMetaOf(c ast.ColumnDef) catalog.ColumnMeta {
	m := catalog.ColumnMeta{Name: c.Name.Name, Tags: tagsOf(c.Tags)}
	if c.Type != nil {
		m.Type = catalog.TypeText(c.Type)
	}
	if c.Comment != nil {
		m.Comment = c.Comment.Value
	}
	if c.Default != nil {
		m.Default = print.SQL(c.Default)
	}
	if c.Identity != nil {
		order := c.Identity.Order
		if order == "" {
			order = "NOORDER"
		}
		m.Identity = "IDENTITY START " + orOne(c.Identity.Start) + " INCREMENT " + orOne(c.Identity.Increment) + " " + order
	}
	return m
}

// retentionOption is what DATA_RETENTION_TIME_IN_DAYS says among some options.
func retentionOption(options []ast.Option) string {
	for _, o := range options {
		if o.Key == "DATA_RETENTION_TIME_IN_DAYS" {
			text, _ := optionText(o)
			return text
		}
	}
	return ""
}

// indexesOf are the indexes that a definition has.
func indexesOf(stmt *ast.CreateTable) (all []catalog.IndexMeta) {
	for _, i := range stmt.Indexes {
		all = append(all, catalog.IndexMeta{Name: i.Name.Name, Columns: ast.Names(i.Columns), Include: ast.Names(i.Include)})
	}
	return all
}
