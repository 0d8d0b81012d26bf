package catalog_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// database is a connection to a database D with a schema S, and what keeps the notes
// of both.
func database(t *testing.T, statements ...string) *engine.Conn {
	t.Helper()
	e, err := engine.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	c, err := e.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	exec(t, c, "attach ':memory:' as D", "create schema D.S", "create schema D."+catalog.InformationSchema,
		"create table "+catalog.MetaTable("D")+" (kind varchar, name varchar, meta varchar)")
	exec(t, c, statements...)
	return c
}

func exec(t *testing.T, c *engine.Conn, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if err := c.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func TestArea(t *testing.T) {
	at := catalog.NameOf("D", "S", "T")
	for _, c := range []struct {
		area catalog.Area
		has  bool
		text string
	}{
		{catalog.Area{}, true, ""},
		{catalog.Area{Database: "D"}, true, `"D"`},
		{catalog.Area{Database: "D", Schema: "S"}, true, `"D"."S"`},
		{catalog.Area{Database: "d"}, false, `"d"`},
		{catalog.Area{Database: "D", Schema: "s"}, false, `"D"."s"`},
		{catalog.Area{Database: "E", Schema: "S"}, false, `"E"."S"`},
	} {
		if got := c.area.Has(at); got != c.has {
			t.Errorf("%+v has %v: %v", c.area, at, got)
		}
		if c.text != "" && strings.ReplaceAll(c.area.String(), `"`, "") != strings.ReplaceAll(c.text, `"`, "") {
			t.Errorf("%+v is %s", c.area, c.area)
		}
	}
}

// What is kept of a part of a database is found by its kind and name, and goes.
func TestKept(t *testing.T) {
	c := database(t)
	odd := "it's \"odd\""
	exec(t, c, catalog.Keep("D", "SCHEMA", "S", catalog.Meta{Version: 1, Comment: "first"})...)
	exec(t, c, catalog.Keep("D", "SCHEMA", "S", catalog.Meta{Version: 1, Comment: odd, Retention: "3"})...)
	exec(t, c, catalog.Keep("D", "DATABASE", "S", catalog.Meta{Version: 1, Comment: "another kind"})...)
	of := func(kind, name string) catalog.Meta {
		t.Helper()
		m, err := catalog.MetaOf(t.Context(), c, "D", kind, name)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := of("SCHEMA", "S"); m.Comment != odd || m.Retention != "3" {
		t.Errorf("of the schema %+v", m)
	}
	if m := of("SCHEMA", "NOSUCH"); !cmp.Equal(m, catalog.Meta{}) {
		t.Errorf("of what is not there %+v", m)
	}
	schemas, err := catalog.Schemas(t.Context(), c, "D")
	var names []string
	for _, s := range schemas {
		names = append(names, s.Name+" "+s.Meta.Comment)
	}
	want := []string{"S " + odd, "INFORMATION_SCHEMA Views describing the contents of schemas in this database"}
	if diff := cmp.Diff(want, names); diff != "" || err != nil {
		t.Errorf("schemas: %v, want -, got +:\n%s", err, diff)
	}
	exec(t, c, catalog.Forget("D", "SCHEMA", "S")...)
	if m := of("SCHEMA", "S"); m.Comment != "" {
		t.Errorf("after it was forgotten %+v", m)
	}
	if m := of("DATABASE", "S"); m.Comment != "another kind" {
		t.Errorf("of another kind %+v", m)
	}
}

// Objects are a user's own: no schema of DuckDB's, no sequence behind a column.
func TestObjects(t *testing.T) {
	c := database(t, "create table D.S.T (A int)", "insert into D.S.T values (1), (2)", "create view D.S.V as select A from D.S.T",
		"create sequence D.S.Q start 5 increment 3", "create sequence D.S.__AUTO_1", "create table D.main.HIDDEN_NOT (A int)",
		"create schema D.OTHER", "create table D.OTHER.T (A int)",
		"create temporary table "+catalog.NameOf("D", "S", "MINE").Temporary().String()+" (A int)", "create table memory.main.NOT_SHOWN (A int)")
	in := func(area catalog.Area, kinds ...string) (names []string) {
		t.Helper()
		all, err := catalog.In(t.Context(), c, area, kinds...)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range all {
			at := o.At.Permanent()
			names = append(names, o.TableKind()+" "+at.Schema+"."+at.Table)
		}
		return names
	}
	want := []string{"SEQUENCE S.Q", "TABLE S.T", "TEMPORARY S.MINE", "VIEW S.V"}
	got := in(catalog.Area{Database: "D", Schema: "S"}, "TABLE", "VIEW", "SEQUENCE")
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("in a schema: want -, got +:\n%s", diff)
	}
	if got := in(catalog.Area{Database: "D", Schema: "OTHER"}, "TABLE"); len(got) != 1 {
		t.Errorf("in another: %v", got)
	}
	for _, name := range in(catalog.Area{}, "TABLE", "VIEW", "SEQUENCE") {
		if strings.Contains(name, "NOT_SHOWN") || strings.Contains(name, "__AUTO_") {
			t.Errorf("%s is shown", name)
		}
	}
	checkCounts(t.Context(), t, c)
}

func checkCounts(ctx context.Context, t *testing.T, c *engine.Conn) {
	t.Helper()
	all, err := catalog.In(ctx, c, catalog.Area{Database: "D", Schema: "S"}, "TABLE", "VIEW", "SEQUENCE")
	if err != nil {
		t.Fatal(err)
	}
	counts, err := catalog.RowCounts(ctx, c, all)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		switch n, counted := counts[o]; {
		case counted != (o.Kind == "TABLE"):
			t.Errorf("%v counted: %v", o.At, counted)
		case o.At.Table == "T" && n != 2:
			t.Errorf("%v has %d rows", o.At, n)
		}
		if o.Kind == "SEQUENCE" && (o.Next != 5 || o.Step != 3) {
			t.Errorf("%v goes on at %d by %d", o.At, o.Next, o.Step)
		}
	}
}

