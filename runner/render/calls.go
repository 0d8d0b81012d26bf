package render

import (
	"regexp"
	"slices"
	"strings"
)

var (
	tags         = regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`)
	callName     = regexp.MustCompile(`(?:\b([A-Za-z_]\w*)\s*\.\s*)?\b([A-Za-z_]\w*)\s*\(`)
	dispatchName = regexp.MustCompile(`\bdispatch\s*\(\s*(?:macro_name\s*=\s*)?['"](\w+)['"](?:\s*,\s*(?:macro_namespace\s*=\s*)?['"](\w+)['"])?`)
)

// Calls are the IDs of the macros that a template of a package may call: those
// it names in front of a parenthesis, sorted. One that is called under another
// name is not seen.
func (l *Library) Calls(pkg, text string) []string {
	var ids []string
	add := func(m *macro) {
		if m != nil && !slices.Contains(ids, m.id()) {
			ids = append(ids, m.id())
		}
	}
	text = strings.Join(tags.FindAllString(text, -1), " ") // SQL's own functions are nobody's macros
	for _, call := range callName.FindAllStringSubmatch(text, -1) {
		if call[1] == "" {
			add(l.find(pkg, call[2]))
		} else if p := l.packages[call[1]]; p != nil {
			add(p.macros[call[2]])
		}
	}
	for _, call := range dispatchName.FindAllStringSubmatch(text, -1) {
		m, _ := l.dispatched(pkg, call[1], call[2])
		add(m)
	}
	slices.Sort(ids)
	return ids
}
