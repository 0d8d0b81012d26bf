package jinja

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// stringMethods are those of Python's str.
var stringMethods = map[string]*builtin{
	"upper":        onString(upper),
	"lower":        onString(strings.ToLower),
	"casefold":     onString(func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ß", "ss") }),
	"title":        onString(titleLetters),
	"capitalize":   onString(capitalize),
	"swapcase":     onString(swapcase),
	"strip":        def("chars?", func(c *call) (any, error) { return c.stripped(strings.Trim, strings.TrimFunc) }),
	"lstrip":       def("chars?", func(c *call) (any, error) { return c.stripped(strings.TrimLeft, strings.TrimLeftFunc) }),
	"rstrip":       def("chars?", func(c *call) (any, error) { return c.stripped(strings.TrimRight, strings.TrimRightFunc) }),
	"removeprefix": def("prefix", func(c *call) (any, error) { return strings.TrimPrefix(c.self(), c.str(0, "")), nil }),
	"removesuffix": def("suffix", func(c *call) (any, error) { return strings.TrimSuffix(c.self(), c.str(0, "")), nil }),
	"split":        def("sep? maxsplit?", split),
	"rsplit":       def("sep? maxsplit?", rsplit),
	"splitlines":   def("keepends?", splitlines),
	"partition":    def("sep", partition),
	"rpartition":   def("sep", rpartition),
	"join":         def("iterable", joinMethod),
	"replace":      def("old new count?", replaceMethod),
	"startswith":   def("prefix start? end?", func(c *call) (any, error) { return c.affix(strings.HasPrefix) }),
	"endswith":     def("suffix start? end?", func(c *call) (any, error) { return c.affix(strings.HasSuffix) }),
	"find":         def("sub start? end?", func(c *call) (any, error) { return c.find(strings.Index) }),
	"rfind":        def("sub start? end?", func(c *call) (any, error) { return c.find(strings.LastIndex) }),
	"index":        def("sub start? end?", func(c *call) (any, error) { return c.mustFind(strings.Index) }),
	"rindex":       def("sub start? end?", func(c *call) (any, error) { return c.mustFind(strings.LastIndex) }),
	"count":        def("sub start? end?", countMethod),
	"zfill":        def("width", zfill),
	"ljust":        def("width fillchar?", func(c *call) (any, error) { return c.justified('<') }),
	"rjust":        def("width fillchar?", func(c *call) (any, error) { return c.justified('>') }),
	"center":       def("width fillchar?", func(c *call) (any, error) { return centered(c.self(), c.width(0, 0), c.fill()), nil }),
	"expandtabs":   def("tabsize?", expandtabs),
	"format":       def("* **", formatMethod),
	"format_map":   def("mapping", formatMap),
	"encode":       unsupported("encode", "texts are not bytes"),
	"translate":    unsupported("translate", "use replace"),
	"maketrans":    unsupported("maketrans", "use replace"),
}

func unsupported(name, why string) *builtin {
	return def("* **", func(*call) (any, error) { return nil, fmt.Errorf("str.%s is not supported: %s", name, why) })
}

// self is the string that the method is called on.
func (c *call) self() string { return c.in.(string) }

func onString(fn func(string) string) *builtin {
	return def("", func(c *call) (any, error) { return fn(c.self()), nil })
}

// titleLetters is Python's str.title: a word is a run of letters.
func titleLetters(s string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		was := inWord
		if inWord = unicode.IsLetter(r); was {
			return unicode.ToLower(r)
		}
		return unicode.ToTitle(r)
	}, s)
}

func swapcase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, strings.ReplaceAll(s, "ß", "ss"))
}

func (c *call) stripped(chars func(s, set string) string, space func(string, func(rune) bool) string) (any, error) {
	if c.arg(0, nil) == nil {
		return space(c.self(), unicode.IsSpace), nil
	}
	return chars(c.self(), c.str(0, "")), nil
}

