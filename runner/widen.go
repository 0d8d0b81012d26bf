package runner

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// Widenings are the statements that make a table's columns of text as long as
// those of new rows, as dbt's expand_target_column_types has them. Columns go by
// their names; numbers and all other types stay as they are.
func Widenings(table string, have, rows []DescribedColumn) (stmts []string) {
	lengths := map[string]int{}
	for _, c := range have {
		if n, ok := textLength(c.Type); ok {
			lengths[c.Name] = n
		}
	}
	for _, c := range rows {
		was, isText := lengths[c.Name]
		if n, ok := textLength(c.Type); ok && isText && n > was {
			stmts = append(stmts, fmt.Sprintf("alter table %s alter column %s set data type character varying(%d)", table, warehouse.QuoteIdent(c.Name), n))
		}
	}
	return stmts
}

// textLength is n of VARCHAR(n), as DESCRIBE has it; ok is false for what is no text.
func textLength(typ string) (n int, ok bool) {
	base, rest, sized := strings.Cut(strings.TrimSuffix(typ, ")"), "(")
	if !strings.EqualFold(base, string(warehouse.Varchar)) {
		return 0, false
	}
	const longest = 16777216
	if n, err := strconv.Atoi(rest); sized && err == nil {
		return n, true
	}
	return longest, true
}

// widen makes room in the node's table for the texts of the rows in another.
func (b *build) widen(ctx context.Context, rows string) error {
	var described [2][]DescribedColumn
	for i, table := range []string{b.node.Relation.String(), rows} {
		err := eachRow(ctx, b.s, "describe table "+table, func(cell func(int) string) {
			described[i] = append(described[i], DescribedColumn{Name: cell(0), Type: cell(1)})
		})
		if err != nil {
			return err
		}
	}
	return b.script(ctx, Widenings(b.node.Relation.String(), described[0], described[1])...)
}
