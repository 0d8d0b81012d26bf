package host

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

const (
	defaultStart = 10 * time.Second
	defaultIdle  = 10 * time.Minute
	window       = 4 << 20 // bytes under way in one stream
)

// A Process is a plugin that runs. It is a [plugins.Process].
type Process struct {
	name   string
	host   *Host
	client *plugin.Client
	cmd    *exec.Cmd
	abort  context.CancelFunc // ends the process while go-plugin may still be starting it
	stderr *tail
	rpc    proto.PluginClient
	close  sync.Once
}

var _ plugins.Process = (*Process)(nil)

// Start runs a plugin and shakes hands with it.
func (h *Host) Start(ctx context.Context, name string) (plugins.Process, error) {
	command, err := h.find(name)
	if err != nil {
		return nil, err
	}
	p := &Process{name: name, host: h, stderr: &tail{}}
	config, err := h.clientConfig(p, command)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", name, err)
	}
	p.client = plugin.NewClient(config)
	began := time.Now()
	if err := p.connect(ctx); err != nil {
		p.kill()
		p.Close()
		return nil, p.startError(ctx, err, time.Since(began) >= config.StartTimeout)
	}
	h.config.Logger.Debug("plugin started", "plugin", name, "pid", p.cmd.Process.Pid, "took", time.Since(began))
	return p, nil
}

// clientConfig is how go-plugin is to run the command.
func (h *Host) clientConfig(p *Process, command []string) (*plugin.ClientConfig, error) {
	starting, abort := context.WithCancel(context.Background())
	p.abort = abort
	p.cmd = exec.CommandContext(starting, command[0], command[1:]...)
	p.cmd.Cancel = func() error {
		killGroup(p.cmd.Process)
		return nil
	}
	p.cmd.Env = append(environment(), h.config.Env...)
	ownGroup(p.cmd)
	config := &plugin.ClientConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: plugins.CookieKey, MagicCookieValue: plugins.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{plugins.ProtocolVersion: {"plugin": &called{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Cmd:              p.cmd,
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     orElse(h.config.Limits.Start, defaultStart),
		Stderr:           p.stderr,
		SyncStderr:       p.stderr,
		Logger:           hclog.NewNullLogger(),
		GRPCDialOptions:  []grpc.DialOption{grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(2 * window)},
	}
	if pin, ok := h.config.Pins[p.name]; ok {
		sum, err := hex.DecodeString(pin)
		if err != nil || len(sum) != sha256.Size {
			return nil, fmt.Errorf("its SHA-256 pin %q is not 64 hex digits", pin)
		}
		config.SecureConfig = &plugin.SecureConfig{Checksum: sum, Hash: sha256.New()}
	}
	return config, nil
}

// environment is what a plugin gets of the process's own: enough to find
// programs, temporary files and time zones, and no secret.
func environment() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "GOMAXPROCS", "SYSTEMROOT", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func orElse(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// connect starts the process and connects to it, or gives up with ctx.
func (p *Process) connect(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		conn, err := p.client.Client()
		if err == nil {
			var raw any
			if raw, err = conn.Dispense("plugin"); err == nil {
				p.rpc = raw.(proto.PluginClient)
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		p.abort()
		<-done
		return context.Cause(ctx)
	}
}

// startError says why a plugin did not come up.
func (p *Process) startError(ctx context.Context, err error, late bool) error {
	kind := plugins.ErrHandshake
	what := firstLine(err.Error())
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("plugin %s: start: %w", p.name, context.Cause(ctx))
	case errors.Is(err, plugin.ErrChecksumsDoNotMatch):
		return fmt.Errorf("plugin %s: %s does not have the SHA-256 it is pinned to: it was changed, or the pin is of another version: %w", p.name, p.cmd.Path, err)
	case late:
		kind, what = plugins.ErrTimeout, fmt.Sprintf("no handshake within %s", orElse(p.host.config.Limits.Start, defaultStart))
	}
	return fmt.Errorf("plugin %s (%s): %w: %s%s", p.name, p.cmd.Path, kind, what, p.stderr)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// called is the plugin as go-plugin knows it.
type called struct{ plugin.NetRPCUnsupportedPlugin }

func (*called) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("a host calls and does not serve")
}

func (*called) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return proto.NewPluginClient(conn), nil
}

// Close ends the plugin: first by asking, then, it and all it started, by
// force.
func (p *Process) Close() error {
	p.close.Do(func() {
		p.client.Kill()
		p.kill()
	})
	return nil
}

// kill ends the plugin's process group at once, once it was started.
func (p *Process) kill() {
	p.abort()
	if p.cmd.Process != nil {
		killGroup(p.cmd.Process)
	}
}

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
	t.text = append(t.text, p...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
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
		if len(line) > lineBytes {
			line = strings.ToValidUTF8(line[:lineBytes], "") + "..."
		}
		b.WriteString("\n  stderr: " + line)
	}
	return b.String()
}

// settle waits a moment for a process that broke off to be seen to end, so
// that a crash is told from a broken connection. By then its standard error
// has been read to its end.
func (p *Process) settle() bool {
	for range 50 {
		if p.client.Exited() {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return p.client.Exited()
}
