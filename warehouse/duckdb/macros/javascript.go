package macros

/*
void snowpit_javascript(void *, void *, void *);
static void *snowpit_javascript_pointer(void) { return (void *)snowpit_javascript; }
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/javascript"
)

// addJavaScript registers the function that runs users' functions in JavaScript:
// of a program and, as JSON, its arguments. Its calls are never computed ahead
// or one for another.
func addJavaScript(c *engine.Conn) error {
	varchar := mapping.CreateLogicalType(mapping.TypeVarchar)
	defer mapping.DestroyLogicalType(&varchar)
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, "__sf_javascript")
	mapping.ScalarFunctionAddParameter(f, varchar)
	mapping.ScalarFunctionAddParameter(f, varchar)
	mapping.ScalarFunctionSetReturnType(f, varchar)
	mapping.ScalarFunctionSetVolatile(f)
	ofConnection(f, c, 0)
	mapping.ScalarFunctionSetFunction(f, C.snowpit_javascript_pointer())
	if mapping.RegisterScalarFunction(c.Raw(), f) == mapping.StateError {
		return errors.New("DuckDB does not take the function __sf_javascript")
	}
	return nil
}

// snowpit_javascript runs a program for the rows of a chunk.
//
//export snowpit_javascript
func snowpit_javascript(info, input, output unsafe.Pointer) {
	call := mapping.FunctionInfo{Ptr: info}
	defer guard(call)
	running, _, connection := calledBy(call)
	chunk, result := mapping.DataChunk{Ptr: input}, mapping.Vector{Ptr: output}
	programs, args := mapping.VectorGetData(mapping.DataChunkGetVector(chunk, 0)), mapping.VectorGetData(mapping.DataChunkGetVector(chunk, 1))
	n := int(mapping.DataChunkGetSize(chunk))
	for from := 0; from < n; { // the rows of one program, mostly all
		text := string(engine.StringAt(programs, from))
		var rows [][]byte
		for to := from; to < n && string(engine.StringAt(programs, to)) == text; to++ {
			rows = append(rows, bytes.Clone(engine.StringAt(args, to)))
		}
		values, err := runJavaScript(running, connection, text, rows)
		if err != nil {
			mapping.ScalarFunctionSetError(call, err.Error())
			return
		}
		for i, v := range values {
			if v == nil {
				mapping.VectorEnsureValidityWritable(result)
				mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(result), mapping.IdxT(from+i))
				continue
			}
			mapping.VectorAssignStringElementLen(result, mapping.IdxT(from+i), v)
		}
		from += len(rows)
	}
}

// runJavaScript runs a program for rows, as long as the statement of its connection
// is not interrupted.
func runJavaScript(running *engine.Running, connection uint64, text string, rows [][]byte) ([][]byte, error) {
	f, err := javascript.Load(text)
	if err != nil {
		return nil, err
	}
	defer running.Begin(connection, f.Interrupt)()
	values, err := f.Call(rows)
	return values, inSQL(err)
}

// inSQL is an error of code as these functions give theirs.
func inSQL(err error) error {
	var e *javascript.Error
	if errors.As(err, &e) {
		return fmt.Errorf("[%d:P0000] %s", e.Code, e.Message)
	}
	return err
}
