package copyinto

import (
	"fmt"
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/fileformat"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/datafile"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/refusal"
)

// The ways in which a value does not fit its column.
const (
	notConvertible = iota
	tooLong
	isNull
	ways
)

// filling is how a text of a file becomes a value of a column: an
// expression of DuckDB's that is null for a text that is none.
type filling struct {
	column ducksql.Column
	index  int    // of the column among those that are loaded
	field  int    // of the file's field that it is made of, -1 if of none
	text   string // the text, as an expression
	value  string
	sure   bool // every text is a value
}

// misfit is a value that does not fit its column.
type misfit struct {
	*filling
	way  int
	text string
}

// wholly is the form of numbers: DuckDB would also take 1_000 and 0x1F.
const wholly = `'\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*'`

// convert is how text becomes a value of column in files of a format.
func convert(column ducksql.Column, text string, f *fileformat.Format, truncate bool) (filling, error) {
	c := filling{column: column, text: text, value: text}
	var err error
	switch duck := column.Type; {
	case duck == "VARCHAR":
		if truncate && column.Length > 0 {
			c.value = fmt.Sprintf("left(%s, %d)", text, column.Length)
		}
	case strings.HasPrefix(duck, "DECIMAL"), strings.HasSuffix(duck, "INT"), duck == "INTEGER":
		c.value = fmt.Sprintf("case when regexp_full_match(%s, %s) then try_cast(%s as %s) end", text, wholly, text, duck)
	case duck == "DOUBLE", duck == "FLOAT":
		c.value = fmt.Sprintf("case when regexp_full_match(%[1]s, %[2]s) or lower(trim(%[1]s)) in ('nan', 'inf', '-inf', 'infinity', '-infinity') then try_cast(%[1]s as %[3]s) end", text, wholly, duck)
	case duck == "BOOLEAN":
		c.value = fmt.Sprintf("case when lower(%[1]s) in ('true', 't', 'yes', 'y', 'on', '1') then true when lower(%[1]s) in ('false', 'f', 'no', 'n', 'off', '0') then false end", text)
	case duck == "BLOB":
		c.value = binary(text, f.Text("BINARY_FORMAT"))
	case duck == "JSON":
		c.value = rewrite.Macros + ".MAIN.try_parse_json(" + text + ")"
	default:
		c.value, err = columnClock(column, text, f)
	}
	return c, err
}

// columnClock is a text as one of the column's times, null if it is none. In a column of
// six digits more are cut off if it was declared so, else refused.
func columnClock(c ducksql.Column, text string, f *fileformat.Format) (string, error) {
	macro := func(name string, more string) string {
		return rewrite.Macros + ".MAIN." + name + "(" + text + more + ")"
	}
	coarse, fine := ducksql.Coarse(c.Type)
	switch {
	case fine:
		value, err := clock(coarse, macro("six_of", ""), f)
		return ducksql.Fine(value, macro("ns_of", ""), c.Type), err
	case c.Type == "DATE":
		return clock(c.Type, text, f)
	case c.Six:
		return clock(c.Type, macro("six_of", ""), f)
	}
	return clock(c.Type, macro("six_only", ", 15"), f)
}

// binary is a text as bytes, null if it is none.
func binary(text, format string) string {
	switch format {
	case "BASE64":
		return fmt.Sprintf("case when regexp_full_match(%[1]s, '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?') then from_base64(%[1]s) end", text)
	case "UTF8", "UTF-8":
		return "encode(" + text + ")"
	}
	return fmt.Sprintf("case when regexp_full_match(%[1]s, '([0-9A-Fa-f]{2})*') then unhex(%[1]s) end", text)
}

// clock is a text as a date or time, null if it is none.
func clock(duck, text string, f *fileformat.Format) (string, error) {
	option := "TIMESTAMP_FORMAT"
	switch {
	case duck == "DATE":
		option = "DATE_FORMAT"
	case strings.HasPrefix(duck, "TIME") && !strings.HasPrefix(duck, "TIMESTAMP"):
		option = "TIME_FORMAT"
	}
	if duck == rewrite.Zoned {
		return zonedClock(text, f)
	}
	model := f.Text(option)
	if model == "AUTO" || model == "" {
		return anyClock(option, duck, text), nil
	}
	format, ok := rewrite.Strptime(model)
	if !ok {
		return "", refusal.Unsupported(fmt.Sprintf("the format '%s' of %s", model, option))
	}
	if without, zoned := strings.CutSuffix(format, "%z"); zoned && duck != "TIMESTAMP WITH TIME ZONE" {
		text, format = `regexp_replace(`+text+`, '\s*([+-]\d\d(:?\d\d)?|Z)$', '')`, strings.TrimRight(without, " ")
	}
	before, format := rewrite.Morning(format)
	if before != "" {
		text = ducksql.Text(before) + " || " + text
	}
	return fmt.Sprintf("try_cast(%s as %s)", strptime(text, format), duck), nil
}

// strptime is a text read by a format of DuckDB's, null where it is none.
func strptime(text, format string) string {
	all := rewrite.Strptimes(format)
	for i := range all {
		all[i] = ducksql.Text(all[i])
	}
	read := fmt.Sprintf("try_strptime(%s, [%s])", text, strings.Join(all, ", "))
	if rewrite.TwoDigits(format) {
		read = rewrite.Macros + ".MAIN.in_century(" + read + ", 1970)"
	}
	return read
}

