package project

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// ParseVars reads the vars of a command line: a map in YAML or JSON. Empty text
// is an empty map. The values are as templates have them.
func ParseVars(text string) (map[string]any, error) {
	v, err := yamldoc.Parse("vars", text)
	if err != nil {
		return nil, err
	}
	if v.Keys == nil {
		return nil, fmt.Errorf("%q is not a map such as '{year: 2020}'", text)
	}
	return v.OrderedMap(), nil
}
