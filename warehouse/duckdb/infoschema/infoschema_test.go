package infoschema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
)

// furnished is a connection to databases of these names that have their furniture.
func furnished(t *testing.T, databases ...string) *engine.Conn {
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
	for _, name := range databases {
		exec(t, c, "attach ':memory:' as "+ducksql.Name(name))
		exec(t, c, infoschema.Furniture(name)...)
	}
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

func texts(t *testing.T, c *engine.Conn, sql string) (lines []string) {
	t.Helper()
	rows, err := c.Texts(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	for _, r := range rows {
		lines = append(lines, strings.Join(r, "|"))
	}
	return lines
}

// Furniture makes what is not there and leaves the rest, in databases of any name.
func TestFurnitureTwice(t *testing.T) {
	names := []string{"D", "with space", "q'uote", `d"q`, "Ä.b"}
	c := furnished(t, names...)
	for _, name := range names {
		meta := catalog.MetaTable(name)
		exec(t, c, catalog.Keep(name, "SCHEMA", "PUBLIC", catalog.Meta{Version: 1, Comment: "it's"})...)
		exec(t, c, infoschema.Furniture(name)...)
		want := []string{"DATABASE|" + name, "SCHEMA|PUBLIC"}
		if diff := cmp.Diff(want, texts(t, c, "select kind, name from "+meta+" order by all")); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
		if m, err := catalog.MetaOf(t.Context(), c, name, "SCHEMA", "PUBLIC"); err != nil || m.Comment != "it's" {
			t.Errorf("%s: what was kept of PUBLIC is %+v, %v", name, m, err)
		}
		if got := texts(t, c, "select CATALOG_NAME from "+infoschema.Table(name, "INFORMATION_SCHEMA_CATALOG_NAME")); len(got) != 1 || got[0] != name {
			t.Errorf("%s is called %q", name, got)
		}
		for _, view := range texts(t, c, "select view_name from duckdb_views() where database_name = "+ducksql.Text(name)+" and not internal") {
			texts(t, c, "select cast(count(*) as varchar) from "+infoschema.Table(name, view))
		}
	}
}

// The columns of sql-reference/info-schema/…, in their order. Of a view that has got
// more since, those that it had.
func TestColumns(t *testing.T) {
	c := furnished(t, "D")
	for view, want := range map[string]string{
		"SCHEMATA": `CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER IS_TRANSIENT IS_MANAGED_ACCESS RETENTION_TIME DEFAULT_CHARACTER_SET_CATALOG
			DEFAULT_CHARACTER_SET_SCHEMA DEFAULT_CHARACTER_SET_NAME SQL_PATH CREATED LAST_ALTERED COMMENT`,
		"LOAD_HISTORY": `SCHEMA_NAME FILE_NAME TABLE_NAME LAST_LOAD_TIME STATUS ROW_COUNT ROW_PARSED FIRST_ERROR_MESSAGE FIRST_ERROR_LINE_NUMBER
			FIRST_ERROR_CHARACTER_POSITION FIRST_ERROR_COL_NAME ERROR_COUNT ERROR_LIMIT`,
		"STAGES": `STAGE_CATALOG STAGE_SCHEMA STAGE_NAME STAGE_URL STAGE_REGION STAGE_TYPE STAGE_OWNER COMMENT CREATED LAST_ALTERED`,
		"SEQUENCES": `SEQUENCE_CATALOG SEQUENCE_SCHEMA SEQUENCE_NAME SEQUENCE_OWNER DATA_TYPE NUMERIC_PRECISION NUMERIC_PRECISION_RADIX NUMERIC_SCALE
			START_VALUE MINIMUM_VALUE MAXIMUM_VALUE NEXT_VALUE INCREMENT CYCLE_OPTION CREATED LAST_ALTERED`,
		"TABLE_CONSTRAINTS": `CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE IS_DEFERRABLE
			INITIALLY_DEFERRED ENFORCED COMMENT CREATED LAST_ALTERED RELY`,
	} {
		got := strings.Join(texts(t, c, "select column_name from (describe "+infoschema.Table("D", view)+")"), " ")
		if want := strings.Join(strings.Fields(want), " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nhas   %s\nwants %s", view, got, want)
		}
	}
}

// A view shows its own database and no other.
func TestOwnDatabase(t *testing.T) {
	c := furnished(t, "D", "E")
	exec(t, c, "create schema E.AWAY", "create table E.AWAY.T (A int)", "create sequence E.AWAY.Q", "create view E.AWAY.V as select 1 as A")
	for view, name := range map[string]string{"SCHEMATA": "SCHEMA_NAME", "TABLES": "TABLE_SCHEMA", "COLUMNS": "TABLE_SCHEMA", "VIEWS": "TABLE_SCHEMA", "SEQUENCES": "SEQUENCE_SCHEMA"} {
		for database, want := range map[string]bool{"D": false, "E": true} {
			got := texts(t, c, "select cast(count(*) > 0 as varchar) from "+infoschema.Table(database, view)+" where "+name+" = 'AWAY'")
			if got[0] != map[bool]string{true: "true", false: "false"}[want] {
				t.Errorf("%s.%s shows what is in E.AWAY: %s, want %v", database, view, got[0], want)
			}
		}
	}
}

// What is kept of stages and file formats is shown: sql-reference/info-schema/stages
// and file_formats.
func TestKept(t *testing.T) {
	c := furnished(t, "D")
	exec(t, c, "insert into "+infoschema.Table("D", infoschema.Stages)+` values ('S', 'IN', '{"comment": "ours"}', now()), ('S', 'OUT', '{"url": "s3://bucket/in"}', now())`,
		"insert into "+infoschema.Table("D", infoschema.Formats)+` values ('S', 'BARS', '{"type": "CSV", "set": {"FIELD_DELIMITER": ["|"]}}', 'it''s', now())`)
	want := []string{"D|S|IN||Internal Named|ours", "D|S|OUT|s3://bucket/in|External Named|"}
	if diff := cmp.Diff(want, texts(t, c, "select STAGE_CATALOG, STAGE_SCHEMA, STAGE_NAME, coalesce(STAGE_URL, ''), STAGE_TYPE, coalesce(COMMENT, '') from "+
		infoschema.Table("D", "STAGES")+" order by all")); diff != "" {
		t.Errorf("stages: want -, got +:\n%s", diff)
	}
	want = []string{"D|S|BARS|CSV|<|>|0|it's"}
	if diff := cmp.Diff(want, texts(t, c, "select FILE_FORMAT_CATALOG, FILE_FORMAT_SCHEMA, FILE_FORMAT_NAME, FILE_FORMAT_TYPE, '<' || FIELD_DELIMITER || '>', SKIP_HEADER, COMMENT from "+
		infoschema.Table("D", "FILE_FORMATS"))); diff != "" {
		t.Errorf("file formats: want -, got +:\n%s", diff)
	}
}
