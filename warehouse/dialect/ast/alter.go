package ast

// Alter is ALTER of any kind of object but the session.
type Alter struct {
	At
	Object   string // "TABLE", "VIEW", "WAREHOUSE", ... in upper case
	IfExists bool
	Name     *Name // nil for the one in use, ALTER WAREHOUSE SUSPEND
	Args     []*Type
	HasArgs  bool // of a function or procedure
	Actions  []Action
}

// An Action is one thing that [Alter] does.
type Action interface {
	Node
	action()
}

// RenameTo is RENAME TO.
type RenameTo struct {
	At
	Name *Name
}

// SwapWith is SWAP WITH.
type SwapWith struct {
	At
	Name *Name
}

// AddColumn is ADD COLUMN, one or several.
type AddColumn struct {
	At
	IfNotExists bool
	Columns     []ColumnDef
}

// DropColumn is DROP COLUMN, one or several.
type DropColumn struct {
	At
	IfExists bool
	Columns  []Ident
}

// RenameColumn is RENAME COLUMN.
type RenameColumn struct {
	At
	From, To Ident
}

// AlterColumns is ALTER COLUMN, or MODIFY COLUMN, of one or several.
type AlterColumns struct {
	At
	Changes []ColumnChange
}

// A ColumnChange is what happens to one column.
type ColumnChange struct {
	At
	Column  Ident
	Change  string  // "TYPE", "SET NOT NULL", "DROP NOT NULL", "SET DEFAULT", "DROP DEFAULT", "COMMENT", "UNSET COMMENT", "SET TAG", "UNSET TAG"
	Type    *Type   // of TYPE
	Default Expr    // of SET DEFAULT
	Comment *String // of COMMENT
	Tags    []Tag   // of SET TAG
	Unset   []*Name // of UNSET TAG
}

// AddConstraint is ADD of a constraint.
type AddConstraint struct {
	At
	Constraint Constraint
}

// RenameConstraint is RENAME CONSTRAINT.
type RenameConstraint struct {
	At
	From, To Ident
}

// ConstraintRef says which constraint of a table is meant.
type ConstraintRef struct {
	Kind    string  // "CONSTRAINT", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY"
	Name    *Ident  // of CONSTRAINT
	Columns []Ident // of the others, if they were listed
}

// DropConstraint is DROP CONSTRAINT, DROP PRIMARY KEY and the like.
type DropConstraint struct {
	At
	ConstraintRef
	Properties []string
}

// ModifyConstraint is ALTER or MODIFY of a constraint's properties.
type ModifyConstraint struct {
	At
	ConstraintRef
	Properties []string // "NOT ENFORCED", "RELY", ...
}

// ClusterBy is CLUSTER BY.
type ClusterBy struct {
	At
	Keys []Expr
}

// SetOptions is SET of properties and tags.
type SetOptions struct {
	At
	Options []Option
	Tags    []Tag
}

// UnsetOptions is UNSET of properties or of tags.
type UnsetOptions struct {
	At
	Keys []string
	Tags []*Name
}

// A Do is an action that needs no more than its words, SUSPEND for one.
type Do struct {
	At
	Words string // "SUSPEND", "RESUME", "ABORT ALL QUERIES", "SET SECURE", "DROP CLUSTERING KEY", ...
}

func (*RenameTo) action()         {}
func (*SwapWith) action()         {}
func (*AddColumn) action()        {}
func (*DropColumn) action()       {}
func (*RenameColumn) action()     {}
func (*AlterColumns) action()     {}
func (*AddConstraint) action()    {}
func (*RenameConstraint) action() {}
func (*DropConstraint) action()   {}
func (*ModifyConstraint) action() {}
func (*ClusterBy) action()        {}
func (*SetOptions) action()       {}
func (*UnsetOptions) action()     {}
func (*Do) action()               {}

// Drop is DROP of any kind of object.
type Drop struct {
	At
	Object   string // "TABLE", "MATERIALIZED VIEW", "STAGE", ... in upper case
	IfExists bool
	Name     *Name
	Args     []*Type
	HasArgs  bool   // of a function or procedure
	Behavior string // "CASCADE", "RESTRICT" or ""
}

// Comment is COMMENT ON.
type Comment struct {
	At
	IfExists bool
	Object   string
	Name     *Name // of a column, its table's name with the column's behind
	Args     []*Type
	HasArgs  bool // of a function or procedure
	Text     *String
}

// Grant is GRANT, or REVOKE.
type Grant struct {
	At
	Revoke     bool
	OptionOnly bool     // REVOKE GRANT OPTION FOR
	Privileges []string // "SELECT", "ALL PRIVILEGES", "OWNERSHIP"; nil for a role
	Role       *Name    // GRANT ROLE, or nil
	RoleKind   string   // "ROLE", "DATABASE ROLE" or "APPLICATION ROLE"
	Quantity   string   // "ALL", "FUTURE" or "": ON ALL TABLES IN …
	Object     string   // "TABLE", "TABLES", "SCHEMA", "ACCOUNT", ...; "" where only a name was given
	Name       *Name    // of the object; with a Quantity, of what it is in
	In         string   // "SCHEMA" or "DATABASE", with a Quantity
	Args       []*Type
	HasArgs    bool   // of a function or procedure
	ToKind     string // "ROLE", "USER", "SHARE", "DATABASE ROLE", ...
	To         *Name
	Suffix     string // "WITH GRANT OPTION", "COPY CURRENT GRANTS", "CASCADE", ...
}

func (*Alter) statement()   {}
func (*Drop) statement()    {}
func (*Comment) statement() {}
func (*Grant) statement()   {}
