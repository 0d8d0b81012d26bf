package stage

import "strings"

// UserStage is the name under which a [Volume] keeps the stage that the user
// has without creating it, @~ in SQL. No stage that SQL creates has it.
func UserStage() Name { return Name{"~", "~", "~"} }

// TableStage is the name under which a [Volume] keeps the stage that a table
// has without anyone creating it, @%table in SQL.
func TableStage(database, schema, table string) Name {
	return Name{database, schema, "%" + table}
}

// Implied reports whether a stage is the user's or a table's, one that nobody
// created and no listing of stages shows.
func (n Name) Implied() bool { return n == UserStage() || strings.HasPrefix(n.Stage, "%") }
