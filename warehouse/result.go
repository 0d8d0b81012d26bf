package warehouse

import (
	"fmt"
	"iter"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// A Type is one of Snowflake's logical types. Each arrives in one Arrow form:
//
//	NUMBER         int64, or decimal128(p, s) where scale > 0 or the values may not fit
//	FLOAT          float64
//	VARCHAR        utf8
//	BINARY         binary
//	BOOLEAN        bool
//	DATE           date32
//	TIME           time64, microseconds or nanoseconds
//	TIMESTAMP_NTZ  timestamp without zone, microseconds or nanoseconds
//	TIMESTAMP_LTZ  timestamp with zone UTC, likewise
//	TIMESTAMP_TZ   arrow.timestamp_with_offset: the moment, likewise, and the minutes ahead of UTC (int16); see [ZonedType]
//	               (any of the three is a [FarType] where nanoseconds and years before 1677 or after 2262 are in one column)
//	VARIANT, OBJECT, ARRAY  utf8, the value as JSON
type Type string

// The types, spelt as DESCRIBE spells them.
const (
	Number       Type = "NUMBER"
	Float        Type = "FLOAT"
	Varchar      Type = "VARCHAR"
	Binary       Type = "BINARY"
	Boolean      Type = "BOOLEAN"
	Date         Type = "DATE"
	Time         Type = "TIME"
	TimestampNTZ Type = "TIMESTAMP_NTZ"
	TimestampLTZ Type = "TIMESTAMP_LTZ"
	TimestampTZ  Type = "TIMESTAMP_TZ"
	Variant      Type = "VARIANT"
	Object       Type = "OBJECT"
	Array        Type = "ARRAY"
	Map          Type = "MAP"
)

// A Column is one column of a result or a table.
type Column struct {
	Name      string
	Type      Type
	Precision int  // NUMBER: 1 to 38. TIME and TIMESTAMP_*: digits of a second, 0 to 9
	Scale     int  // NUMBER: 0 to 37
	Length    int  // VARCHAR: characters, BINARY: bytes; 0 for the maximum
	Nullable  bool // whether a null may occur; true when the backend cannot tell

	// Fields are what a structured type holds: an ARRAY one of no name, a MAP its
	// keys and its values, an OBJECT its members by name and in order. They are
	// nil for a semi-structured ARRAY or OBJECT, and for every other type.
	Fields []Column
}

// SQL is the column's type as a column definition has it, such as
// NUMBER(38,0).
func (c Column) SQL() string {
	switch {
	case c.Fields != nil:
		return c.structure()
	case c.Type == Number && c.Precision > 0:
		return fmt.Sprintf("NUMBER(%d,%d)", c.Precision, c.Scale)
	case (c.Type == Varchar || c.Type == Binary) && c.Length > 0:
		return fmt.Sprintf("%s(%d)", c.Type, c.Length)
	}
	return string(c.Type)
}

// structure is a structured type with what it holds.
func (c Column) structure() string {
	parts := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		parts[i] = f.SQL()
		if f.Precision != 9 && (f.Type == Time || f.Type == TimestampNTZ || f.Type == TimestampLTZ || f.Type == TimestampTZ) {
			parts[i] = fmt.Sprintf("%s(%d)", f.Type, f.Precision)
		}
		if c.Type == Object {
			parts[i] = fieldName(f.Name) + " " + parts[i]
		}
		if !f.Nullable && !(c.Type == Map && i == 0) { // keys are never null
			parts[i] += " NOT NULL"
		}
	}
	return string(c.Type) + "(" + strings.Join(parts, ", ") + ")"
}

// fieldName is a key of a structured OBJECT as a type has it: its case is kept
// without quotes.
func fieldName(name string) string {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r != '$' && (r < '0' || r > '9')) {
			return QuoteIdent(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// A Result is what one statement gave. Its rows are read once, from the start,
// and by one goroutine at a time.
type Result struct {
	QueryID  string // Snowflake's query id, or the local warehouse's own
	Kind     string // statement type as QUERY_HISTORY has it: SELECT, INSERT, CREATE_TABLE, ...
	Columns  []Column
	Affected int64 // rows inserted, updated and deleted; 0 for a query
	Replaced int64 // rows that INSERT OVERWRITE took out first, where the backend tells; no part of Affected

	rows   array.RecordReader
	closed bool
}

// NewResult wraps the rows a backend reads. The result releases them.
func NewResult(id, kind string, columns []Column, rows array.RecordReader) *Result {
	return &Result{QueryID: id, Kind: kind, Columns: columns, rows: rows}
}

// Schema is the rows' Arrow schema; its fields are r.Columns.
func (r *Result) Schema() *arrow.Schema { return r.rows.Schema() }

// Reader is the rows as an Arrow reader, for code that takes one. The result
// keeps owning it.
func (r *Result) Reader() array.RecordReader { return r.rows }

// Batches yields the rows. A batch is valid until the next one unless retained;
// an error is the last pair.
func (r *Result) Batches() iter.Seq2[arrow.RecordBatch, error] {
	return func(yield func(arrow.RecordBatch, error) bool) {
		for r.rows.Next() {
			if !yield(r.rows.RecordBatch(), nil) {
				return
			}
		}
		if err := r.rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Close releases the rows, read or not, and frees the session for the next
// statement. Closing twice is harmless.
func (r *Result) Close() error {
	if !r.closed {
		r.closed = true
		r.rows.Release()
	}
	return nil
}
