package emulator

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/bind"
	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// rows is what a statement gave that gives rows, or would give if described.
type rows struct {
	*result.Result
	described bool
	binds     int
}

// several is what a request of more than one statement gave.
type several struct {
	ids, types []string
}

// statement runs what a request asks for.
func (s *Server) statement(ctx context.Context, st *session.Statement, req *wire.QueryRequest) session.Outcome {
	pieces := parse.Split(st.SQL)
	want := st.Session.Parameters.Int("MULTI_STATEMENT_COUNT")
	if n, ok := req.Parameters["MULTI_STATEMENT_COUNT"]; ok {
		want = asInt(n)
	}
	switch {
	case len(pieces) == 0, len(pieces) == 1 && want <= 1:
		return s.one(ctx, st, st.SQL, req)
	case want != 0 && int(want) != len(pieces):
		return session.Outcome{Err: &warehouse.Error{Code: int(wire.CodeStatementCount), State: "0A000",
			Message: fmt.Sprintf("Actual statement count %d did not match the desired statement count %d.", len(pieces), want)}}
	}
	return s.each(ctx, st, pieces, req)
}

func asInt(v any) int64 {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil {
			return n
		}
	}
	return 1
}

// each runs several statements, until one fails.
func (s *Server) each(ctx context.Context, parent *session.Statement, pieces []parse.Piece, req *wire.QueryRequest) session.Outcome {
	var all several
	texts := make([]string, len(pieces))
	for i, p := range pieces {
		texts[i] = p.Text
	}
	bindings := bind.Share(texts, req.Bindings)
	for i, p := range pieces {
		child := session.NewStatement(newID(), "", parent.Session, p.Text, false)
		o := s.one(ctx, child, p.Text, &wire.QueryRequest{DescribeOnly: req.DescribeOnly, Parameters: req.Parameters, Bindings: bindings[i]})
		parent.Session.Moved()
		o.Place = parent.Session.Place()
		child.Finish(o)
		s.ledger.Keep(child)
		if o.Err != nil {
			return session.Outcome{Err: o.Err}
		}
		all.ids = append(all.ids, child.ID)
		all.types = append(all.types, strconv.Itoa(wire.StatementType(o.Kind)))
	}
	return session.Outcome{Kind: "MULTISTATEMENT", Value: &all}
}

// one runs one statement.
func (s *Server) one(ctx context.Context, st *session.Statement, sql string, req *wire.QueryRequest) session.Outcome {
	if isTransfer(sql) {
		return s.transfer(ctx, st, sql, req)
	}
	if req.DescribeOnly {
		return s.describe(ctx, st, sql, req)
	}
	if first := parse.First(sql); !first.Is("ALTER") && !first.Is("USE") && !first.Is("CREATE") {
		return s.execute(ctx, st, sql, req)
	}
	switch tree, _ := parse.Lenient(sql); tree := tree.(type) {
	case *ast.AlterSession:
		return s.alterSession(ctx, st, tree, sql)
	case *ast.CreateObject:
		o := s.execute(ctx, st, sql, req)
		if o.Err == nil && tree.Object == "WAREHOUSE" {
			st.Session.Use("", tree.Name.Last())
		}
		return o
	case *ast.Use:
		if err := s.usable(st.Session, tree); err != nil {
			return session.Outcome{Err: err}
		}
		o := s.execute(ctx, st, sql, req)
		if o.Err == nil && tree.Name != nil {
			switch tree.Object {
			case "ROLE":
				st.Session.Use(tree.Name.Last(), "")
			case "WAREHOUSE":
				st.Session.Use("", tree.Name.Last())
			}
		}
		return o
	}
	return s.execute(ctx, st, sql, req)
}

// execute hands a statement with its values to the warehouse.
func (s *Server) execute(ctx context.Context, st *session.Statement, sql string, req *wire.QueryRequest) session.Outcome {
	found := rescans(sql, st.Session.Last())
	if len(found) == 1 && found[0].whole {
		v, err := s.earlier(st.Session, found[0].id)
		if err != nil {
			return session.Outcome{Err: err}
		}
		return s.again(v)
	}
	o := s.handOver(ctx, st, sql, req)
	if len(found) == 0 || !isGone(o.Err) {
		return o
	}
	sql, drop, err := s.scanned(ctx, st, sql, found)
	if err != nil {
		return session.Outcome{Err: err}
	}
	defer drop()
	return s.handOver(ctx, st, sql, req)
}

// handOver runs a statement with its values on the session's connection.
func (s *Server) handOver(ctx context.Context, st *session.Statement, sql string, req *wire.QueryRequest) session.Outcome {
	bindings := req.Bindings
	if req.BindStage != "" {
		var err error
		if bindings, err = s.staged(ctx, st.Session, sql, req.BindStage); err != nil {
			return session.Outcome{Err: err}
		}
	}
	bound, err := bind.New(sql, bindings)
	if err != nil {
		return session.Outcome{Err: err}
	}
	ctx = ofStatement(ctx, st, req)
	if bound.Rows() > 0 {
		return s.many(ctx, st, bound)
	}
	for one := range bound.Statements() {
		res, err := st.Session.Conn.Query(ctx, one.SQL, one.Args...)
		if err != nil {
			return session.Outcome{Err: err}
		}
		return s.collect(ctx, st, res, req)
	}
	return session.Outcome{}
}

