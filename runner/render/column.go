package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A column is dbt's Column: what adapter.get_columns_in_relation lists.
type column struct {
	name, dtype            string
	size, precision, scale any // int64, or nil
}

// columnOf is a warehouse's column as dbt describes it on Snowflake.
func columnOf(c warehouse.Column) *column {
	col := &column{name: c.Name, dtype: string(c.Type)}
	switch c.Type {
	case warehouse.Number:
		col.precision, col.scale = int64(c.Precision), int64(c.Scale)
		if c.Precision == 0 {
			col.precision = int64(38)
		}
	case warehouse.Varchar:
		col.size = int64(16777216)
		if c.Length > 0 {
			col.size = int64(c.Length)
		}
	}
	return col
}

// columnFrom is a column as DESCRIBE tells of it, such as NUMBER(38,0).
func columnFrom(name, typ string) *column {
	base, rest, sized := strings.Cut(strings.TrimSuffix(typ, ")"), "(")
	c := &column{name: name, dtype: base}
	var sizes []any
	for part := range strings.SplitSeq(rest, ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); sized && err == nil {
			sizes = append(sizes, n)
		}
	}
	switch len(sizes) {
	case 1:
		c.size = sizes[0]
	case 2:
		c.precision, c.scale = sizes[0], sizes[1]
	}
	return c
}

// newColumn is api.Column(...).
func newColumn(a *jinja.Args) (any, error) {
	c := &column{name: a.Str(0, "column", ""), dtype: a.Str(1, "dtype", "")}
	c.size, c.precision, c.scale = a.Arg(2, "char_size", nil), a.Arg(3, "numeric_precision", nil), a.Arg(4, "numeric_scale", nil)
	return c, nil
}

// translateType is api.Column.translate_type: on Snowflake, a string is TEXT, and
// the other names of types stay as they are.
func translateType(a *jinja.Args) (any, error) {
	dtype := a.Str(0, "dtype", "")
	if strings.EqualFold(dtype, "string") {
		return "TEXT", nil
	}
	return dtype, nil
}

func stringType(size any) string { return fmt.Sprintf("character varying(%s)", jinja.Str(size)) }

func numericType(name string, precision, scale any) string {
	if precision == nil || scale == nil {
		return name
	}
	return fmt.Sprintf("%s(%s,%s)", name, jinja.Str(precision), jinja.Str(scale))
}

func oneOf(s string, of ...string) bool {
	for _, x := range of {
		if strings.EqualFold(s, x) {
			return true
		}
	}
	return false
}

func (c *column) isString() bool {
	return oneOf(c.dtype, "text", "character varying", "character", "varchar", "string", "char")
}

func (c *column) isInteger() bool {
	return oneOf(c.dtype, "smallint", "integer", "bigint", "smallserial", "serial", "bigserial", "int2", "int4", "int8", "int", "tinyint", "byteint")
}

func (c *column) isFloat() bool {
	return oneOf(c.dtype, "float", "float4", "float8", "double", "double precision", "real")
}

func (c *column) isNumeric() bool {
	return oneOf(c.dtype, "numeric", "decimal", "number", "int", "integer", "bigint", "smallint", "tinyint", "byteint")
}

// dataType is the type as a column definition has it.
func (c *column) dataType() string {
	switch {
	case c.isString() && c.size != nil:
		return stringType(c.size)
	case c.isString():
		return stringType(int64(16777216))
	case c.isNumeric():
		return numericType(c.dtype, c.precision, c.scale)
	}
	return c.dtype
}

// GetAttr is a fact about the column or one of its methods.
func (c *column) GetAttr(name string) (any, bool) {
	is := func(v any) jinja.Func { return func(*jinja.Args) (any, error) { return v, nil } }
	switch name {
	case "name", "column":
		return c.name, true
	case "quoted":
		return quoteText(c.name), true
	case "dtype":
		return c.dtype, true
	case "data_type", "expanded_data_type":
		return c.dataType(), true
	case "char_size":
		return c.size, true
	case "numeric_precision":
		return c.precision, true
	case "numeric_scale":
		return c.scale, true
	case "is_string":
		return is(c.isString()), true
	case "is_integer":
		return is(c.isInteger()), true
	case "is_float":
		return is(c.isFloat()), true
	case "is_numeric":
		return is(c.isNumeric()), true
	case "is_number":
		return is(c.isInteger() || c.isFloat() || c.isNumeric()), true
	case "string_size":
		return jinja.Func(c.stringSize), true
	case "can_expand_to":
		return jinja.Func(c.canExpandTo), true
	case "literal":
		return jinja.Func(func(a *jinja.Args) (any, error) { return jinja.Str(a.Arg(0, "value", nil)) + "::" + c.dataType(), nil }), true
	}
	return nil, false
}

