package rewrite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
)

// odd are arguments that a function may not have thought of.
var odd = []string{"NULL", "A", "'no such'", "-1", "1.5e0", "V", "D", "(SELECT 1)", "?", "x -> x", "*", "A IS NULL", "COUNT(*) OVER ()", "{}", "[]", "'1'::BINARY"}

// TestOddArguments gives each call of the corpus one argument that is odd, one
// too many and one too few. Refused or not, nothing of it panics.
func TestOddArguments(t *testing.T) {
	tried, accepted := 0, 0
	try := func(sql string) {
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("%s\npanics: %v", sql, v)
			}
		}()
		tree, err := parse.Statement(sql)
		if err != nil {
			return
		}
		tried++
		if _, err := rewrite.DuckDB(tree, rewrite.Config{Catalog: everyTable}); err == nil {
			accepted++
		}
	}
	seen := map[string]bool{}
	for _, sql := range statements(t) {
		tree, err := parse.Statement(sql)
		if err != nil {
			continue
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			c, ok := n.(*ast.Call)
			if !ok || len(c.Args) == 0 || seen[fmt.Sprint(c.Name.Last(), len(c.Args))] {
				return true
			}
			seen[fmt.Sprint(c.Name.Last(), len(c.Args))] = true
			all := c.Args
			for i := range all {
				kept := all[i].Value
				for _, o := range odd {
					all[i].Value = &ast.Column{Parts: []ast.Ident{{Name: "HERE", Quoted: true}}}
					try(strings.Replace(print.SQL(tree), `"HERE"`, o, 1))
				}
				all[i].Value = kept
			}
			c.Args = all[:len(all)-1]
			try(print.SQL(tree))
			c.Args = append(all[:len(all):len(all)], all[len(all)-1])
			try(print.SQL(tree))
			c.Args = all
			return true
		})
	}
	t.Logf("%d tried, %d accepted", tried, accepted)
	if tried < 5000 || accepted < 1000 {
		t.Errorf("%d statements, %d of them accepted: is the corpus gone?", tried, accepted)
	}
}
