package refusal

import (
	"errors"
	"fmt"

	"github.com/snowpit-dev/snowpit/stage"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// NotExist refuses the name of an object that is not there.
func NotExist(name string, cause error) *warehouse.Error {
	return &warehouse.Error{Code: 2003, State: "42S02", Kind: warehouse.ErrNotExist, Err: cause,
		Message: fmt.Sprintf("SQL compilation error:\nObject '%s' does not exist or not authorized.", name)}
}

// Missing refuses a database, a schema, a role, a file format or the like that
// is not there.
func Missing(kind, name string) error {
	return &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\n%s '%s' does not exist or not authorized.", kind, name)}
}

// NotUsable refuses a place that SHOW, USE or DESCRIBE names.
func NotUsable(name string) error {
	return &warehouse.Error{Code: 2043, State: "02000", Kind: warehouse.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\nObject '%s' does not exist, or operation cannot be performed.", name)}
}

// NoStage refuses the name of a stage that is not there.
func NoStage(name stage.Name) *warehouse.Error {
	return &warehouse.Error{Code: 2003, State: "02000", Kind: warehouse.ErrNotExist, Err: stage.ErrNotExist,
		Message: fmt.Sprintf("SQL compilation error:\nStage '%s' does not exist or not authorized.", name)}
}

// Exists refuses a name that is taken.
func Exists(name string, cause error) *warehouse.Error {
	return &warehouse.Error{Code: 2002, State: "42710", Kind: warehouse.ErrExist, Err: cause,
		Message: fmt.Sprintf("SQL compilation error:\nObject '%s' already exists.", name)}
}

// Unsupported refuses by name what the local warehouse does not have.
func Unsupported(what string) *warehouse.Error {
	return warehouse.Unsupported("the local warehouse does not have " + what)
}

// OfStage is err of a stage operation as a session's callers get it.
func OfStage(err error, name string) error {
	switch {
	case errors.Is(err, stage.ErrNotExist):
		return NotExist(name, err)
	case errors.Is(err, stage.ErrExist):
		return Exists(name, err)
	case errors.Is(err, stage.ErrName):
		return &warehouse.Error{Code: 1003, State: "42000", Message: "SQL compilation error:\n" + err.Error(), Err: err}
	}
	return err
}
