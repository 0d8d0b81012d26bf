package duckdb

import (
	"strings"
)

// translation is one statement in DuckDB's dialect, with the way back from a
// place in it to the place in the original.
type translation struct {
	original string
	text     string
	edits    []edit
}

// edit is a run of the text that is longer or shorter than what it replaces.
type edit struct {
	at    int // offset in text behind the run
	delta int // to be taken from offsets there and later
}

// position is where an offset into text lies in the original, with the word
// there; lines count from 1, columns from 0.
func (t *translation) position(offset int) (line, column int, word string) {
	delta := 0
	for _, e := range t.edits {
		if e.at > offset {
			break
		}
		delta = e.delta
	}
	return lineColumn(t.original, offset-delta)
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// kindOf names a statement as QUERY_HISTORY does, from its first words.
func kindOf(sql string) string {
	words := strings.Fields(strings.ToUpper(strings.TrimLeft(sql, " \t\r\n(")))
	if len(words) == 0 {
		return "UNKNOWN"
	}
	if words[0] == "WITH" {
		return "SELECT"
	}
	return words[0]
}

func translate(sql string) (*translation, error) {
	return &translation{original: sql, text: sql}, nil
}