// separator is the first argument of split, or "" for white space.
func (c *call) separator() string {
	if c.arg(0, nil) == nil {
		return ""
	}
	sep := c.str(0, "")
	if sep == "" {
		c.fail(fmt.Errorf("ValueError: empty separator"))
	}
	return sep
}

func split(c *call) (any, error) {
	sep, n := c.separator(), c.int(1, -1)
	switch {
	case c.err != nil:
		return nil, nil
	case sep != "" && n < 0:
		return value.Texts(strings.Split(c.self(), sep)), nil
	case sep != "":
		return value.Texts(strings.SplitN(c.self(), sep, n+1)), nil
	case n < 0:
		return value.Texts(strings.Fields(c.self())), nil
	}
	var out []string
	rest := strings.TrimLeftFunc(c.self(), unicode.IsSpace)
	for ; n > 0 && rest != ""; n-- {
		i := strings.IndexFunc(rest, unicode.IsSpace)
		if i < 0 {
			break
		}
		out = append(out, rest[:i])
		rest = strings.TrimLeftFunc(rest[i:], unicode.IsSpace)
	}
	if rest != "" {
		out = append(out, rest)
	}
	return value.Texts(out), nil
}

func rsplit(c *call) (any, error) {
	sep, n := c.separator(), c.int(1, -1)
	if n < 0 || c.err != nil {
		return split(c)
	}
	var out []string
	rest := c.self()
	for ; n > 0; n-- {
		var i, width int
		if sep != "" {
			i, width = strings.LastIndex(rest, sep), len(sep)
		} else if rest = strings.TrimRightFunc(rest, unicode.IsSpace); rest != "" {
			i, width = strings.LastIndexFunc(rest, unicode.IsSpace), 0
			if i >= 0 {
				_, width = utf8.DecodeRuneInString(rest[i:])
			}
		}
		if i < 0 || rest == "" {
			break
		}
		out = append(out, rest[i+width:])
		rest = rest[:i]
	}
	if sep == "" {
		rest = strings.TrimRightFunc(rest, unicode.IsSpace)
		if n > 0 {
			rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		}
	}
	if sep != "" || rest != "" {
		out = append(out, rest)
	}
	slices.Reverse(out)
	return value.Texts(out), nil
}

func splitlines(c *call) (any, error) {
	out := value.NewList()
	for rest := c.self(); rest != ""; {
		i := strings.IndexAny(rest, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if i < 0 {
			out.Items = append(out.Items, rest)
			break
		}
		_, n := utf8.DecodeRuneInString(rest[i:])
		if strings.HasPrefix(rest[i:], "\r\n") {
			n = 2
		}
		line := rest[:i]
		if c.truth(0) {
			line = rest[:i+n]
		}
		out.Items = append(out.Items, line)
		rest = rest[i+n:]
	}
	return out, nil
}

func partition(c *call) (any, error) {
	sep := c.str(0, "")
	before, after, ok := strings.Cut(c.self(), sep)
	if sep == "" {
		return nil, fmt.Errorf("ValueError: empty separator")
	}
	if !ok {
		return value.NewTuple(before, "", ""), nil
	}
	return value.NewTuple(before, sep, after), nil
}

func rpartition(c *call) (any, error) {
	sep := c.str(0, "")
	if sep == "" {
		return nil, fmt.Errorf("ValueError: empty separator")
	}
	i := strings.LastIndex(c.self(), sep)
	if i < 0 {
		return value.NewTuple("", "", c.self()), nil
	}
	return value.NewTuple(c.self()[:i], sep, c.self()[i+len(sep):]), nil
}

func joinMethod(c *call) (any, error) {
	var b strings.Builder
	for i, v := range c.iterate(c.arg(0, nil)) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("TypeError: sequence item %d: expected str instance, %s found", i, value.TypeName(v))
		}
		if i > 0 {
			b.WriteString(c.self())
		}
		b.WriteString(s)
		if err := value.CheckText(int64(b.Len())); err != nil {
			return nil, err
		}
	}
	return b.String(), nil
}

func replaceMethod(c *call) (any, error) {
	old, new, count := c.str(0, ""), c.str(1, ""), c.int(2, -1)
	if c.err != nil {
		return nil, nil
	}
	return replaced(c.self(), old, new, count)
}

