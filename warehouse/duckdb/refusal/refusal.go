package refusal

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/ducksql"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// Of is err as the callers of a session get it: an [*warehouse.Error] in
// Snowflake's terms for what DuckDB said, and err itself for anything else. Where
// in the original statement it happened is known if text, what DuckDB got for
// it, is not "".
func Of(err error, original, text string) error {
	var e *engine.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Type == engine.TypeFatal {
		return fmt.Errorf("DuckDB has stopped; close the warehouse and open it again, its tables are as they were: %w", err)
	}
	r := &warehouse.Error{Code: 2000, State: "42000", Message: "SQL compilation error:\n" + e.Message, Err: e}
	at := ""
	if offset, err := strconv.Atoi(e.Position.String()); err == nil && text != "" {
		if e.Type == engine.TypeParser { // which counts characters, where the binder counts bytes
			offset = byteOffset(text, offset)
		}
		r.Line, r.Column, at = position(original, text, offset)
	}
	if own := ownError.FindStringSubmatch(e.Message); own != nil {
		r.Code, _ = strconv.Atoi(own[1])
		r.State, r.Message = own[2], own[3]
		return r
	}
	if saidOf(r, e.Message) {
		return r
	}
	switch e.Type {
	case engine.TypeParser, engine.TypeSyntax:
		syntax(r, at)
	case engine.TypeCatalog:
		catalogRefusal(r, e, original)
	case engine.TypeBinder:
		binderRefusal(r, e)
	default:
		if how, ok := refusals[e.Type]; ok {
			r.Code, r.State, r.Kind = how.code, how.state, how.kind
			r.Message = how.message + e.Message
		}
		if e.Type == engine.TypeConstraint && strings.HasPrefix(e.Message, "CHECK") { // all there are, are of lengths
			r.Code, r.State, r.Message = 100078, "22000", "String is too long and would be truncated"
			if column, length, ok := ducksql.CheckedLength(e.Message); ok {
				r.Message += ": column " + column + " has room for " + length
			}
		}
		if e.Type == engine.TypeConstraint && duplicateKey.MatchString(e.Message) { // of a hybrid table
			r.Code, r.State, r.Message = 200001, "22000", "Primary key already exists, or a unique one: "+e.Message
		}
		if e.Type == engine.TypeConversion || e.Type == engine.TypeRange || e.Type == engine.TypeInvalid {
			conversion(r, e)
		}
	}
	return r
}

// ownError is how the macros of prelude.sql write what they refuse, as an error
// or as text that is cast to something else.
var ownError = regexp.MustCompile(`(?s)^(?:|[^\[]*['"])\[(\d{6}):(\w{5})\] (.*?)(?:['"] to (?:INT\d+|BOOL\b|DOUBLE|DECIMAL).*|", expected .*|"\)?|' when casting .*)?$`)

// conversions are Snowflake's codes of failed conversions, by what DuckDB's
// message, the only place that has it, says they were to become.
var conversions = []struct {
	says        string
	code        int
	state, text string
}{
	{"date field", 100040, "22007", "Date"}, {" to DATE", 100040, "22007", "Date"}, {"timestamp field", 100035, "22007", "Timestamp"},
	{" to TIMESTAMP", 100035, "22007", "Timestamp"}, {"time field", 100108, "22007", "Time"}, {"alformed JSON", 100069, "22P02", "Error parsing JSON"},
	{"value is out of range", 100039, "22003", "Numeric value is out of range"}, {"according to format specifier", 100096, "22007", "Can't parse text as a date or time"},
}

// pattern is what RE2, which DuckDB and Snowflake share, says of a pattern.
var pattern = regexp.MustCompile(`^(?:missing [\])]|unexpected \)|no argument for repetition operator|bad repetition operator|invalid (?:repetition size|escape sequence|character class|character class range|perl operator|group name|named capture group|UTF-8)|trailing \\)`)

// conversion gives a failed conversion its code.
func conversion(r *warehouse.Error, e *engine.Error) {
	if m := unread.FindStringSubmatch(e.Message); m != nil {
		if ducksql.IsNumber(m[1]) {
			r.Code, r.State, r.Message = 100039, "22003", fmt.Sprintf("Numeric value '%s' is out of range%s", m[1], m[2])
			return
		}
		r.Code, r.State, r.Message = 100038, "22018", fmt.Sprintf("Numeric value '%s' is not recognized%s", m[1], m[2])
		if strings.HasPrefix(m[1], "{") || strings.HasPrefix(m[1], "[") {
			r.Code, r.State, r.Message = 100071, "22000", fmt.Sprintf("Failed to cast variant value %s to FIXED", m[1])
		}
		return
	}
	if m := overflow.FindStringSubmatch(e.Message); m != nil {
		if m[1] == "INT64" { // in a view, or among rows that came after the first
			*r = *Unsupported("room for " + m[2] + " here, which takes over 64 bits; cast one side to NUMBER(38, 0)")
			r.Err = e
			return
		}
		r.Code, r.State, r.Message = 100046, "22003", "Number out of representable range: type FIXED[SB16](38,0){nullable}, value "+m[2]
		return
	}
	if pattern.MatchString(e.Message) {
		r.Code, r.State, r.Message = 100048, "2201B", "Invalid regular expression: "+e.Message
		return
	}
	for _, c := range conversions {
		if strings.Contains(e.Message, c.says) {
			r.Code, r.State, r.Message = c.code, c.state, c.text+": "+e.Message
			return
		}
	}
}

