package macros

/*
void snowpit_random_text(void *, void *, void *);
static void *snowpit_random_text_pointer(void) { return (void *)snowpit_random_text; }
*/
import "C"

import (
	byteorder "encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// longestText is how many characters a text may have.
const longestText = 128 << 20

// textLetters are what RANDSTR draws from, six random bits a letter; what is
// beyond the letters is drawn again.
const textLetters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// addRandomText registers RANDSTR of a length and, as text, the number that
// it makes the letters of: equal numbers give equal letters.
func addRandomText(c *engine.Conn) error {
	bigint, varchar := mapping.CreateLogicalType(mapping.TypeBigInt), mapping.CreateLogicalType(mapping.TypeVarchar)
	defer mapping.DestroyLogicalType(&bigint)
	defer mapping.DestroyLogicalType(&varchar)
	f := mapping.CreateScalarFunction()
	defer mapping.DestroyScalarFunction(&f)
	mapping.ScalarFunctionSetName(f, "__sf_randstr")
	mapping.ScalarFunctionAddParameter(f, bigint)
	mapping.ScalarFunctionAddParameter(f, varchar)
	mapping.ScalarFunctionSetReturnType(f, varchar)
	mapping.ScalarFunctionSetFunction(f, C.snowpit_random_text_pointer())
	if mapping.RegisterScalarFunction(c.Raw(), f) == mapping.StateError {
		return errors.New("DuckDB does not take the function __sf_randstr")
	}
	return nil
}

// randomText appends n letters made of seed to dst.
func randomText(dst []byte, n int64, seed []byte) ([]byte, error) {
	if n < 0 || n > longestText {
		return nil, fmt.Errorf("[100078:22000] String '(RANDSTR)' is too long and would be truncated: Actual length %d exceeds supported length %d", n, longestText)
	}
	sum := fnv.New128a()
	sum.Write(seed)
	key := sum.Sum(nil)
	random := rand.NewPCG(byteorder.BigEndian.Uint64(key), byteorder.BigEndian.Uint64(key[8:]))
	for left := n; left > 0; {
		bits := random.Uint64()
		for i := 0; i < 10 && left > 0; i++ {
			if b := bits & 63; b < uint64(len(textLetters)) {
				dst = append(dst, textLetters[b])
				left--
			}
			bits >>= 6
		}
	}
	return dst, nil
}

// snowpit_random_text is RANDSTR for the rows of a chunk.
//
//export snowpit_random_text
func snowpit_random_text(info, input, output unsafe.Pointer) {
	chunk, result := mapping.DataChunk{Ptr: input}, mapping.Vector{Ptr: output}
	length, seed := mapping.DataChunkGetVector(chunk, 0), mapping.DataChunkGetVector(chunk, 1)
	rows := int(mapping.DataChunkGetSize(chunk))
	lengths := unsafe.Slice((*int64)(mapping.VectorGetData(length)), rows)
	seeds := mapping.VectorGetData(seed)
	lengthMask, seedMask := (*uint64)(mapping.VectorGetValidity(length)), (*uint64)(mapping.VectorGetValidity(seed))
	var buf []byte
	for row := range rows {
		if !engine.Valid(lengthMask, row) || !engine.Valid(seedMask, row) {
			mapping.VectorEnsureValidityWritable(result)
			mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(result), mapping.IdxT(row))
			continue
		}
		var err error
		if buf, err = randomText(buf[:0], lengths[row], engine.StringAt(seeds, row)); err != nil {
			mapping.ScalarFunctionSetError(mapping.FunctionInfo{Ptr: info}, err.Error())
			return
		}
		mapping.VectorAssignStringElementLen(result, mapping.IdxT(row), buf)
	}
}
