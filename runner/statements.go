package runner

import "strings"

// Statements takes SQL apart at its semicolons. Those in texts, quoted names,
// comments and $$ blocks separate nothing; what is blank is left out.
func Statements(sql string) []string {
	var out []string
	from := 0
	add := func(to int) {
		if stmt := strings.TrimSpace(sql[from:to]); !blank(stmt) {
			out = append(out, stmt)
		}
	}
	for i := 0; i < len(sql); {
		if sql[i] == ';' {
			add(i)
			from = i + 1
		}
		i += span(sql[i:])
	}
	add(len(sql))
	return out
}

// span is how many bytes the first token takes that may hold a semicolon: a
// text, a quoted name, a comment or a block; 1 for anything else.
func span(sql string) int {
	for _, s := range []struct{ open, end string }{{"--", "\n"}, {"//", "\n"}, {"/*", "*/"}, {"$$", "$$"}} {
		if strings.HasPrefix(sql, s.open) {
			if i := strings.Index(sql[len(s.open):], s.end); i >= 0 {
				return len(s.open) + i + len(s.end)
			}
			return len(sql)
		}
	}
	if sql[0] != '\'' && sql[0] != '"' {
		return 1
	}
	for i := 1; i < len(sql); i++ {
		if sql[0] == '\'' && sql[i] == '\\' {
			i++
		} else if sql[i] == sql[0] {
			return i + 1
		}
	}
	return len(sql)
}

// blank reports whether a statement is nothing but space and comments.
func blank(stmt string) bool {
	for stmt = strings.TrimSpace(stmt); stmt != ""; stmt = strings.TrimSpace(stmt) {
		if !strings.HasPrefix(stmt, "--") && !strings.HasPrefix(stmt, "/*") && !strings.HasPrefix(stmt, "//") {
			return false
		}
		stmt = stmt[span(stmt):]
	}
	return true
}
