package show_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/routine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/show"
)

// told is a session without a database: what it has, it was told.
type told struct {
	schemas    []string
	stages     []show.Stage
	formats    []show.Format
	functions  []*routine.Routine
	procedures []*routine.Routine
	variables  []show.Variable
}

func (s told) Find(_ context.Context, name *ast.Name, _ ...string) (*catalog.Object, error) {
	return nil, refusal.NotExist(name.Last(), nil)
}

func (s told) CheckSchema(_ context.Context, database, schema string) error {
	for _, known := range s.schemas {
		if known == database+"."+schema {
			return nil
		}
	}
	return refusal.NotUsable(database + "." + schema)
}

func (s told) Routines(procedures bool) []*routine.Routine {
	if procedures {
		return s.procedures
	}
	return s.functions
}

func (s told) Stages(context.Context) ([]show.Stage, error)   { return s.stages, nil }
func (s told) Formats(context.Context) ([]show.Format, error) { return s.formats, nil }
func (s told) Variables() []show.Variable                     { return s.variables }

func (s told) Transactions() []show.Transaction {
	return []show.Transaction{{ID: "7", Name: "named", Session: "s1", Started: time.Unix(0, 0)}}
}

func viewer() *show.Viewer {
	named := func(database, schema, name string) stage.Name {
		return stage.Name{Database: database, Schema: schema, Stage: name}
	}
	csv, err := fileformat.New("CSV")
	if err != nil {
		panic(err)
	}
	s := told{
		schemas: []string{"D.S", "D.OTHER", "E.S"},
		stages: []show.Stage{{Name: named("D", "S", "B"), Comment: "the second"}, {Name: named("D", "S", "A_B"), URL: "s3://bucket/in", Integration: "I"},
			{Name: named("D", "OTHER", "A"), Temporary: true}, {Name: named("E", "S", "a"), URL: "azure://x.blob.core.windows.net/y", Credentials: true}},
		formats:    []show.Format{{Name: named("D", "S", "COMMAS"), Format: csv}},
		functions:  []*routine.Routine{{Database: "D", Schema: "S", Name: "F", Returns: "FLOAT"}, {Database: "E", Schema: "S", Name: "G", Returns: "FLOAT", Comment: "said"}},
		procedures: []*routine.Routine{{Database: "D", Schema: "S", Name: "P", Returns: "FLOAT", Procedure: true, Language: routine.JavaScript}},
		variables: []show.Variable{{Name: "N", Value: &ast.Unary{Op: "-", X: &ast.Number{Text: "5"}}}, {Name: "T", Value: &ast.String{Value: "it's"}},
			{Name: "WHEN", Value: &ast.Cast{X: &ast.String{Value: "2024-01-01"}, Type: &ast.Type{Name: "DATE"}}}},
	}
	return &show.Viewer{ID: "s1", Here: catalog.Area{Database: "D", Schema: "S"}, Databases: []string{"D", "E"}, Names: s, Own: s,
		Parameters: map[string]string{"QUERY_TAG": "mine"}, AccountParameters: map[string]string{"TIMEZONE": "UTC"},
		Account: account.State{
			Objects: []account.Object{{Kind: "USER", Name: "ANN", Options: map[string]string{"EMAIL": "ann@example.com", "DISABLED": "true"}},
				{Kind: "WAREHOUSE", Name: "BIG", Options: map[string]string{"WAREHOUSE_SIZE": "XLARGE"}}, {Kind: "ROLE", Name: "READER"}},
			Grants: []account.Grant{{Privilege: "USAGE", On: "ROLE", Name: "READER", ToKind: "USER", To: "ANN"}},
		}}
}

