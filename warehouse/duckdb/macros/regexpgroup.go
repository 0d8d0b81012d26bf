package macros

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// patterns are the regular expressions that were read, by their text, the first
// of them.
var patterns sync.Map

// compiled is a pattern as a program, kept if there are few yet.
func compiled(pattern string) (*regexp.Regexp, error) {
	if re, ok := patterns.Load(pattern); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("[100048:2201B] Invalid regular expression: '%s', %w", pattern, err)
	}
	if modelCount.Add(1) <= keptModels {
		patterns.Store(pattern, re)
	}
	return re, nil
}

// groupPosition is REGEXP_INSTR of a group. Its first argument is the position to
// begin at, which match it is, 1 for the place behind it, the group and the
// pattern, with 0x1F between; its second is the text.
func groupPosition(first string) (textFunction, error) {
	parts := strings.SplitN(first, "\x1f", 5)
	if len(parts) < 5 {
		return nil, fmt.Errorf("[001008:22023] REGEXP_INSTR of %q", first)
	}
	var n [4]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(parts[i]); err != nil {
			return nil, fmt.Errorf("[001008:22023] invalid value [%s] for parameter '%s'", parts[i], [...]string{"position", "occurrence", "option", "group_num"}[i])
		}
	}
	from, which, past, group := n[0], n[1], n[2], n[3]
	if past < 0 || past > 1 || group < 0 {
		return nil, fmt.Errorf("[001008:22023] invalid value [%d] for parameter 'option', or [%d] for 'group_num'", past, group)
	}
	re, err := compiled(parts[4])
	if err != nil {
		return nil, err
	}
	return func(dst, text []byte) ([]byte, bool, error) {
		start := 0
		for left := from - 1; left > 0 && start < len(text); left-- {
			_, size := utf8.DecodeRune(text[start:])
			start += size
		}
		var at []int
		if group <= re.NumSubexp() && which > 0 {
			if found := re.FindAllSubmatchIndex(text[start:], which); len(found) == which {
				at = found[which-1][2*group:]
			}
		}
		if at == nil || at[past] < 0 {
			return append(dst, '0'), true, nil
		}
		return strconv.AppendInt(dst, int64(utf8.RuneCount(text[:start+at[past]])+1), 10), true, nil
	}, nil
}
