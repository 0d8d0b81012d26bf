package duckdb

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
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
		if c.Name != "" && (c.Type.Is(warehouse.Array, warehouse.Object, warehouse.Map, warehouse.TimestampTZ) || ducksql.Narrow(c.Type)) {
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
