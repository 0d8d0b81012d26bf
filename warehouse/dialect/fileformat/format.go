package fileformat

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// A Format is the options of one type of file. The zero value is of no use;
// [New] makes one. It is for one goroutine at a time while it changes.
type Format struct {
	typ    string
	values map[string][]string // what was set; one item but for lists
}

// New is the format of a type, CSV, JSON or PARQUET in any case, with
// Snowflake's defaults. Other types are refused by name.
func New(typ string) (*Format, error) {
	typ = strings.ToUpper(typ)
	switch typ {
	case "CSV", "JSON", "PARQUET":
		return &Format{typ: typ, values: map[string][]string{}}, nil
	case "AVRO", "ORC", "XML", "CUSTOM":
		return nil, unsupported("files of type " + typ)
	}
	return nil, invalidValue(token.Pos{}, typ, "TYPE")
}

// Type is CSV, JSON or PARQUET.
func (f *Format) Type() string { return f.typ }

// Clone is a copy that changes alone.
func (f *Format) Clone() *Format {
	return &Format{typ: f.typ, values: maps.Clone(f.values)}
}

// Set changes the format as options say. TYPE is left alone if it names the
// format's own type and refused if not; COMMENT is passed over. Unknown options
// and values that an option does not take are refused with their place.
func (f *Format) Set(options []ast.Option) error {
	for _, o := range options {
		if err := f.set(o); err != nil {
			return err
		}
	}
	if f.typ == "CSV" && f.Bool("PARSE_HEADER") && f.Int("SKIP_HEADER") > 0 {
		return &warehouse.Error{Code: 1008, State: "22023", Message: "SQL compilation error:\ninvalid value [TRUE] for parameter 'PARSE_HEADER': SKIP_HEADER has to be 0"}
	}
	return nil
}

// Unset makes options what they are where nobody says.
func (f *Format) Unset(names ...string) error {
	for _, name := range names {
		if find(f.typ, name) == nil {
			return invalidProperty(token.Pos{}, name)
		}
		delete(f.values, name)
	}
	return nil
}

func (f *Format) set(o ast.Option) error {
	switch o.Key {
	case "COMMENT":
		return nil
	case "TYPE":
		if word := Word(o.Value); !strings.EqualFold(word, f.typ) {
			return invalidValue(o.Pos(), word, "TYPE")
		}
		return nil
	}
	p := find(f.typ, o.Key)
	if p == nil {
		return invalidProperty(o.Pos(), o.Key)
	}
	values, err := p.read(o)
	if err != nil {
		return err
	}
	if p.name == "ENABLE_OCTAL" && values[0] == "TRUE" {
		return unsupported("octal numbers in JSON, ENABLE_OCTAL = TRUE")
	}
	f.values[p.name] = values
	return nil
}

// read is an option's value as the property keeps it.
func (p *property) read(o ast.Option) ([]string, error) {
	if p.kind == list {
		return readList(o)
	}
	value := Word(o.Value)
	if _, isText := o.Value.(*ast.String); p.kind == boolean || !isText && !p.sequence || p.words != nil {
		value = strings.ToUpper(value)
	}
	if p.sequence && !strings.EqualFold(value, "NONE") {
		value = unescape(value)
	}
	if strings.EqualFold(value, "NONE") || strings.EqualFold(value, "AUTO") {
		value = strings.ToUpper(value)
	}
	ok := p.words == nil || slices.Contains(p.words, value)
	switch p.kind {
	case boolean:
		ok = value == "TRUE" || value == "FALSE"
	case number:
		n, err := strconv.Atoi(value)
		ok = err == nil && n >= 0
	}
	if p.name == "FIELD_OPTIONALLY_ENCLOSED_BY" && value != "NONE" {
		ok = len(value) == 1
		if value == "" {
			value, ok = "NONE", true
		}
	}
	if strings.HasPrefix(p.name, "ESCAPE") && value != "NONE" && len(value) != 1 {
		ok = false
	}
	if !ok {
		return nil, invalidValue(o.Pos(), value, o.Key)
	}
	return []string{value}, nil
}

// readList reads ('a', 'b'), or 'a' alone.
func readList(o ast.Option) ([]string, error) {
	items := []ast.Expr{o.Value}
	if t, ok := o.Value.(*ast.Tuple); ok {
		items = t.Items
	}
	out := []string{}
	for _, item := range items {
		s, ok := item.(*ast.String)
		if !ok {
			return nil, invalidValue(o.Pos(), Word(item), o.Key)
		}
		out = append(out, s.Value)
	}
	return out, nil
}

// Word is an option's value as text, whether it was a literal or a bare word,
// "" for what is neither.
func Word(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Bool:
		return strings.ToUpper(strconv.FormatBool(e.Value))
	case *ast.String:
		return e.Value
	case *ast.Number:
		return e.Text
	case *ast.Column:
		return e.Parts[0].Name
	}
	return ""
}

// Text is a property's value. For NONE, of a delimiter for one, it is "".
func (f *Format) Text(name string) string {
	value := f.value(name)
	if p := find(f.typ, name); p != nil && p.sequence && value == "NONE" {
		return ""
	}
	return value
}

func (f *Format) value(name string) string {
	if values, ok := f.values[name]; ok {
		return values[0]
	}
	if p := find(f.typ, name); p != nil {
		return p.standard
	}
	return ""
}

// Bool is whether a property is TRUE.
func (f *Format) Bool(name string) bool { return f.value(name) == "TRUE" }

// Int is a property's number, 0 if it has none.
func (f *Format) Int(name string) int {
	n, _ := strconv.Atoi(f.value(name)) // checked when it was set
	return n
}

// List is a property's items.
func (f *Format) List(name string) []string {
	if values, ok := f.values[name]; ok {
		return values
	}
	if p := find(f.typ, name); p != nil && p.standard != "" {
		return []string{p.standard}
	}
	return nil
}

// IsSet reports whether an option was given, even with its default.
func (f *Format) IsSet(name string) bool {
	_, ok := f.values[name]
	return ok
}
