package stagequery

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// Tables are the stages that a query reads.
func Tables(n ast.Node) (found []*ast.StageTable) {
	ast.Inspect(n, func(n ast.Node) bool {
		if t, ok := n.(*ast.StageTable); ok {
			found = append(found, t)
		}
		return true
	})
	return found
}

// A Wants is what a statement takes of the files it reads.
type Wants struct {
	width int             // the highest $n
	keys  map[string]bool // the members of $1, as $1:key
	Views map[*ast.StageTable]*View
	Err   error
}

// WantsOf looks through a statement; what it must not say of stages is Err. It gives columns without a name the one
// that they have as they are written.
func WantsOf(stmt ast.Node) *Wants {
	w := &Wants{width: 1, keys: map[string]bool{}, Views: map[*ast.StageTable]*View{}}
	unquotePositions(stmt)
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Position:
			i, err := strconv.Atoi(n.Number)
			if err != nil || i < 1 || i > 10_000 {
				w.Err = &warehouse.Error{Code: 904, State: "42000", Line: n.Pos().Line, Column: n.Pos().Column,
					Message: fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '$%s'", n.Pos().Line, n.Pos().Column, n.Number)}
				return false
			}
			w.width = max(w.width, i)
		case *ast.Path:
			if p, ok := n.X.(*ast.Position); ok && p.Number == "1" {
				w.keys[n.Key] = true
			}
		case *ast.Select:
			w.look(n)
		}
		return true
	})
	return w
}

// unquotePositions takes "$1", in quotes, for the column of that number, as
// Snowpark writes it.
func unquotePositions(stmt ast.Node) {
	ast.Rewrite(stmt, func(n ast.Node) ast.Node {
		c, ok := n.(*ast.Column)
		if !ok {
			return n
		}
		number, dollar := strings.CutPrefix(c.Parts[len(c.Parts)-1].Name, "$")
		if _, err := strconv.Atoi(number); !dollar || err != nil {
			return n
		}
		return &ast.Position{At: c.At, Qualifier: c.Parts[:len(c.Parts)-1], Number: number}
	})
}

// look refuses * of a stage and names a query's columns.
func (w *Wants) look(q *ast.Select) {
	staged := false
	for _, t := range q.From {
		_, is := t.(*ast.StageTable)
		staged = staged || is
	}
	for i := range q.Items {
		it := &q.Items[i]
		switch it.X.(type) {
		case *ast.Star:
			if staged {
				w.Err = &warehouse.Error{Code: 2022, State: "42601", Line: it.X.Pos().Line, Column: it.X.Pos().Column,
					Message: "SQL compilation error:\nSELECT with no columns: files on a stage have none to list, name them as $1, $2, …"}
			}
		case *ast.Column, *ast.Position, *ast.Identifier:
		default:
			if it.Alias == nil && hasPosition(it.X) {
				it.Alias = &ast.Ident{Name: strings.ToUpper(print.Item(it)), Quoted: true}
			}
		}
	}
}

func hasPosition(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		_, is := n.(*ast.Position)
		found = found || is
		return !found
	})
	return found
}

// Replace puts the Views for files, and columns for their numbers.
func (w *Wants) Replace(stmt ast.Node) {
	members := true // $1:key is a column of its own
	for _, v := range w.Views {
		members = members && v.members
	}
	ast.Rewrite(stmt, func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Position:
			return &ast.Column{At: n.At, Parts: append(n.Qualifier, ast.Ident{Name: "$" + n.Number, Quoted: true})}
		case *ast.Path:
			if c, ok := n.X.(*ast.Column); ok && members && n.Colon && c.Parts[len(c.Parts)-1].Name == "$1" {
				c.Parts[len(c.Parts)-1].Name = memberColumn(n.Key)
				return c
			}
		case *ast.Cast:
			if c, ok := n.X.(*ast.Column); ok && members && !n.Try && w.typed(c, n.Type) && isBinary(n.Type) {
				return c
			}
		case *ast.StageTable:
			if v := w.Views[n]; v != nil {
				return &ast.TableName{At: n.At, Name: &ast.Name{At: n.At, Parts: []ast.Ident{{Name: v.name, Quoted: true}}}, Alias: n.Alias}
			}
		}
		return n
	})
}

// memberColumn is the view's column that is a member of $1, and typedColumn
// the one that is it in the type that the files have.
func memberColumn(key string) string { return "$1:" + key }

func typedColumn(key string) string { return "$1::" + key }

// typed takes a member that is cast to a type from the files as it is there,
// which loses no digits on a way through JSON, and reports whether it can.
func (w *Wants) typed(c *ast.Column, to *ast.Type) bool {
	last := &c.Parts[len(c.Parts)-1]
	key, ok := strings.CutPrefix(last.Name, "$1:")
	for _, v := range w.Views {
		duck := v.types[key]
		ok = ok && duck != "" && ducksql.Family(duck) != "nested" && !strings.HasSuffix(duck, "_NS") && (duck == "BLOB") == isBinary(to)
	}
	switch to.Name {
	case "VARIANT", "OBJECT", "ARRAY":
		ok = false
	}
	if ok {
		last.Name = typedColumn(key)
	}
	return ok
}

func isBinary(t *ast.Type) bool { return t.Name == "BINARY" || t.Name == "VARBINARY" }
