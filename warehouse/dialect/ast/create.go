package ast

// Create is what all CREATE statements share.
type Create struct {
	Replace     bool // OR REPLACE
	OrAlter     bool // OR ALTER
	Temporary   bool // TEMPORARY, TEMP, VOLATILE, each also LOCAL or GLOBAL
	Scoped      bool // SCOPED, as Snowpark writes before TEMPORARY
	Transient   bool
	IfNotExists bool
}

// CreateObject is CREATE of what has a name and properties and no more: a
// database, schema, file format, warehouse, role, user or tag.
type CreateObject struct {
	At
	Create
	Object  string // "DATABASE", "SCHEMA", "FILE FORMAT", "WAREHOUSE", "ROLE", "USER", "TAG"
	Name    *Name
	Like    *Name // LIKE another, or nil
	Clone   *Name // CLONE another, or nil
	Managed bool  // WITH MANAGED ACCESS, of a schema
	Options []Option
	Tags    []Tag
}

// CreateSequence is CREATE SEQUENCE.
type CreateSequence struct {
	At
	Create
	Name *Name
	Identity
	Options []Option // COMMENT
}

// Identity is how a sequence or an autoincrement column counts.
type Identity struct {
	Start     *Number // nil for 1
	Increment *Number // nil for 1
	Order     string  // "ORDER", "NOORDER" or ""
}

// CreateTable is CREATE TABLE.
type CreateTable struct {
	At
	Create
	Hybrid      bool
	Name        *Name
	Columns     []ColumnDef
	Constraints []Constraint
	Indexes     []TableIndex // of a hybrid table
	Like        *Name        // LIKE another, or nil
	Clone       *Name        // CLONE another, or nil
	Template    *Query
	ClusterBy   []Expr
	CopyGrants  bool
	Options     []Option
	Tags        []Tag
	Query       *Query // AS query, or nil
}

// A ColumnDef is a column of CREATE TABLE or ALTER TABLE ADD.
type ColumnDef struct {
	At
	Name        Ident
	Type        *Type // nil where AS query gives it
	NotNull     bool
	Default     Expr      // nil without one
	Identity    *Identity // AUTOINCREMENT or IDENTITY, or nil
	Virtual     Expr      // AS (…), or nil
	Collate     *String
	Comment     *String
	Constraints []Constraint
	Tags        []Tag
}

// A Constraint is one of a table, or of a column if it names no columns.
type Constraint struct {
	At
	Name       *Ident  // nil without one
	Kind       string  // "PRIMARY KEY", "UNIQUE", "FOREIGN KEY" or "CHECK"
	Columns    []Ident // nil on a column
	Check      Expr    // of CHECK
	References *Name   // of FOREIGN KEY
	RefColumns []Ident
	Properties []string // "NOT ENFORCED", "ON DELETE CASCADE", ...
}

// A TableIndex is a secondary index of a hybrid table.
type TableIndex struct {
	At
	Name    Ident
	Columns []Ident
	Include []Ident // nil without INCLUDE
}

// CreateView is CREATE VIEW.
type CreateView struct {
	At
	Create
	Secure       bool
	Recursive    bool
	Materialized bool
	Name         *Name
	Columns      []ViewColumn
	CopyGrants   bool
	ClusterBy    []Expr
	Options      []Option // COMMENT, CHANGE_TRACKING
	Tags         []Tag
	Query        *Query
}

// A ViewColumn names a column of a view.
type ViewColumn struct {
	Name    Ident
	Comment *String // nil without one
}

// CreateFunction is CREATE FUNCTION or CREATE PROCEDURE.
type CreateFunction struct {
	At
	Create
	Procedure    bool
	Aggregate    bool
	Secure       bool
	Name         *Name
	Params       []Param
	CopyGrants   bool
	Returns      *Type       // nil for a table
	ReturnsTable []ColumnDef // RETURNS TABLE (…)
	IsTable      bool        // RETURNS TABLE, which may list no columns
	NotNull      bool        // of the result
	Language     string      // "SQL" if it was left out
	Properties   []string    // "VOLATILE", "STRICT", "CALLED ON NULL INPUT", "EXECUTE AS CALLER", ...
	Options      []Option    // RUNTIME_VERSION, PACKAGES, IMPORTS, HANDLER, COMMENT
	Body         *String     // nil where the code is in a file
}

// WithProcedure is WITH name AS PROCEDURE … CALL name(…).
type WithProcedure struct {
	At
	Procedure *CreateFunction
	Call      *Call
	Into      string // :variable, "" without one
}

func (*CreateObject) statement()   {}
func (*CreateSequence) statement() {}
func (*CreateTable) statement()    {}
func (*CreateView) statement()     {}
func (*CreateFunction) statement() {}
func (*WithProcedure) statement()  {}
