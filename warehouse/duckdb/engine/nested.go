package engine

import (
	"fmt"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// nestedFormat writes lists, structs, maps and enums.
func nestedFormat(lt mapping.LogicalType) (*format, error) {
	switch mapping.GetTypeId(lt) {
	case mapping.TypeList:
		return childFormat(mapping.ListTypeChildType(lt), func(child *format) *format {
			return &format{nested: listJSON(child, mapping.ListVectorGetChild, func(v mapping.Vector, i int) (int, int) {
				e := at[[2]uint64](v, i)
				return int(e[0]), int(e[1])
			})}
		})
	case mapping.TypeArray:
		size := int(mapping.ArrayTypeArraySize(lt))
		return childFormat(mapping.ArrayTypeChildType(lt), func(child *format) *format {
			return &format{nested: listJSON(child, mapping.ArrayVectorGetChild, func(_ mapping.Vector, i int) (int, int) {
				return i * size, size
			})}
		})
	case mapping.TypeStruct:
		return structFormat(lt)
	case mapping.TypeMap:
		return mapFormat(lt)
	case mapping.TypeEnum:
		return enumFormat(lt), nil
	}
	return nil, warehouse.Unsupported(fmt.Sprintf("the local warehouse does not have a result column of DuckDB's type %d; cast it to VARCHAR", mapping.GetTypeId(lt)))
}

func childFormat(child mapping.LogicalType, wrap func(*format) *format) (*format, error) {
	defer mapping.DestroyLogicalType(&child)
	f, err := formatOf(child)
	if err != nil {
		return nil, err
	}
	return wrap(f), nil
}

func listJSON(child *format, childOf func(mapping.Vector) mapping.Vector, span func(mapping.Vector, int) (from, n int)) func([]byte, mapping.Vector, int) ([]byte, error) {
	return func(dst []byte, vec mapping.Vector, row int) (_ []byte, err error) {
		from, n := span(vec, row)
		values := childOf(vec)
		dst = append(dst, '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = child.json(dst, values, from+i); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	}
}

func structFormat(lt mapping.LogicalType) (*format, error) {
	type field struct {
		key []byte
		*format
	}
	fields := make([]field, mapping.StructTypeChildCount(lt))
	for i := range fields {
		f, err := childFormat(mapping.StructTypeChildType(lt, mapping.IdxT(i)), func(f *format) *format { return f })
		if err != nil {
			return nil, err
		}
		key := appendJSONString(nil, mapping.StructTypeChildName(lt, mapping.IdxT(i)))
		fields[i] = field{append(key, ':'), f}
	}
	return &format{nested: func(dst []byte, vec mapping.Vector, row int) (_ []byte, err error) {
		dst = append(dst, '{')
		for i, f := range fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, f.key...)
			if dst, err = f.json(dst, mapping.StructVectorGetChild(vec, mapping.IdxT(i)), row); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	}}, nil
}

// mapFormat writes a map as an object. DuckDB keeps it as a list of structs of
// a key and a value.
func mapFormat(lt mapping.LogicalType) (*format, error) {
	same := func(f *format) *format { return f }
	key, err := childFormat(mapping.MapTypeKeyType(lt), same)
	if err != nil {
		return nil, err
	}
	value, err := childFormat(mapping.MapTypeValueType(lt), same)
	if err != nil {
		return nil, err
	}
	return &format{nested: func(dst []byte, vec mapping.Vector, row int) ([]byte, error) {
		span := at[[2]uint64](vec, row)
		pairs := mapping.ListVectorGetChild(vec)
		keys, values := mapping.StructVectorGetChild(pairs, 0), mapping.StructVectorGetChild(pairs, 1)
		dst = append(dst, '{')
		for i := range int(span[1]) {
			if i > 0 {
				dst = append(dst, ',')
			}
			text, err := key.text(nil, keys, int(span[0])+i)
			if err != nil {
				return dst, err
			}
			dst = append(appendJSONString(dst, string(text)), ':')
			if dst, err = value.json(dst, values, int(span[0])+i); err != nil {
				return dst, err
			}
		}
		return append(dst, '}'), nil
	}}, nil
}

func enumFormat(lt mapping.LogicalType) *format {
	words := make([]string, mapping.EnumDictionarySize(lt))
	for i := range words {
		words[i] = mapping.EnumDictionaryValue(lt, mapping.IdxT(i))
	}
	internal := mapping.EnumInternalType(lt)
	return &format{quoted: true, bare: func(dst []byte, v mapping.Vector, i int) ([]byte, error) {
		var n int
		switch internal {
		case mapping.TypeUTinyInt:
			n = int(at[uint8](v, i))
		case mapping.TypeUSmallInt:
			n = int(at[uint16](v, i))
		default:
			n = int(at[uint32](v, i))
		}
		return append(dst, words[n]...), nil
	}}
}
