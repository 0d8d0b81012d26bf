package catalog

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
)

// A Meta is what Snowflake knows of a table, view or sequence and DuckDB does
// not. It stands, as JSON, in the object's comment, so that it is made, moved
// and dropped with the object and in the same transaction.
type Meta struct {
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
	Columns     []ColumnMeta      `json:"columns,omitempty"`
	Constraints []ConstraintMeta  `json:"constraints,omitempty"`
	Indexes     []IndexMeta       `json:"indexes,omitempty"` // of a hybrid table
	Tags        map[string]string `json:"tags,omitempty"`
	Stage       json.RawMessage   `json:"stage,omitempty"` // what was said of a table's own stage
}

// A ColumnMeta is what was said of a column.
type ColumnMeta struct {
	Name     string            `json:"name"`
	Type     string            `json:"type,omitempty"` // as DESCRIBE has it
	Comment  string            `json:"comment,omitempty"`
	Default  string            `json:"default,omitempty"`  // in Snowflake's SQL
	Identity string            `json:"identity,omitempty"` // IDENTITY START 1 INCREMENT 1 NOORDER
	Tags     map[string]string `json:"tags,omitempty"`
}

// A ConstraintMeta is a constraint, which Snowflake keeps and does not enforce but
// for the keys of a hybrid table.
type ConstraintMeta struct {
	Name       string    `json:"name"`
	Kind       string    `json:"kind"` // PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK
	Columns    []string  `json:"columns,omitempty"`
	References []string  `json:"references,omitempty"` // database, schema, table
	RefColumns []string  `json:"refcolumns,omitempty"`
	Rely       bool      `json:"rely,omitempty"`
	Created    time.Time `json:"created,omitzero"`
}

const MetaPrefix = `{"snowpit":`

// ReadMeta reads an object's comment.
func ReadMeta(comment string) Meta {
	var m Meta
	if strings.HasPrefix(comment, MetaPrefix) && json.Unmarshal([]byte(comment), &m) == nil {
		return m
	}
	return Meta{Comment: comment}
}

// CommentOn is the statement that gives an object of DuckDB's its meta.
func CommentOn(object string, t Name, m Meta) string {
	m.Version = 1
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts and times have JSON
	}
	return "comment on " + object + " " + t.String() + " is " + ducksql.Text(string(text))
}

// Column finds what was said of a column.
func (m *Meta) Column(name string) *ColumnMeta {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			return &m.Columns[i]
		}
	}
	m.Columns = append(m.Columns, ColumnMeta{Name: name})
	return &m.Columns[len(m.Columns)-1]
}

// Derive notes the types of columns that a query gives, where DuckDB's say less.
func (m *Meta) Derive(columns []types.Column) {
	for _, c := range columns {
		if c.Name != "" && (c.Type.Is(warehouse.Array, warehouse.Object, warehouse.Map, warehouse.TimestampTZ) || ducksql.Narrow(c.Type)) {
			m.Column(c.Name).Type = DescribedType(c.Type.Column(""))
		}
	}
}

// DeriveSizes notes the lengths of columns that have one, and the digits of numbers
// that have fewer than all.
func (m *Meta) DeriveSizes(columns []types.Column) {
	for _, c := range columns {
		t := c.Type
		sized := t.Is(warehouse.Varchar, warehouse.Binary) && t.Length > 0 || t.Is(warehouse.Number) && (t.Precision < types.MaxPrecision || t.Scale > 0)
		if c.Name != "" && sized {
			m.Column(c.Name).Type = DescribedType(t.Column(""))
		}
	}
}

// TypeText is a type as DESCRIBE has it.
func TypeText(t *ast.Type) string {
	return DescribedType(types.Of(t).Column(""))
}

// DescribedType is a column's type as DESCRIBE has it: with every length.
func DescribedType(c warehouse.Column) string {
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
