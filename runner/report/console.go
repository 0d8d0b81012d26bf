package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/snowpit-dev/snowpit/runner"
)

// A Console writes dbt's lines: one when a node starts and one when it ends,
// and what goes before and after them.
type Console struct {
	Out   io.Writer
	Color bool
	Quiet bool // only errors

	hooks, nodes bool // which were told of last
}

// Report writes the event's line. There is an empty one between nodes and the
// hooks of the run.
func (c *Console) Report(e runner.Event) {
	if e.Kind == runner.Progressed {
		return
	}
	hook := e.Node.Type == runner.Operation
	if hook && c.nodes || !hook && c.hooks {
		gap := blank()
		gap.at = e.Time
		c.Tell(gap)
	}
	c.hooks, c.nodes = hook, !hook
	c.Tell(told(e))
}

// Tell writes a message, with the time in front.
func (c *Console) Tell(m Message) {
	if c.Quiet && m.Level != "error" {
		return
	}
	at := m.at
	if at.IsZero() {
		at = time.Now()
	}
	var line strings.Builder
	for _, p := range m.parts {
		line.WriteString(c.paint(p.color, p.text))
	}
	fmt.Fprintf(c.Out, "%s  %s\n", at.Format("15:04:05"), line.String())
}

func (c *Console) paint(color text.Color, s string) string {
	if !c.Color || color == 0 {
		return s
	}
	return color.EscapeSeq() + s + text.EscapeReset
}

// Clean makes text from outside fit for a terminal: control characters but
// line ends and tabs are gone.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, s)
}
