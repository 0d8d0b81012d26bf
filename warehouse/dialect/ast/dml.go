package ast

// Insert is INSERT INTO.
type Insert struct {
	At
	Overwrite bool
	Into      *Name
	Columns   []Ident
	Query     *Query // its body is [Values] for INSERT … VALUES
}

// MultiInsert is INSERT ALL or INSERT FIRST.
type MultiInsert struct {
	At
	Overwrite bool
	First     bool
	Whens     []InsertWhen
	Query     *Query
}

// An InsertWhen is the targets of one condition.
type InsertWhen struct {
	Cond Expr // nil where there is none: ELSE, or INSERT ALL without WHEN
	Else bool
	Into []InsertInto
}

// An InsertInto is one target of a [MultiInsert].
type InsertInto struct {
	At
	Table   *Name
	Columns []Ident
	Values  []Expr // nil for the query's own columns
}

// An Assign is column = value.
type Assign struct {
	At
	Column []Ident
	Value  Expr
}

// Update is UPDATE.
type Update struct {
	At
	Table *TableName
	Set   []Assign
	From  []Table
	Where Expr // nil without one
}

// Delete is DELETE FROM.
type Delete struct {
	At
	From  *TableName
	Using []Table
	Where Expr // nil without one
}

// Merge is MERGE INTO.
type Merge struct {
	At
	Into  *TableName
	Using Table
	On    Expr
	Whens []MergeWhen
}

// A MergeWhen is one WHEN [NOT] MATCHED of a [Merge].
type MergeWhen struct {
	At
	Not     bool
	Cond    Expr   // behind AND, nil without one
	Action  string // "UPDATE", "DELETE" or "INSERT"
	ByName  bool   // UPDATE ALL BY NAME, INSERT ALL BY NAME
	Set     []Assign
	Columns []Ident
	Values  []Expr
}

// Truncate is TRUNCATE TABLE.
type Truncate struct {
	At
	IfExists bool
	Name     *Name
}

// CopyInto is COPY INTO a table.
type CopyInto struct {
	At
	Into    *Name
	Columns []Ident
	From    *Location // nil if there is a Query
	Query   *Query    // a transformation, or nil
	Options []Option
}

// CopyUnload is COPY INTO a location.
type CopyUnload struct {
	At
	Into      *Location
	From      *Name  // nil if there is a Query
	Query     *Query // or nil
	Partition Expr   // PARTITION BY, nil without one
	Options   []Option
}

// CopyFiles is COPY FILES INTO a location.
type CopyFiles struct {
	At
	Into    *Location
	From    *Location // nil if there is a Query
	Query   *Query    // or nil
	Options []Option  // FILES, PATTERN, DETAILED_OUTPUT
}

func (*CopyFiles) statement()   {}
func (*Insert) statement()      {}
func (*MultiInsert) statement() {}
func (*Update) statement()      {}
func (*Delete) statement()      {}
func (*Merge) statement()       {}
func (*Truncate) statement()    {}
func (*CopyInto) statement()    {}
func (*CopyUnload) statement()  {}
