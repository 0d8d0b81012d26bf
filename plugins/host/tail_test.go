package host

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// However much a plugin writes, its tail stays small and has the last lines.
func TestTail(t *testing.T) {
	var tl tail
	if tl.String() != "" {
		t.Error("a plugin that said nothing is quoted")
	}
	for i := range 100_000 {
		fmt.Fprintf(&tl, "line %d\n", i)
	}
	if n, err := tl.Write(bytes.Repeat([]byte("x"), 10<<20)); n != 10<<20 || err != nil {
		t.Errorf("took %d bytes, %v", n, err)
	}
	fmt.Fprint(&tl, "\n\x1b]0;title\x07\xff last\n")
	if cap(tl.text) > 4*tailBytes {
		t.Errorf("it keeps %d bytes", cap(tl.text))
	}
	got := tl.String()
	if !strings.HasSuffix(got, "stderr: ]0;title? last") || len(got) > 2*tailLines*lineBytes {
		t.Errorf("it shows %q", got)
	}
}

// Of a Go program's end the first lines tell, not the last.
func TestTailOfPanic(t *testing.T) {
	var tl tail
	fmt.Fprint(&tl, "reading\npanic: index out of range\n\ngoroutine 1 [running]:\n")
	for i := range 100 {
		fmt.Fprintf(&tl, "main.f%d()\n", i)
	}
	if got := tl.String(); !strings.HasPrefix(got, "\n  stderr: panic: index out of range") || strings.Count(got, "\n") != tailLines {
		t.Errorf("it shows %s", got)
	}
}
