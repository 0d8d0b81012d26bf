package ast

// Null is NULL.
type Null struct{ At }

// Bool is TRUE or FALSE.
type Bool struct {
	At
	Value bool
}

// Number is a numeric literal.
type Number struct {
	At
	Text string // as it was written; the sign only in an [Option]
}

// String is a text literal.
type String struct {
	At
	Value  string // escapes resolved
	Dollar bool   // written between $$
}

// Hex is a binary literal, X'48'.
type Hex struct {
	At
	Digits string // an even number of them
}

// A Typed literal is DATE '2024-02-29' and the like.
type Typed struct {
	At
	Type  string // "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", ...
	Value string
}

// Interval is INTERVAL '1 year, 3 days', or INTERVAL '2' DAY with a unit.
type Interval struct {
	At
	Value string
	Unit  string // "DAY", "YEAR TO MONTH"; "" if the value says it all
}

// Default is the word DEFAULT in place of a value.
type Default struct{ At }

// A Column is a column, or anything else that a bare name can mean where it
// stands, a unit of time in DATEADD for one.
type Column struct {
	At
	Parts []Ident
	Outer bool // (+) behind it, the old outer join
}

// A Position is $1, a column by its number from 1.
type Position struct {
	At
	Qualifier []Ident // of t.$1
	Number    string
}

// A Bind is a place for a value: ?, :1 or :name.
type Bind struct {
	At
	Name string // "" for ?, digits for :1, the name in upper case for :name
}

// A Variable is a session variable, $name.
type Variable struct {
	At
	Name string
}

// An Identifier is identifier(…) as an expression.
type Identifier struct {
	At
	Arg Expr
}

// Parens is an expression in parentheses. They are kept because Snowflake
// names result columns after the text.
type Parens struct {
	At
	X Expr
}

// A Tuple is several values in parentheses, or none.
type Tuple struct {
	At
	Items []Expr
}

// A Unary is an operator and what it works on.
type Unary struct {
	At
	Op string // "-", "+", "NOT", "PRIOR", "CONNECT_BY_ROOT", "**"
	X  Expr
}

// A Binary is two expressions and the operator between them.
type Binary struct {
	At
	Op          string // "OR", "AND", "=", "<>", "<", "<=", ">", ">=", "||", "+", "-", "*", "/", "%"
	Left, Right Expr
}

// Is is X IS [NOT] NULL, TRUE, FALSE or DISTINCT FROM Y.
type Is struct {
	At
	X    Expr
	Not  bool
	What string // "NULL", "TRUE", "FALSE", "DISTINCT FROM"
	Y    Expr   // behind DISTINCT FROM, else nil
}

// Like matches X against patterns.
type Like struct {
	At
	X          Expr
	Not        bool
	Op         string // "LIKE", "ILIKE", "RLIKE" or "REGEXP"
	Quantifier string // "ANY", "ALL" or ""
	Pattern    Expr   // with a quantifier a [Tuple], [Parens] or [Subquery]
	Escape     Expr   // nil without one
}

// Between is X [NOT] BETWEEN Low AND High.
type Between struct {
	At
	X         Expr
	Not       bool
	Low, High Expr
}

// In is X [NOT] IN a list or a query.
type In struct {
	At
	X     Expr
	Not   bool
	List  []Expr
	Query *Query // nil for a list
}

// Exists is EXISTS (query).
type Exists struct {
	At
	Query *Query
}

// A Subquery is a query as a value.
type Subquery struct {
	At
	Query *Query
}

// Quantified is ANY (query) or ALL (query) behind a comparison.
type Quantified struct {
	At
	Word  string // "ANY", "SOME" or "ALL"
	Query *Query
}

// Case is CASE … END.
type Case struct {
	At
	Operand Expr // nil if every branch has a condition of its own
	Whens   []When
	Else    Expr // nil without one
}

// A When is one branch of a [Case].
type When struct{ Cond, Then Expr }

// A Cast is X::type, CAST(X AS type) or TRY_CAST(X AS type).
type Cast struct {
	At
	X      Expr
	Type   *Type
	Try    bool
	Colons bool   // written X::type
	Change string // "RENAME FIELDS" or "ADD FIELDS" of a structured OBJECT, or ""
}

// Collate is X COLLATE 'en-ci'.
type Collate struct {
	At
	X    Expr
	Name string
}

