package rewrite

import (
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/types"
)

// dataType is the type of DuckDB's that has the same values.
func (r *rewriter) dataType(t *ast.Type) ast.Node {
	out := &ast.Type{At: t.At, Name: duckType(t.Name)}
	if wrong := types.Badly(t); wrong != "" && r.err == nil {
		r.err = &warehouse.Error{Code: 1003, State: "42000", Kind: warehouse.ErrSyntax, Line: t.Pos().Line, Column: t.Pos().Column,
			Message: "SQL compilation error:\n" + wrong}
	}
	switch out.Name {
	case "":
		r.refuse(t, "the type %s", t.Name)
		return t
	case "DECIMAL":
		switch len(t.Args) {
		case 0:
			out.Args = []string{"38", "0"}
		case 1:
			out.Args = []string{t.Args[0], "0"}
		default:
			out.Args = t.Args
		}
	case "VARCHAR":
		if length := types.LengthOf(t); length != "" {
			out.Args = []string{length}
		}
	case "BIGINT":
		out.Name = r.whole()
	}
	return out
}

// whole is DuckDB's type of whole numbers.
func (r *rewriter) whole() string {
	if r.cfg.Wide {
		return "HUGEINT"
	}
	return "BIGINT"
}

// duckType is DuckDB's name for a type of Snowflake's, "" if there is none.
// Snowflake's whole numbers have 38 digits; here BIGINT's 18 do unless
// [Config.Wide] says otherwise, and more is an error, never another value.
func duckType(name string) string {
	switch name {
	case "NUMBER", "NUMERIC", "DECIMAL", "DEC":
		return "DECIMAL"
	case "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT":
		return "BIGINT"
	case "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL":
		return "DOUBLE"
	case "VARCHAR", "STRING", "TEXT", "CHAR", "CHARACTER", "NCHAR", "NVARCHAR", "NVARCHAR2", "VARCHAR2",
		"CHAR VARYING", "CHARACTER VARYING", "NCHAR VARYING":
		return "VARCHAR"
	case "BOOLEAN":
		return "BOOLEAN"
	case "BINARY", "VARBINARY":
		return "BLOB"
	case "DATE", "TIME":
		return name
	case "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMPNTZ", "DATETIME", "TIMESTAMP WITHOUT TIME ZONE":
		return "TIMESTAMP"
	case "TIMESTAMP_LTZ", "TIMESTAMPLTZ", "TIMESTAMP WITH LOCAL TIME ZONE":
		return "TIMESTAMPTZ"
	case "TIMESTAMP_TZ", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE":
		return Zoned
	case "VARIANT", "OBJECT", "ARRAY", "MAP":
		return "JSON"
	}
	return ""
}
