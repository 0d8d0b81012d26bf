package emulator

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/bind"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// staged are the bindings of sql in the files under a location, such as
// @SYSTEM$BIND/0190…, in the order of their numbers.
func (s *Server) staged(ctx context.Context, found *session.Session, sql, location string) (map[string]wire.Binding, error) {
	tree, err := parse.Statement("LIST " + warehouse.QuoteString(location))
	if err != nil {
		return nil, err
	}
	list, ok := tree.(*ast.List)
	if !ok {
		return nil, &warehouse.Error{Code: 2003, State: "02000", Message: "SQL compilation error:\nno location of bound values: " + location}
	}
	at, err := s.locate(ctx, found, list.Location)
	if err != nil {
		return nil, err
	}
	var objects []stage.Object
	for o, err := range at.List(ctx, strings.TrimSuffix(at.prefix, "/")+"/") {
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	slices.SortFunc(objects, func(a, b stage.Object) int { // 2 before 10
		return cmp.Or(cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	var all bind.Staged
	for _, o := range objects {
		if err := readStaged(ctx, at, o.Name, &all); err != nil {
			return nil, &warehouse.Error{Code: 100096, State: "22000", Err: err, Message: "The bound values in " + location + " cannot be read: " + err.Error()}
		}
	}
	bindings := all.Bindings()
	for name, column := range filled(ctx, found, sql) {
		b := bindings[name]
		switch {
		case column.Type == warehouse.Binary: // whose text in a file is not that of the value
			b.Type = "BINARY"
		case column.Type == warehouse.Number && column.Scale == 0 && !slices.ContainsFunc(b.Values, noWhole):
			b.Type = "FIXED" // or the warehouse would have to read millions of texts
		}
		bindings[name] = b
	}
	return bindings, nil
}

// noWhole reports a text that is no whole number of 64 bits as everybody writes it.
func noWhole(text *string) bool {
	if text == nil {
		return false
	}
	n, err := strconv.ParseInt(*text, 10, 64)
	return err != nil || strconv.FormatInt(n, 10) != *text
}

// filled are the columns that INSERT … VALUES (?, …) puts bindings into as they are.
func filled(ctx context.Context, found *session.Session, sql string) map[string]warehouse.Column {
	tree, _ := parse.Lenient(sql)
	insert, ok := tree.(*ast.Insert)
	if !ok || insert.Query == nil {
		return nil
	}
	values, ok := insert.Query.Body.(*ast.Values)
	if !ok || len(values.Rows) != 1 {
		return nil
	}
	columns := "*"
	for i, c := range insert.Columns {
		if i == 0 {
			columns = ""
		} else {
			columns += ", "
		}
		columns += warehouse.QuoteIdent(c.Name)
	}
	d, err := warehouse.Describe(ctx, found.Conn, "SELECT "+columns+" FROM "+print.SQL(insert.Into))
	if err != nil {
		return nil // the INSERT will say it better
	}
	n, columnOf := 0, map[string]warehouse.Column{}
	for i, x := range values.Rows[0] {
		ast.Inspect(x, func(node ast.Node) bool {
			b, is := node.(*ast.Bind)
			if !is {
				return true
			}
			name := b.Name
			if name == "" {
				n++
				name = strconv.Itoa(n)
			}
			if x == ast.Expr(b) && i < len(d.Columns) {
				columnOf[name] = d.Columns[i]
			}
			return true
		})
	}
	return columnOf
}

func readStaged(ctx context.Context, st stage.Stage, name string, all *bind.Staged) error {
	in, _, err := st.Open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	return all.Read(in)
}
