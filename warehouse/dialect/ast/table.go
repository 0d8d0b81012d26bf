package ast

// A Table is what FROM can name.
type Table interface {
	Node
	table()
}

// An Alias names a table where it stands, and its columns if it lists them.
type Alias struct {
	At
	Name    Ident
	Columns []Ident
}

// A TableName is a table or view by its name.
type TableName struct {
	At
	Name  *Name
	Alias *Alias // nil without one
}

// Derived is a query in parentheses.
type Derived struct {
	At
	Lateral bool
	Query   *Query
	Alias   *Alias // nil without one
}

// A TableFunction is TABLE(f(…)), or LATERAL f(…).
type TableFunction struct {
	At
	Lateral bool
	Table   bool   // written TABLE(…)
	X       Expr   // a [Call], or the name of a table as a string, a variable or a bind
	Alias   *Alias // nil without one
}

// A StageTable is the files at a location.
type StageTable struct {
	At
	Location *Location
	Args     []Arg  // FILE_FORMAT, PATTERN
	Alias    *Alias // nil without one
}

// ValuesTable is VALUES without parentheses around it.
type ValuesTable struct {
	At
	Values *Values
	Alias  *Alias // nil without one
}

// A ParenTable is a table or a join in parentheses.
type ParenTable struct {
	At
	Table Table
	Alias *Alias // nil without one
}

// A Join is two tables joined.
type Join struct {
	At
	Kind        string // "INNER", "LEFT", "RIGHT", "FULL", "CROSS" or "ASOF"
	Natural     bool
	Left, Right Table
	Match       Expr // MATCH_CONDITION of an ASOF join
	On          Expr // nil without one
	Using       []Ident
}

// Pivot is PIVOT (aggregate FOR column IN (…)).
type Pivot struct {
	At
	Input      Table
	Aggregates []Item
	For        *Column
	In         []Item  // the values, with aliases
	Any        bool    // IN (ANY …)
	AnyOrder   []Order // ORDER BY behind ANY
	Query      *Query  // IN (query), or nil
	Default    Expr    // DEFAULT ON NULL (…), or nil
	Alias      *Alias  // nil without one
}

// Unpivot is UNPIVOT (value FOR name IN (columns)).
type Unpivot struct {
	At
	Input   Table
	Nulls   string // "INCLUDE", "EXCLUDE" or ""
	Value   Ident
	Name    Ident
	Columns []Item
	Alias   *Alias // nil without one
}

// A Sample is a table of which a part is read.
type Sample struct {
	At
	Input  Table
	Method string // "BERNOULLI", "SYSTEM" or ""; ROW and BLOCK mean these
	Size   Expr   // percent, or rows
	Rows   bool   // Size counts rows
	Seed   Expr   // nil without one
	Alias  *Alias // nil without one
}

// A Piped is $1, $2, … behind FROM: the result of the statement so many before
// this one in a chain.
type Piped struct {
	At
	Back  int    // from 1
	Alias *Alias // nil without one
}

func (*TableName) table()     {}
func (*Piped) table()         {}
func (*Derived) table()       {}
func (*TableFunction) table() {}
func (*StageTable) table()    {}
func (*ValuesTable) table()   {}
func (*ParenTable) table()    {}
func (*Join) table()          {}
func (*Pivot) table()         {}
func (*Unpivot) table()       {}
func (*Sample) table()        {}
