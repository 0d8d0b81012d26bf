package token_test

import (
	"testing"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func TestPos(t *testing.T) {
	if got := (token.Pos{Offset: 9, Line: 2, Column: 4}).String(); got != "line 2 at position 4" {
		t.Error(got)
	}
	if p := (token.Pos{}); p.IsValid() || p.String() != "unknown position" {
		t.Error(p)
	}
}

func TestToken(t *testing.T) {
	word := token.Token{Kind: token.Word, Text: "select", Value: "SELECT", Pos: token.Pos{Offset: 3, Line: 1}}
	quoted := token.Token{Kind: token.Quoted, Text: `"SELECT"`, Value: "SELECT"}
	if !word.Is("SELECT") || word.Is("select") || quoted.Is("SELECT") {
		t.Error("Is: only an unquoted word is a keyword, in upper case")
	}
	if word.End() != 9 {
		t.Errorf("End: %d", word.End())
	}
}

// Each kind is called something, and operators by their spelling.
func TestKinds(t *testing.T) {
	seen := map[string]token.Kind{}
	for k := token.EOF; k <= token.Exclamation; k++ {
		name := k.String()
		if other, taken := seen[name]; name == "" || taken {
			t.Errorf("kind %d is called %q, and so is %d", uint8(k), name, uint8(other))
		}
		seen[name] = k
	}
	if token.Flow.String() != "->>" || token.NotEqual.String() != "<>" || token.Kind(200).String() != "kind 200" {
		t.Error("an operator is called something else")
	}
}

// What needs quotes here needs them wherever else Snowpit writes SQL.
func TestReserved(t *testing.T) {
	for _, word := range []string{"SELECT", "FROM", "TABLE", "QUALIFY", "ILIKE", "CURRENT_DATE", "TRY_CAST", "LATERAL"} {
		if !token.Reserved(word) || warehouse.QuoteIdent(word) != `"`+word+`"` {
			t.Errorf("%s is reserved", word)
		}
	}
	for _, word := range []string{"DATE", "VALUE", "LIMIT", "select", "", "BEGIN", "YEAR"} {
		if token.Reserved(word) {
			t.Errorf("%s is not reserved", word)
		}
	}
}
