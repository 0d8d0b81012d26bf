package duckdb

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/param"
)

// accountParameters are what the local account has set for every session.
var accountParameters = map[string]string{"TIMEZONE": "UTC"}

// parameter is a session parameter's value.
func (s *session) parameter(name string) string {
	if value, ok := s.parameters[name]; ok {
		return value
	}
	if value, ok := accountParameters[name]; ok {
		return value
	}
	p, _ := param.Lookup(name)
	return p.Default
}

// limit is a parameter that is a number.
func (s *session) limit(name string) int64 {
	n, _ := strconv.ParseInt(s.parameter(name), 10, 64)
	return n
}

// alterSession runs ALTER SESSION SET and UNSET: all of it or nothing.
func (s *session) alterSession(ctx context.Context, rec *record, stmt *ast.AlterSession) (*warehouse.Result, error) {
	next := map[string]string{}
	for name, value := range s.parameters {
		next[name] = value
	}
	for _, o := range stmt.Set {
		value, err := readParameter(o)
		if err != nil {
			return nil, err
		}
		next[o.Key] = value
	}
	for _, name := range stmt.Unset {
		if _, ok := param.Lookup(name); !ok {
			return nil, unknownParameter(name)
		}
		delete(next, name)
	}
	before := s.parameters
	s.parameters = next
	if err := s.applyParameters(ctx, before); err != nil {
		s.parameters = before
		return nil, err
	}
	return rec.status("Statement executed successfully."), nil
}

// override sets the parameters that a statement has for itself, until it ends.
func (s *session) override(ctx context.Context) error {
	asked := warehouse.Parameters(ctx)
	if len(asked) == 0 {
		return nil
	}
	before := s.parameters
	next := maps.Clone(before)
	if next == nil {
		next = map[string]string{}
	}
	for name, text := range asked {
		p, ok := param.Lookup(name)
		if !ok || name == "AUTOCOMMIT" {
			continue
		}
		value, ok := p.Read(text)
		if !ok {
			return badParameter(name, text)
		}
		next[name] = value
	}
	s.parameters = next
	s.after = append(s.after, func() {
		s.parameters = before
		s.applyParameters(context.WithoutCancel(ctx), next) // it was so before
	})
	return s.applyParameters(ctx, before)
}

// readParameter is the value that an option gives a parameter.
func readParameter(o ast.Option) (string, error) {
	p, ok := param.Lookup(o.Key)
	if !ok {
		return "", unknownParameter(o.Key)
	}
	text, ok := optionText(o)
	if ok {
		if value, ok := p.Read(text); ok {
			return value, nil
		}
	}
	return "", badParameter(o.Key, text)
}

// optionText is an option's value as text, where it is one.
func optionText(o ast.Option) (string, bool) {
	switch v := o.Value.(type) {
	case *ast.String:
		return v.Value, true
	case *ast.Number:
		return v.Text, true
	case *ast.Bool:
		return strconv.FormatBool(v.Value), true
	case *ast.Unary:
		if n, ok := v.X.(*ast.Number); ok {
			return v.Op + n.Text, true
		}
	case *ast.Column:
		if len(v.Parts) == 1 {
			return v.Parts[0].Name, true
		}
	}
	return "", false
}

func unknownParameter(name string) error {
	return &warehouse.Error{Code: 1006, State: "22023", Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\ninvalid parameter '%s'", name)}
}

func badParameter(name, value string) error {
	return &warehouse.Error{Code: 1008, State: "22023",
		Message: fmt.Sprintf("SQL compilation error:\ninvalid value [%s] for parameter '%s'", value, name)}
}

// applyParameters does what a change of the parameters asks for at once.
func (s *session) applyParameters(ctx context.Context, before map[string]string) error {
	if zone := s.parameter("TIMEZONE"); zone != before["TIMEZONE"] {
		if err := s.conn.Exec(ctx, "set session TimeZone = "+ducksql.Text(zone)); err != nil {
			return badParameter("TIMEZONE", zone)
		}
	}
	auto := s.parameter("AUTOCOMMIT") == "true"
	if was := before["AUTOCOMMIT"] != "false"; was != auto {
		return s.commit(ctx)
	}
	return nil
}

// timed is ctx ending at the session's STATEMENT_TIMEOUT_IN_SECONDS, if it has
// set one, with stop that ends both.
func (s *session) timed(ctx context.Context, stop func()) (context.Context, func()) {
	if s.parameters["STATEMENT_TIMEOUT_IN_SECONDS"] == "" {
		return ctx, stop
	}
	seconds := s.limit("STATEMENT_TIMEOUT_IN_SECONDS")
	if seconds == 0 {
		return ctx, stop
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Duration(seconds)*time.Second, &warehouse.Error{Code: 630, State: "57014",
		Message: fmt.Sprintf("Statement reached its statement or warehouse timeout of %d second(s) and was canceled.", seconds)})
	return ctx, func() { cancel(); stop() }
}
