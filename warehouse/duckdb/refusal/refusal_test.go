package refusal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// said is what DuckDB refuses a statement of its own with.
func said(t *testing.T, statements ...string) error {
	t.Helper()
	e, err := engine.Open([][2]string{{"errors_as_json", "true"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	c, err := e.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, sql := range statements {
		if _, err = c.Texts(t.Context(), sql); err != nil {
			return err
		}
	}
	t.Fatalf("%q is not refused", statements)
	return nil
}

// Codes and states as Snowflake's clients see them.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		sql         []string
		code        int
		state, part string
		kind        error
	}{
		{[]string{"select cast('x' as integer)"}, 100038, "22018", "Numeric value 'x' is not recognized", nil},
		{[]string{"select cast('x' as decimal(10, 2))"}, 100038, "22018", "Numeric value 'x' is not recognized", nil},
		{[]string{"select cast('' as double)"}, 100038, "22018", "Numeric value '' is not recognized", nil},
		{[]string{"select cast('x' as date)"}, 100040, "22007", "Date 'x' is not recognized", nil},
		{[]string{"select cast('x' as timestamp)"}, 100035, "22007", "Timestamp 'x' is not recognized", nil},
		{[]string{"select cast('x' as boolean)"}, 100037, "22018", "Boolean value 'x' is not recognized", nil},
		{[]string{"select * from nosuch"}, 2003, "42S02", "does not exist or not authorized", warehouse.ErrNotExist},
		{[]string{"select nosuch from (select 1 as a)"}, 904, "42000", "invalid identifier", nil},
		{[]string{"select nosuch(1)"}, 2140, "42601", "Unknown function", warehouse.ErrNotExist},
		{[]string{"create table t (a int)", "create table t (a int)"}, 2002, "42710", "already exists", warehouse.ErrExist},
		{[]string{"create table t (a int not null)", "insert into t values (null)"}, 100072, "22000", "NULL result in a non-nullable column", nil},
	} {
		err := refusal.Of(said(t, c.sql...), c.sql[0], "")
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != c.code || e.State != c.state || !strings.Contains(e.Message, c.part) {
			t.Errorf("%q: %v, want %06d (%s) with %q", c.sql, err, c.code, c.state, c.part)
			continue
		}
		if c.kind != nil && !errors.Is(err, c.kind) {
			t.Errorf("%q: %v is no %v", c.sql, err, c.kind)
		}
	}
}

// What is not DuckDB's stays what it is.
func TestOfOthers(t *testing.T) {
	for _, err := range []error{nil, errors.New("a disk is full"), &warehouse.Error{Code: 7}} {
		if got := refusal.Of(err, "select 1", "select 1"); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestOfStage(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		kind error
	}{
		{fmt.Errorf("stage D.S.X: %w", stage.ErrExist), 2002, warehouse.ErrExist},
		{fmt.Errorf("stage D.S.X: %w", stage.ErrNotExist), 2003, warehouse.ErrNotExist},
	} {
		err := refusal.OfStage(c.err, "D.S.X")
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != c.code || !errors.Is(err, c.kind) || !strings.Contains(e.Message, "D.S.X") && !strings.Contains(e.Message, "X") {
			t.Errorf("%v became %v, want %06d", c.err, err, c.code)
		}
	}
}

// What the local warehouse refuses of its own.
func TestOwn(t *testing.T) {
	option := ast.Option{Key: "SKIP_HEADER", Value: &ast.String{Value: "many"}}
	for _, c := range []struct {
		err    error
		code   int
		state  string
		saying string
	}{
		{refusal.Unsupported("MATCH_RECOGNIZE"), 2019, "0A000", "MATCH_RECOGNIZE"},
		{refusal.Missing("Tag", "PII"), 2003, "02000", "Tag 'PII' does not exist or not authorized."},
		{refusal.NotUsable("D.S"), 2043, "02000", "Object 'D.S' does not exist, or operation cannot be performed."},
		{refusal.Exists("T", nil), 2002, "42710", "Object 'T' already exists."},
		{refusal.NotExist("T", nil), 2003, "42S02", "Object 'T' does not exist or not authorized."},
		{refusal.NoStage(stage.Name{Database: "D", Schema: "S", Stage: "X"}), 2003, "02000", "Stage 'D.S.X' does not exist or not authorized."},
		{refusal.BadOption(option, "many"), 1008, "22023", "invalid value ['many'] for parameter 'SKIP_HEADER'"},
		{refusal.NoOption(ast.Option{Key: "NOSUCH"}, "a stage"), 1006, "22023", "invalid parameter 'NOSUCH'"},
		{refusal.NoOption(ast.Option{Key: "ENCRYPTION"}, "a table"), 2019, "0A000", "ENCRYPTION"},
	} {
		var e *warehouse.Error
		if !errors.As(c.err, &e) || e.Code != c.code || e.State != c.state || !strings.Contains(e.Message, c.saying) {
			t.Errorf("%v, want %06d (%s) with %q", c.err, c.code, c.state, c.saying)
		}
	}
}
