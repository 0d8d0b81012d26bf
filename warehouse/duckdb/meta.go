package duckdb

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/print"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// A meta is what Snowflake knows of a table, view or sequence and DuckDB does
// not. It stands, as JSON, in the object's comment, so that it is made, moved
// and dropped with the object and in the same transaction.
type meta struct {
	Version     int               `json:"snowpit"` // 1; tells the JSON from a comment that is one
	Created     time.Time         `json:"created,omitzero"`
	Comment     string            `json:"comment,omitempty"`
	Retention   string            `json:"retention,omitempty"` // DATA_RETENTION_TIME_IN_DAYS; "" if nobody said
	Transient   bool              `json:"transient,omitempty"`
	Hybrid      bool              `json:"hybrid,omitempty"`
	Secure      bool              `json:"secure,omitempty"`
	Ordered     bool              `json:"ordered,omitempty"` // of a sequence
	Cluster     string            `json:"cluster,omitempty"` // the clustering key, with LINEAR
	Text        string            `json:"text,omitempty"`    // a view's definition
	Columns     []columnMeta      `json:"columns,omitempty"`
	Constraints []constraintMeta  `json:"constraints,omitempty"`
	Indexes     []indexMeta       `json:"indexes,omitempty"` // of a hybrid table
	Tags        map[string]string `json:"tags,omitempty"`
}

// A columnMeta is what was said of a column.
type columnMeta struct {
	Name     string            `json:"name"`
	Type     string            `json:"type,omitempty"` // as DESCRIBE has it
	Comment  string            `json:"comment,omitempty"`
	Default  string            `json:"default,omitempty"`  // in Snowflake's SQL
	Identity string            `json:"identity,omitempty"` // IDENTITY START 1 INCREMENT 1 NOORDER
	Tags     map[string]string `json:"tags,omitempty"`
}

// A constraintMeta is a constraint, which Snowflake keeps and does not enforce but
// for the keys of a hybrid table.
type constraintMeta struct {
	Name       string    `json:"name"`
	Kind       string    `json:"kind"` // PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK
	Columns    []string  `json:"columns,omitempty"`
	References []string  `json:"references,omitempty"` // database, schema, table
	RefColumns []string  `json:"refcolumns,omitempty"`
	Created    time.Time `json:"created,omitzero"`
}

const metaPrefix = `{"snowpit":`

// readMeta reads an object's comment.
func readMeta(comment string) meta {
	var m meta
	if strings.HasPrefix(comment, metaPrefix) && json.Unmarshal([]byte(comment), &m) == nil {
		return m
	}
	return meta{Comment: comment}
}

// commentOn is the statement that gives an object of DuckDB's its meta.
func commentOn(object string, t target, m meta) string {
	m.Version = 1
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts and times have JSON
	}
	return "comment on " + object + " " + t.String() + " is " + ducksql.Text(string(text))
}

// column finds what was said of a column.
func (m *meta) column(name string) *columnMeta {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			return &m.Columns[i]
		}
	}
	m.Columns = append(m.Columns, columnMeta{Name: name})
	return &m.Columns[len(m.Columns)-1]
}

// derive notes the types of columns that a query gives, where DuckDB's say less.
func (m *meta) derive(columns []types.Column) {
	for _, c := range columns {
		if c.Name != "" && (c.Type.Is(warehouse.Array, warehouse.Object, warehouse.Map, warehouse.TimestampTZ) || narrow(c.Type)) {
			m.column(c.Name).Type = describedType(c.Type.Column(""))
		}
	}
}

// deriveLengths notes the lengths of a view's columns that have one. A table that
// a query makes has none: nothing there would hold to them.
func (m *meta) deriveLengths(columns []types.Column) {
	for _, c := range columns {
		if c.Name != "" && c.Type.Is(warehouse.Varchar, warehouse.Binary) && c.Type.Length > 0 {
			m.column(c.Name).Type = describedType(c.Type.Column(""))
		}
	}
}

// retention is the days that SHOW tells of, of which there is one by default.
// Nothing here goes back in time.
func (m *meta) retention() string { return cmp.Or(m.Retention, "1") }

