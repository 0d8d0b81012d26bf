package value

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// JSON writes a value the way Python's json.dumps does, with ", " and ": "
// between things; indent above 0 puts each thing on a line. A host's object
// that is a [Hasher] is its text. A value that JSON has no word for is an error.
func JSON(v any, sortKeys bool, indent int) (string, error) {
	w := &jsonWriter{sort: sortKeys, indent: indent}
	err := w.write(v, 0)
	return w.b.String(), err
}

type jsonWriter struct {
	b      strings.Builder
	sort   bool
	indent int
}

func (w *jsonWriter) write(v any, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("ValueError: a value nested more than %d deep is %w for JSON", maxDepth, ErrTooLarge)
	}
	if err := CheckText(int64(w.b.Len())); err != nil {
		return err
	}
	switch x := v.(type) {
	case nil:
		w.b.WriteString("null")
	case bool:
		w.b.WriteString(strings.ToLower(plain(x)))
	case string:
		w.quote(x)
	case int64, *big.Int:
		w.b.WriteString(plain(x))
	case float64:
		w.b.WriteString(map[string]string{"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[plain(x)])
		if x == x && x-x == 0 {
			w.b.WriteString(plain(x))
		}
	case *List:
		return w.list(x, depth)
	case *Dict:
		return w.dict(x, depth)
	case *Undefined, *View, *Iterator, *Range, *Set:
		return fmt.Errorf("TypeError: Object of type %s is not JSON serializable", TypeName(v))
	default:
		text, ok := asText(v)
		if !ok {
			return fmt.Errorf("TypeError: Object of type %s is not JSON serializable", TypeName(v))
		}
		w.quote(text)
	}
	return nil
}

// between writes what separates things.
func (w *jsonWriter) between(i, depth int) {
	if i > 0 {
		w.b.WriteByte(',')
		if w.indent == 0 {
			w.b.WriteByte(' ')
		}
	}
	w.newline(depth)
}

func (w *jsonWriter) newline(depth int) {
	if w.indent > 0 {
		w.b.WriteByte('\n')
		w.b.WriteString(strings.Repeat(" ", min(w.indent, 80)*depth))
	}
}

func (w *jsonWriter) list(l *List, depth int) error {
	w.b.WriteByte('[')
	for i, item := range l.Items {
		w.between(i, depth+1)
		if err := w.write(item, depth+1); err != nil {
			return err
		}
	}
	if len(l.Items) > 0 {
		w.newline(depth)
	}
	w.b.WriteByte(']')
	return nil
}

func (w *jsonWriter) dict(d *Dict, depth int) error {
	keys := d.Keys()
	if w.sort {
		var err error
		slices.SortStableFunc(keys, func(a, b any) int {
			c, e := Compare("<", a, b)
			if e != nil {
				err = e
			}
			return c
		})
		if err != nil {
			return err
		}
	}
	w.b.WriteByte('{')
	for i, k := range keys {
		w.between(i, depth+1)
		text, err := jsonKey(k)
		if err != nil {
			return err
		}
		w.quote(text)
		w.b.WriteString(": ")
		v, _ := d.Get(k)
		if err := w.write(v, depth+1); err != nil {
			return err
		}
	}
	if len(keys) > 0 {
		w.newline(depth)
	}
	w.b.WriteByte('}')
	return nil
}

func jsonKey(k any) (string, error) {
	switch k.(type) {
	case string, int64, float64, *big.Int:
		return text(k), nil
	case nil:
		return "null", nil
	case bool:
		return strings.ToLower(plain(k)), nil
	}
	return "", fmt.Errorf("TypeError: keys must be str, int, float, bool or None, not %s", TypeName(k))
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return plain(v)
}

var jsonEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

// quote writes a string in ASCII.
func (w *jsonWriter) quote(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		switch esc := jsonEscapes[r]; {
		case esc != "":
			w.b.WriteString(esc)
		case r >= ' ' && r < 0x7f:
			w.b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&w.b, `\u%04x`, r)
		}
	}
	w.b.WriteByte('"')
}