// Extract is EXTRACT(part FROM X).
type Extract struct {
	At
	Part Expr // a [Column] of one word, or a [String]
	X    Expr
}

// A Call is a function with its arguments, aggregate and window functions
// included.
type Call struct {
	At
	Name        *Name
	Bare        bool // CURRENT_DATE, without parentheses
	Distinct    bool
	Args        []Arg
	WithinGroup []Order
	Nulls       string // "IGNORE", "RESPECT" or ""
	FromLast    bool   // FROM LAST, of NTH_VALUE
	Over        *Over  // nil if it is no window function
	Foreign     *Foreign
}

// Foreign is what a call of a user's function runs that is in another language:
// nil for all that a statement can say by itself.
type Foreign struct {
	Code   string
	Result string // the name of its type; a time is a TIMESTAMP_LTZ of milliseconds
}

// An Arg is an argument, with its name in f(name => value).
type Arg struct {
	Name  *Ident // nil if it goes by place
	Value Expr
}

// Over is the window of a function.
type Over struct {
	At
	PartitionBy []Expr
	OrderBy     []Order
	Frame       *Frame // nil for the default one
}

// A Frame is the part of a window that a function sees.
type Frame struct {
	Unit  string // "ROWS", "RANGE" or "GROUPS"
	Start Bound
	End   *Bound // nil if only the start was given
}

// A Bound is one end of a [Frame].
type Bound struct {
	Kind   string // "UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"
	Offset Expr   // of PRECEDING and FOLLOWING
}

// An Order is one key of ORDER BY.
type Order struct {
	At
	X         Expr // nil for ORDER BY ALL
	Direction string
	Nulls     string // "FIRST", "LAST" or ""
}

// An Array is [a, b].
type Array struct {
	At
	Items []Expr
}

// An Object is {'key': value}, or {*}.
type Object struct {
	At
	Fields []Field
	Star   *Star // nil unless it is {*}
}

// A Field is one key of an [Object].
type Field struct {
	Key   *String
	Value Expr
}

// An Index is X[I].
type Index struct {
	At
	X, I Expr
}

// A Path is a step into semi-structured data, X:key or X.key.
type Path struct {
	At
	X     Expr
	Key   string // in its own case
	Colon bool   // the first step, X:key
}

// A Lambda is x -> body.
type Lambda struct {
	At
	Params []Param
	Body   Expr
}

// A Param is a parameter of a lambda, a function or a procedure.
type Param struct {
	At
	Name    Ident
	Type    *Type // nil in a lambda that gives none
	Default Expr  // nil without one
}

// A Star is * or t.*, in a list of columns or of arguments.
type Star struct {
	At
	Qualifier []Ident
	Ilike     *String // nil without one
	Exclude   []Ident
	Replace   []Item
	Rename    []Rename
}

// A Rename is one column of * RENAME.
type Rename struct{ From, To Ident }

// Grouping is CUBE, ROLLUP or GROUPING SETS in GROUP BY.
type Grouping struct {
	At
	Kind string // "CUBE", "ROLLUP" or "GROUPING SETS"
	Sets []Expr // a [Tuple] or [Parens] for several columns or none
}

func (*Null) expr()       {}
func (*Bool) expr()       {}
func (*Number) expr()     {}
func (*String) expr()     {}
func (*Hex) expr()        {}
func (*Typed) expr()      {}
func (*Interval) expr()   {}
func (*Default) expr()    {}
func (*Column) expr()     {}
func (*Position) expr()   {}
func (*Bind) expr()       {}
func (*Variable) expr()   {}
func (*Identifier) expr() {}
func (*Parens) expr()     {}
func (*Tuple) expr()      {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Is) expr()         {}
func (*Like) expr()       {}
func (*Between) expr()    {}
func (*In) expr()         {}
func (*Exists) expr()     {}
func (*Subquery) expr()   {}
func (*Quantified) expr() {}
func (*Case) expr()       {}
func (*Cast) expr()       {}
func (*Collate) expr()    {}
func (*Extract) expr()    {}
func (*Call) expr()       {}
func (*Array) expr()      {}
func (*Object) expr()     {}
func (*Index) expr()      {}
func (*Path) expr()       {}
func (*Lambda) expr()     {}
func (*Star) expr()       {}
func (*Grouping) expr()   {}
