package emulator

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/emulator/result"
	"github.com/snowpit-dev/snowpit/emulator/session"
	"github.com/snowpit-dev/snowpit/emulator/wire"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// The functions that cancel what runs: one statement, and all of a session's.
const (
	cancelOne = "SYSTEM$CANCEL_QUERY"
	cancelAll = "SYSTEM$CANCEL_ALL_QUERIES"
)

// A cancelling is SELECT or CALL of one of them and nothing else. It does not
// wait for its session's turn: what it is to cancel may have that.
type cancelling struct {
	function string
	id       string // of the statement or the session
	column   string
}

// cancels reads a statement that cancels others; nil if it is none.
func cancels(req *wire.QueryRequest) *cancelling {
	if !strings.Contains(strings.ToUpper(req.SQLText), "SYSTEM$CANCEL_") {
		return nil
	}
	toks := parse.Tokens(req.SQLText)
	if len(toks) < 6 || !toks[0].Is("SELECT") && !toks[0].Is("CALL") || toks[2].Kind != token.LeftParen || toks[4].Kind != token.RightParen ||
		toks[5].Kind != token.EOF && toks[5].Kind != token.Semicolon {
		return nil
	}
	c := &cancelling{column: strings.ToUpper(req.SQLText[toks[1].Pos.Offset:toks[4].End()])}
	switch {
	case toks[1].Is(cancelOne):
		c.function = cancelOne
	case toks[1].Is(cancelAll):
		c.function = cancelAll
	default:
		return nil
	}
	switch toks[3].Kind {
	case token.String, token.Number:
		c.id = toks[3].Value
	case token.Question:
		b := req.Bindings["1"]
		if b.Array || len(b.Values) != 1 || b.Values[0] == nil {
			return nil
		}
		c.id = *b.Values[0]
	default:
		return nil
	}
	return c
}

// cancel cancels what c names, of those that the user of st's session runs.
func (s *Server) cancel(st *session.Statement, c *cancelling, describe bool) session.Outcome {
	res := &result.Result{Kind: "SELECT", Format: wire.FormatJSON, Columns: []warehouse.Column{{Name: c.column, Type: warehouse.Varchar, Nullable: true}}}
	if describe {
		return session.Outcome{Kind: res.Kind, Value: &rows{Result: res, described: true}, Size: res.Held()}
	}
	var text string
	if c.function == cancelOne {
		text = s.cancelOne(st, c.id)
	} else {
		n, err := s.cancelAll(st, c.id)
		if err != nil {
			return session.Outcome{Err: err}
		}
		text = fmt.Sprintf("%d cancelled.", n)
	}
	cell, err := json.Marshal([]string{text})
	if err != nil {
		return session.Outcome{Err: err}
	}
	res.Total, res.Inline = 1, cell
	return session.Outcome{Kind: res.Kind, Value: &rows{Result: res}, Size: res.Held(), Rows: 1}
}

func (s *Server) cancelOne(by *session.Statement, id string) string {
	st := s.find(strings.ToLower(id), by.Session)
	if st == nil {
		return notRunning
	}
	if _, ended := st.Outcome(); ended {
		return notRunning
	}
	st.Cancel(session.ErrCanceled)
	return fmt.Sprintf("query [%s] terminated.", st.ID)
}

func (s *Server) cancelAll(by *session.Statement, id string) (n int, err error) {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, &warehouse.Error{Code: 100038, State: "22018", Err: err, Message: fmt.Sprintf("Numeric value '%s' is not recognized", id)}
	}
	for _, st := range s.ledger.Running(number) {
		if st != by && number != 0 && st.Session.User == by.Session.User {
			st.Cancel(session.ErrCanceled)
			n++
		}
	}
	return n, nil
}
