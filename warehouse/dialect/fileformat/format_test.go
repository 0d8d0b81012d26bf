package fileformat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

// options reads what stands behind CREATE FILE FORMAT f.
func options(t testing.TB, text string) []ast.Option {
	t.Helper()
	tree, err := parse.Statement("create file format f " + text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return tree.(*ast.CreateObject).Options
}

// format is the format that options make, or the refusal.
func format(t testing.TB, typ, text string) (*fileformat.Format, error) {
	t.Helper()
	f, err := fileformat.New(typ)
	if err != nil {
		return nil, err
	}
	return f, f.Set(options(t, text))
}

// TestDefaults are those of
// https://docs.snowflake.com/en/sql-reference/sql/desc-file-format.
func TestDefaults(t *testing.T) {
	f, err := fileformat.New("csv")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range f.Describe() {
		if p.Name != "TYPE" && p.Value != p.Default {
			t.Errorf("%s is %q and by default %q", p.Name, p.Value, p.Default)
		}
		got = append(got, p.Name+" "+p.Type+" "+p.Default)
	}
	want := []string{"TYPE String CSV", `RECORD_DELIMITER String \n`, "FIELD_DELIMITER String ,", "FILE_EXTENSION String ", "SKIP_HEADER Integer 0",
		"PARSE_HEADER Boolean FALSE", "DATE_FORMAT String AUTO", "TIME_FORMAT String AUTO", "TIMESTAMP_FORMAT String AUTO", "BINARY_FORMAT String HEX",
		"ESCAPE String NONE", `ESCAPE_UNENCLOSED_FIELD String \\`, "TRIM_SPACE Boolean FALSE", "FIELD_OPTIONALLY_ENCLOSED_BY String NONE", `NULL_IF List [\\N]`,
		"COMPRESSION String AUTO", "ERROR_ON_COLUMN_COUNT_MISMATCH Boolean TRUE", "VALIDATE_UTF8 Boolean TRUE", "SKIP_BLANK_LINES Boolean FALSE",
		"REPLACE_INVALID_CHARACTERS Boolean FALSE", "EMPTY_FIELD_AS_NULL Boolean TRUE", "SKIP_BYTE_ORDER_MARK Boolean TRUE", "ENCODING String UTF8", "MULTI_LINE Boolean TRUE"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// TestSet reads options in each spelling that they have.
func TestSet(t *testing.T) {
	for _, c := range []struct{ options, name, want string }{
		{"field_delimiter = '|'", "FIELD_DELIMITER", "|"},
		{`field_delimiter = '\t'`, "FIELD_DELIMITER", "\t"},
		{`field_delimiter = '\\t'`, "FIELD_DELIMITER", "\t"},
		{"field_delimiter = '0x1F'", "FIELD_DELIMITER", "\x1f"},
		{`field_delimiter = '\\037'`, "FIELD_DELIMITER", "\x1f"},
		{`field_delimiter = '\\x7C\\x7C'`, "FIELD_DELIMITER", "||"},
		{"field_delimiter = none", "FIELD_DELIMITER", ""},
		{`record_delimiter = '\r\n'`, "RECORD_DELIMITER", "\r\n"},
		{"field_optionally_enclosed_by = '\"'", "FIELD_OPTIONALLY_ENCLOSED_BY", `"`},
		{"field_optionally_enclosed_by = '0x27'", "FIELD_OPTIONALLY_ENCLOSED_BY", "'"},
		{"field_optionally_enclosed_by = 'NONE'", "FIELD_OPTIONALLY_ENCLOSED_BY", ""},
		{`escape = '\\'`, "ESCAPE", `\`},
		{"escape_unenclosed_field = none", "ESCAPE_UNENCLOSED_FIELD", ""},
		{"compression = 'gzip'", "COMPRESSION", "GZIP"},
		{"type = 'CSV' comment = 'x' date_format = 'DD-MON-YYYY'", "DATE_FORMAT", "DD-MON-YYYY"},
		{"date_format = auto", "DATE_FORMAT", "AUTO"},
		{"binary_format = base64", "BINARY_FORMAT", "BASE64"},
		{"encoding = 'ISO-8859-1'", "ENCODING", "ISO-8859-1"},
	} {
		f, err := format(t, "CSV", c.options)
		if err != nil {
			t.Errorf("%s: %v", c.options, err)
		} else if got := f.Text(c.name); got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.options, c.name, got, c.want)
		}
	}
	f, err := format(t, "CSV", "skip_header = 2, null_if = ('NULL', '') trim_space = true")
	if err != nil || f.Int("SKIP_HEADER") != 2 || !f.Bool("TRIM_SPACE") || f.Bool("PARSE_HEADER") || !f.IsSet("NULL_IF") || f.IsSet("ESCAPE") {
		t.Errorf("%+v, error %v", f, err)
	}
	if diff := cmp.Diff([]string{"NULL", ""}, f.List("NULL_IF")); diff != "" {
		t.Error(diff)
	}
	copied := f.Clone()
	if err := copied.Unset("SKIP_HEADER", "NULL_IF"); err != nil || copied.Int("SKIP_HEADER") != 0 || f.Int("SKIP_HEADER") != 2 || copied.List("NULL_IF")[0] != `\N` {
		t.Errorf("after UNSET: %+v of %+v, error %v", copied, f, err)
	}
}

// TestRefusals gives options what they do not take.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		typ, options string
		code         int
		part         string
	}{
		{"CSV", "nonsense = 1", 1420, "invalid property 'NONSENSE' for 'FILE FORMAT'"},
		{"JSON", "skip_header = 1", 1420, "'SKIP_HEADER'"},
		{"CSV", "skip_header = -1", 1008, "invalid value [-1] for parameter 'SKIP_HEADER'"},
		{"CSV", "skip_header = many", 1008, "[MANY]"},
		{"CSV", "trim_space = maybe", 1008, "[MAYBE]"},
		{"CSV", "compression = lzma", 1008, "[LZMA]"},
		{"PARQUET", "compression = brotli", 1008, "[BROTLI]"},
		{"CSV", "field_optionally_enclosed_by = 'ab'", 1008, "[ab]"},
		{"CSV", "escape = 'ab'", 1008, "[ab]"},
		{"CSV", "null_if = 5", 1008, "[5]"},
		{"CSV", "type = json", 1008, "[JSON] for parameter 'TYPE'"},
		{"CSV", "parse_header = true skip_header = 1", 1008, "PARSE_HEADER"},
		{"JSON", "enable_octal = true", 2019, "ENABLE_OCTAL"},
		{"AVRO", "", 2019, "files of type AVRO"},
		{"TXT", "", 1008, "[TXT] for parameter 'TYPE'"},
	} {
		_, err := format(t, c.typ, c.options)
		var e *warehouse.Error
		if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Message, c.part) {
			t.Errorf("%s %s: %v, want %06d with %q", c.typ, c.options, err, c.code, c.part)
		}
	}
	f, _ := fileformat.New("CSV")
	if err := f.Unset("NONSENSE"); err == nil {
		t.Error("UNSET of an option that is not there")
	}
}

// TestKept comes back as it was.
func TestKept(t *testing.T) {
	for typ, text := range map[string]string{"CSV": `field_delimiter = '\t' null_if = ('a', 'b') skip_header = 3`, "JSON": "strip_outer_array = true", "PARQUET": ""} {
		f, err := format(t, typ, text)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := f.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var again fileformat.Format
		if err := again.UnmarshalText(kept); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f.Describe(), again.Describe()); diff != "" || f.Options() != again.Options() {
			t.Errorf("%s: want -, got +:\n%s", typ, diff)
		}
	}
	for _, bad := range []string{"", "{}", `{"type": "AVRO"}`, `{"type": "CSV", "set": {"ODD": ["1"]}}`, `{"type": "CSV", "set": {"ESCAPE": []}}`} {
		if err := new(fileformat.Format).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestOptions is one JSON object, as SHOW FILE FORMATS has it.
func TestOptions(t *testing.T) {
	f, err := format(t, "PARQUET", "null_if = ('x')")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"TYPE":"PARQUET","FILE_EXTENSION":"","TRIM_SPACE":false,"NULL_IF":["x"],"COMPRESSION":"AUTO","SNAPPY_COMPRESSION":true,"BINARY_AS_TEXT":true,"USE_LOGICAL_TYPE":false,"USE_VECTORIZED_SCANNER":false,"REPLACE_INVALID_CHARACTERS":false}`
	if got := f.Options(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
