package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A rescan is one TABLE(RESULT_SCAN(…)) in a statement. A session's connection
// may keep the results that it gave; the server has those of all sessions.
type rescan struct {
	from, to int // in the statement's text
	id       string
	whole    bool // the statement is select * from it and nothing else
}

// rescans finds the results that a statement reads. last is the id that
// LAST_QUERY_ID() stands for.
func rescans(sql, last string) (found []rescan) {
	if !strings.Contains(strings.ToUpper(sql), "RESULT_SCAN") {
		return nil
	}
	toks := parse.Tokens(sql)
	for i := range toks {
		if r, n := rescanAt(toks[i:], last); n > 0 {
			r.whole = i == 3 && toks[0].Is("SELECT") && toks[1].Kind == token.Star && toks[2].Is("FROM") &&
				(toks[i+n].Kind == token.EOF || toks[i+n].Kind == token.Semicolon)
			found = append(found, r)
		}
	}
	return found
}

// rescanAt reads TABLE ( RESULT_SCAN ( id ) ) at the front of toks: how many
// tokens it is, 0 if it is none.
func rescanAt(toks []token.Token, last string) (rescan, int) {
	if len(toks) < 7 || !toks[0].Is("TABLE") || toks[1].Kind != token.LeftParen || !toks[2].Is("RESULT_SCAN") || toks[3].Kind != token.LeftParen {
		return rescan{}, 0
	}
	r, n := rescan{from: toks[0].Pos.Offset, id: toks[4].Value}, 5
	switch {
	case toks[4].Kind == token.String:
	case toks[4].Is("LAST_QUERY_ID") && toks[5].Kind == token.LeftParen && toks[6].Kind == token.RightParen:
		r.id, n = last, 7
	default:
		return rescan{}, 0
	}
	if len(toks) < n+3 || toks[n].Kind != token.RightParen || toks[n+1].Kind != token.RightParen {
		return rescan{}, 0
	}
	r.to = toks[n+1].End()
	return r, n + 2
}

// earlier is the result of a statement that found's user ran.
func (s *Server) earlier(found *session.Session, id string) (*rows, error) {
	st := s.find(id, found)
	if st == nil {
		return nil, noResult(id)
	}
	o, ended := st.Outcome()
	switch {
	case !ended:
		return nil, &warehouse.Error{Code: int(wire.CodeNoResult), State: "02000", Message: fmt.Sprintf("Statement %.40s is still running.", id)}
	case o.Err != nil:
		return nil, noResult(id)
	}
	switch v := o.Value.(type) {
	case *rows:
		if !v.described {
			return v, nil
		}
	case *several:
		return &rows{Result: said("SELECT", allRanName, allRan)}, nil
	}
	return nil, noResult(id)
}

// again is the outcome of select * from table(result_scan(…)): the same result.
func (s *Server) again(v *rows) session.Outcome {
	if !v.Retain() {
		return session.Outcome{Err: noResult("")}
	}
	same := v.As("SELECT")
	return session.Outcome{Kind: "SELECT", Value: &rows{Result: same}, Rows: v.Total, Free: v.Release}
}

// isGone reports a refusal to read an earlier result: the connection has it not,
// or not any more.
func isGone(err error) bool {
	var e *warehouse.Error
	return errors.As(err, &e) && (e.Code == int(wire.CodeNoResult) || e.Kind == warehouse.ErrUnsupported)
}

// scanned makes the earlier results that a statement reads into temporary
// tables, and gives the statement with their names. drop is for when it has
// run.
func (s *Server) scanned(ctx context.Context, st *session.Statement, sql string, found []rescan) (text string, drop func(), err error) {
	var b strings.Builder
	var made []string
	drop = func() {
		for _, name := range made {
			if _, err := warehouse.Exec(context.WithoutCancel(ctx), st.Session.Conn, "DROP TABLE IF EXISTS "+name); err != nil {
				s.log.Warn("a copy of an earlier result stays", "table", name, "error", err)
			}
		}
	}
	at := 0
	for i, r := range found {
		v, err := s.earlier(st.Session, r.id)
		if err == nil {
			name := fmt.Sprintf("SNOWPIT_RESULT_%d", i+1)
			made = append(made, name)
			err = s.materialise(ctx, st.Session, name, v)
		}
		if err != nil {
			drop()
			return "", nil, err
		}
		b.WriteString(sql[at:r.from] + made[i])
		at = r.to
	}
	return b.String() + sql[at:], drop, nil
}

// materialise makes a temporary table of a result's rows.
func (s *Server) materialise(ctx context.Context, found *session.Session, name string, v *rows) error {
	loader, ok := found.Conn.(warehouse.Loader)
	if !ok {
		return warehouse.Unsupported("RESULT_SCAN within a query, on this warehouse")
	}
	if err := temporary(ctx, found.Conn, name, v.Columns); err != nil {
		return err
	}
	reader := decoded(v.Result)
	defer reader.Release()
	_, err := loader.Load(ctx, name, warehouse.LoadAppend, nil, reader)
	return err
}

// decoded reads a kept result as a warehouse would give it.
func decoded(r *result.Result) array.RecordReader {
	d := wire.NewDecoder(r.Columns)
	part := -1
	return warehouse.ReaderOf(d.Schema(), func() (arrow.RecordBatch, error) {
		part++
		switch {
		case part == 0:
			return d.Decode(r.Format, r.Inline)
		case part > len(r.Chunks):
			return nil, nil
		}
		var buf bytes.Buffer
		if _, err := r.Chunks[part-1].WriteTo(&buf); err != nil {
			return nil, err
		}
		return d.Decode(r.Format, buf.Bytes())
	})
}
