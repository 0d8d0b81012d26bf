package macros

/*
void snowpit_text_function(void *, void *, void *);
static void *snowpit_text_function_pointer(void) { return (void *)snowpit_text_function; }
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse/dialect/variant"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/engine"
)

// A textFunction makes one text of another; it appends to dst. ok is false for
// a null.
type textFunction func(dst, src []byte) (out []byte, ok bool, err error)

// A textCompiler makes a textFunction of a call's first argument, which is mostly
// the same in all rows; the second is the function's own.
type textCompiler func(first string) (textFunction, error)

// native are the functions of DuckDB that are written in Go. The macros of
// prelude.sql call them; no statement of Snowflake's can name them.
var native = []struct {
	name string
	f    textFunction // of one argument, or else
	of   textCompiler // of two
}{
	{name: "__sf_canonical", f: canonical},
	{name: "__sf_made", f: made},
	{name: "__sf_shown", f: func(dst, src []byte) ([]byte, bool, error) { return variant.Shown(dst, src), true, nil }},
	{name: "__sf_plain", f: func(dst, src []byte) ([]byte, bool, error) {
		out, ok := variant.Plain(dst, src)
		return out, ok, nil
	}},
	{name: "__sf_no_variant", of: noVariant},
	{name: "__sf_loose", of: loose},
	{name: "__sf_structured", of: structured},
	{name: "__sf_structured_key", of: structuredKey},
	{name: "__sf_map_cat", f: mapCat},
	{name: "__sf_map_delete", f: mapDelete},
	{name: "__sf_map_insert", f: mapInsert},
	{name: "__sf_map_pick", f: mapPick},
	{name: "__sf_check_json", f: checkJSON},
	{name: "__sf_try_canonical", f: func(dst, src []byte) ([]byte, bool, error) {
		out, err := variant.Canonical(dst, src)
		return out, err == nil, nil
	}},
	{name: "__sf_last_keys", f: func(dst, src []byte) ([]byte, bool, error) {
		out, err := variant.CanonicalLast(dst, src)
		if err != nil {
			err = fmt.Errorf("[100069:22P02] Error parsing JSON: %w", err)
		}
		return out, err == nil, err
	}},
	{name: "__sf_try_last_keys", f: func(dst, src []byte) ([]byte, bool, error) {
		out, err := variant.CanonicalLast(dst, src)
		return out, err == nil, nil
	}},
	{name: "__sf_edit_distance", f: editDistance},
	{name: "__sf_jaro_winkler", f: jaroWinkler},
	{name: "__sf_re_instr", of: groupPosition},
	{name: "__sf_format_number", f: formatNumber},
	{name: "__sf_parse_number", f: parseNumber},
	{name: "__sf_try_parse_number", f: func(dst, src []byte) ([]byte, bool, error) {
		out, _, err := parseNumber(dst, src)
		return out, err == nil, nil
	}},
	{name: "__sf_parse_ip", of: parseIP},
	{name: "__sf_try_parse_ip", of: tryParseIP},
	{name: "__sf_sha2", of: sha2},
	{name: "__sf_sha2_hex", of: sha2OfHex},
}

// canonical is PARSE_JSON of a text that is not empty.
func canonical(dst, src []byte) ([]byte, bool, error) {
	out, err := variant.Canonical(dst, src)
	if err != nil {
		return nil, false, fmt.Errorf("[100069:22P02] Error parsing JSON: %w", err)
	}
	return out, true, nil
}

// checkJSON is what is wrong with a text that is no JSON.
func checkJSON(dst, src []byte) ([]byte, bool, error) {
	if len(bytes.TrimSpace(src)) == 0 {
		return dst, false, nil
	}
	_, err := variant.Canonical(nil, src)
	return fmt.Append(dst, err), err != nil, nil
}

// made is a semi-structured value that functions have made, in Snowflake's form.
func made(dst, src []byte) ([]byte, bool, error) {
	out, err := variant.Made(dst, src)
	var e *variant.SyntaxError
	switch {
	case errors.As(err, &e) && e.Twice != "":
		return nil, false, fmt.Errorf("[100064:22000] Duplicate field key '%s'", e.Twice)
	case err != nil:
		return nil, false, fmt.Errorf("[100069:22P02] Error parsing JSON: %w", err)
	}
	return out, true, nil
}

// addNative registers the native functions, for every connection.
func addNative(c *engine.Conn) error {
	for i, n := range native {
		parameters := 1
		if n.of != nil {
			parameters = 2
		}
		if err := register(c, n.name, mapping.TypeVarchar, parameters, i, C.snowpit_text_function_pointer()); err != nil {
			return err
		}
	}
	return nil
}

// snowpit_text_function runs a native function for the rows of a chunk. Nulls
// are null, and DuckDB shows none to it.
//
//export snowpit_text_function
func snowpit_text_function(info, input, output unsafe.Pointer) {
	call := mapping.FunctionInfo{Ptr: info}
	defer guard(call)
	running, number, connection := calledBy(call)
	n := native[number]
	chunk, result := mapping.DataChunk{Ptr: input}, mapping.Vector{Ptr: output}
	in, f := mapping.DataChunkGetVector(chunk, 0), fixed(n.f)
	if n.of != nil {
		f = perRow(n.of, in)
		in = mapping.DataChunkGetVector(chunk, 1)
	}
	data, mask := mapping.VectorGetData(in), (*uint64)(mapping.VectorGetValidity(in))
	var buf []byte
	var stopped atomic.Bool
	defer running.Begin(connection, func(error) { stopped.Store(true) })()
	for row := range int(mapping.DataChunkGetSize(chunk)) {
		ok := engine.Valid(mask, row)
		if ok {
			if stopped.Load() {
				mapping.ScalarFunctionSetError(call, "interrupted")
				return
			}
			of, err := f(row)
			if err == nil {
				buf, ok, err = of(buf[:0], engine.StringAt(data, row))
			}
			if err != nil {
				mapping.ScalarFunctionSetError(call, err.Error())
				return
			}
		}
		if ok {
			mapping.VectorAssignStringElementLen(result, mapping.IdxT(row), buf)
			continue
		}
		mapping.VectorEnsureValidityWritable(result)
		mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(result), mapping.IdxT(row))
	}
}

// guard makes a fault of one of these functions that statement's error. DuckDB
// calls them on threads of its own, where a panic would end the process.
func guard(call mapping.FunctionInfo) {
	if v := recover(); v != nil {
		mapping.ScalarFunctionSetError(call, fmt.Sprintf("[000603:XX000] SQL execution internal error: %v", v))
	}
}

// fixed is one function for all rows.
func fixed(f textFunction) func(row int) (textFunction, error) {
	return func(int) (textFunction, error) { return f, nil }
}

// perRow are the functions that a vector of first arguments makes, each made
// once as long as the rows ask for the same.
func perRow(of textCompiler, first mapping.Vector) func(row int) (textFunction, error) {
	data := mapping.VectorGetData(first)
	var last string
	var f textFunction
	return func(row int) (_ textFunction, err error) {
		if text := engine.StringAt(data, row); f == nil || string(text) != last {
			last = string(text)
			f, err = of(last)
		}
		return f, err
	}
}
