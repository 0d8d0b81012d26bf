package parse

import "github.com/snowpit-dev/snowpit/warehouse/dialect/token"

// A Piece is one statement of a script, as it stands there.
type Piece struct {
	Text string    // from its first token to its last; no semicolon
	Pos  token.Pos // of its first token, in the script
}

// Split cuts a script at the semicolons that end statements: not those in
// strings, $$ strings, comments or quoted identifiers, nor those inside a
// scripting block, declare … begin … end. Pieces without a token are left
// out. It never fails: what is not closed reaches to the script's end.
func Split(src string) []Piece {
	toks := lex(src)
	var pieces []Piece
	for _, r := range ranges(toks) {
		first, last := toks[r.from], toks[r.to-1]
		pieces = append(pieces, Piece{Text: src[first.Pos.Offset:last.End()], Pos: first.Pos})
	}
	return pieces
}

// A span is the tokens of one statement, [from, to), semicolon left out.
type span struct{ from, to int }

// ranges are the statements of a script, none of them empty.
func ranges(toks []token.Token) []span {
	var out []span
	var b block
	start := 0
	for i, t := range toks {
		switch {
		case t.Kind == token.EOF, t.Kind == token.Semicolon && !b.open():
			if i > start {
				out = append(out, span{start, i})
			}
			start, b = i+1, block{}
		case t.Kind == token.Word:
			b.word(toks, start, i)
		}
	}
	return out
}

// A block follows the scripting blocks of one statement.
type block struct {
	declaring bool // between DECLARE and its BEGIN
	nested    int  // DECLAREs of procedures in there that wait for their BEGIN
	depth     int  // BEGINs and CASEs that are open
}

func (b *block) open() bool { return b.declaring || b.depth > 0 }

// word takes in the word toks[i] of the statement that begins at start.
func (b *block) word(toks []token.Token, start, i int) {
	switch toks[i].Value {
	case "DECLARE":
		switch {
		case !b.open() && opensBlock(toks, start, i):
			b.declaring = true
		case b.declaring && toks[i-1].Is("AS"):
			b.nested++
		}
	case "BEGIN":
		if b.declaring && (b.depth > 0 || b.nested > 0 || toks[i-1].Is("AS")) { // of a procedure that is declared
			b.nested = max(0, b.nested-1)
			b.depth++
			return
		}
		if b.declaring || (b.open() || opensBlock(toks, start, i)) && !isTransaction(toks[i+1]) {
			b.declaring = false
			b.depth++
		}
	case "CASE":
		if b.depth > 0 && !toks[i-1].Is("END") {
			b.depth++
		}
	case "END":
		if b.depth > 0 && !endsOther(toks[i+1]) {
			b.depth--
		}
	}
}

// opensBlock reports whether a scripting block may begin at toks[i]: at the
// front of a statement, or behind the AS of a procedure or task.
func opensBlock(toks []token.Token, start, i int) bool {
	if i == start {
		return true
	}
	first := toks[start]
	return toks[i-1].Is("AS") && (first.Is("CREATE") || first.Is("ALTER") || first.Is("WITH"))
}

// isTransaction reports whether the token behind BEGIN makes it the start of a
// transaction rather than of a block.
func isTransaction(next token.Token) bool {
	switch next.Kind {
	case token.EOF, token.Semicolon:
		return true
	}
	return next.Is("TRANSACTION") || next.Is("WORK") || next.Is("NAME")
}

// endsOther reports whether END before next closes a branch or a loop, which
// are not counted.
func endsOther(next token.Token) bool {
	return next.Is("IF") || next.Is("FOR") || next.Is("WHILE") || next.Is("LOOP") || next.Is("REPEAT")
}
