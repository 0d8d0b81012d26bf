package refusal

import (
	"fmt"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/ast"
)

// BadOption refuses a value that an option does not take.
func BadOption(o ast.Option, value string) error {
	if text, ok := o.Value.(*ast.String); ok {
		value = "'" + text.Value + "'"
	}
	return &warehouse.Error{Code: 1008, State: "22023", Line: o.Pos().Line, Column: o.Pos().Column,
		Message: fmt.Sprintf("SQL compilation error:\ninvalid value [%s] for parameter '%s'", value, o.Key)}
}

// NoOption refuses an option that a statement does not have, or not here.
func NoOption(o ast.Option, statement string) error {
	if !known[o.Key] {
		return &warehouse.Error{Code: 1006, State: "22023", Line: o.Pos().Line, Column: o.Pos().Column,
			Message: fmt.Sprintf("SQL compilation error:\ninvalid parameter '%s'", o.Key)}
	}
	err := Unsupported(fmt.Sprintf("the option %s of %s", o.Key, statement))
	err.Line, err.Column = o.Pos().Line, o.Pos().Column
	return err
}

// known are the options that Snowflake has for stages and external locations
// and that mean nothing here.
var known = map[string]bool{"URL": true, "STORAGE_INTEGRATION": true, "CREDENTIALS": true, "ENCRYPTION": true, "ENDPOINT": true,
	"USE_PRIVATELINK_ENDPOINT": true, "LOAD_MODE": true, "CLUSTER_AT_INGEST_TIME": true, "FILE_PROCESSOR": true}
