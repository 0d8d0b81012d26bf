package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// Text is Python's str(). A text beyond the limit is an error.
func Text(v any) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case nil, bool, float64, *big.Int, *Undefined:
		return plain(v), nil
	}
	p := &printer{}
	p.str(v)
	return p.done()
}

// Str is Python's str(), cut off at the limit of [Text].
func Str(v any) string {
	text, _ := Text(v)
	return text
}

// Repr is Python's repr(), cut off at the limit of [Text].
func Repr(v any) string {
	text, _ := ReprText(v)
	return text
}

// ReprText is Python's repr(). A text beyond the limit is an error.
func ReprText(v any) (string, error) {
	p := &printer{}
	p.repr(v)
	return p.done()
}

// plain is the text of a value that holds no others.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case bool:
		if x {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(x, 10)
	case *big.Int:
		return x.String()
	case float64:
		return formatFloat(x)
	case *Undefined:
		return ""
	case fmt.Stringer:
		return x.String()
	}
	return fmt.Sprint(v)
}

// formatFloat writes a float so that it reads back as the same, and as a float.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	if a := math.Abs(f); f != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if strings.IndexByte(text, '.') < 0 {
		text += ".0"
	}
	return text
}

// A printer writes a value, up to the limits.
type printer struct {
	b      strings.Builder
	inside []any // lists and dicts around
	err    error
}

// done is what was written.
func (p *printer) done() (string, error) {
	if p.err == nil {
		p.err = checkRepr(p.b.Len())
	}
	return p.b.String(), p.err
}

func (p *printer) str(v any) {
	switch x := v.(type) {
	case string:
		p.b.WriteString(x)
	case *List, *Dict, *View, *Set:
		p.repr(v)
	case Refuser:
		p.err = x.Refuse()
	default:
		p.b.WriteString(plain(x))
	}
}

func (p *printer) repr(v any) {
	if p.err == nil {
		p.err = checkRepr(p.b.Len())
	}
	if p.err != nil {
		return
	}
	switch x := v.(type) {
	case string:
		p.quote(x)
	case *Undefined:
		p.b.WriteString("Undefined")
	case *List:
		p.within(x, x.Tuple, func() { p.list(x) })
	case *Dict:
		p.within(x, false, func() { p.dict(x) })
	case *Set:
		p.set(x)
	case *View:
		p.b.WriteString(x.Kind + "(")
		p.within(x.Of, false, func() { p.list(NewList(x.Iterate()...)) })
		p.b.WriteString(")")
	case Refuser:
		p.err = x.Refuse()
	case interface{ Repr() string }:
		p.b.WriteString(x.Repr())
	default:
		p.b.WriteString(plain(v))
	}
}

func checkRepr(n int) error {
	if n > maxRepr {
		return fmt.Errorf("MemoryError: a list or dict of over %d bytes is %w to print", maxRepr, ErrTooLarge)
	}
	return nil
}

// within writes a container, unless it stands inside itself.
func (p *printer) within(c any, tuple bool, write func()) {
	for _, around := range p.inside {
		if around == c {
			p.b.WriteString(ellipsis(c, tuple))
			return
		}
	}
	if len(p.inside) >= maxDepth {
		p.err = fmt.Errorf("RecursionError: a value nested more than %d deep is %w to print", maxDepth, ErrTooLarge)
		return
	}
	p.inside = append(p.inside, c)
	write()
	p.inside = p.inside[:len(p.inside)-1]
}

// ellipsis stands for a container inside itself.
func ellipsis(c any, tuple bool) string {
	if _, ok := c.(*Dict); ok {
		return "{...}"
	} else if tuple {
		return "(...)"
	}
	return "[...]"
}

func (p *printer) list(l *List) {
	first, last := "[", "]"
	if l.Tuple {
		first, last = "(", ")"
	}
	if l.Tuple && len(l.Items) == 1 {
		last = ",)"
	}
	p.items(first, l.Items, last)
}

func (p *printer) set(s *Set) {
	if s.Len() == 0 {
		p.b.WriteString("set()")
		return
	}
	p.items("{", s.Iterate(), "}")
}

func (p *printer) items(first string, items []any, last string) {
	p.b.WriteString(first)
	for i, item := range items {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.repr(item)
	}
	p.b.WriteString(last)
}

func (p *printer) dict(d *Dict) {
	sep := "{"
	d.Each(func(k, v any) {
		p.b.WriteString(sep)
		p.repr(k)
		p.b.WriteString(": ")
		p.repr(v)
		sep = ", "
	})
	if d.Len() == 0 {
		p.b.WriteString(sep)
	}
	p.b.WriteString("}")
}

// named are the escapes that repr spells with a letter.
var named = map[rune]string{'\n': `\n`, '\t': `\t`, '\r': `\r`, '\\': `\\`}

// quote writes a string as Python does: in single quotes if that saves escapes.
func (p *printer) quote(s string) {
	q := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	p.b.WriteRune(q)
	for _, r := range s {
		switch esc := named[r]; {
		case esc != "":
			p.b.WriteString(esc)
		case r == q:
			p.b.WriteByte('\\')
			p.b.WriteRune(r)
		case unicode.IsPrint(r):
			p.b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&p.b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&p.b, `\u%04x`, r)
		default:
			fmt.Fprintf(&p.b, `\U%08x`, r)
		}
	}
	p.b.WriteRune(q)
}
