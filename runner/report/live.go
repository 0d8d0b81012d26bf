package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// A Live is a [Console] with a line for each running node below, renewed a few
// times a second. It needs a terminal. Stop ends it.
type Live struct {
	console Console
	width   int

	mu      sync.Mutex
	running []*task
	drawn   int // lines below that are to be overwritten
	stop    chan struct{}
	stopped sync.WaitGroup
}

// A task is one node that runs.
type task struct {
	node        *runner.Node
	since       time.Time
	step        string
	done, total int64
}

// NewLive starts drawing on out, a terminal of that many columns.
func NewLive(out io.Writer, columns int, color, quiet bool) *Live {
	l := &Live{console: Console{Out: out, Color: color, Quiet: quiet}, width: max(columns, 40), stop: make(chan struct{})}
	l.stopped.Go(l.tick)
	return l
}

// tick redraws until it is stopped.
func (l *Live) tick() {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-t.C:
			l.mu.Lock()
			l.clear()
			l.draw()
			l.mu.Unlock()
		}
	}
}

// Stop clears the running lines. The Live takes no events afterwards.
func (l *Live) Stop() {
	close(l.stop)
	l.stopped.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
}

// Report takes one event.
func (l *Live) Report(e runner.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	switch e.Kind {
	case runner.Started:
		l.running = append(l.running, &task{node: e.Node, since: e.Time})
	case runner.Progressed:
		for _, t := range l.running {
			if t.node == e.Node {
				t.step, t.done, t.total = e.Step, e.Done, e.Count
			}
		}
	default:
		if e.Kind == runner.Finished {
			l.drop(e.Node)
		}
		l.console.Report(e)
	}
	l.draw()
}

// Tell writes one message above the running lines.
func (l *Live) Tell(m Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	l.console.Tell(m)
	l.draw()
}

func (l *Live) drop(n *runner.Node) {
	for i, t := range l.running {
		if t.node == n {
			l.running = append(l.running[:i], l.running[i+1:]...)
			return
		}
	}
}

// clear takes back the lines drawn last.
func (l *Live) clear() {
	if l.drawn > 0 {
		fmt.Fprintf(l.console.Out, "\x1b[%dA\x1b[J", l.drawn)
		l.drawn = 0
	}
}

// draw draws a line for each running node.
func (l *Live) draw() {
	for _, t := range l.running {
		line := fmt.Sprintf("  %s %5.1fs  %s%s", spinner(t.since), time.Since(t.since).Seconds(), describe(t.node), t.progress())
		if runes := []rune(line); len(runes) >= l.width {
			line = string(runes[:l.width-1])
		}
		fmt.Fprintln(l.console.Out, line)
		l.drawn++
	}
}

func spinner(since time.Time) string {
	frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	return string(frames[int(time.Since(since)/(100*time.Millisecond))%len(frames)])
}

func (t *task) progress() string {
	switch {
	case t.step == "":
		return ""
	case t.total > 0:
		return fmt.Sprintf("  %s %s of %s", Clean(t.step), grouped(t.done), grouped(t.total))
	}
	return fmt.Sprintf("  %s %s rows", Clean(t.step), grouped(t.done))
}

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, c := range s {
		if i > 0 && c != '-' && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