func (c *column) stringSize(*jinja.Args) (any, error) {
	if !c.isString() {
		return nil, fmt.Errorf("string_size(): column %s is of type %s, which is no text", c.name, c.dtype)
	}
	return c.length(), nil
}

// length is how long a text may be.
func (c *column) length() int64 {
	if n, ok := value.Int(c.size); ok {
		return n
	}
	return 16777216
}

// spelled is the type as DESCRIBE has it, where it is text.
func (c *column) spelled() string {
	if !c.isString() {
		return c.dtype
	}
	return fmt.Sprintf("%s(%d)", warehouse.Varchar, c.length())
}

func (c *column) canExpandTo(a *jinja.Args) (any, error) {
	other, ok := a.Arg(0, "other_column", nil).(*column)
	if !ok || !c.isString() || !other.isString() {
		return false, nil
	}
	return other.length() > c.length(), nil
}

// String is how it prints.
func (c *column) String() string {
	return fmt.Sprintf("<SnowflakeColumn %s (%s)>", c.name, c.dataType())
}

// TypeName is what messages call it.
func (c *column) TypeName() string { return "Column" }

// HashKey makes columns keys of a dict.
func (c *column) HashKey() any { return *c }

// Names are the attributes, for suggestions.
func (c *column) Names() []string {
	return []string{"name", "column", "quoted", "dtype", "data_type", "char_size", "numeric_precision", "numeric_scale",
		"is_string", "is_integer", "is_float", "is_numeric", "is_number", "string_size", "can_expand_to"}
}

// api is the name api: the classes Relation and Column.
type api struct{ c *rendering }

// GetAttr is a class.
func (p api) GetAttr(name string) (any, bool) {
	switch name {
	case "Relation":
		return class{"Relation", newRelation, map[string]any{
			"create": jinja.Func(newRelation), "add_ephemeral_prefix": method("add_ephemeral_prefix"),
			"View": "view", "Table": "table", "CTE": "cte", "External": "external", "DynamicTable": "dynamic_table",
			"create_from": jinja.Func(func(a *jinja.Args) (any, error) { return a.Arg(1, "node", nil), nil }),
		}}, true
	case "Column":
		return class{"Column", newColumn, map[string]any{
			"create":         jinja.Func(newColumn),
			"translate_type": jinja.Func(translateType),
			"string_type":    jinja.Func(func(a *jinja.Args) (any, error) { return stringType(a.Arg(0, "size", nil)), nil }),
			"numeric_type": jinja.Func(func(a *jinja.Args) (any, error) {
				return numericType(a.Str(0, "dtype", ""), a.Arg(1, "precision", nil), a.Arg(2, "scale", nil)), nil
			}),
		}}, true
	}
	return nil, false
}

func method(name string) jinja.Func {
	return func(a *jinja.Args) (any, error) { return relationMethods[name](Relation{}, a) }
}

// Names are the classes, for suggestions.
func (p api) Names() []string { return []string{"Relation", "Column"} }

// A class makes objects.
type class struct {
	name  string
	make  jinja.Func
	attrs map[string]any
}

// Call makes one.
func (c class) Call(a *jinja.Args) (any, error) { return c.make(a) }

// GetAttr is a class method.
func (c class) GetAttr(name string) (any, bool) { v, ok := c.attrs[name]; return v, ok }

// Names are the class methods, for suggestions.
func (c class) Names() []string { return sortedKeys(c.attrs) }

// TypeName is the Python type.
func (c class) TypeName() string { return "type " + c.name }

// HashKey is the class's name.
func (c class) HashKey() any { return c.name }