// A name that is not found is nil and no error; one in other letters is not found.
func TestLookUp(t *testing.T) {
	m := catalog.Meta{Version: 1, Comment: "of rows", Constraints: []catalog.ConstraintMeta{{Kind: "FOREIGN KEY", Columns: []string{"A"}, References: []string{"D", "OLD", "P"}}},
		Tags: map[string]string{"D.OLD.PII": "x", "D.KEPT.PII": "y"}}
	at := catalog.NameOf("D", "S", "T")
	c := database(t, "create table D.S.T (A int)", catalog.CommentOn("table", at, m))
	o, err := catalog.LookUp(t.Context(), c, at)
	if err != nil || o == nil || o.Meta.Comment != "of rows" || o.Kind != "TABLE" {
		t.Fatalf("%+v, %v", o, err)
	}
	for _, other := range []catalog.Name{catalog.NameOf("D", "S", "t"), catalog.NameOf("d", "S", "T"), catalog.NameOf("D", "NOSUCH", "T")} {
		if o, err := catalog.LookUp(t.Context(), c, other); o != nil || err != nil {
			t.Errorf("%v: %+v, %v", other, o, err)
		}
	}
	if o.Meta.MoveReferences(catalog.Area{Database: "D", Schema: "OL"}, catalog.Area{Database: "D", Schema: "NEW"}) {
		t.Error("what refers to OLD refers to OL")
	}
	if !o.Meta.MoveReferences(catalog.Area{Database: "D", Schema: "OLD"}, catalog.Area{Database: "D", Schema: "NEW"}) {
		t.Error("nothing refers to OLD")
	}
	if diff := cmp.Diff([]string{"D", "NEW", "P"}, o.Meta.Constraints[0].References); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"D.NEW.PII": "x", "D.KEPT.PII": "y"}, o.Meta.Tags); diff != "" {
		t.Error(diff)
	}
}
