package fileformat

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/token"
)

func invalidProperty(at token.Pos, name string) error {
	return placed(at, 1420, fmt.Sprintf("invalid property '%s' for 'FILE FORMAT'", name))
}

func invalidValue(at token.Pos, value, name string) error {
	return placed(at, 1008, fmt.Sprintf("invalid value [%s] for parameter '%s'", value, name))
}

// placed is a refusal with the place of what it is about, if that is known.
func placed(at token.Pos, code int, message string) error {
	e := &warehouse.Error{Code: code, State: "22023", Message: "SQL compilation error:\n" + message}
	if at.IsValid() {
		e.Line, e.Column = at.Line, at.Column
	}
	return e
}

// unsupported refuses what Snowflake has and Snowpit has not.
func unsupported(what string) error { return warehouse.Unsupported(what) }
