package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// describeColumns is DESCRIBE TABLE and DESCRIBE VIEW.
func (s *session) describeColumns(ctx context.Context, rec *record, stmt *ast.Describe) (*warehouse.Result, error) {
	kinds := []string{"TABLE", "VIEW"}
	if stmt.Object == "VIEW" {
		kinds = kinds[1:]
	}
	for _, o := range stmt.Options {
		switch word, _ := optionText(o); {
		case o.Key == "TYPE" && strings.EqualFold(word, "COLUMNS"):
		case o.Key == "TYPE" && strings.EqualFold(word, "STAGE"):
			return s.describeStage(ctx, rec, &ast.Location{Kind: ast.TableStage, Name: stmt.Name.Parts})
		default:
			return nil, refusal.BadOption(o, word)
		}
	}
	o, err := s.findShown(ctx, stmt.Name, kinds...)
	if err != nil {
		return nil, err
	}
	columns, err := catalog.Columns(ctx, s.conn, []*catalog.Object{o})
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, c := range columns {
		value := c.Default
		if c.Identity != "" {
			value = c.Identity
		}
		rows = append(rows, []any{c.Name, c.Type, "COLUMN", yes(c.Nullable), orNull(value), yes(o.Meta.IsKey("PRIMARY KEY", c.Name)),
			yes(o.Meta.IsKey("UNIQUE", c.Name)), nil, nil, orNull(c.Comment), nil, nil})
	}
	return rec.table(listing.Texts("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment",
		"policy name", "privacy domain"), rows), nil
}
