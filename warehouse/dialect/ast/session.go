package ast

// Use is USE.
type Use struct {
	At
	Object string // "DATABASE", "SCHEMA", "ROLE", "WAREHOUSE", "SECONDARY ROLES", or "" for USE name
	Name   *Name  // of SECONDARY ROLES, ALL or NONE
}

// AlterSession is ALTER SESSION SET, or UNSET.
type AlterSession struct {
	At
	Set   []Option
	Unset []string // parameters' names, in upper case
}

// Set is SET name = value, or SET (a, b) = (1, 2).
type Set struct {
	At
	Names  []Ident
	Values []Expr // as many as names, unless it is one query for all
}

// Unset is UNSET name, or UNSET (a, b).
type Unset struct {
	At
	Names []Ident
}

// Begin is BEGIN, or START TRANSACTION.
type Begin struct {
	At
	Name *Ident // of the transaction, nil without one
}

// Commit is COMMIT.
type Commit struct{ At }

// Rollback is ROLLBACK.
type Rollback struct{ At }

// CallProcedure is CALL.
type CallProcedure struct {
	At
	Call *Call
	Into []Ident // the variable that takes the result, in a block alone
}

// ExecuteImmediate is EXECUTE IMMEDIATE.
type ExecuteImmediate struct {
	At
	Text  Expr
	Using []Expr
}

// Describe is DESCRIBE, or DESC.
type Describe struct {
	At
	Object  string // "TABLE", "VIEW", "STAGE", "FUNCTION", ..., "RESULT" for a query's
	Name    *Name
	Args    []*Type
	HasArgs bool     // of a function or procedure
	Query   Expr     // of RESULT: the query's id
	Options []Option // TYPE = COLUMNS or STAGE
}

// Explain is EXPLAIN.
type Explain struct {
	At
	Format    string // "TABULAR", "JSON", "TEXT" or ""
	Statement Statement
}

func (*Use) statement()              {}
func (*AlterSession) statement()     {}
func (*Set) statement()              {}
func (*Unset) statement()            {}
func (*Begin) statement()            {}
func (*Commit) statement()           {}
func (*Rollback) statement()         {}
func (*CallProcedure) statement()    {}
func (*ExecuteImmediate) statement() {}
func (*Describe) statement()         {}
func (*Explain) statement()          {}
