package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// A child is a plugin's process, as go-plugin runs it. Unlike go-plugin's own
// it gets no standard input, may write what it likes to standard output after
// the handshake, and when it ends, all that it started ends with it.
type child struct {
	cmd    *exec.Cmd
	stdout handshake
	stderr io.ReadCloser
	tail   tail
	ended  chan struct{} // closed when the process is gone and its last words are read

	mu     sync.Mutex
	killed bool
	failed error            // why it could not be started
	state  *os.ProcessState // how it ended
}

var _ runner.Runner = (*child)(nil)

// lastWords is how long the pipes of a process that ended stay open, when
// something that it started and that left its group holds them.
const lastWords = 500 * time.Millisecond

func newChild(command, env []string) *child {
	c := &child{cmd: exec.Command(command[0], command[1:]...), ended: make(chan struct{})}
	c.cmd.Env = env
	ownGroup(c.cmd)
	return c
}

// Start starts the process, unless it was killed before.
func (c *child) Start(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.killed {
		return context.Canceled
	}
	if c.failed = c.start(); c.failed != nil {
		return c.failed
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		// That it cannot be read is that it ended.
		_, _ = io.Copy(&c.tail, c.stderr)
	}()
	go c.reap(read)
	return nil
}

func (c *child) start() error {
	var err error
	if c.stdout.pipe, err = c.cmd.StdoutPipe(); err != nil {
		return err
	}
	if c.stderr, err = c.cmd.StderrPipe(); err != nil {
		return err
	}
	return c.cmd.Start()
}

// reap waits for the process to end, and ends what it started.
func (c *child) reap(read <-chan struct{}) {
	state, err := c.cmd.Process.Wait()
	killGroup(c.cmd.Process)
	select {
	case <-read:
	case <-time.After(lastWords):
	}
	c.stdout.pipe.Close()
	c.stderr.Close()
	<-read
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.state = state
	}
	close(c.ended)
}

// kill ends the process and its group at once, or keeps it from starting.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed = true
	if c.cmd.Process != nil && !c.over() {
		killGroup(c.cmd.Process)
	}
}

func (c *child) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// overWithin reports whether the process ends within a while.
func (c *child) overWithin(d time.Duration) bool {
	select {
	case <-c.ended:
		return true
	case <-time.After(d):
		return false
	}
}

// how says how the process ended.
func (c *child) how() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		return "its process is gone"
	}
	return c.state.String()
}

// endedByKill reports whether it was kill that ended the process.
func (c *child) endedByKill() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.killed && c.state != nil && !c.state.Exited()
}

// startFailure is why the process could not be started, or nil.
func (c *child) startFailure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// Wait waits for the process to end.
func (c *child) Wait(context.Context) error {
	<-c.ended
	return nil
}

// Kill is kill, for go-plugin.
func (c *child) Kill(context.Context) error {
	c.kill()
	return nil
}

// Stdout gives the handshake alone.
func (c *child) Stdout() io.ReadCloser { return &c.stdout }

// Stderr gives nothing: it is read here.
func (c *child) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name is the executable.
func (c *child) Name() string { return c.cmd.Path }

// ID is the process's number.
func (c *child) ID() string { return strconv.Itoa(c.pid()) }

func (c *child) pid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd.Process == nil {
		return 0
	}
	return c.cmd.Process.Pid
}

// Diagnose is for the messages of go-plugin, which are not shown.
func (c *child) Diagnose(context.Context) string { return "" }

// PluginToHost leaves addresses as they are.
func (c *child) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin leaves addresses as they are.
func (c *child) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// maxHandshake is the longest first line that can be a handshake: a
// certificate is in it.
const maxHandshake = 16 << 10

// A handshake reads the first line of a plugin's standard output, and throws
// away what comes after it, so that no noise fills the pipe.
type handshake struct {
	pipe io.ReadCloser
	over bool // the line is complete

	mu   sync.Mutex
	line []byte
}

func (h *handshake) Read(p []byte) (int, error) {
	if h.over {
		if _, err := io.Copy(io.Discard, h.pipe); err != nil && !errors.Is(err, os.ErrClosed) {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := h.pipe.Read(p)
	if i := bytes.IndexByte(p[:n], '\n'); i >= 0 {
		n, h.over = i+1, true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line = append(h.line, p[:n]...)
	if !h.over && len(h.line) > maxHandshake {
		p[n-1], h.over = '\n', true // whoever reads lines has one
	}
	return n, err
}

// said is the first line so far.
func (h *handshake) said() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.TrimSpace(string(bytes.ToValidUTF8(h.line, []byte("?"))))
}

// Close ends the reading.
func (h *handshake) Close() error { return h.pipe.Close() }
