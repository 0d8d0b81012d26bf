package rewrite

import (
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// Every template reads, with as many arguments as its name says.
func TestTemplates(t *testing.T) {
	if n := len(templates()); n < 100 {
		t.Fatalf("%d templates; is the table gone?", n)
	}
	for name, text := range templates() {
		_, count, _ := strings.Cut(name, "/")
		args := make([]ast.Expr, int(count[0]-'0'))
		for i := range args {
			args[i] = &ast.Null{}
		}
		template(text, args...)
	}
}
