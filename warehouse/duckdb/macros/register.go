package macros

import (
	"errors"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// register makes a function of DuckDB's, for every connection: of so many
// parameters of a type, which it also gives. run is the C function behind it,
// which finds the function's number as its extra info.
func register(c *engine.Conn, name string, typ mapping.Type, parameters, number int, run unsafe.Pointer) error {
	t := mapping.CreateLogicalType(typ)
	defer mapping.DestroyLogicalType(&t)
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, name)
	for range parameters {
		mapping.ScalarFunctionAddParameter(f, t)
	}
	mapping.ScalarFunctionSetReturnType(f, t)
	ofConnection(f, c, number)
	mapping.ScalarFunctionSetFunction(f, run)
	if mapping.RegisterScalarFunction(c.Raw(), f) == mapping.StateError {
		return errors.New("DuckDB does not take the function " + name)
	}
	return nil
}