// duplicateKey is what DuckDB says of a key that is there already.
var duplicateKey = regexp.MustCompile(`(?i)duplicate key|contains duplicates`)

// byteOffset is where the character number n of text begins.
func byteOffset(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// refusals are the types of error that need no second look. The message goes
// before DuckDB's own.
var refusals = map[string]struct {
	code           int
	state, message string
	kind           error
}{
	engine.TypeDivide:      {100051, "22012", "Division by zero: ", nil},
	engine.TypeConversion:  {100038, "22018", "", nil},
	engine.TypeRange:       {100039, "22003", "", nil},
	engine.TypeConstraint:  {100072, "22000", "NULL result in a non-nullable column: ", nil},
	engine.TypeTransaction: {625, "57014", "", nil},
	engine.TypeInterrupt:   {604, "57014", "SQL execution canceled: ", nil},
	engine.TypeMemory:      {300005, "53200", "SQL execution error: ", nil},
	engine.TypeIO:          {603, "58030", "SQL execution error: ", nil},
	engine.TypeInternal:    {603, "XX000", "SQL execution internal error: ", nil},
	engine.TypeNotImpl:     {2, "0A000", "Unsupported feature: ", warehouse.ErrUnsupported},
	engine.TypePermission:  {2, "0A000", "Unsupported feature, it reaches outside the warehouse: ", warehouse.ErrUnsupported},
}

func syntax(r *warehouse.Error, at string) {
	r.Code, r.State, r.Kind = 1003, "42000", warehouse.ErrSyntax
	if at != "" {
		r.Message = fmt.Sprintf("SQL compilation error:\nsyntax error line %d at position %d unexpected '%s'.", r.Line, r.Column, at)
	}
}

// catalogRefusal tells what is missing from what is in the way. Where DuckDB
// gives no subtype, a name that fails to bind is missing, and one that fails
// at execution is taken.
func catalogRefusal(r *warehouse.Error, e *engine.Error, original string) {
	name := strings.ToUpper(e.Name)
	switch {
	case e.Subtype == engine.SubtypeMissing && strings.HasSuffix(e.Object, "Function"):
		r.Code, r.State, r.Kind = 2140, "42601", warehouse.ErrNotExist
		r.Message = "SQL compilation error:\nUnknown function " + name + "."
	case e.Subtype == engine.SubtypeMissing && e.Object == "Type":
		r.Code, r.State, r.Kind = 2040, "42601", warehouse.ErrUnsupported
		r.Message = fmt.Sprintf("SQL compilation error:\nUnsupported data type '%s'.", name)
	case e.Subtype == engine.SubtypeMissing:
		*r = *NotExist(asWritten(original, name), e)
	case e.Subtype == engine.SubtypeExists:
		*r = *Exists(name, e)
	case e.Parsing:
	case e.Executing:
		r.Code, r.State, r.Kind = 2002, "42710", warehouse.ErrExist
	default:
		r.Code, r.State, r.Kind = 2003, "02000", warehouse.ErrNotExist
	}
}

// binderCodes are Snowflake's codes of what DuckDB's binder refuses, by what its
// message, the only place that has it, says; $1 and $2 stand for what it names.
var binderCodes = []struct {
	says        *regexp.Regexp
	code        int
	state, text string
}{
	{regexp.MustCompile(`column "?(\w+)"? must appear in the GROUP BY clause`), 979, "42601", "[$1] is not a valid group by expression"},
	{regexp.MustCompile(`GROUP BY clause cannot contain (aggregates|window functions)`), 979, "42601", "what has $1 is not a valid group by expression"},
	{regexp.MustCompile(`GROUP BY term (out of range)`), 979, "42601", "a place $1 is not a valid group by expression"},
	{regexp.MustCompile(`Referenced update column "?(\w+)"? not found`), 904, "42000", "invalid identifier '$1'"},
	{regexp.MustCompile(`does not have a column with name "(\w+)"`), 904, "42000", "invalid identifier '$1'"},
	{regexp.MustCompile(`has (\d+) columns but (\d+) values were supplied`), 2020, "21S01", "Insert value list does not match column list expecting $1 but got $2"},
	{regexp.MustCompile(`expected (\d+) columns but (\d+) values were supplied`), 2020, "21S01", "Insert value list does not match column list expecting $1 but got $2"},
}

func binderRefusal(r *warehouse.Error, e *engine.Error) {
	for words, what := range notBound {
		if strings.Contains(e.Message, words) {
			no := warehouse.Unsupported(what)
			r.Code, r.State, r.Message, r.Kind = no.Code, no.State, no.Message, no.Kind
			return
		}
	}
	for _, b := range binderCodes {
		if m := b.says.FindStringSubmatchIndex(e.Message); m != nil {
			r.Code, r.State = b.code, b.state
			r.Message = "SQL compilation error:\n" + string(b.says.ExpandString(nil, b.text, e.Message, m))
			return
		}
	}
	switch e.Subtype {
	case engine.SubtypeNoColumn:
		r.Code, r.State = 904, "42000"
		r.Message = fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '%s'",
			r.Line, r.Column, strings.ToUpper(e.Name))
	case engine.SubtypeNoFunction:
		r.Code, r.State = 1044, "42P13"
		if m := noSuchCall.FindStringSubmatch(e.Message); m != nil {
			r.Message = fmt.Sprintf("SQL compilation error: error line %d at position %d\nInvalid argument types for function '%s': (%s)",
				r.Line, r.Column, strings.ToUpper(m[1]), argumentTypes(m[2]))
		}
	case "":
		// DuckDB has no subtype for a qualified column; its text is all there is.
		if m := noSuchColumn.FindStringSubmatch(e.Message); m != nil {
			r.Code, r.State = 904, "42000"
			r.Message = fmt.Sprintf("SQL compilation error: error line %d at position %d\ninvalid identifier '%s.%s'", r.Line, r.Column, m[1], m[2])
		}
	}
}

