package macros

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
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

// groupPosition is REGEXP_INSTR of a group: the macro hands over the position
// to begin at, which match it is, 1 for the place behind it, the group, the
// pattern and the text, with 0x1F between.
func groupPosition(dst, src []byte) ([]byte, bool, error) {
	parts := bytes.SplitN(src, []byte{0x1f}, 6)
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(parts[i]))
	}
	re, err := compiled(string(parts[4]))
	if err != nil {
		return nil, false, err
	}
	text := parts[5]
	start := 0
	for range n[0] - 1 {
		if start < len(text) {
			_, size := utf8.DecodeRune(text[start:])
			start += size
		}
	}
	found := re.FindAllSubmatchIndex(text[start:], n[1])
	group := 2*n[3] + n[2]
	if len(found) < n[1] || n[1] < 1 || n[3] > re.NumSubexp() || found[n[1]-1][group] < 0 {
		return append(dst, '0'), true, nil
	}
	at := start + found[n[1]-1][group]
	return strconv.AppendInt(dst, int64(utf8.RuneCount(text[:at])+1), 10), true, nil
}
