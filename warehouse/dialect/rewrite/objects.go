package rewrite

import (
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// semiStructured translates what makes and takes apart objects and arrays.
func (r *rewriter) semiStructured(name string, c *ast.Call, args []ast.Expr) (ast.Expr, bool) {
	switch name {
	case "ARRAY_CONSTRUCT":
		return r.arrayOf(args), true
	case "ARRAY_CONSTRUCT_COMPACT":
		return template("TO_JSON(LIST_FILTER(__SF.MAIN.items($1), x -> __SF.MAIN.is_full(x)))", r.arrayOf(args)), true
	case "OBJECT_CONSTRUCT", "OBJECT_CONSTRUCT_KEEP_NULL":
		return r.object(name, c, args), true
	case "OBJECT_PICK", "OBJECT_DELETE":
		if len(args) > 1 {
			return r.macro(strings.ToLower(name), args[0], r.keys(args[1:])), true
		}
	case "GET":
		if len(args) == 2 {
			return r.index(&ast.Index{At: c.At, X: args[0], I: args[1]}), true
		}
	case "GET_PATH":
		if len(args) == 2 {
			if path, ok := args[1].(*ast.String); ok {
				return r.getPath(c, args[0], path.Value), true
			}
		}
		if len(args) == 2 {
			return r.macro("get_path", args[0], r.textOf(args[1])), true
		}
	case "ARRAYS_ZIP":
		if len(args) > 0 {
			lists := call("LIST_VALUE")
			for _, a := range args {
				lists.Args = append(lists.Args, ast.Arg{Value: r.macro("items", a)})
			}
			return r.macro("arrays_zip", lists), true
		}
	case "ARRAY_TO_STRING":
		if len(args) == 2 {
			if _, constant := args[1].(*ast.String); !constant { // DuckDB's own takes no other
				return r.macro("joined_by", args[0], r.textOf(args[1])), true
			}
			return r.macro("joined", args[0], args[1]), true
		}
	}
	return nil, false
}

// object is OBJECT_CONSTRUCT, which leaves out what is null.
func (r *rewriter) object(name string, c *ast.Call, args []ast.Expr) ast.Expr {
	if len(args) == 1 {
		if star, ok := args[0].(*ast.Star); ok {
			args = r.members(c, star)
		}
	}
	if len(args)%2 != 0 {
		r.refuse(c, "%s with an odd number of arguments", name)
		return c
	}
	if name == "OBJECT_CONSTRUCT_KEEP_NULL" {
		return r.objectOf("member_or_null", args)
	}
	return r.objectOf("member", args)
}

// members are the names and values of the columns that * stands for.
func (r *rewriter) members(c *ast.Call, star *ast.Star) (pairs []ast.Expr) {
	for _, col := range r.starColumns(c, star) {
		parts := col.(*ast.Column).Parts
		pairs = append(pairs, text(Spelled(parts[len(parts)-1].Name)), col)
	}
	return pairs
}

// starColumns are the columns that * stands for as an argument of c.
func (r *rewriter) starColumns(c *ast.Call, star *ast.Star) (out []ast.Expr) {
	columns, known := r.info.Star(star)
	if !known {
		r.refuse(c, "%s(*) of columns that are not known beforehand", c.Name.Last())
	}
	for _, col := range columns {
		name := ast.Ident{Name: r.spelling(col.Name), Quoted: true}
		out = append(out, r.typed(&ast.Column{Parts: append(slices.Clone(star.Qualifier), name)}, col.Type))
	}
	return out
}

// objectOf is an object of pairs of key and value, each made by a macro.
func (r *rewriter) objectOf(macro string, args []ast.Expr) ast.Expr {
	list := call("LIST_VALUE")
	for i := 0; i+1 < len(args); i += 2 {
		list.Args = append(list.Args, ast.Arg{Value: r.macro(macro, args[i], r.inJSON(args[i+1]))})
	}
	return r.macro("object_of", list)
}

// keys are the arguments of OBJECT_PICK and OBJECT_DELETE behind the first, or
// the one ARRAY of them.
func (r *rewriter) keys(args []ast.Expr) ast.Expr {
	if len(args) == 1 && r.isJSON(args[0]) {
		return call("JSON_EXTRACT_STRING", args[0], text("$[*]"))
	}
	list := call("LIST_VALUE")
	for _, a := range args {
		list.Args = append(list.Args, ast.Arg{Value: r.textOf(a)})
	}
	return list
}
