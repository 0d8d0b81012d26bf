package macros

/*
void snowpit_room(void *, void *, void *);
static void *snowpit_room_pointer(void) { return (void *)snowpit_room; }
*/
import "C"

import (
	"fmt"
	"math/bits"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// DuckDB's memory limit does not count the values of a chunk, so that one
// REPEAT could end the process. What makes much of little asks here first.

// chunkRoom is how many bytes such a function may make for one chunk of rows.
const chunkRoom = 512 << 20

// rooms are the functions that ask for room: of how many bytes an item has and
// how many items there will be, they are the latter.
var rooms = []struct{ name, tooMuch string }{
	{"__sf_room", "[100078:22000] String is too long and would be truncated: Actual length %d exceeds supported length %d"},
	{"__sf_room_for_items", "[100082:22000] Max LOB size exceeded, actual size of parsed column is %d and the largest %d"},
}

// addRooms registers them.
func addRooms(c *engine.Conn) error {
	for i, r := range rooms {
		if err := register(c, r.name, mapping.TypeBigInt, 2, i, C.snowpit_room_pointer()); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom refuses what would be too long for one value, or for all of a chunk
// whose values have taken that many bytes so far.
func makeRoom(taken, each, count int64, tooMuch string) (all int64, err error) {
	if each <= 0 || count <= 0 {
		return taken, nil
	}
	high, bytes := bits.Mul64(uint64(each), uint64(count))
	switch {
	case high > 0 || bytes > longestText:
		return 0, fmt.Errorf(tooMuch, bytes, longestText)
	case taken+int64(bytes) > chunkRoom:
		return 0, fmt.Errorf("[300005:53200] The values made for some two thousand rows take more than %d MB; make shorter ones, or fewer at once", chunkRoom>>20)
	}
	return taken + int64(bytes), nil
}

// snowpit_room looks at the rows of a chunk.
//
//export snowpit_room
func snowpit_room(info, input, output unsafe.Pointer) {
	call := mapping.FunctionInfo{Ptr: info}
	_, number, _ := calledBy(call)
	tooMuch := rooms[number].tooMuch
	chunk, result := mapping.DataChunk{Ptr: input}, mapping.Vector{Ptr: output}
	rows := int(mapping.DataChunkGetSize(chunk))
	first, second := mapping.DataChunkGetVector(chunk, 0), mapping.DataChunkGetVector(chunk, 1)
	each, count := unsafe.Slice((*int64)(mapping.VectorGetData(first)), rows), unsafe.Slice((*int64)(mapping.VectorGetData(second)), rows)
	eachMask, countMask := (*uint64)(mapping.VectorGetValidity(first)), (*uint64)(mapping.VectorGetValidity(second))
	out := unsafe.Slice((*int64)(mapping.VectorGetData(result)), rows)
	var taken int64
	for row := range rows {
		if !engine.Valid(eachMask, row) || !engine.Valid(countMask, row) {
			mapping.VectorEnsureValidityWritable(result)
			mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(result), mapping.IdxT(row))
			continue
		}
		var err error
		if taken, err = makeRoom(taken, each[row], count[row], tooMuch); err != nil {
			mapping.ScalarFunctionSetError(call, err.Error())
			return
		}
		out[row] = count[row]
	}
}
