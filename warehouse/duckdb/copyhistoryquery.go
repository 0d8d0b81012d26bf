package duckdb

import (
	"context"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/copyinto"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/infoschema"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// historyColumns are those of COPY_HISTORY, with what they are of the kept
// loads.
var historyColumns = [][3]string{
	{"FILE_NAME", "varchar", "file_name"}, {"STAGE_LOCATION", "varchar", "path"}, {"LAST_LOAD_TIME", "timestamptz", "loaded"},
	{"ROW_COUNT", "bigint", "row_count"}, {"ROW_PARSED", "bigint", "row_parsed"}, {"FILE_SIZE", "bigint", "file_size"},
	{"FIRST_ERROR_MESSAGE", "varchar", "first_error"}, {"FIRST_ERROR_LINE_NUMBER", "bigint", "first_error_line"},
	{"FIRST_ERROR_CHARACTER_POS", "bigint", "first_error_character"}, {"FIRST_ERROR_COLUMN_NAME", "varchar", "first_error_column"},
	{"ERROR_COUNT", "bigint", "error_count"}, {"ERROR_LIMIT", "bigint", "error_limit"},
	{"STATUS", "varchar", "case status when 'LOADED' then 'Loaded' when 'PARTIALLY_LOADED' then 'Partially loaded' else 'Load failed' end"},
	{"TABLE_CATALOG_NAME", "varchar", "?"}, {"TABLE_SCHEMA_NAME", "varchar", "schema_name"}, {"TABLE_NAME", "varchar", "table_name"},
	{"PIPE_CATALOG_NAME", "varchar", "null"}, {"PIPE_SCHEMA_NAME", "varchar", "null"}, {"PIPE_NAME", "varchar", "null"}, {"PIPE_RECEIVED_TIME", "timestamptz", "null"},
}

// copyHistory is INFORMATION_SCHEMA's table function COPY_HISTORY.
func (s *session) copyHistory(ctx context.Context, c *ast.Call) (out made, err error) {
	var table catalog.Name
	where := "schema_name = ? and table_name = ?"
	for _, a := range c.Args {
		if a.Name == nil {
			return out, refusal.Unsupported("COPY_HISTORY with arguments by place")
		}
		switch a.Name.Name {
		case "TABLE_NAME":
			if table, err = s.resolve(fileformat.Word(a.Value)); err != nil {
				return out, err
			}
		case "START_TIME", "END_TIME":
			alias := ast.Ident{Name: "X", Quoted: true}
			at, err := s.rewritten(&ast.Query{Body: &ast.Select{Items: []ast.Item{{X: a.Value, Alias: &alias}}}})
			if err != nil {
				return out, err
			}
			where += map[string]string{"START_TIME": " and loaded >= ", "END_TIME": " and loaded <= "}[a.Name.Name] + "(select cast(X as timestamptz) from (" + at + "))"
		default:
			return out, refusal.Unsupported("COPY_HISTORY with " + a.Name.Name)
		}
	}
	if table.Table == "" || !s.w.hasDatabase(table.Database) {
		return out, refusal.NotExist(table.Table, nil)
	}
	var items []string
	for _, h := range historyColumns {
		out.columns = append(out.columns, h[0]+" "+h[1])
		items = append(items, "coalesce(cast("+h[2]+" as varchar), '\x01')")
	}
	found, err := s.conn.Texts(ctx, "select "+strings.Join(items, ", ")+" from "+infoschema.Table(table.Database, infoschema.Loads)+" where "+where+" order by loaded, file_name",
		table.Database, table.Schema, table.Table)
	for _, r := range found {
		row := make([]any, len(r))
		for i, cell := range r {
			if row[i] = cell; cell == "\x01" {
				row[i] = nil
			}
		}
		out.rows = append(out.rows, row)
	}
	return out, err
}

// pastLoad is a COPY INTO that ran in the session, for VALIDATE.
type pastLoad struct {
	queryID string
	sql     string
	table   catalog.Name
	files   []string
}

// manyLoads is how many of a session's loads VALIDATE can look at.
const manyLoads = 100

func (c *copying) past(l *copyinto.Load, sql string) {
	p := pastLoad{queryID: c.queryID, sql: sql, table: c.target}
	for _, f := range l.Files {
		p.files = append(p.files, f.Name)
	}
	if c.s.loads = append(c.s.loads, p); len(c.s.loads) > manyLoads {
		c.s.loads = c.s.loads[1:]
	}
}

// validateLoad is the table function VALIDATE: all faults of the files that an
// earlier COPY INTO of the session loaded, which are read again.
func (s *session) validateLoad(ctx context.Context, c *ast.Call) (out made, err error) {
	out.columns = []string{"ERROR varchar", "FILE varchar", "LINE bigint", "CHARACTER bigint", "BYTE_OFFSET bigint", "CATEGORY varchar", "CODE bigint",
		"SQL_STATE varchar", "COLUMN_NAME varchar", "ROW_NUMBER bigint", "ROW_START_LINE bigint", "REJECTED_RECORD varchar"}
	var table catalog.Name
	job := "_last"
	for _, a := range c.Args {
		switch {
		case a.Name == nil || a.Name.Name == "TABLE_NAME":
			table, err = s.resolve(nameText(a.Value))
		case a.Name.Name == "JOB_ID":
			job = fileformat.Word(a.Value)
		default:
			err = refusal.Unsupported("VALIDATE with " + a.Name.Name)
		}
		if err != nil {
			return out, err
		}
	}
	past := s.pastLoad(job)
	if past == nil {
		return out, &warehouse.Error{Code: 709, State: "02000", Message: "Statement " + job + " not found"}
	}
	if job != "_last" && !strings.EqualFold(past.table.Table, table.Table) {
		return out, &warehouse.Error{Code: 709, State: "02000", Message: "Statement " + job + " did not load " + table.Table}
	}
	l, err := s.again(ctx, past)
	if err != nil || l == nil {
		return out, err
	}
	defer l.Drop()
	out.rows, err = l.AllFaults(ctx)
	return out, err
}

func (s *session) pastLoad(job string) *pastLoad {
	for i := len(s.loads) - 1; i >= 0; i-- {
		if job == "_last" || s.loads[i].queryID == job {
			return &s.loads[i]
		}
	}
	return nil
}

// again plans an earlier load as one that looks for all faults, nil for one
// that stopped at the first.
func (s *session) again(ctx context.Context, past *pastLoad) (*copyinto.Load, error) {
	tree, err := parse.Statement(past.sql)
	if err != nil {
		return nil, err
	}
	stmt := tree.(*ast.CopyInto)
	if stmt.Query != nil {
		return nil, refusal.Unsupported("VALIDATE of a COPY INTO with a transformation")
	}
	c := copying{s: s, queryID: past.queryID, again: past.files}
	l, err := c.plan(ctx, stmt)
	if err != nil || !l.GoesOn() {
		return nil, err
	}
	return l, nil
}
