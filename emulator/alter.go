package emulator

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
)

// alterSession hands parameters on to the warehouse, and keeps those that it
// takes and those that mean something to clients alone.
func (s *Server) alterSession(ctx context.Context, st *session.Statement, stmt *ast.AlterSession, sql string) session.Outcome {
	parameters := st.Session.Parameters
	handOn := false
	for _, o := range stmt.Set {
		handOn = handOn || !session.OfClients(o.Key)
	}
	for _, name := range stmt.Unset {
		handOn = handOn || !session.OfClients(name)
	}
	done := s.execute(ctx, st, sql, &wire.QueryRequest{})
	if done.Err != nil && handOn {
		return done
	} else if done.Err != nil {
		done = carriedOut()
	}
	for _, o := range stmt.Set {
		if err := parameters.Set(o.Key, literalOf(o.Value)); err != nil {
			return session.Outcome{Err: &warehouse.Error{Code: 1008, State: "22023", Err: err, Message: "SQL compilation error:\n" + err.Error()}}
		}
	}
	for _, name := range stmt.Unset {
		parameters.Unset(name)
	}
	return done
}

// literalOf is an option's value as a parameter takes it.
func literalOf(e ast.Expr) any {
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.String:
		return e.Value
	case *ast.Bool:
		return e.Value
	}
	return strings.Trim(print.SQL(e), `"`)
}

// carriedOut is the outcome of an ALTER SESSION that the server alone has
// carried out.
func carriedOut() session.Outcome {
	res := said("ALTER_SESSION", "status", "Statement executed successfully.")
	return session.Outcome{Kind: res.Kind, Value: &rows{Result: res}, Size: res.Held(), Rows: 1}
}

// said is a result of one text.
func said(kind, column, text string) *result.Result {
	return &result.Result{Kind: kind, Format: wire.FormatJSON, Total: 1, Inline: []byte(`["` + text + `"]`),
		Columns: []warehouse.Column{{Name: column, Type: warehouse.Varchar, Nullable: true}}}
}