// zonedClock is a text as a TIMESTAMP_TZ: the moment it means, and what its clock
// shows.
func zonedClock(text string, f *fileformat.Format) (string, error) {
	moment, err := clock("TIMESTAMP WITH TIME ZONE", text, f)
	if err != nil {
		return "", err
	}
	naive, err := clock("TIMESTAMP", text, f)
	return rewrite.Macros + ".MAIN.zoned_at(" + moment + ", " + naive + ")", err
}

// anyClock takes the formats that AUTO means.
func anyClock(option, duck, text string) string {
	form, others := `'\s*\d{4}-\d{1,2}-\d{1,2}.*'`, `'%m/%d/%Y %H:%M:%S', '%m/%d/%Y', '%d-%b-%Y', '%a, %d %b %Y %H:%M:%S %z', '%a %b %d %H:%M:%S %z %Y'`
	switch option {
	case "TIME_FORMAT":
		return fmt.Sprintf(`case when regexp_full_match(%[1]s, '\s*\d{1,2}:\d{1,2}(:\d{1,2}(\.\d*)?)?\s*') then try_cast(%[1]s as %[2]s) end`, text, duck)
	case "DATE_FORMAT":
		others = `'%m/%d/%Y', '%d-%b-%Y'`
	}
	return fmt.Sprintf("coalesce(case when regexp_full_match(%[1]s, %[2]s) then try_cast(%[6]s as %[3]s) end, try_cast(try_strptime(%[1]s, [%[4]s]) as %[3]s), "+
		"case when regexp_full_match(%[1]s, '-?\\d+') then try_cast(make_timestamp(%[5]s) as %[3]s) end)", text, form, duck, others, epoch(text), zoned(text, duck))
}

// zoned is a text with a zone such as +0100 behind it as DuckDB reads it. What
// has no zone as a value keeps the time of day that is written.
func zoned(text, duck string) string {
	switch {
	case duck == "TIMESTAMP WITH TIME ZONE":
		return "regexp_replace(" + text + `, ' *([+-]\d{2}):?(\d{2}) *$', '\1:\2')`
	case strings.HasPrefix(duck, "TIMESTAMP"):
		return "regexp_replace(" + text + `, ' *[+-]\d{2}:?\d{2} *$', '')`
	}
	return text
}

// epoch is a number as the microseconds it means: of seconds, milliseconds,
// microseconds or nanoseconds by its size.
func epoch(text string) string {
	n := "try_cast(" + text + " as bigint)"
	return fmt.Sprintf("case when abs(%[1]s) < 31536000000 then %[1]s * 1000000 when abs(%[1]s) < 31536000000000 then %[1]s * 1000 "+
		"when abs(%[1]s) < 31536000000000000 then %[1]s else %[2]s.MAIN.even_us(%[1]s) end", n, rewrite.Macros)
}

// faults are conditions under which the value does not fit its column, none of
// them ever null.
func (c *filling) faults(truncate bool) (conditions [ways]string) {
	if !c.sure && c.value != c.text && c.text != "" && c.column.Type != "VARCHAR" {
		conditions[notConvertible] = fmt.Sprintf("(%s is not null and %s is null)", c.text, c.value)
	}
	if c.column.Length > 0 && !truncate && c.text != "" {
		conditions[tooLong] = fmt.Sprintf("coalesce(length(%s) > %d, false)", c.text, c.column.Length)
	}
	if !c.column.Nullable && c.text != "" {
		conditions[isNull] = "(" + c.text + " is null)"
	}
	return conditions
}

// fault is why the text does not fit the column, at its place in the record.
func (m *misfit) fault(at int) datafile.Fault {
	f := datafile.Fault{Column: m.index + 1, At: at}
	f.Code, f.State, f.Message = complaint(m.column, m.way, m.text)
	return f
}

// complaint says in Snowflake's words why a text does not fit the column.
func complaint(c ducksql.Column, way int, text string) (code int, state, message string) {
	switch way {
	case tooLong:
		return 100074, "54000", fmt.Sprintf("User character length limit (%d) exceeded by string '%s'", c.Length, shortened(text))
	case isNull:
		return 100088, "22000", "NULL result in a non-nullable column. Use quotes if an empty field should be interpreted as an empty string instead of a null"
	}
	if coarse, fine := ducksql.Coarse(c.Type); fine {
		c.Type = coarse
	}
	switch duck := c.Type; {
	case duck == "BOOLEAN":
		return 100037, "22018", fmt.Sprintf("Boolean value '%s' is not recognized", text)
	case duck == "BLOB":
		return 100115, "22000", fmt.Sprintf("The following string is not a legal hex-encoded value: '%s'", text)
	case duck == "JSON":
		return 100069, "22P02", "Error parsing JSON: " + shortened(text)
	case duck == "DATE":
		return 100040, "22007", fmt.Sprintf("Date '%s' is not recognized", text)
	case strings.HasPrefix(duck, "TIMESTAMP"), duck == rewrite.Zoned:
		return 100035, "22007", fmt.Sprintf("Timestamp '%s' is not recognized", text)
	case strings.HasPrefix(duck, "TIME"):
		return 100108, "22007", fmt.Sprintf("Time '%s' is not recognized", text)
	case duck != "DOUBLE" && duck != "FLOAT" && ducksql.IsNumber(text):
		return 100132, "22003", fmt.Sprintf("Number out of representable range: type %s, value %s", ducksql.SnowflakeType(duck), strings.TrimSpace(text))
	}
	return 100038, "22018", fmt.Sprintf("Numeric value '%s' is not recognized", text)
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200])
	}
	return text
}
