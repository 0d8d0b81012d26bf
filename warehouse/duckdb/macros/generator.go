package macros

/*
#include <stdint.h>
#include <stdlib.h>
void snowpit_generator_bind(void *);
void snowpit_generator_init(void *);
void snowpit_generator_rows(void *, void *);
static void *snowpit_generator_bind_pointer(void) { return (void *)snowpit_generator_bind; }
static void *snowpit_generator_init_pointer(void) { return (void *)snowpit_generator_init; }
static void *snowpit_generator_rows_pointer(void) { return (void *)snowpit_generator_rows; }
static void *snowpit_free_pointer(void) { return (void *)free; }
typedef struct { int64_t most, next, seconds, end; } snowpit_generator;
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/rewrite"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// addGenerator registers the table function that counts from 0 until it has so
// many rows (all of them if negative) or so many seconds have gone by. An
// interrupt ends it between two chunks.
func addGenerator(c *engine.Conn) error {
	bigint := mapping.CreateLogicalType(mapping.TypeBigInt)
	defer mapping.DestroyLogicalType(&bigint)
	f := mapping.CreateTableFunction()
	defer mapping.DestroyTableFunction(&f)
	mapping.TableFunctionSetName(f, rewrite.Generator)
	mapping.TableFunctionAddParameter(f, bigint)
	mapping.TableFunctionAddParameter(f, bigint)
	mapping.TableFunctionSetBind(f, C.snowpit_generator_bind_pointer())
	mapping.TableFunctionSetInit(f, C.snowpit_generator_init_pointer())
	mapping.TableFunctionSetFunction(f, C.snowpit_generator_rows_pointer())
	if mapping.RegisterTableFunction(c.Raw(), f) == mapping.StateError {
		return errors.New("DuckDB does not take the function " + rewrite.Generator)
	}
	return nil
}

func newGenerator(copied C.snowpit_generator) *C.snowpit_generator {
	g := (*C.snowpit_generator)(C.malloc(C.size_t(unsafe.Sizeof(copied))))
	*g = copied
	return g
}

//export snowpit_generator_bind
func snowpit_generator_bind(info unsafe.Pointer) {
	bind := mapping.BindInfo{Ptr: info}
	bigint := mapping.CreateLogicalType(mapping.TypeBigInt)
	defer mapping.DestroyLogicalType(&bigint)
	mapping.BindAddResultColumn(bind, "n", bigint)
	parameter := func(i mapping.IdxT) C.int64_t {
		v := mapping.BindGetParameter(bind, i)
		defer mapping.DestroyValue(&v)
		return C.int64_t(mapping.GetInt64(v))
	}
	g := newGenerator(C.snowpit_generator{most: parameter(0), seconds: parameter(1)})
	mapping.BindSetBindData(bind, unsafe.Pointer(g), C.snowpit_free_pointer())
}

//export snowpit_generator_init
func snowpit_generator_init(info unsafe.Pointer) {
	init := mapping.InitInfo{Ptr: info}
	g := newGenerator(*(*C.snowpit_generator)(mapping.InitGetBindData(init)))
	g.end = C.int64_t(time.Now().Add(time.Duration(min(g.seconds, 1<<31)) * time.Second).UnixNano())
	mapping.InitSetInitData(init, unsafe.Pointer(g), C.snowpit_free_pointer())
}

//export snowpit_generator_rows
func snowpit_generator_rows(info, output unsafe.Pointer) {
	g := (*C.snowpit_generator)(mapping.FunctionGetInitData(mapping.FunctionInfo{Ptr: info}))
	chunk := mapping.DataChunk{Ptr: output}
	rows := C.int64_t(mapping.VectorSize())
	if g.most >= 0 {
		rows = min(rows, g.most-g.next)
	} else {
		time.Sleep(time.Millisecond) // two million rows a second are plenty
	}
	if rows < 0 || C.int64_t(time.Now().UnixNano()) >= g.end {
		rows = 0
	}
	data := unsafe.Slice((*int64)(mapping.VectorGetData(mapping.DataChunkGetVector(chunk, 0))), mapping.VectorSize())
	for i := range int(rows) {
		data[i] = int64(g.next) + int64(i)
	}
	g.next += rows
	mapping.DataChunkSetSize(chunk, mapping.IdxT(rows))
}
