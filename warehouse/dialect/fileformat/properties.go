package fileformat

// A kind is what values a property takes.
type kind string

// The kinds, as DESCRIBE FILE FORMAT calls them.
const (
	text    kind = "String"
	number  kind = "Integer"
	boolean kind = "Boolean"
	list    kind = "List"
)

// A property is one option of a type of file.
type property struct {
	name     string
	kind     kind
	standard string   // where nobody says; of a list, its only item
	words    []string // the values it takes, all if nil
	sequence bool     // the value is characters of the file, escapes and all
}

var (
	clock = []property{
		{name: "DATE_FORMAT", kind: text, standard: "AUTO"},
		{name: "TIME_FORMAT", kind: text, standard: "AUTO"},
		{name: "TIMESTAMP_FORMAT", kind: text, standard: "AUTO"},
		{name: "BINARY_FORMAT", kind: text, standard: "HEX", words: []string{"HEX", "BASE64", "UTF8", "UTF-8"}},
	}
	compression = property{name: "COMPRESSION", kind: text, standard: "AUTO",
		words: []string{"AUTO", "GZIP", "BZ2", "BROTLI", "ZSTD", "DEFLATE", "RAW_DEFLATE", "NONE"}}
	skipMark       = property{name: "SKIP_BYTE_ORDER_MARK", kind: boolean, standard: "TRUE"}
	replaceInvalid = property{name: "REPLACE_INVALID_CHARACTERS", kind: boolean, standard: "FALSE"}
	multiLine      = property{name: "MULTI_LINE", kind: boolean, standard: "TRUE"}
	trimSpace      = property{name: "TRIM_SPACE", kind: boolean, standard: "FALSE"}
	extension      = property{name: "FILE_EXTENSION", kind: text}
)

// properties are each type's options in the order DESCRIBE has them, TYPE left
// out.
var properties = map[string][]property{
	"CSV": join(
		property{name: "RECORD_DELIMITER", kind: text, standard: "\n", sequence: true},
		property{name: "FIELD_DELIMITER", kind: text, standard: ",", sequence: true},
		extension,
		property{name: "SKIP_HEADER", kind: number, standard: "0"},
		property{name: "PARSE_HEADER", kind: boolean, standard: "FALSE"},
		clock,
		property{name: "ESCAPE", kind: text, standard: "NONE", sequence: true},
		property{name: "ESCAPE_UNENCLOSED_FIELD", kind: text, standard: `\`, sequence: true},
		trimSpace,
		property{name: "FIELD_OPTIONALLY_ENCLOSED_BY", kind: text, standard: "NONE", sequence: true},
		property{name: "NULL_IF", kind: list, standard: `\N`},
		compression,
		property{name: "ERROR_ON_COLUMN_COUNT_MISMATCH", kind: boolean, standard: "TRUE"},
		property{name: "VALIDATE_UTF8", kind: boolean, standard: "TRUE"},
		property{name: "SKIP_BLANK_LINES", kind: boolean, standard: "FALSE"},
		replaceInvalid,
		property{name: "EMPTY_FIELD_AS_NULL", kind: boolean, standard: "TRUE"},
		skipMark,
		property{name: "ENCODING", kind: text, standard: "UTF8"},
		multiLine,
	),
	"JSON": join(
		extension, clock, trimSpace, multiLine,
		property{name: "NULL_IF", kind: list},
		compression,
		property{name: "ENABLE_OCTAL", kind: boolean, standard: "FALSE"},
		property{name: "ALLOW_DUPLICATE", kind: boolean, standard: "FALSE"},
		property{name: "STRIP_OUTER_ARRAY", kind: boolean, standard: "FALSE"},
		property{name: "STRIP_NULL_VALUES", kind: boolean, standard: "FALSE"},
		property{name: "IGNORE_UTF8_ERRORS", kind: boolean, standard: "FALSE"},
		replaceInvalid, skipMark,
	),
	"PARQUET": join(
		extension, trimSpace,
		property{name: "NULL_IF", kind: list},
		property{name: "COMPRESSION", kind: text, standard: "AUTO", words: []string{"AUTO", "GZIP", "LZO", "SNAPPY", "NONE"}},
		property{name: "SNAPPY_COMPRESSION", kind: boolean, standard: "TRUE"},
		property{name: "BINARY_AS_TEXT", kind: boolean, standard: "TRUE"},
		property{name: "USE_LOGICAL_TYPE", kind: boolean, standard: "FALSE"},
		property{name: "USE_VECTORIZED_SCANNER", kind: boolean, standard: "FALSE"},
		replaceInvalid,
	),
}

// join makes one list of properties and lists of them.
func join(parts ...any) []property {
	var out []property
	for _, part := range parts {
		switch part := part.(type) {
		case property:
			out = append(out, part)
		case []property:
			out = append(out, part...)
		}
	}
	return out
}

func find(typ, name string) *property {
	for i, p := range properties[typ] {
		if p.name == name {
			return &properties[typ][i]
		}
	}
	return nil
}
