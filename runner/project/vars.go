package project

import (
	"fmt"
	"github.com/snowpit-dev/snowpit/runner/project/yamldoc"
)

// ParseVars reads the vars of a command line: a map in YAML or JSON. Empty text
// is an empty map.
func ParseVars(text string) (map[string]any, error) {
	v, err := yamldoc.Parse("vars", text)
	if err != nil {
		return nil, err
	}
	vars, ok := v.Plain().(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%q is not a map such as '{year: 2020}'", text)
	}
	return vars, nil
}
