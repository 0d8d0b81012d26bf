package sdk

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// The words a plugin needs, under one roof.
type (
	// Plugin says what the plugin is; see [plugins.Plugin].
	Plugin = plugins.Plugin
	// Trainer fits a model; see [plugins.Trainer].
	Trainer = plugins.Trainer
	// Predictor scores rows; see [plugins.Predictor].
	Predictor = plugins.Predictor
	// Description is what Describe gives.
	Description = plugins.Description
	// Action is one thing a plugin does.
	Action = plugins.Action
	// Option is one config key of an action.
	Option = plugins.Option
	// Call is one run of an action.
	Call = plugins.Call
	// Output takes what a plugin produces.
	Output = plugins.Output
	// Event is a log line, progress or a metric.
	Event = plugins.Event
	// Log is one line for the user.
	Log = plugins.Log
	// Progress is how far a step is.
	Progress = plugins.Progress
	// Metric is one figure of a trained model.
	Metric = plugins.Metric
	// Error refuses a call for what it was given.
	Error = plugins.Error
)

// The names of the actions.
const (
	ActionTrain   = plugins.ActionTrain
	ActionPredict = plugins.ActionPredict
)

// Window is how many bytes may be on their way in one stream. It is part of
// neither side's promises; both sides use it for speed.
const window = 4 << 20

// gcPercent trades a little time for memory: a plugin's rows are large, few
// and long-lived, and by Go's default it would use twice what it holds.
const gcPercent = 15

// A ServeOption changes how a plugin is served.
type ServeOption func(*serving)

type serving struct {
	version int
}

// WithProtocolVersion serves another version of the protocol than this
// package's own, for tests of the handshake.
func WithProtocolVersion(version int) ServeOption {
	return func(s *serving) { s.version = version }
}

// Serve runs the plugin until Snowpit ends it. Started by hand it says what it
// is on standard error and exits with status 1. It returns when the connection
// ends; a main that goes on afterwards keeps the process alive.
func Serve(p Plugin, opts ...ServeOption) {
	s := serving{version: plugins.ProtocolVersion}
	for _, o := range opts {
		o(&s)
	}
	debug.SetGCPercent(gcPercent)
	keep := &keeper{stderr: os.Stderr}
	go leaveWithParent(os.Getppid())
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: plugins.CookieKey, MagicCookieValue: plugins.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{s.version: {"plugin": &served{impl: p}}},
		Logger:           hclog.NewNullLogger(),
		GRPCServer: func(o []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(o, grpc.InitialWindowSize(window), grpc.InitialConnWindowSize(2*window),
				grpc.ChainUnaryInterceptor(keep.unary), grpc.ChainStreamInterceptor(keep.stream))...)
		},
	})
}

// leaveWithParent ends the process when the one that started it is gone, even
// by kill -9.
func leaveWithParent(parent int) {
	for os.Getppid() == parent {
		time.Sleep(250 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "the process that started this plugin is gone")
	os.Exit(1)
}

// served is the plugin as go-plugin knows it.
type served struct {
	plugin.NetRPCUnsupportedPlugin
	impl Plugin
}

func (s *served) GRPCServer(_ *plugin.GRPCBroker, g *grpc.Server) error {
	proto.RegisterPluginServer(g, newServer(s.impl))
	return nil
}

func (s *served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, fmt.Errorf("a plugin serves and does not call")
}

// A keeper gives os.Stderr back to the plugin: go-plugin diverts it into a
// stream of the connection, which loses the last words of a plugin that dies.
type keeper struct {
	once   sync.Once
	stderr *os.File
}

func (k *keeper) restore() { k.once.Do(func() { os.Stderr = k.stderr }) }

func (k *keeper) unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	k.restore()
	return next(ctx, req)
}

func (k *keeper) stream(srv any, st grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	k.restore()
	return next(srv, st)
}
