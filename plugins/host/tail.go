package host

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
)

// tail keeps the end of what a plugin writes to standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const (
	tailBytes = 64 << 10
	tailLines = 10
	lineBytes = 400 // what is shown of one line
)

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	p = p[max(0, n-tailBytes):]
	t.text = append(t.text, p...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return n, nil
}

// String is the last lines, or those from where a Go program died, ready to
// stand behind an error, or "".
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(bytes.ToValidUTF8(t.text, []byte("?"))))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	from := max(0, len(lines)-tailLines)
	for i, line := range lines { // a Go plugin says what it died of before the stack
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			from = i
		}
	}
	var b strings.Builder
	for _, line := range lines[from:min(from+tailLines, len(lines))] {
		b.WriteString("\n  stderr: " + shown(line))
	}
	return b.String()
}

// shown is a foreign line as it may be shown: not too long, and without the
// control characters that would do something to a terminal.
func shown(line string) string {
	line, _, _ = strings.Cut(line, "\n")
	if len(line) > lineBytes {
		line = strings.ToValidUTF8(line[:lineBytes], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, line)
}
