package ast_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// nodes are one of each type that can hold others.
var nodes = []ast.Node{
	&ast.Identifier{}, &ast.Parens{}, &ast.Tuple{}, &ast.Unary{}, &ast.Binary{}, &ast.Is{}, &ast.Like{}, &ast.Between{},
	&ast.In{}, &ast.Exists{}, &ast.Subquery{}, &ast.Quantified{}, &ast.Case{}, &ast.Cast{}, &ast.Collate{}, &ast.Extract{},
	&ast.Call{}, &ast.Array{}, &ast.Object{}, &ast.Index{}, &ast.Path{}, &ast.Lambda{}, &ast.Star{}, &ast.Grouping{},
	&ast.Query{}, &ast.Select{}, &ast.SetOp{}, &ast.Values{}, &ast.ParenQuery{}, &ast.Name{}, &ast.Type{},
	&ast.TableName{}, &ast.Derived{}, &ast.TableFunction{}, &ast.StageTable{}, &ast.ValuesTable{}, &ast.ParenTable{},
	&ast.Join{}, &ast.Pivot{}, &ast.Unpivot{}, &ast.Sample{},
	&ast.Insert{}, &ast.MultiInsert{}, &ast.Update{}, &ast.Delete{}, &ast.Merge{}, &ast.Truncate{}, &ast.CopyInto{},
	&ast.CopyUnload{}, &ast.CreateObject{}, &ast.CreateStage{}, &ast.CreateSequence{}, &ast.CreateTable{},
	&ast.CreateView{}, &ast.CreateFunction{}, &ast.WithProcedure{}, &ast.Alter{}, &ast.RenameTo{}, &ast.SwapWith{},
	&ast.AddColumn{}, &ast.AlterColumns{}, &ast.AddConstraint{}, &ast.ClusterBy{}, &ast.SetOptions{}, &ast.UnsetOptions{},
	&ast.Drop{}, &ast.Comment{}, &ast.Grant{}, &ast.Use{}, &ast.AlterSession{}, &ast.Set{}, &ast.CallProcedure{},
	&ast.ExecuteImmediate{}, &ast.Describe{}, &ast.Explain{}, &ast.Show{}, &ast.Put{}, &ast.Get{},
}

// fixed are the types of parts that Inspect does not visit.
var fixed = map[reflect.Type]bool{
	reflect.TypeFor[*ast.String](): true, reflect.TypeFor[*ast.Number](): true, reflect.TypeFor[*ast.Location](): true,
}

// TestInspectMissesNothing fills each type with marked children, field by
// field, and checks that Inspect comes to all of them.
func TestInspectMissesNothing(t *testing.T) {
	for _, n := range nodes {
		var planted []ast.Node
		plant(reflect.ValueOf(n).Elem(), &planted, 0)
		seen := map[ast.Node]bool{}
		ast.Inspect(n, func(n ast.Node) bool {
			seen[n] = true
			return true
		})
		if len(planted) == 0 {
			t.Errorf("%T holds nothing; is it needed here?", n)
		}
		for _, p := range planted {
			if !seen[p] {
				t.Errorf("%T: a %T was not visited", n, p)
			}
		}
	}
}

// plant fills the fields of v that can hold nodes and collects what is to be
// visited.
func plant(v reflect.Value, planted *[]ast.Node, depth int) {
	if depth > 6 {
		return
	}
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case v.Type().Field(i).Name == "At" || fixed[f.Type()]:
		default:
			fill(f, planted, depth)
		}
	}
}

var leaves = []ast.Node{&ast.Null{}, &ast.Values{}, &ast.StageTable{}, &ast.Commit{}, &ast.Do{}}

func fill(f reflect.Value, planted *[]ast.Node, depth int) {
	switch f.Kind() {
	case reflect.Interface:
		for _, leaf := range leaves {
			if reflect.TypeOf(leaf).Implements(f.Type()) {
				child := reflect.New(reflect.TypeOf(leaf).Elem())
				f.Set(child)
				*planted = append(*planted, child.Interface().(ast.Node))
				return
			}
		}
	case reflect.Pointer:
		child := reflect.New(f.Type().Elem())
		f.Set(child)
		node, ok := child.Interface().(ast.Node)
		switch child.Interface().(type) {
		case *ast.Name, *ast.Type, *ast.Query, *ast.Column, *ast.TableName, *ast.Call, *ast.Star, *ast.CreateFunction:
			if ok {
				*planted = append(*planted, node)
			}
		default:
			plant(child.Elem(), planted, depth+1)
		}
	case reflect.Slice:
		if f.Type().Elem().Kind() == reflect.String {
			return
		}
		f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		fill(f.Index(0), planted, depth)
	case reflect.Struct:
		plant(f, planted, depth+1)
	}
}

