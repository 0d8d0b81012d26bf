package runner

import (
	"context"
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// persistDocs writes the node's descriptions into the database, as far as its
// config says so. A column that the relation has not is passed over.
func (b *build) persistDocs(ctx context.Context) error {
	persist := b.node.Config.PersistDocs
	rel := b.node.Relation.String()
	if persist.Relation && b.node.Doc != "" {
		kind := "table"
		if _, view := b.catalog.find(b.node.Relation); view {
			kind = "view"
		}
		if err := b.beside(ctx, fmt.Sprintf("comment on %s %s is %s", kind, rel, warehouse.QuoteString(b.node.Doc))); err != nil {
			return err
		}
	}
	if !persist.Columns || len(b.node.Columns) == 0 {
		return nil
	}
	have, err := columns(ctx, b.s, rel)
	if err != nil {
		return err
	}
	for _, doc := range b.node.Columns {
		for _, col := range have {
			if doc.Doc == "" || col.Name != doc.Name && (doc.Quote || !strings.EqualFold(col.Name, doc.Name)) {
				continue
			}
			stmt := fmt.Sprintf("comment on column %s.%s is %s", rel, warehouse.QuoteIdent(col.Name), warehouse.QuoteString(doc.Doc))
			if err := b.beside(ctx, stmt); err != nil {
				return err
			}
		}
	}
	return nil
}
