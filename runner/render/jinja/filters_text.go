package jinja

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
)

// textFilters work on the text of a value.
var textFilters = map[string]*builtin{
	"upper":       onText(upper),
	"lower":       onText(strings.ToLower),
	"capitalize":  onText(capitalize),
	"title":       onText(titleWords),
	"string":      onText(func(s string) string { return s }),
	"e":           onText(escapeHTML),
	"escape":      onText(escapeHTML),
	"forceescape": onText(escapeHTML),
	"striptags":   onText(stripTags),
	"urlencode":   def("", urlencode),
	"trim":        def("chars?", trim),
	"replace":     def("old new count?", replace),
	"indent":      def("width? first? blank?", indent),
	"format":      def("* **", formatFilter),
	"center":      def("width?", center),
	"wordcount":   def("", wordcount),
	"wordwrap":    def("width? break_long_words? wrapstring? break_on_hyphens?", wordwrap),
	"truncate":    def("length? killwords? end? leeway?", truncate),
}

// onText makes a filter of a function from text to text.
func onText(fn func(string) string) *builtin {
	return def("", func(c *call) (any, error) { return fn(c.asText(c.in)), nil })
}

func upper(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
}

// titleWords begins every word with a capital: Jinja's title, for which a word
// ends at white space, a hyphen or an opening bracket.
func titleWords(s string) string {
	var b strings.Builder
	begin := true
	for _, r := range s {
		if begin {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		begin = unicode.IsSpace(r) || strings.ContainsRune("-({[<", r)
	}
	return b.String()
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", ">", "&gt;", "<", "&lt;", "'", "&#39;", `"`, "&#34;")

func escapeHTML(s string) string { return htmlEscapes.Replace(s) }

// stripTags removes tags and comments of HTML, and makes white space single.
func stripTags(s string) string {
	var b strings.Builder
	for {
		text, tag, ok := strings.Cut(s, "<")
		b.WriteString(text)
		if !ok {
			break
		}
		end := ">"
		if strings.HasPrefix(tag, "!--") {
			end = "-->"
		}
		_, rest, ok := strings.Cut(tag, end)
		if !ok {
			b.WriteString("<" + tag)
			break
		}
		s = rest
	}
	return html.UnescapeString(strings.Join(strings.Fields(b.String()), " "))
}

// urlencode quotes a text for a path, and a dict or pairs for a query.
func urlencode(c *call) (any, error) {
	var pairs []any
	switch in := c.in.(type) {
	case *value.Dict:
		pairs = in.Pairs()
	case string:
		return quoteURL(in, "/"), nil
	case value.Seq, *value.List:
		pairs = c.items()
	default:
		return quoteURL(c.asText(in), "/"), nil
	}
	var parts []string
	for _, p := range pairs {
		pair := c.iterate(p)
		if len(pair) != 2 {
			return nil, fmt.Errorf("ValueError: urlencode takes pairs")
		}
		parts = append(parts, quoteQuery(c.asText(pair[0]))+"="+quoteQuery(c.asText(pair[1])))
	}
	return strings.Join(parts, "&"), nil
}

func quoteQuery(s string) string { return strings.ReplaceAll(quoteURL(s, ""), "%20", "+") }

func quoteURL(s, safe string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_.-~"+safe, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func trim(c *call) (any, error) {
	if c.arg(0, nil) != nil {
		return strings.Trim(c.asText(c.in), c.str(0, "")), nil
	}
	return strings.TrimFunc(c.asText(c.in), unicode.IsSpace), nil
}

func replace(c *call) (any, error) {
	count := -1
	if c.arg(2, nil) != nil {
		count = c.int(2, -1)
	}
	return replaced(c.asText(c.in), c.text(0, ""), c.text(1, ""), count)
}

// replaced replaces, unless the result would be too large.
func replaced(s, old, new string, count int) (any, error) {
	if grow := len(new) - len(old); grow > 0 {
		n := strings.Count(s, old)
		if count >= 0 {
			n = min(n, count)
		}
		if err := value.CheckText(int64(len(s)) + int64(n)*int64(grow)); err != nil {
			return nil, err
		}
	}
	return strings.Replace(s, old, new, count), nil
}

// mustText is the input of a filter that takes nothing but text.
func (c *call) mustText() string {
	switch in := c.in.(type) {
	case string:
		return in
	case *value.Undefined:
		c.fail(in.Err())
	default:
		c.fail(fmt.Errorf("TypeError: %s takes a text, not %s; use the filter string before it", c.name, value.TypeName(in)))
	}
	return ""
}

func indent(c *call) (any, error) {
	pad, ok := c.arg(0, nil).(string)
	if !ok {
		pad = strings.Repeat(" ", max(0, c.width(0, 4)))
	}
	text := c.mustText()
	if err := value.CheckText(int64(len(text)) + int64(len(pad))*int64(strings.Count(text, "\n")+1)); err != nil {
		return nil, err
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i == 0 && c.truth(1) || i > 0 && (line != "" || c.truth(2)) {
			lines[i] = pad + line
		}
	}
	return strings.Join(lines, "\n"), nil
}

func formatFilter(c *call) (any, error) {
	if c.kw.Len() > 0 && len(c.rest) > 0 {
		return nil, fmt.Errorf("FilterArgumentError: can't handle positional and keyword arguments at the same time")
	}
	if c.kw.Len() > 0 {
		return value.Percent(c.asText(c.in), c.kw)
	}
	return value.Percent(c.asText(c.in), value.NewTuple(c.rest...))
}

func center(c *call) (any, error) {
	return centered(c.asText(c.in), c.width(0, 80), " "), nil
}

// centered is Python's str.center, which puts an odd space on the left when
// the width is odd.
func centered(s string, width int, fill string) string {
	n := width - utf8.RuneCountInString(s)
	if n <= 0 {
		return s
	}
	left := n/2 + n&width&1
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, n-left)
}

func wordcount(c *call) (any, error) {
	words := strings.FieldsFunc(c.asText(c.in), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
	return int64(len(words)), nil
}

// wordwrap breaks lines at white space. Its other ways to break are refused.
func wordwrap(c *call) (any, error) {
	width, sep := c.int(0, 79), c.text(2, "\n")
	if width < 1 {
		return nil, fmt.Errorf("ValueError: invalid width %d (must be > 0)", width)
	}
	var out []string
	for line := range strings.SplitSeq(c.mustText(), "\n") {
		out = append(out, wrapLine(line, width, value.Truthy(c.arg(1, true)))...)
	}
	if err := value.CheckText(int64(len(out)) * int64(len(sep)+1)); err != nil {
		return nil, err
	}
	return strings.Join(out, sep), nil
}

func wrapLine(line string, width int, breakWords bool) []string {
	var lines []string
	var now []byte
	n := 0
	for _, word := range strings.Fields(line) {
		w := utf8.RuneCountInString(word)
		for breakWords && w > width && n+1 < width {
			room := width
			if n > 0 {
				now, room = append(now, ' '), width-n-1
			}
			head, tail := cutLetters(word, room)
			lines, now, n = append(lines, string(now)+head), now[:0], 0
			word, w = tail, w-room
		}
		if n > 0 && n+1+w > width {
			lines, now, n = append(lines, string(now)), now[:0], 0
		}
		if n > 0 {
			now, n = append(now, ' '), n+1
		}
		now, n = append(now, word...), n+w
	}
	return append(lines, string(now))
}

// cutLetters cuts a text of more than n letters behind the nth.
func cutLetters(s string, n int) (head, tail string) {
	for i := range s {
		if n == 0 {
			return s[:i], s[i:]
		}
		n--
	}
	return s, ""
}

func truncate(c *call) (any, error) {
	length, end := c.int(0, 255), c.text(2, "...")
	leeway := 5
	if c.arg(3, nil) != nil {
		leeway = c.int(3, 5)
	}
	n := length - utf8.RuneCountInString(end)
	switch {
	case n < 0:
		return nil, fmt.Errorf("AssertionError: expected length >= %d, got %d", utf8.RuneCountInString(end), length)
	case leeway < 0:
		return nil, fmt.Errorf("AssertionError: expected leeway >= 0, got %d", leeway)
	}
	if size, err := value.Len(c.in); err != nil || size <= length+leeway {
		return c.in, err
	}
	s := []rune(c.mustText())
	if c.err != nil {
		return nil, nil
	}
	cut := string(s[:n])
	if i := strings.LastIndexByte(cut, ' '); i >= 0 && !c.truth(1) {
		cut = cut[:i]
	}
	return cut + end, nil
}