// window is the part of the string between the arguments start and end, and
// how many letters stand before it, which is -1 where start is behind the end.
func (c *call) window() (string, int) {
	if !c.has(1) && !c.has(2) {
		return c.self(), 0
	}
	n := utf8.RuneCountInString(c.self())
	at := func(i, def int) int {
		k := def
		if c.arg(i, nil) != nil {
			k = c.int(i, def)
		}
		if k < 0 {
			k += n
		}
		return max(0, min(k, n))
	}
	from, to := at(1, 0), at(2, n)
	if from > to || c.arg(1, nil) != nil && c.int(1, 0) > n {
		return "", -1
	}
	return string([]rune(c.self())[from:to]), from
}

// affix is startswith or endswith, of one text or of any in a tuple.
func (c *call) affix(has func(s, affix string) bool) (any, error) {
	s, before := c.window()
	if before < 0 {
		return false, nil
	}
	l, ok := c.arg(0, nil).(*value.List)
	if !ok {
		return has(s, c.str(0, "")), nil
	}
	for _, v := range l.Items {
		if affix, ok := v.(string); ok && l.Tuple && has(s, affix) {
			return true, nil
		} else if !ok || !l.Tuple {
			return nil, fmt.Errorf("TypeError: %s first arg must be str or a tuple of str, not %s", c.name, value.TypeName(c.arg(0, nil)))
		}
	}
	return false, nil
}

func (c *call) find(index func(s, sub string) int) (any, error) {
	s, before := c.window()
	i := index(s, c.str(0, ""))
	if i < 0 || before < 0 {
		return int64(-1), nil
	}
	return int64(before + utf8.RuneCountInString(s[:i])), nil
}

func (c *call) mustFind(index func(s, sub string) int) (any, error) {
	i, err := c.find(index)
	if i == any(int64(-1)) {
		return nil, fmt.Errorf("ValueError: substring not found")
	}
	return i, err
}

func countMethod(c *call) (any, error) {
	s, before := c.window()
	if before < 0 {
		return int64(0), nil
	}
	return int64(strings.Count(s, c.str(0, ""))), nil
}

func zfill(c *call) (any, error) {
	s, sign := c.self(), ""
	width := c.width(0, 0)
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	return sign + value.Pad(s, width-len(sign), "0", '>'), nil
}

func (c *call) fill() string {
	fill := c.str(1, " ")
	if utf8.RuneCountInString(fill) != 1 {
		c.fail(fmt.Errorf("TypeError: The fill character must be exactly one character long"))
		return " "
	}
	return fill
}

func (c *call) justified(align byte) (any, error) {
	return value.Pad(c.self(), c.width(0, 0), c.fill(), align), nil
}

func expandtabs(c *call) (any, error) {
	var b strings.Builder
	col, size := 0, c.width(0, 8)
	for _, r := range c.self() {
		switch {
		case r == '\t' && size > 0:
			n := size - col%size
			b.WriteString(strings.Repeat(" ", n))
			col += n
			if err := value.CheckText(int64(b.Len())); err != nil {
				return nil, err
			}
		case r == '\t':
		case r == '\n':
			col = 0
			b.WriteRune(r)
		default:
			col++
			b.WriteRune(r)
		}
	}
	return b.String(), nil
}

func formatMethod(c *call) (any, error) {
	return value.FormatFields(c.self(), c.rest, c.kw, c.field)
}

func formatMap(c *call) (any, error) {
	d, ok := c.arg(0, nil).(*value.Dict)
	if !ok {
		return nil, fmt.Errorf("TypeError: format_map takes a dict, not %s", value.TypeName(c.arg(0, nil)))
	}
	return value.FormatFields(c.self(), nil, d, c.field)
}

// field is an attribute or item in a format.
func (c *call) field(x any, name string, key any) (any, error) {
	if key != nil {
		return c.f.element(x, key)
	}
	return c.f.attribute(x, name)
}
