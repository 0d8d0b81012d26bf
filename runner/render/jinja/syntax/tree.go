package syntax

// A File is a template that has been read.
type File struct {
	*Source
	Body   []Stmt
	Macros []*Macro // those at the top level, in the order of the text
}

// An Expr is an expression.
type Expr interface{ Pos() Pos }

// A Stmt is a statement, a print statement or text between them.
type Stmt interface{ Pos() Pos }

type node struct{ pos Pos }

// Pos is where the node's distinguishing token stands.
func (n node) Pos() Pos { return n.pos }

// The expressions.
type (
	// Const is a literal: nil, a bool, an int64, a *big.Int, a float64 or a string.
	Const struct {
		node
		Value any
	}
	// Name is a variable.
	Name struct {
		node
		Name string
	}
	// List is [a, b], or a tuple.
	List struct {
		node
		Items []Expr
		Tuple bool
	}
	// Dict is {key: value}.
	Dict struct {
		node
		Keys, Values []Expr
	}
	// Attr is x.name.
	Attr struct {
		node
		X    Expr
		Name string
	}
	// Item is x[key]; key may be a *Slice.
	Item struct {
		node
		X, Key Expr
	}
	// Slice is low:high:step, each of them nil where it is left out.
	Slice struct {
		node
		Low, High, Step Expr
	}
	// Call is fn(args).
	Call struct {
		node
		Fn   Expr
		Args []Arg
		src  *Source
	}
	// Filter is x | name(args); X is nil in a filter block.
	Filter struct {
		node
		X    Expr
		Name string
		Args []Arg
	}
	// Test is x is name(args), or x is not name(args).
	Test struct {
		node
		X    Expr
		Name string
		Args []Arg
		Not  bool
	}
	// Unary is not x, -x or +x.
	Unary struct {
		node
		Op Op
		X  Expr
	}
	// Binary is x op y, for arithmetic and for and, or.
	Binary struct {
		node
		Op   Op
		X, Y Expr
	}
	// Compare is a chain such as a < b <= c.
	Compare struct {
		node
		First Expr
		Ops   []Op
		Rest  []Expr
	}
	// Concat is a ~ b ~ c.
	Concat struct {
		node
		Items []Expr
	}
	// Cond is yes if test else no; No may be nil.
	Cond struct {
		node
		Test, Yes, No Expr
	}
)

// Position is the file, line and column of the function's name.
func (c *Call) Position() (file string, line, col int) {
	line, col = c.src.Position(c.Fn.Pos())
	return c.src.name, line, col
}

// An Arg is an argument of a call.
type Arg struct {
	Kind  ArgKind
	Name  string // of a keyword
	Value Expr
}

// An ArgKind is one of the forms of an argument.
type ArgKind uint8

// The forms: f(x), f(name=x), f(*x), f(**x).
const (
	Positional ArgKind = iota
	Keyword
	Star
	DoubleStar
)

// The statements.
type (
	// Data is text that is printed as it is.
	Data struct {
		node
		Text string
	}
	// Print is {{ x }}.
	Print struct {
		node
		X Expr
	}
	// If is if, elif and else.
	If struct {
		node
		Tests []Expr
		Then  [][]Stmt // one a test
		Else  []Stmt
	}
	// For is a loop; Filter is what stands behind if, or nil.
	For struct {
		node
		Target, Over, Filter Expr
		Body, Else           []Stmt
		Recursive            bool
		Captured             bool // a macro or a call block in the body may keep its variables
	}
	// Set is set target = x.
	Set struct {
		node
		Target, X Expr
	}
	// SetBlock is set target ... endset.
	SetBlock struct {
		node
		Target  Expr
		Filters []*Filter
		Body    []Stmt
	}
	// CallBlock is call(params) fn(args) ... endcall.
	CallBlock struct {
		node
		Caller *Macro // the body as a macro
		Call   *Call
	}
	// FilterBlock is filter name ... endfilter.
	FilterBlock struct {
		node
		Filters []*Filter
		Body    []Stmt
	}
	// Do evaluates an expression and prints nothing.
	Do struct {
		node
		X Expr
	}
	// With is a scope with variables of its own.
	With struct {
		node
		Targets, Values []Expr
		Body            []Stmt
	}
	// Break leaves a loop.
	Break struct{ node }
	// Continue goes on with a loop's next item.
	Continue struct{ node }
)

// A Macro is a block with a name: a macro, or one of those that dbt adds.
type Macro struct {
	node
	Kind    string // macro, test (also for data_test), materialization, docs or snapshot
	Name    string
	Adapter string // of a materialization; "default" where none is named
	Params  []Param
	Body    []Stmt
	End     Pos // behind its last tag

	// Whether the body uses the names that Jinja provides.
	Varargs, Kwargs, Caller bool
}

// A Param is a macro's parameter; Default is nil where it has none.
type Param struct {
	Name    string
	Default Expr
}

// An Op is an operator.
type Op uint8

// The operators.
const (
	Add Op = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
	And
	Or
	Not
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	In
	NotIn
)
