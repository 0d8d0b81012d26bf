package macros

/*
#include <stdint.h>
#include <stdlib.h>
void snowpit_javascript(void *, void *, void *);
void snowpit_javascript_bind(void *);
void snowpit_javascript_forget(void *);
static void *snowpit_javascript_pointer(void) { return (void *)snowpit_javascript; }
static void *snowpit_javascript_bind_pointer(void) { return (void *)snowpit_javascript_bind; }
static void *snowpit_javascript_forget_pointer(void) { return (void *)snowpit_javascript_forget; }

static void *snowpit_number(uint64_t n) {
	uint64_t *p = malloc(sizeof n);
	if (p) *p = n;
	return p;
}
static void *snowpit_number_copy(void *p) { return snowpit_number(*(uint64_t *)p); }
static void *snowpit_number_copy_pointer(void) { return (void *)snowpit_number_copy; }
static void *snowpit_number_free_pointer(void) { return (void *)free; }
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/cgo"
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
	mapping.ScalarFunctionSetExtraInfo(f, C.snowpit_number(C.uint64_t(cgo.NewHandle(c.Running()))), C.snowpit_javascript_forget_pointer())
	mapping.ScalarFunctionSetBind(f, C.snowpit_javascript_bind_pointer())
	mapping.ScalarFunctionSetFunction(f, C.snowpit_javascript_pointer())
	if mapping.RegisterScalarFunction(c.Raw(), f) == mapping.StateError {
		return errors.New("DuckDB does not take the function __sf_javascript")
	}
	return nil
}

// snowpit_javascript_forget lets go of the instance when it ends.
//
//export snowpit_javascript_forget
func snowpit_javascript_forget(info unsafe.Pointer) {
	cgo.Handle(*(*uint64)(info)).Delete()
	C.free(info)
}

// snowpit_javascript_bind keeps the number of the connection that a call is for.
//
//export snowpit_javascript_bind
func snowpit_javascript_bind(info unsafe.Pointer) {
	bind := mapping.BindInfo{Ptr: info}
	var context mapping.ClientContext
	mapping.ScalarFunctionGetClientContext(bind, &context)
	defer mapping.DestroyClientContext(&context)
	n := C.snowpit_number(C.uint64_t(mapping.ClientContextGetConnectionId(context)))
	mapping.ScalarFunctionSetBindData(bind, n, C.snowpit_number_free_pointer())
	mapping.ScalarFunctionSetBindDataCopy(bind, C.snowpit_number_copy_pointer())
}

// snowpit_javascript runs a program for the rows of a chunk.
//
//export snowpit_javascript
func snowpit_javascript(info, input, output unsafe.Pointer) {
	call := mapping.FunctionInfo{Ptr: info}
	defer guard(call)
	running := cgo.Handle(*(*uint64)(mapping.ScalarFunctionGetExtraInfo(call))).Value().(*engine.Running)
	connection := *(*uint64)(mapping.ScalarFunctionGetBindData(call))
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
