package duckdb

import (
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// place is a stage that a statement names.
type place struct {
	stage.Stage
	name stage.Name
}

// listed is an object's name as LIST and COPY INTO show it: with the stage's
// name if it has one of its own.
func (p place) listed(object string) string {
	if p.name.Implied() {
		return object
	}
	return strings.ToLower(p.name.Stage) + "/" + object
}
