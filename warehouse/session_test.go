package warehouse_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// plain is a session with nothing beyond what every session has. Its results
// break off with err, if it has one.
type plain struct {
	batches, released int
	err               error
}

func (p *plain) Query(context.Context, string, ...any) (*warehouse.Result, error) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "A", Type: arrow.PrimitiveTypes.Int64}}, nil)
	left := p.batches
	rows := warehouse.ReaderOf(schema, func() (arrow.RecordBatch, error) {
		if left--; left < 0 {
			return nil, p.err
		}
		b, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(`[{"A": 1}]`))
		return b, err
	})
	res := warehouse.NewResult("id", "INSERT", nil, &counted{RecordReader: rows, released: &p.released})
	res.Affected = 7
	return res, nil
}

func (p *plain) Close() error { return nil }

type counted struct {
	array.RecordReader
	released *int
}

func (c *counted) Release() {
	*c.released++
	c.RecordReader.Release()
}

// Exec reads a result to its end, tells what broke off, and frees the session
// either way.
func TestExec(t *testing.T) {
	s := &plain{batches: 3}
	if n, err := warehouse.Exec(t.Context(), s, "insert"); n != 7 || err != nil || s.released != 1 {
		t.Errorf("%d rows, %v, released %d times", n, err, s.released)
	}
	broken := errors.New("the line went dead")
	s = &plain{batches: 2, err: broken}
	if n, err := warehouse.Exec(t.Context(), s, "insert"); n != 0 || !errors.Is(err, broken) || s.released != 1 {
		t.Errorf("broken off: %d rows, %v, released %d times", n, err, s.released)
	}
}

// What a session does not have is refused by name, and no panic.
func TestExtrasOfAPlainSession(t *testing.T) {
	s := &plain{}
	_, described := warehouse.Describe(t.Context(), s, "select 1")
	_, translated := warehouse.Translate(t.Context(), s, "select 1")
	for what, err := range map[string]error{"describing": described, "translation": translated} {
		var refused *warehouse.Error
		if !errors.As(err, &refused) || refused.State != "0A000" || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if database, schema := warehouse.Location(s); database != "" || schema != "" {
		t.Errorf("it stands in %s.%s", database, schema)
	}
}

func TestUnsupported(t *testing.T) {
	err := warehouse.Unsupported("MATCH_RECOGNIZE")
	if !errors.Is(err, warehouse.ErrUnsupported) || err.Error() != "002019 (0A000): Unsupported by Snowpit: MATCH_RECOGNIZE" {
		t.Error(err)
	}
}

// A context without them has none; each keeps to itself.
func TestContextValues(t *testing.T) {
	none := t.Context()
	if warehouse.QueryID(none) != "" || warehouse.QueryTag(none) != "" || warehouse.Parameters(none) != nil {
		t.Error("values from nowhere")
	}
	ctx := warehouse.WithParameters(warehouse.WithQueryTag(warehouse.WithQueryID(none, "01b-1"), "nightly"), map[string]string{"TIMEZONE": "UTC"})
	if warehouse.QueryID(ctx) != "01b-1" || warehouse.QueryTag(ctx) != "nightly" || warehouse.Parameters(ctx)["TIMEZONE"] != "UTC" {
		t.Error("a value is lost")
	}
	if warehouse.QueryID(warehouse.WithQueryID(ctx, "01b-2")) != "01b-2" {
		t.Error("the first id stays")
	}
}

// Structured types are written as Snowflake's documentation, "Structured data
// types", has them: keys without quotes where they need none, NOT NULL where it
// was said, the digits of seconds where they are not nine.
func TestStructuredSQL(t *testing.T) {
	number := warehouse.Column{Type: warehouse.Number, Precision: 38, Nullable: true}
	text := warehouse.Column{Type: warehouse.Varchar, Nullable: true}
	named := func(name string, c warehouse.Column) warehouse.Column { c.Name = name; return c }
	never := func(c warehouse.Column) warehouse.Column { c.Nullable = false; return c }
	of := func(typ warehouse.Type, fields ...warehouse.Column) warehouse.Column {
		return warehouse.Column{Type: typ, Nullable: true, Fields: fields}
	}
	for want, c := range map[string]warehouse.Column{
		"ARRAY(NUMBER(38,0))":                                     of(warehouse.Array, number),
		"ARRAY(VARCHAR NOT NULL)":                                 of(warehouse.Array, never(text)),
		"MAP(VARCHAR, NUMBER(38,0))":                              of(warehouse.Map, never(text), number),
		"MAP(NUMBER(38,0), ARRAY(VARCHAR) NOT NULL)":              of(warehouse.Map, never(number), never(of(warehouse.Array, text))),
		`OBJECT(city VARCHAR, "a b" VARCHAR, "" NUMBER(38,0))`:    of(warehouse.Object, named("city", text), named("a b", text), named("", number)),
		`OBJECT(a1$ VARCHAR, "1a" VARCHAR NOT NULL, "é" VARCHAR)`: of(warehouse.Object, named("a1$", text), named("1a", never(text)), named("é", text)),
		"ARRAY(TIMESTAMP_NTZ(3))":                                 of(warehouse.Array, warehouse.Column{Type: warehouse.TimestampNTZ, Precision: 3, Nullable: true}),
		"ARRAY(TIMESTAMP_TZ)":                                     of(warehouse.Array, warehouse.Column{Type: warehouse.TimestampTZ, Precision: 9, Nullable: true}),
	} {
		if got := c.SQL(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
