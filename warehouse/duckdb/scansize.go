package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// widths are how many bytes DuckDB has for a value, by how its type begins; of
// others, texts among them, it is 16 beside what lies elsewhere.
var widths = map[string]int64{"BOOLEAN": 1, "TINYINT": 1, "SMALLINT": 2, "INTEGER": 4, "FLOAT": 4, "DATE": 4, "BIGINT": 8, "DOUBLE": 8, "TIME": 8, "TIMESTAMP": 8}

const wide = 16

// ScanSize is what a query reads of its tables: the rows they have, times what
// DuckDB has for a value of each column that the query names.
func (s *session) ScanSize(ctx context.Context, sql string) (bytes int64, err error) {
	tree, err := parse.Statement(sql)
	if err != nil {
		return 0, nil // it read nothing
	}
	var tables []*ast.Name
	named, all := map[string]bool{}, false
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TableName:
			tables = append(tables, n.Name)
		case *ast.Column:
			named[n.Parts[len(n.Parts)-1].Name] = true
		case *ast.Select:
			for _, item := range n.Items {
				_, star := item.X.(*ast.Star)
				all = all || star
			}
		}
		return true
	})
	for _, t := range tables {
		size, err := s.tableSize(ctx, t, func(column string) bool { return all || named[strings.ToUpper(column)] || named[column] })
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	return bytes, nil
}

// tableSize is what those columns of a table take; 0 for what is no table.
func (s *session) tableSize(ctx context.Context, name *ast.Name, read func(column string) bool) (bytes int64, err error) {
	t, err := s.resolveName(name)
	if err != nil {
		return 0, nil // such as one that WITH names
	}
	columns, err := s.conn.Texts(ctx, `select c.column_name, c.data_type, t.estimated_size::varchar from duckdb_tables() t join duckdb_columns() c using (database_name, schema_name, table_name)
		where database_name = ? and schema_name = ? and table_name = ?`, t.Database, t.Schema, t.Table)
	if err != nil {
		return 0, err
	}
	for _, c := range columns {
		if !read(c[0]) {
			continue
		}
		rows, err := strconv.ParseInt(c[2], 10, 64)
		if err != nil {
			return 0, err
		}
		bytes += rows * width(c[1])
	}
	return bytes, nil
}

// width is how many bytes DuckDB has for a value of a type.
func width(typ string) int64 {
	word, _, _ := strings.Cut(typ, " ")
	word, args, _ := strings.Cut(word, "(")
	if n, ok := widths[strings.TrimSuffix(word, "_NS")]; ok {
		return n
	}
	var precision int
	if _, err := fmt.Sscanf(args, "%d", &precision); word != "DECIMAL" || err != nil {
		return wide
	}
	switch {
	case precision <= 4:
		return 2
	case precision <= 9:
		return 4
	case precision <= 18:
		return 8
	}
	return wide
}
