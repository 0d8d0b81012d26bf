package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// TestName goes to where a temporary table stands and back.
func TestName(t *testing.T) {
	n := catalog.NameOf("D", "S", `odd "name"`)
	if got, want := n.String(), `"D"."S"."odd ""name"""`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	temp := n.Temporary()
	if temp.Database != catalog.Temp || temp.Permanent() != n || n.Permanent() != n {
		t.Errorf("%+v stands at %+v, which is %+v", n, temp, temp.Permanent())
	}
	if got := catalog.NameOf("temp", "main", "plain"); got.Permanent() != got {
		t.Error("a table of the warehouse's own among the temporary ones is no other's")
	}
}

// TestMeta reads what a comment says, and takes a comment of a user's for one.
func TestMeta(t *testing.T) {
	m := catalog.Meta{Comment: "it's", Cluster: "LINEAR(A)", Columns: []catalog.ColumnMeta{{Name: "A", Type: "NUMBER(38,0)"}},
		Constraints: []catalog.ConstraintMeta{{Name: "K", Kind: "PRIMARY KEY", Columns: []string{"A"}}}}
	sql := catalog.CommentOn("table", catalog.NameOf("D", "S", "T"), m)
	text, ok := strings.CutPrefix(sql, `comment on table "D"."S"."T" is '`)
	if !ok {
		t.Fatal(sql)
	}
	m.Version = 1
	if diff := cmp.Diff(m, catalog.ReadMeta(strings.ReplaceAll(strings.TrimSuffix(text, "'"), "''", "'"))); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	if got := catalog.ReadMeta(`{"mine": 1}`); got.Comment != `{"mine": 1}` {
		t.Errorf("a user's comment is %+v", got)
	}
	m.RenameColumn("A", "B")
	if !m.IsKey("PRIMARY KEY", "B") || m.IsKey("PRIMARY KEY", "A") || m.Columns[0].Name != "B" {
		t.Errorf("renamed: %+v", m)
	}
	if err := m.DropConstraint(&ast.DropConstraint{ConstraintRef: ast.ConstraintRef{Kind: "UNIQUE"}}); err == nil {
		t.Error("a constraint that is not there is dropped")
	}
	if err := m.DropConstraint(&ast.DropConstraint{ConstraintRef: ast.ConstraintRef{Kind: "PRIMARY KEY"}}); err != nil || len(m.Constraints) != 0 {
		t.Errorf("%v, left %+v", err, m.Constraints)
	}
}
