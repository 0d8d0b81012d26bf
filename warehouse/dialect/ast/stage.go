package ast

// A LocationKind says whose files a location means.
type LocationKind int

// The kinds of location.
const (
	NamedStage  LocationKind = iota // @stage
	UserStage                       // @~
	TableStage                      // @%table
	ExternalURL                     // 's3://…'
)

// A Location is a place where files are.
type Location struct {
	At
	Kind LocationKind
	Name []Ident // of the stage or the table, one to three parts; nil for others
	Path string  // behind the first slash, in its own case; the whole URL if external
}

// CreateStage is CREATE STAGE.
type CreateStage struct {
	At
	Create
	Name    *Name
	Like    *Name    // LIKE another stage, or nil
	Clone   *Name    // CLONE another stage, or nil
	Options []Option // COMMENT, FILE_FORMAT, DIRECTORY, ENCRYPTION, URL, ...
	Tags    []Tag
}

// A Tag is name = 'value' in WITH TAG (…).
type Tag struct {
	At
	Name  *Name
	Value *String
}

// List is LIST @stage.
type List struct {
	At
	Location *Location
	Pattern  *String // nil without one
}

// Remove is REMOVE @stage.
type Remove struct {
	At
	Location *Location
	Pattern  *String // nil without one
}

// Put is PUT file://… @stage.
type Put struct {
	At
	File     string // the local path or pattern, file:// left out
	Location *Location
	Options  []Option // PARALLEL, AUTO_COMPRESS, SOURCE_COMPRESSION, OVERWRITE
}

// Get is GET @stage file://….
type Get struct {
	At
	Location *Location
	File     string   // the local folder, file:// left out
	Options  []Option // PARALLEL, PATTERN
}

// Show is SHOW of any kind of object.
type Show struct {
	At
	Terse   bool
	Object  string // "STAGES", "FILE FORMATS", "USER FUNCTIONS", ... in upper case
	History bool
	Like    *String // nil without one
	Where   *Scope  // nil without one
	Starts  *String // STARTS WITH, nil without one
	Limit   Expr    // nil without one
	From    *String // LIMIT … FROM, nil without one
}

// A Scope narrows SHOW: IN SCHEMA s, ON TABLE t, TO ROLE r.
type Scope struct {
	At
	Preposition string // "IN", "FOR", "ON", "TO" or "OF"
	Object      string // "ACCOUNT", "SCHEMA", "TABLE", ...; "" if only a name was given
	Name        *Name  // nil if it was left out, IN DATABASE for one
}

func (*CreateStage) statement() {}
func (*List) statement()        {}
func (*Remove) statement()      {}
func (*Put) statement()         {}
func (*Get) statement()         {}
func (*Show) statement()        {}
