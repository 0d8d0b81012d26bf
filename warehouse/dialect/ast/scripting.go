package ast

// A Block is a block of Snowflake Scripting: [DECLARE …] BEGIN … [EXCEPTION …]
// END. It is a statement by itself, and one of another block's.
type Block struct {
	At
	Declare  []Statement // each a [Let], [LetCursor] or [LetException]
	Body     []Statement
	Handlers []Handler // of EXCEPTION
}

// SQL is a statement of a block that could stand outside of one, too.
type SQL struct {
	At
	Text      string // as it is written; empty in a tree that was not parsed
	Statement Statement
}

// A Handler is one WHEN of EXCEPTION.
type Handler struct {
	At
	Names    []Ident // OTHER stands for all
	Continue bool    // goes on behind what failed; else the block ends
	Body     []Statement
}

// Let is LET, or a variable of DECLARE.
type Let struct {
	At
	Name      Ident
	Type      *Type // nil if the value says it
	ResultSet bool  // of type RESULTSET
	Value     Expr  // nil without one
}

// LetCursor is LET name CURSOR FOR …, or the same in DECLARE.
type LetCursor struct {
	At
	Name  Ident
	Query *SQL
	Of    *Ident // the RESULTSET in place of a query, or nil
}

// LetException is an exception of DECLARE.
type LetException struct {
	At
	Name    Ident
	Number  string  // with its sign; "" without one
	Message *String // nil without one
}

// SetVariable is name := value.
type SetVariable struct {
	At
	Name  Ident
	Value Expr
}

// A Branch is a condition, or a value of CASE, and what runs where it holds.
type Branch struct {
	Cond Expr
	Body []Statement
}

// If is IF … END IF.
type If struct {
	At
	Branches []Branch // IF and ELSEIFs
	Else     []Statement
}

// Switch is CASE … END as a statement.
type Switch struct {
	At
	Operand  Expr // nil if every branch has a condition of its own
	Branches []Branch
	Else     []Statement
}

// For is FOR … END FOR: over the rows of a cursor or RESULTSET, or over whole
// numbers.
type For struct {
	At
	Name     Ident
	Rows     *Ident // nil for numbers
	Reverse  bool
	From, To Expr
	Body     []Statement
	Label    *Ident // nil without one
}

// While is WHILE … END WHILE.
type While struct {
	At
	Cond  Expr
	Body  []Statement
	Label *Ident // nil without one
}

// Repeat is REPEAT … UNTIL … END REPEAT.
type Repeat struct {
	At
	Body  []Statement
	Until Expr
	Label *Ident // nil without one
}

// Loop is LOOP … END LOOP.
type Loop struct {
	At
	Body  []Statement
	Label *Ident // nil without one
}

// Leave is BREAK or CONTINUE.
type Leave struct {
	At
	Continue bool
	Label    *Ident // of the loop, nil for the innermost
}

// Return is RETURN.
type Return struct {
	At
	Value Expr // nil without one
	Table bool // of TABLE(value)
}

// Open is OPEN of a cursor.
type Open struct {
	At
	Cursor Ident
	Using  []Expr
}

// Fetch is FETCH of a cursor's next row.
type Fetch struct {
	At
	Cursor Ident
	Into   []Ident
}

// Close is CLOSE of a cursor.
type Close struct {
	At
	Cursor Ident
}

// Raise is RAISE.
type Raise struct {
	At
	Name *Ident // nil for the exception that is being handled
}

// Nothing is the statement NULL.
type Nothing struct{ At }

// A ResultOf is a statement in parentheses that is all of what a variable is set
// to: a RESULTSET takes its rows, and any other the one value of a query.
type ResultOf struct {
	At
	Statement *SQL
}

func (*Block) statement()        {}
func (*SQL) statement()          {}
func (*Let) statement()          {}
func (*LetCursor) statement()    {}
func (*LetException) statement() {}
func (*SetVariable) statement()  {}
func (*If) statement()           {}
func (*Switch) statement()       {}
func (*For) statement()          {}
func (*While) statement()        {}
func (*Repeat) statement()       {}
func (*Loop) statement()         {}
func (*Leave) statement()        {}
func (*Return) statement()       {}
func (*Open) statement()         {}
func (*Fetch) statement()        {}
func (*Close) statement()        {}
func (*Raise) statement()        {}
func (*Nothing) statement()      {}

func (*ResultOf) expr() {}
