package stagedfile

import (
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// A Place is a stage that a statement names.
type Place struct {
	stage.Stage
	Name stage.Name
}

// Listed is an object's name as LIST and COPY INTO show it: with the stage's
// name if it has one of its own.
func (p Place) Listed(object string) string {
	if p.Name.Implied() {
		return object
	}
	return strings.ToLower(p.Name.Stage) + "/" + object
}
