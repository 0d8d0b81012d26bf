package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

const (
	defaultStart = 10 * time.Second
	defaultIdle  = 10 * time.Minute
	grace        = 1500 * time.Millisecond // from asking a plugin to end to ending it
	window       = 4 << 20                 // bytes under way in one stream
	maxMessage   = 16 << 20                // far more than any message needs
)

// A Process is a plugin that runs. It is a [plugins.Process].
type Process struct {
	name   string
	host   *Host
	client *plugin.Client
	child  *child
	rpc    proto.PluginClient
	spoilt atomic.Bool // it broke off a call, so there is nothing to ask it
	close  sync.Once
}

var _ plugins.Process = (*Process)(nil)

// Start runs a plugin and shakes hands with it. A plugin whose executable is
// not the one it is pinned to is an error wrapping [plugins.ErrPin], and is
// not run.
func (h *Host) Start(ctx context.Context, name string) (plugins.Process, error) {
	command, err := h.find(name)
	if err != nil {
		return nil, err
	}
	if pin, ok := h.config.Pins[name]; ok {
		if err := checkPin(command[0], pin); err != nil {
			return nil, fmt.Errorf("plugin %s: %w", name, err)
		}
	}
	limit := orElse(h.config.Limits.Start, defaultStart)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: no handshake within %s", plugins.ErrTimeout, limit))
	defer cancel()
	p := &Process{name: name, host: h, child: newChild(command, append(environment(), h.config.Env...))}
	p.client = plugin.NewClient(p.clientConfig(limit))
	began := time.Now()
	if err := p.connect(ctx); err != nil {
		p.child.kill()
		p.Close()
		return nil, p.startError(ctx, err)
	}
	h.config.Logger.Debug("plugin started", "plugin", name, "pid", p.child.pid(), "took", time.Since(began))
	return p, nil
}

// clientConfig is how go-plugin is to run the child.
func (p *Process) clientConfig(limit time.Duration) *plugin.ClientConfig {
	return &plugin.ClientConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: plugins.CookieKey, MagicCookieValue: plugins.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{plugins.ProtocolVersion: {"plugin": &called{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     limit + time.Second, // connect gives up first
		SyncStderr:       &p.child.tail,
		Logger:           hclog.NewNullLogger(),
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: socketDir(os.TempDir())},
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			p.child.cmd.Env = append(p.child.cmd.Env, spec.Env...)
			return p.child, nil
		},
		GRPCDialOptions: []grpc.DialOption{
			grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(2 * window),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
		},
	}
}

// socketDir is where sockets lie: their paths may have about 100 bytes.
func socketDir(temp string) string {
	if len(temp) > 50 {
		return "/tmp"
	}
	return temp
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
				err = reach(conn)
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		p.child.kill()
		<-done
		return context.Cause(ctx)
	}
}

// reach makes sure that there is somebody at the other end, and by the
// certificates agreed on.
func reach(conn plugin.ClientProtocol) error {
	err := conn.Ping()
	if status.Code(err) == codes.Unimplemented {
		return nil // it does not know the question, but it answers
	}
	return err
}

// startError says why a plugin did not come up.
func (p *Process) startError(ctx context.Context, err error) error {
	who := fmt.Sprintf("plugin %s (%s)", p.name, p.child.Name())
	if ctx.Err() != nil {
		return fmt.Errorf("%s: start: %w%s", who, context.Cause(ctx), &p.child.tail)
	}
	if failed := p.child.startFailure(); failed != nil {
		return fmt.Errorf("%s: %w: %w", who, plugins.ErrHandshake, failed)
	}
	if p.child.pid() == 0 {
		return fmt.Errorf("%s: start: %w", who, err) // nothing of the plugin's: the disk may be full
	}
	return fmt.Errorf("%s: %w: %s%s", who, plugins.ErrHandshake, p.greeting(err), &p.child.tail)
}

// greeting says what is wrong with what the plugin said, or did not say, by
// way of a handshake. err is what go-plugin makes of it.
func (p *Process) greeting(err error) string {
	said := p.child.stdout.said()
	parts := strings.Split(said, "|")
	switch version, _ := strconv.Atoi(parts[min(1, len(parts)-1)]); {
	case said == "" && p.child.endedByKill():
		return "it closed its standard output and made no handshake"
	case said == "":
		return p.child.how() + " before the handshake"
	case len(parts) < 4:
		return fmt.Sprintf("it wrote %q to standard output, where nothing but the handshake may go", shown(said))
	case version != plugins.ProtocolVersion:
		return fmt.Sprintf("it speaks version %s of the protocol and this program version %d: take a release of either that fits the other",
			shown(parts[1]), plugins.ProtocolVersion)
	}
	return "it shook hands, and then: " + shown(err.Error())
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
// force. One that broke off a call is not asked.
func (p *Process) Close() error {
	p.close.Do(func() {
		if p.spoilt.Load() {
			p.child.kill()
		}
		force := time.AfterFunc(grace, p.child.kill)
		p.client.Kill()
		force.Stop()
		p.child.kill()
	})
	return nil
}
