package snowflake

import (
	"slices"
	"strings"
)

// words yields the words and signs of a statement's beginning, comments left
// out, in upper case, as far as want of them. Strings and quoted names come as
// their first character.
func words(sql string, want int) []string {
	var out []string
	for sc := (scanner{text: sql}); len(out) < want; {
		word := sc.next()
		if word == "" {
			break
		}
		out = append(out, word)
	}
	return out
}

// countBinds is how many values a statement takes.
func countBinds(sql string) (n int) {
	for sc := (scanner{text: sql}); ; {
		switch sc.next() {
		case "":
			return n
		case "?":
			n++
		}
	}
}

// A scanner goes through a statement word by word.
type scanner struct{ text string }

// next is the next word or sign, "" at the end.
func (s *scanner) next() string {
	s.space()
	switch {
	case s.text == "":
		return ""
	case s.text[0] == '\'' || s.text[0] == '"':
		quote := s.text[:1]
		s.quoted(quote[0])
		return quote
	case strings.HasPrefix(s.text, "$$"):
		s.skip(2, "$$")
		return "'"
	}
	n := 0
	for n < len(s.text) && isWord(s.text[n]) {
		n++
	}
	n = max(n, 1)
	word := s.text[:n]
	s.text = s.text[n:]
	return strings.ToUpper(word)
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// space leaves out blanks and comments.
func (s *scanner) space() {
	for {
		s.text = strings.TrimLeft(s.text, " \t\r\n\f\v")
		switch {
		case strings.HasPrefix(s.text, "--"), strings.HasPrefix(s.text, "//"):
			s.skip(2, "\n")
		case strings.HasPrefix(s.text, "/*"):
			s.skip(2, "*/")
		default:
			return
		}
	}
}

// skip goes past end, looked for from the given byte on, or to the text's end.
func (s *scanner) skip(from int, end string) {
	from = min(from, len(s.text))
	i := strings.Index(s.text[from:], end)
	if i < 0 {
		s.text = ""
		return
	}
	s.text = s.text[from+i+len(end):]
}

// quoted goes past a string or a quoted name; a quote doubled, and in a string
// one behind a backslash, does not end it.
func (s *scanner) quoted(quote byte) {
	for i := 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote == '\'':
			i++
		case s.text[i] == quote:
			s.text = s.text[i+1:]
			return
		}
	}
	s.text = ""
}

// kinds are the statements whose first word says all.
var kinds = map[string]string{
	"SELECT": "SELECT", "WITH": "SELECT", "VALUES": "SELECT", "(": "SELECT", "INSERT": "INSERT", "UPDATE": "UPDATE", "DELETE": "DELETE",
	"MERGE": "MERGE", "TRUNCATE": "TRUNCATE_TABLE", "LIST": "LIST_FILES", "LS": "LIST_FILES", "REMOVE": "REMOVE_FILES",
	"RM": "REMOVE_FILES", "PUT": "PUT_FILES", "GET": "GET_FILES", "DROP": "DROP", "COMMENT": "COMMENT", "GRANT": "GRANT",
	"REVOKE": "REVOKE", "SHOW": "SHOW", "DESCRIBE": "DESCRIBE", "DESC": "DESCRIBE", "USE": "USE", "SET": "SET", "UNSET": "UNSET",
	"BEGIN": "BEGIN_TRANSACTION", "START": "BEGIN_TRANSACTION", "COMMIT": "COMMIT", "ROLLBACK": "ROLLBACK", "CALL": "CALL",
	"DECLARE": "CALL", "EXPLAIN": "EXPLAIN", "EXECUTE": "EXECUTE_IMMEDIATE",
}

// kindOfStatement is what QUERY_HISTORY calls a statement. The driver does not
// say, so it is told by its first words.
func kindOfStatement(sql string) string {
	w := words(sql, 400)
	if len(w) == 0 {
		return "UNKNOWN"
	}
	at := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	switch w[0] {
	case "INSERT":
		if at(1) == "ALL" || at(1) == "FIRST" || at(1) == "OVERWRITE" && (at(2) == "ALL" || at(2) == "FIRST") {
			return "MULTI_TABLE_INSERT"
		}
	case "COPY":
		if at(1) == "INTO" && (at(2) == "@" || at(2) == "'") {
			return "UNLOAD"
		}
		return "COPY"
	case "BEGIN":
		if !slices.Contains([]string{"", ";", "TRANSACTION", "WORK", "NAME"}, at(1)) {
			return "CALL" // a block of Snowflake's scripting
		}
	case "ALTER":
		switch at(1) {
		case "SESSION":
			return "ALTER_SESSION"
		case "TABLE":
			return "ALTER_TABLE"
		}
		return "ALTER"
	case "CREATE":
		return kindOfCreate(w[1:])
	}
	if kind, ok := kinds[w[0]]; ok {
		return kind
	}
	return "UNKNOWN"
}

// attributes are the words between CREATE and what is created.
var attributes = []string{"OR", "REPLACE", "ALTER", "TEMP", "TEMPORARY", "TRANSIENT", "VOLATILE", "LOCAL", "GLOBAL", "SECURE", "RECURSIVE", "SCOPED", "HYBRID"}

func kindOfCreate(w []string) string {
	for len(w) > 0 && slices.Contains(attributes, w[0]) {
		w = w[1:]
	}
	if len(w) == 0 {
		return "CREATE"
	}
	switch w[0] {
	case "TABLE":
		if asQuery(w) {
			return "CREATE_TABLE_AS_SELECT"
		}
		return "CREATE_TABLE"
	case "VIEW", "SEQUENCE", "ROLE", "USER":
		return "CREATE_" + w[0]
	}
	return "CREATE"
}

// asQuery reports whether AS stands outside all parentheses.
func asQuery(w []string) bool {
	depth := 0
	for _, word := range w {
		switch word {
		case "(":
			depth++
		case ")":
			depth--
		case "AS":
			if depth == 0 {
				return true
			}
		}
	}
	return false
}
