package wire

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/snowpit-dev/snowpit/warehouse"
)

// isSemiStructured reports the types whose values are JSON texts.
func isSemiStructured(t warehouse.Type) bool {
	return t == warehouse.Variant || t == warehouse.Object || t == warehouse.Array || t == warehouse.Map
}

// appendIndented writes a JSON text as Snowflake sends it: each member and
// element on a line of its own, two blanks for each level.
func appendIndented(dst []byte, text string) []byte {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if quoted {
			dst = append(dst, c)
			switch {
			case c == '\\' && i+1 < len(text):
				i++
				dst = append(dst, text[i])
			case c == '"':
				quoted = false
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		case '"':
			quoted = true
			dst = append(dst, c)
		case ':':
			dst = append(dst, ": "...)
		case ',':
			dst = appendLine(append(dst, c), depth)
		case '{', '[':
			dst = append(dst, c)
			if i+1 < len(text) && (text[i+1] == '}' || text[i+1] == ']') {
				i++
				dst = append(dst, text[i])
				continue
			}
			depth++
			dst = appendLine(dst, depth)
		case '}', ']':
			depth--
			dst = append(appendLine(dst, depth), c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendLine(dst []byte, depth int) []byte {
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, "  "...)
	}
	return dst
}

// isFlat reports whether a JSON text is one scalar, which has no lines.
func isFlat(text string) bool { return text == "" || text[0] != '{' && text[0] != '[' }

// indented is a column of JSON texts as they are sent, made by text if it is
// not nil.
func indented(a arrow.Array, text func(dst []byte, value string) ([]byte, error)) (arrow.Array, error) {
	texts := a.(*array.String)
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(texts.Len())
	var buf, made []byte
	for i := range texts.Len() {
		if texts.IsNull(i) {
			b.AppendNull()
			continue
		}
		value := texts.Value(i)
		if text != nil {
			var err error
			if made, err = text(made[:0], value); err != nil {
				return nil, err
			}
			value = string(made)
		}
		if isFlat(value) {
			b.Append(value)
			continue
		}
		buf = appendIndented(buf[:0], value)
		b.BinaryBuilder.Append(buf)
	}
	return b.NewArray(), nil
}