func read(t *testing.T, sql string) ast.Statement {
	t.Helper()
	s, err := parse.Statement(sql)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestInspectOrderAndPruning(t *testing.T) {
	s := read(t, "with c as (select a from t) select f(b, (select d)), e::int from u join v on g = h where i order by j")
	var all, outer []string
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok {
			all = append(all, c.Parts[0].Name)
		}
		return true
	})
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok {
			outer = append(outer, c.Parts[0].Name)
		}
		q, ok := n.(*ast.Query)
		return !ok || q == s
	})
	if got := strings.Join(all, " "); got != "A B D E G H I J" {
		t.Errorf("all columns: %s", got)
	}
	if got := strings.Join(outer, " "); got != "B E G H I J" {
		t.Errorf("without subqueries: %s", got)
	}
}

// TestRewrite replaces every kind of part that a translation replaces.
func TestRewrite(t *testing.T) {
	s := read(t, "select iff(a > 0, x::number(38, 0), iff(b, 1, 2)) from db.t, (select iff(c, 3, 4) from u) where d in (select iff(e, 5, 6) from t)")
	got := ast.Rewrite(s, func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Call:
			if n.Name.Last() == "IFF" {
				return &ast.Case{Whens: []ast.When{{Cond: n.Args[0].Value, Then: n.Args[1].Value}}, Else: n.Args[2].Value}
			}
		case *ast.Type:
			return &ast.Type{Name: "BIGINT"}
		case *ast.TableName:
			if n.Name.Last() == "U" {
				return &ast.Derived{Query: &ast.Query{Body: &ast.Select{Items: []ast.Item{{X: &ast.Null{}}}}}}
			}
		case *ast.Name:
			if n.Last() == "T" {
				return &ast.Name{Parts: []ast.Ident{{Name: "main"}, {Name: "T"}}}
			}
		}
		return n
	})
	const want = `SELECT CASE WHEN A > 0 THEN X::BIGINT ELSE CASE WHEN B THEN 1 ELSE 2 END END FROM "main".T, ` +
		`(SELECT CASE WHEN C THEN 3 ELSE 4 END FROM (SELECT NULL)) WHERE D IN (SELECT CASE WHEN E THEN 5 ELSE 6 END FROM "main".T)`
	if diff := cmp.Diff(want, print.SQL(got)); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestRewriteRoot(t *testing.T) {
	got := ast.Rewrite(&ast.Null{}, func(ast.Node) ast.Node { return &ast.Bool{Value: true} })
	if b, ok := got.(*ast.Bool); !ok || !b.Value {
		t.Errorf("got %#v", got)
	}
}

func TestName(t *testing.T) {
	if got := (&ast.Name{Parts: []ast.Ident{{Name: "DB"}, {Name: "T"}}}).Last(); got != "T" {
		t.Errorf("last of DB.T: %q", got)
	}
	if got := (&ast.Name{Dynamic: &ast.Bind{}}).Last(); got != "" {
		t.Errorf("last of a dynamic name: %q", got)
	}
}

// A tree knows where its parts stood, so that whoever reads it can say so.
func ExampleInspect() {
	s, err := parse.Statement("select a,\n  nvl(b, 0) from t")
	if err != nil {
		fmt.Println(err)
		return
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if c, ok := n.(*ast.Call); ok {
			fmt.Println(c.Name.Last(), "at", c.Pos())
		}
		return true
	})
	// Output: NVL at line 2 at position 2
}

// TestClone changes a copy in every place and finds the original as it was.
func TestClone(t *testing.T) {
	for _, sql := range []string{
		"select a.b, count(*) over (partition by c order by d) from t as a join u using (x) where e in (1, 2) qualify f = 'g'",
		"merge into t using (select 1 as k) as s on t.k = s.k when matched then update set v = s.v when not matched then insert (k) values (s.k)",
		"create table t (a number(10, 2) not null default 1 comment 'c', primary key (a))",
	} {
		tree, err := parse.Statement(sql)
		if err != nil {
			t.Fatal(err)
		}
		before := print.SQL(tree)
		copied := ast.Clone(tree)
		if got := print.SQL(copied); got != before {
			t.Errorf("the copy is %s, want %s", got, before)
		}
		ast.Rewrite(copied, func(n ast.Node) ast.Node {
			switch n := n.(type) {
			case *ast.Column:
				n.Parts[0].Name = "CHANGED"
			case *ast.Name:
				n.Parts[0].Name = "CHANGED"
			}
			return n
		})
		if print.SQL(copied) == before {
			t.Error("nothing changed in the copy")
		}
		if got := print.SQL(tree); got != before {
			t.Errorf("changing the copy made the original %s", got)
		}
	}
}
