package macros

/*
#include <stdint.h>
#include <stdlib.h>
void snowpit_forget(void *);
void snowpit_bind(void *);
static void *snowpit_forget_pointer(void) { return (void *)snowpit_forget; }
static void *snowpit_bind_pointer(void) { return (void *)snowpit_bind; }

static void *snowpit_info(uint64_t running, uint64_t number) {
	uint64_t *p = malloc(2 * sizeof running);
	if (p) p[0] = running, p[1] = number;
	return p;
}
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
	"runtime/cgo"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// ofConnection has the calls of a function know what they are for, so that they
// can be stopped with their statement, and the function's own number.
func ofConnection(f mapping.ScalarFunction, c *engine.Conn, number int) {
	info := C.snowpit_info(C.uint64_t(cgo.NewHandle(c.Running())), C.uint64_t(number))
	mapping.ScalarFunctionSetExtraInfo(f, info, C.snowpit_forget_pointer())
	mapping.ScalarFunctionSetBind(f, C.snowpit_bind_pointer())
}

// calledBy is what ofConnection noted, and the number of the connection.
func calledBy(call mapping.FunctionInfo) (running *engine.Running, number int, connection uint64) {
	info := (*[2]uint64)(mapping.ScalarFunctionGetExtraInfo(call))
	return cgo.Handle(info[0]).Value().(*engine.Running), int(info[1]), *(*uint64)(mapping.ScalarFunctionGetBindData(call))
}

// snowpit_forget lets go of the instance when it ends.
//
//export snowpit_forget
func snowpit_forget(info unsafe.Pointer) {
	cgo.Handle(*(*uint64)(info)).Delete()
	C.free(info)
}

// snowpit_bind keeps the number of the connection that a call is for.
//
//export snowpit_bind
func snowpit_bind(info unsafe.Pointer) {
	bind := mapping.BindInfo{Ptr: info}
	var context mapping.ClientContext
	mapping.ScalarFunctionGetClientContext(bind, &context)
	defer mapping.DestroyClientContext(&context)
	n := C.snowpit_number(C.uint64_t(mapping.ClientContextGetConnectionId(context)))
	mapping.ScalarFunctionSetBindData(bind, n, C.snowpit_number_free_pointer())
	mapping.ScalarFunctionSetBindDataCopy(bind, C.snowpit_number_copy_pointer())
}