// asked is what SHOW gives of some columns, a row a line.
func asked(t *testing.T, v *show.Viewer, sql string, names ...string) (lines []string, err error) {
	t.Helper()
	tree, err := parse.Statement(sql)
	if err != nil {
		t.Fatal(err)
	}
	columns, rows, err := v.Show(t.Context(), tree.(*ast.Show))
	for _, row := range rows {
		if len(row) != len(columns) {
			t.Fatalf("%s: %d cells for %d columns", sql, len(row), len(columns))
		}
		var cells []string
		for _, name := range names {
			cell := "no such column"
			for i, c := range columns {
				if c.Name == name {
					cell = fmt.Sprint(row[i])
				}
			}
			cells = append(cells, cell)
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return lines, err
}

// The clauses: sql-reference/sql/show-stages and show-objects. LIKE takes any case,
// STARTS WITH and FROM take theirs, and LIMIT counts what is left.
func TestClauses(t *testing.T) {
	for sql, want := range map[string][]string{
		"show stages":                                           {"D S A_B", "D S B"},
		"show stages in schema other":                           {"D OTHER A"},
		"show stages in other":                                  {"D OTHER A"},
		"show stages in schema e.s":                             {"E S a"},
		"show stages in database":                               {"D OTHER A", "D S A_B", "D S B"},
		"show stages in database e":                             {"E S a"},
		"show stages in account":                                {"D OTHER A", "D S A_B", "D S B", "E S a"},
		"show stages like 'A%' in account":                      {"D OTHER A", "D S A_B", "E S a"},
		"show stages like 'a\\\\_b' in account":                 {"D S A_B"},
		"show stages like '_' in account":                       {"D OTHER A", "D S B", "E S a"},
		"show stages like '' in account":                        nil,
		"show stages like '.' in account":                       nil, // a pattern of LIKE's and no other
		"show stages in account starts with 'a'":                {"E S a"},
		"show stages in account starts with 'A'":                {"D OTHER A", "D S A_B"},
		"show stages in account limit 2":                        {"D OTHER A", "D S A_B"},
		"show stages in account limit 0":                        nil,
		"show stages limit 5 from 'A_B'":                        {"D S B"},
		"show stages like '%' starts with 'A' limit 1 from 'A'": {"D S A_B"},
	} {
		got, err := asked(t, viewer(), sql, "database_name", "schema_name", "name")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\nwant -, got +:\n%s", sql, err, diff)
		}
	}
}

func TestNoPlace(t *testing.T) {
	for sql, want := range map[string]int{"show stages in schema nosuch": 2043, "show stages in database nosuch": 2043, `show stages in database "d"`: 2043,
		"show functions in schema nosuch.s": 2043, "show columns in table nosuch": 2003, "show primary keys in nosuch": 2003,
		"show parameters in warehouse nosuch": 2003, "show parameters for user nosuch": 2003, "show parameters in database nosuch": 2043,
		"show parameters in task t": 2019, "show integrations": 2019, "show stages in table t": 2019} {
		_, err := asked(t, viewer(), sql)
		var refused *warehouse.Error
		if !errors.As(err, &refused) || refused.Code != want {
			t.Errorf("%s: %v, want %06d", sql, err, want)
		}
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		sql   string
		names string
		want  []string
	}{
		{"show stages in account", "name type cloud has_credentials storage_integration", []string{"A INTERNAL TEMPORARY <nil> N <nil>",
			"A_B EXTERNAL AWS N I", "B INTERNAL <nil> N <nil>", "a EXTERNAL AZURE Y <nil>"}},
		{"show file formats", "name type schema_name", []string{"COMMAS CSV S"}},
		{"show user functions", "name description is_builtin language", []string{"F user-defined function N SQL"}},
		{"show user functions in account", "name description", []string{"F user-defined function", "G said"}},
		{"show procedures", "name arguments language", []string{"P P() RETURN FLOAT JAVASCRIPT"}},
		{"show functions like 'iff'", "name is_builtin", []string{"IFF Y"}},
		{"show variables", "session_id name value type", []string{"s1 N -5 fixed", "s1 T it's text", "s1 WHEN 2024-01-01 date"}},
		{"show transactions", "id name session state", []string{"7 named s1 running"}},
		{"show parameters like 'query_tag'", "value default level", []string{"mine  SESSION"}},
		{"show parameters like 'timezone'", "value default level", []string{"UTC America/Los_Angeles ACCOUNT"}},
		{"show parameters like 'autocommit'", "value default level", []string{"true true "}},
		{"show users like 'ann'", "name login_name email disabled has_workload_identity", []string{"ANN ANN ann@example.com true false"}},
		{"show roles like 'reader'", "name assigned_to_users granted_to_roles is_current", []string{"READER 1 0 N"}},
		{"show roles like 'snowpit'", "name is_current", []string{"SNOWPIT Y"}},
		{"show warehouses", "name size is_current", []string{"BIG X-Large N", "SNOWPIT X-Small Y"}},
		{"show terse roles like 'reader'", "name kind owner", []string{"READER <nil> no such column"}},
		{"show streams in account", "name", nil},
	} {
		got, err := asked(t, viewer(), c.sql, strings.Fields(c.names)...)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\nwant -, got +:\n%s", c.sql, err, diff)
		}
	}
}

// With HISTORY there is one more column, which nothing that was dropped fills.
func TestHistory(t *testing.T) {
	tree, err := parse.Statement("show databases history")
	if err != nil {
		t.Fatal(err)
	}
	v := viewer()
	v.Databases = nil
	columns, _, err := v.Show(t.Context(), tree.(*ast.Show))
	if err != nil || columns[len(columns)-1].Name != "dropped_on" || columns[len(columns)-1].Type != warehouse.TimestampLTZ {
		t.Errorf("columns %v, %v", columns, err)
	}
}
