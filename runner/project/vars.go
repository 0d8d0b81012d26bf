package project

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// ParseVars reads the vars of a command line: a map in YAML or JSON. Empty text
// is an empty map. The values are as templates have them.
func ParseVars(text string) (value.Ordered, error) {
	v, err := yamldoc.Parse("vars", text)
	if err != nil {
		return value.Ordered{}, err
	}
	if v.Keys == nil {
		return value.Ordered{}, fmt.Errorf("%q is not a map such as '{year: 2020}'", text)
	}
	return value.Ordered{Keys: v.Keys, Fields: v.OrderedMap()}, nil
}