// notBound is what Snowflake has and DuckDB cannot bind, by DuckDB's words for it.
var notBound = map[string]string{
	"subqueries in lambda expressions":    "a query as an argument of a function of arrays or of INITCAP; join it instead",
	"but the expression has side effects": "an alias of what is another value each time, RANDOM() for one, in its own SELECT; name it in a query in FROM",
}

// noSuchCall is what DuckDB says of a function or an operator that does not take
// such arguments, before it lists those that it would take.
var noSuchCall = regexp.MustCompile(`^No function matches the given name and argument types '(.+?)\((.*)\)'\.`)

// argumentTypes are types of DuckDB's, as it lists them, by Snowflake's names.
func argumentTypes(list string) string {
	var out []string
	for list != "" {
		end := strings.IndexByte(list, ',')
		if open := strings.IndexByte(list, '('); end >= 0 && open >= 0 && open < end {
			end = open + strings.IndexByte(list[open:], ')') + 1
			if end == len(list) {
				end = -1
			}
		}
		name, rest := list, ""
		if end >= 0 {
			name, rest = list[:end], strings.TrimPrefix(list[end:], ",")
		}
		name = strings.TrimSuffix(strings.TrimSpace(name), "_LITERAL")
		out = append(out, ducksql.SnowflakeType(name))
		list = strings.TrimSpace(rest)
	}
	return strings.Join(out, ", ")
}

var noSuchColumn = regexp.MustCompile(`^Table "([^"]*)" does not have a column named "([^"]*)"`)

// asWritten is the name of an object with what stands before it in a statement.
func asWritten(statement, name string) string {
	toks, longest := parse.Tokens(statement), name
	isName := func(i int) bool { return i >= 0 && (toks[i].Kind == token.Word || toks[i].Kind == token.Quoted) }
	for i := range toks {
		if !isName(i) || !strings.EqualFold(toks[i].Value, name) {
			continue
		}
		whole := name
		for ; isName(i-2) && toks[i-1].Text == "."; i -= 2 {
			whole = toks[i-2].Value + "." + whole
		}
		if len(whole) > len(longest) {
			longest = whole
		}
	}
	return longest
}

// position is where the word at an offset into the text first stands in the
// original; lines count from 1, columns in characters from 0.
func position(original, text string, offset int) (line, column int, word string) {
	_, _, word = lineColumn(text, offset)
	return findWord(original, word)
}

// findWord is where a word first stands in text, or 0, 0 where it does not.
func findWord(text, word string) (line, column int, found string) {
	name := warehouse.FoldIdent(word)
	for _, tok := range parse.Tokens(text) {
		if tok.Kind != token.EOF && (strings.EqualFold(tok.Text, word) || (tok.Kind == token.Word || tok.Kind == token.Quoted) && tok.Value == name) {
			return lineColumn(text, tok.Pos.Offset)
		}
	}
	return 0, 0, ""
}

// lineColumn is the place of a byte offset in text, and the word there.
func lineColumn(text string, offset int) (line, column int, word string) {
	offset = max(0, min(offset, len(text)))
	before := text[:offset]
	line = 1 + strings.Count(before, "\n")
	column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	if toks := parse.Tokens(text[offset:]); toks[0].Pos.Offset == 0 {
		word = toks[0].Text
	}
	return line, column, word
}