// ofStatement is ctx with what the warehouse is to know of a request: its id, its
// tag, and the session's parameters that it has otherwise.
func ofStatement(ctx context.Context, st *session.Statement, req *wire.QueryRequest) context.Context {
	ctx = warehouse.WithQueryID(ctx, st.ID)
	own := map[string]string{}
	for name, value := range req.Parameters {
		switch name = strings.ToUpper(name); {
		case name == "QUERY_TAG":
			if tag, ok := value.(string); ok {
				ctx = warehouse.WithQueryTag(ctx, tag)
			}
		case value != nil && (name == "SNOWPARK_SKIP_TXN_COMMIT_IN_DDL" || !session.OfClients(name)):
			own[name] = session.Text(value)
		}
	}
	if len(own) > 0 {
		ctx = warehouse.WithParameters(ctx, own)
	}
	return ctx
}

// collect keeps what a statement gave.
func (s *Server) collect(ctx context.Context, st *session.Statement, res *warehouse.Result, req *wire.QueryRequest) session.Outcome {
	switch res.Kind {
	case "BEGIN_TRANSACTION":
		st.Session.SetTransaction(true)
	case "COMMIT", "ROLLBACK":
		st.Session.SetTransaction(false)
	}
	if res.Kind != "SELECT" {
		ctx = context.WithoutCancel(ctx) // it is done: whoever asks again is told so
	}
	kept, err := s.spool.Collect(ctx, res, formatFor(st.Session, res.Kind, req.Parameters), formFor(st.Session))
	if err != nil {
		return session.Outcome{Err: err}
	}
	n := kept.Total
	if wire.IsChange(kept.Kind) {
		n = kept.Affected
	}
	return session.Outcome{Kind: kept.Kind, Value: &rows{Result: kept}, Size: kept.Held(), Rows: n, Free: kept.Release}
}

// formatParameters are what asks for a format, of any client and by client.
var formatParameters = []string{"QUERY_RESULT_FORMAT", "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "GO_QUERY_RESULT_FORMAT", "JDBC_QUERY_RESULT_FORMAT", "ODBC_QUERY_RESULT_FORMAT"}

// formatFor is the format of a result of a kind: what the statement asks for,
// or the session, or what its client reads best.
func formatFor(found *session.Session, kind string, parameters map[string]any) string {
	if kind != "SELECT" {
		return wire.FormatJSON
	}
	for _, name := range formatParameters {
		for _, v := range []any{parameters[name], found.Parameters.Get(name)} {
			switch text, _ := v.(string); strings.ToUpper(text) {
			case "JSON":
				return wire.FormatJSON
			case "ARROW", "ARROW_FORCE":
				return wire.FormatArrow
			}
		}
	}
	if found.App == "Go" || strings.HasPrefix(found.App, "Python") {
		return wire.FormatArrow
	}
	return wire.FormatJSON
}

// formFor is how a session's client gets structured values: the Go driver knows
// their types, others as soon as they ask for them.
func formFor(found *session.Session) wire.Form {
	on := func(name string) bool { return strings.EqualFold(found.Parameters.Text(name), "true") }
	f := wire.Form{Fields: found.App == "Go" || on("ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE"), Text: found.Parameters.Text}
	if strings.EqualFold(found.Parameters.Text("ENABLE_LARGE_VARCHAR_AND_BINARY_IN_RESULT"), "false") {
		f.Longest = wire.MaxShort
	}
	f.Native = f.Fields && (on("ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT") || on("FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT"))
	return f
}

// describe says what a statement would give, and runs nothing. Values that came
// with it have their say: what type a column has may hang on them.
func (s *Server) describe(ctx context.Context, st *session.Statement, sql string, req *wire.QueryRequest) session.Outcome {
	bound, err := bind.New(sql, req.Bindings)
	if err != nil {
		return session.Outcome{Err: err}
	}
	sql = bound.Text()
	ctx = ofStatement(ctx, st, req)
	d, err := warehouse.Describe(ctx, st.Session.Conn, sql)
	if found := rescans(sql, st.Session.Last()); len(found) > 0 && isGone(err) {
		within, drop, lost := s.scanned(ctx, st, sql, found)
		if lost != nil {
			return session.Outcome{Err: lost}
		}
		defer drop()
		d, err = warehouse.Describe(ctx, st.Session.Conn, within)
	}
	if err != nil {
		return session.Outcome{Err: err}
	}
	none := &result.Result{Columns: formFor(st.Session).Columns(d.Columns), Kind: d.Kind, Format: formatFor(st.Session, d.Kind, req.Parameters)}
	return session.Outcome{Kind: d.Kind, Value: &rows{Result: none, described: true, binds: d.Binds + len(req.Bindings)}, Size: none.Held()}
}
