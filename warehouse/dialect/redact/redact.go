// Package redact takes secrets out of statements that are to be logged or kept.
package redact

import (
	"strings"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

// secretWords are in the names of what holds a secret: password, passcode,
// private_key_passphrase, client_secret, token, aws_secret_key, credentials.
var secretWords = []string{"pass", "secret", "token", "_key", "credential"}

func namesSecret(name string) bool {
	name = strings.ToLower(name)
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// SQL is a statement's text without its secrets, or as much of one as there is:
// literals given to something whose name says that it is one are three stars.
func SQL(text string) string {
	if !namesSecret(text) {
		return text
	}
	var b strings.Builder
	toks := parse.Tokens(text)
	end := 0
	for i, tok := range toks {
		switch tok.Kind {
		case token.String, token.Dollar, token.Invalid:
			if namesSecret(givenTo(toks[:i])) {
				b.WriteString(text[end:tok.Pos.Offset] + "'***'")
				end = tok.End()
			}
		}
	}
	return b.String() + text[end:]
}

// givenTo is the name that the literal behind toks is given to, with =, =>,
// := or nothing between them, or "".
func givenTo(toks []token.Token) string {
	i := len(toks) - 1
	if i > 0 {
		switch toks[i].Kind {
		case token.Equal, token.FatArrow, token.Assign, token.Colon:
			i--
		}
	}
	if i >= 0 {
		switch toks[i].Kind {
		case token.Word, token.Quoted, token.String:
			return toks[i].Value
		}
	}
	return ""
}
