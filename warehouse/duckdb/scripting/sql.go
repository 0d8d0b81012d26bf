package scripting

import (
	"fmt"
	"strconv"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/binds"
)

// sql runs a statement, and gives the row of one with INTO to its variables.
func (m *machine) sql(s *ast.SQL) error {
	rows, err := m.rowsOfStatement(s)
	if err != nil {
		return err
	}
	names := intoOf(s.Statement)
	switch {
	case names == nil:
		return nil
	case rows.Count > 1:
		return &exception{name: statementError, at: s.Position, err: &warehouse.Error{Code: 2068, State: "21000",
			Message: fmt.Sprintf("A SELECT INTO statement expects exactly 1 returned row, but got %d.", rows.Count)}}
	case rows.Count == 0:
		return m.take(s.At, names, func(int) Value { return null(types.Type{}) })
	case len(names) != len(rows.Columns):
		return m.wrongCount(s.At, len(names), len(rows.Columns))
	}
	return m.take(s.At, names, func(i int) Value { return rows.Cell(0, i) })
}

func (m *machine) wrongCount(at ast.At, variables, columns int) error {
	return &exception{name: statementError, at: at.Position, err: &warehouse.Error{Code: 2057, State: "42601",
		Message: fmt.Sprintf("The row has %d columns, and INTO names %d variables.", columns, variables)}}
}

// intoOf are the variables behind a statement's INTO.
func intoOf(s ast.Statement) []ast.Ident {
	switch s := s.(type) {
	case *ast.CallProcedure:
		return s.Into
	case *ast.WithProcedure:
		if s.Into != "" {
			return []ast.Ident{{At: s.At, Name: s.Into}}
		}
	case *ast.Query:
		if sel := firstSelect(s.Body); sel != nil {
			return sel.Into
		}
	}
	return nil
}

func firstSelect(b ast.Body) *ast.Select {
	switch b := b.(type) {
	case *ast.Select:
		return b
	case *ast.SetOp:
		return firstSelect(b.Left)
	}
	return nil
}

// rowsOfStatement runs a statement; that of EXECUTE IMMEDIATE in its place.
func (m *machine) rowsOfStatement(s *ast.SQL) (*Rows, error) {
	now, ok := s.Statement.(*ast.ExecuteImmediate)
	if !ok {
		return m.execute(s.At, s, nil)
	}
	sql, err := m.eval(now.Text)
	if err != nil {
		return nil, err
	}
	values, err := m.values(now.Using)
	if err != nil {
		return nil, err
	}
	var fill func(ast.Statement)
	if len(values) > 0 {
		fill = (&filling{positional: values}).fill
	}
	rows, err := m.db.Execute(m.ctx, sql.String(), fill)
	return rows, m.done(s.At, rows, err)
}

// values are those of expressions.
func (m *machine) values(all []ast.Expr) (out []Value, err error) {
	for _, x := range all {
		v, err := m.eval(x)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// execute runs a statement of the block's own, with the values of its variables
// and of its question marks.
func (m *machine) execute(at ast.At, s *ast.SQL, values []Value) (*Rows, error) {
	text := s.Text
	if text == "" {
		text = print.SQL(s.Statement)
	}
	fill, err := m.filler(s.Statement, values)
	if err != nil {
		return nil, err
	}
	rows, err := m.db.Execute(m.ctx, text, fill)
	return rows, m.done(at, rows, err)
}

// done notes what a statement came to. An error of it is an exception.
func (m *machine) done(at ast.At, rows *Rows, err error) error {
	if err != nil {
		return m.raisedBy(err, statementError, at.Position)
	}
	m.sqlID = text(rows.QueryID)
	switch rows.Kind {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "MULTI_TABLE_INSERT":
		m.changed = rows.Changed
	default:
		m.changed = -1
	}
	return nil
}

// filler is what puts values into a statement, nil if it takes none.
func (m *machine) filler(tree ast.Statement, values []Value) (func(ast.Statement), error) {
	f := &filling{positional: values, named: map[string]Value{}}
	var failed error
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Path:
			if v, ok := m.fieldOf(n); ok {
				f.named[fieldName(n)] = v
				return false
			}
		case *ast.Bind:
			if n.Name == "" {
				break
			}
			v, ok := m.valueOf([]ast.Ident{{Name: n.Name}})
			if !ok && failed == nil {
				failed = notSet(n)
			}
			f.named[n.Name] = v
		}
		return failed == nil
	})
	if failed != nil || len(f.named) == 0 && len(values) == 0 && intoOf(tree) == nil {
		return nil, failed
	}
	return f.fill, nil
}

// fieldName is what a filling calls :row.column, "" for any other path.
func fieldName(p *ast.Path) string {
	if b, ok := p.X.(*ast.Bind); ok && !p.Colon {
		return b.Name + "." + p.Key
	}
	return ""
}

// Fill puts values in the places of a statement's question marks, and of :1, :2.
func Fill(s ast.Statement, values []Value) { (&filling{positional: values}).fill(s) }

// A filling puts values in the places of a statement's binds.
type filling struct {
	positional []Value          // of question marks, and of :1, :2
	named      map[string]Value // of variables, and of fields by their fieldName
}

// fill changes a statement so. A value that is all of a column keeps its type.
func (f *filling) fill(s ast.Statement) {
	withoutInto(s)
	places := map[*ast.Bind]int{}
	for _, b := range binds.Of(s) {
		if b.Name == "" {
			places[b] = len(places)
		}
	}
	whole := map[*ast.Bind]bool{}
	ast.Inspect(s, func(n ast.Node) bool {
		if sel, ok := n.(*ast.Select); ok {
			for _, it := range sel.Items {
				if b, ok := it.X.(*ast.Bind); ok {
					whole[b] = true
				}
			}
		}
		return true
	})
	ast.Rewrite(ast.Node(s), func(n ast.Node) ast.Node {
		switch n := n.(type) {
		case *ast.Path:
			if v, ok := f.named[fieldName(n)]; ok {
				return v.Literal()
			}
		case *ast.Name:
			nameOf(n)
		case *ast.Bind:
			v, ok := f.value(n, places)
			switch {
			case ok && whole[n]:
				return v.Typed()
			case ok:
				return v.Literal()
			}
		}
		return n
	})
}

// value is that of a bind, if there is one.
func (f *filling) value(b *ast.Bind, places map[*ast.Bind]int) (Value, bool) {
	if v, ok := f.named[b.Name]; ok && b.Name != "" {
		return v, true
	}
	at, ok := places[b]
	if !ok {
		n, err := strconv.Atoi(b.Name)
		if at = n - 1; err != nil || at < 0 {
			return Value{}, false
		}
	}
	if at >= len(f.positional) {
		return Value{}, false
	}
	return f.positional[at], true
}

func withoutInto(s ast.Statement) {
	switch s := s.(type) {
	case *ast.CallProcedure:
		s.Into = nil
	case *ast.WithProcedure:
		s.Into = ""
	case *ast.Query:
		if sel := firstSelect(s.Body); sel != nil {
			sel.Into = nil
		}
	}
}