// retentionOption is what DATA_RETENTION_TIME_IN_DAYS says among some options.
func retentionOption(options []ast.Option) string {
	for _, o := range options {
		if o.Key == "DATA_RETENTION_TIME_IN_DAYS" {
			text, _ := optionText(o)
			return text
		}
	}
	return ""
}

// dropColumn forgets a column.
func (m *meta) dropColumn(name string) {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			m.Columns = append(m.Columns[:i:i], m.Columns[i+1:]...)
			return
		}
	}
}

// columnMetaOf is what a definition says of its column.
func columnMetaOf(c ast.ColumnDef) columnMeta {
	m := columnMeta{Name: c.Name.Name, Tags: tagsOf(c.Tags)}
	if c.Type != nil {
		m.Type = typeText(c.Type)
	}
	if c.Comment != nil {
		m.Comment = c.Comment.Value
	}
	if c.Default != nil {
		m.Default = print.SQL(c.Default)
	}
	if c.Identity != nil {
		order := c.Identity.Order
		if order == "" {
			order = "NOORDER"
		}
		m.Identity = "IDENTITY START " + orOne(c.Identity.Start) + " INCREMENT " + orOne(c.Identity.Increment) + " " + order
	}
	return m
}

// typeText is a type as DESCRIBE has it.
func typeText(t *ast.Type) string {
	return describedType(types.Of(t).Column(""))
}

// describedType is a column's type as DESCRIBE has it: with every length.
func describedType(c warehouse.Column) string {
	length := func(n, most int) string {
		if n == 0 {
			n = most
		}
		return string(c.Type) + "(" + strconv.Itoa(n) + ")"
	}
	switch c.Type {
	case warehouse.Varchar:
		return length(c.Length, 16777216)
	case warehouse.Binary:
		return length(c.Length, 8388608)
	case warehouse.Time, warehouse.TimestampNTZ, warehouse.TimestampLTZ, warehouse.TimestampTZ:
		return string(c.Type) + "(" + strconv.Itoa(c.Precision) + ")"
	}
	return c.SQL()
}

func tagsOf(tags []ast.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, t := range tags {
		out[t.Name.Last()] = t.Value.Value
	}
	return out
}

// An object is a table, view or sequence that is there.
type object struct {
	kind string // TABLE, VIEW or SEQUENCE
	at   target // as DuckDB spells it
	meta meta

	next, step int64 // of a sequence
}

// find looks an object up, nil if there is none.
func (s *session) lookUp(ctx context.Context, t target) (*object, error) {
	rows, err := s.conn.Texts(ctx, `select 'TABLE', database_name, schema_name, table_name, coalesce(comment, '') from duckdb_tables()
			where database_name = $1 and schema_name = $2 and table_name = $3
		union all select 'VIEW', database_name, schema_name, view_name, coalesce(comment, '') from duckdb_views()
			where database_name = $1 and schema_name = $2 and view_name = $3
		union all select 'SEQUENCE', database_name, schema_name, sequence_name, coalesce(comment, '') from duckdb_sequences()
			where database_name = $1 and schema_name = $2 and sequence_name = $3`, t.database, t.schema, t.table)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	r := rows[0]
	return &object{kind: r[0], at: target{r[1], r[2], r[3]}, meta: readMeta(r[4])}, nil
}

// mustFind is lookUp of what must be there, and of one of some kinds.
func (s *session) mustFind(ctx context.Context, n *ast.Name, kinds ...string) (*object, error) {
	t, err := s.resolveName(n)
	if err != nil {
		return nil, err
	}
	o, err := s.lookUp(ctx, t)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, refusal.Missing(titled(kinds[0]), warehouse.FoldIdent(print.SQL(n)))
	}
	for _, k := range kinds {
		if k == o.kind {
			return o, nil
		}
	}
	return nil, &warehouse.Error{Code: 2203, State: "02000",
		Message: "SQL compilation error:\nObject found is of type '" + o.kind + "', not specified type '" + strings.Join(kinds, "' or '") + "'."}
}
