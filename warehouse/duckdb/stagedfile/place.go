package stagedfile

import (
	"strings"

	"github.com/snowpit-dev/snowpit/stage"
)

// A Place is a stage that a statement names.
type Place struct {
	stage.Stage
	Name   stage.Name
	Prefix string // how the names of the objects begin that the location means
	Bucket string // the URL of the bucket that they are in; "" where they are on a stage of Snowflake's own
}

// Listed is an object's name as LIST and COPY INTO show it: with the stage's
// name if it has one of its own, or in an external location its URL.
func (p Place) Listed(object string) string {
	if p.Bucket != "" {
		return p.Bucket + object
	}
	if p.Name.Implied() {
		return object
	}
	return strings.ToLower(p.Name.Stage) + "/" + object
}
