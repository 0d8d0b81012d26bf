package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/snowpit-dev/snowpit/runner"
)

// FileOptions say how a [File] is written. The zero value is dbt's default.
type FileOptions struct {
	Level    string // the least that is written: debug (or ""), info, warn, error
	Format   string // debug (or ""), text or json
	MaxBytes int64  // how long it may grow; 0 for 10 MiB, below 0 for without an end
	RunID    string
}

// maxLog is how long a log grows, keptLogs how many older ones are kept.
const (
	maxLog   = 10 << 20
	keptLogs = 5
)

// levels are those of messages, the most talkative first.
var levels = []string{"debug", "info", "warn", "error"}

// A File is a log on disk, as dbt's logs/dbt.log: every command adds to it, and
// one that has grown too long becomes dbt.log.1. Several goroutines may write
// to it at once. What cannot be written is told by Close.
type File struct {
	path string
	opts FileOptions

	mu   sync.Mutex
	out  *os.File
	size int64
	err  error
}

// OpenFile opens a log to add to, and makes it and its folder if they are not
// there. Whoever opens it closes it.
func OpenFile(path string, opts FileOptions) (*File, error) {
	f := &File{path: path, opts: opts}
	if f.opts.MaxBytes == 0 {
		f.opts.MaxBytes = maxLog
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	if err := f.open(); err != nil {
		return nil, err
	}
	if cmp.Or(opts.Format, "debug") == "debug" {
		const line = "=============================="
		f.write(fmt.Sprintf("\n\n%s %s | %s %s\n", line, clock(time.Now()), opts.RunID, line))
	}
	return f, nil
}

func (f *File) open() (err error) {
	if f.out, err = os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err != nil {
		return err
	}
	info, err := f.out.Stat()
	if err == nil {
		f.size = info.Size()
	}
	return err
}

// Close closes the file, and says what could not be written.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.err, f.out.Close())
}

// Tell writes a message.
func (f *File) Tell(m Message) { f.tell("MainThread", m) }

// Report writes an event's line, and around it what only the log tells of: that
// a node was begun, and the statements it ran.
func (f *File) Report(e runner.Event) {
	if e.Kind == runner.Progressed {
		return
	}
	thread := "MainThread"
	if e.Result != nil {
		thread = e.Result.Thread
	}
	if e.Kind == runner.Started {
		f.debug(thread, e, "Began running node "+e.Node.ID)
	}
	if r := e.Result; r != nil && r.Ran != "" {
		f.debug(thread, e, "On "+e.Node.ID+": "+r.Ran)
	}
	f.tell(thread, told(e))
	if e.Kind == runner.Finished {
		f.debug(thread, e, "Finished running node "+e.Node.ID)
	}
}

func (f *File) debug(thread string, e runner.Event, text string) {
	m := said("NodeLog", "S001", "debug", Clean(text), map[string]any{"node_info": nodeInfo(e)})
	m.at = e.Time
	f.tell(thread, m)
}

// tell writes a message if its level is told.
func (f *File) tell(thread string, m Message) {
	if slices.Index(levels, m.Level) < slices.Index(levels, cmp.Or(f.opts.Level, "debug")) {
		return
	}
	at := m.at
	if at.IsZero() {
		at = time.Now()
	}
	var line strings.Builder
	switch f.opts.Format {
	case "json":
		(&JSON{Out: &line, RunID: f.opts.RunID}).Tell(m)
	case "text":
		fmt.Fprintf(&line, "%s  %s\n", at.UTC().Format("15:04:05"), m.text())
	default:
		fmt.Fprintf(&line, "%s [%-5s] [%.10s]: %s\n", clock(at), m.Level, thread, m.text())
	}
	f.write(line.String())
}

// clock is a time as dbt's log has it.
func clock(at time.Time) string { return at.UTC().Format("15:04:05.000000") }

// write adds text, in a new file if it would be too much for this one.
func (f *File) write(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opts.MaxBytes > 0 && f.size > 0 && f.size+int64(len(text)) > f.opts.MaxBytes {
		f.err = errors.Join(f.err, f.rotate())
	}
	if f.err != nil {
		return
	}
	n, err := io.WriteString(f.out, text)
	f.size, f.err = f.size+int64(n), err
}

// rotate makes the file dbt.log.1, that one dbt.log.2 and so on, and begins a
// new one.
func (f *File) rotate() error {
	if err := f.out.Close(); err != nil {
		return err
	}
	for i := keptLogs - 1; i >= 0; i-- {
		from := f.path
		if i > 0 {
			from = fmt.Sprintf("%s.%d", f.path, i)
		}
		if err := os.Rename(from, fmt.Sprintf("%s.%d", f.path, i+1)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return f.open()
}

// Both tells two tellers the same.
type Both [2]Teller

// Tell tells both.
func (b Both) Tell(m Message) { b[0].Tell(m); b[1].Tell(m) }

// Report reports to both.
func (b Both) Report(e runner.Event) { b[0].Report(e); b[1].Report(e) }

// Note is a message of a level (debug, info, warn or error) that has no name of
// dbt's.
func Note(level, text string) Message { return said("Note", "S003", level, Clean(text), nil) }
