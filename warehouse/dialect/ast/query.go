package ast

// A Query is a whole query: its common table expressions, its body, its order
// and its limit. It is a statement, and stands wherever a query can.
type Query struct {
	At
	With    *With // nil without one
	Body    Body
	OrderBy []Order
	Limit   Expr // LIMIT, or FETCH FIRST; nil without one
	Offset  Expr // nil without one
}

func (*Query) statement() {}

// With is the common table expressions in front of a query.
type With struct {
	At
	Recursive bool
	CTEs      []CTE
}

// A CTE is one common table expression.
type CTE struct {
	At
	Name    Ident
	Columns []Ident
	Query   *Query
}

// A Body is what a query takes its rows from: *[Select], *[SetOp], *[Values]
// or *[ParenQuery].
type Body interface {
	Node
	body()
}

// A Select is one SELECT.
type Select struct {
	At
	Distinct bool
	Top      Expr // nil without one
	Items    []Item
	Into     []Ident // the variables that take a row, in a block alone
	From     []Table
	Where    Expr     // nil without one
	Connect  *Connect // nil without one
	GroupBy  *GroupBy // nil without one
	Having   Expr     // nil without one
	Qualify  Expr     // nil without one
}

// An Item is an expression and its alias.
type Item struct {
	At
	X     Expr
	Text  string // X as it is written; empty in a tree that was not parsed
	Alias *Ident // nil without one
}

// Connect is START WITH … CONNECT BY ….
type Connect struct {
	At
	Start Expr // nil without one
	By    []Expr
}

// GroupBy is GROUP BY.
type GroupBy struct {
	At
	All   bool // GROUP BY ALL
	Items []Expr
}

// A SetOp joins the rows of two bodies.
type SetOp struct {
	At
	Op          string // "UNION", "INTERSECT", "EXCEPT" or "MINUS"
	All         bool
	ByName      bool // UNION BY NAME
	Left, Right Body
}

// Values is VALUES (…), (…).
type Values struct {
	At
	Rows [][]Expr
}

// A ParenQuery is a query in parentheses as part of another.
type ParenQuery struct {
	At
	Query *Query
}

func (*Select) body()     {}
func (*SetOp) body()      {}
func (*Values) body()     {}
func (*ParenQuery) body() {}
