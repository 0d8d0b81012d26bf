package plugintest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
	"github.com/snowpit-dev/snowpit/plugins/proto"
	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// TestMain makes the test binary a plugin: one that keeps every promise, or
// one that breaks some.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "be-plugin" {
		bePlugin(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

func bePlugin(how string) {
	w := &worker{how: how}
	switch how {
	case "logreg":
		sdk.Serve(logreg.New())
	case "noise":
		fmt.Println("Loading ...")
		sdk.Serve(w)
	case "version":
		sdk.Serve(w, sdk.WithProtocolVersion(plugins.ProtocolVersion+1))
	case "mute":
		os.Exit(0)
	case "no cookie":
		if os.Getenv(plugins.CookieKey) == "" {
			time.Sleep(time.Minute)
		}
		sdk.Serve(w)
	case "no TLS":
		// Its own host it serves with TLS, so that it starts; anybody else without.
		if os.Getenv("PLUGIN_MIN_PORT") == "10000" && os.Getenv("PLUGIN_UNIX_SOCKET_DIR") == "" {
			os.Unsetenv("PLUGIN_CLIENT_CERT")
		}
		sdk.Serve(w)
	case "stays":
		sdk.Serve(w)
		time.Sleep(time.Minute)
	case "outlives":
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: plugins.CookieKey, MagicCookieValue: plugins.CookieValue},
			VersionedPlugins: map[int]plugin.PluginSet{plugins.ProtocolVersion: {"plugin": &alone{}}},
			GRPCServer:       plugin.DefaultGRPCServer,
		})
	case "trains only", "crashes on predict":
		sdk.Serve(struct {
			sdk.Plugin
			sdk.Trainer
			crasher
		}{w, w, crasher{how == "crashes on predict"}})
	case "predicts only":
		sdk.Serve(struct {
			sdk.Plugin
			sdk.Predictor
		}{w, w})
	default:
		sdk.Serve(w)
	}
}

// alone serves without minding who started it.
type alone struct {
	plugin.NetRPCUnsupportedPlugin
	proto.UnimplementedPluginServer
}

func (a *alone) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	proto.RegisterPluginServer(s, a)
	return nil
}

func (a *alone) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("not a client")
}

func (a *alone) Describe(context.Context, *proto.DescribeRequest) (*proto.DescribeResponse, error) {
	return &proto.DescribeResponse{Name: "alone", Version: "1", Summary: "lives on"}, nil
}

// crasher predicts, though its plugin does not say so.
type crasher struct{ crash bool }

func (c crasher) Predict(context.Context, sdk.Call, io.Reader, array.RecordReader, sdk.Output) error {
	if c.crash {
		os.Exit(3)
	}
	return &sdk.Error{Message: "this plugin does not predict"}
}

// A worker hands rows on, and keeps every promise but those it is named after.
type worker struct {
	how   string
	calls int
}

func (w *worker) Describe(context.Context) (sdk.Description, error) {
	target := sdk.Option{Name: "target", Doc: "the column to predict", Required: true}
	d := sdk.Description{Name: "kit", Version: "1.0.0", Summary: "hands rows on", Actions: []sdk.Action{
		{Name: sdk.ActionTrain, Doc: "looks at the rows", Config: []sdk.Option{target, {Name: "depth", Doc: "a number", Default: "1"}}},
		{Name: sdk.ActionPredict, Doc: "hands the rows on"},
	}}
	config := &d.Actions[0].Config
	switch w.how {
	case "nameless":
		d.Name = ""
	case "no actions":
		d.Actions = nil
	case "odd action":
		d.Actions[1].Name = "guess"
	case "odd default":
		(*config)[1].Default = "one"
	case "silent key":
		(*config)[1].Doc = ""
	case "same key":
		*config = append(*config, target)
	case "trains only", "crashes on predict":
		d.Actions = d.Actions[:1]
	case "predicts only":
		d.Actions = d.Actions[1:]
	}
	return d, nil
}

// problem is how this worker refuses.
func (w *worker) problem(text string) error {
	if w.how == "plain errors" || w.how == "plain artifact errors" {
		return errors.New(text)
	}
	return &sdk.Error{Message: text}
}

func (w *worker) Train(ctx context.Context, call sdk.Call, rows array.RecordReader, out sdk.Output) error {
	if w.calls++; w.how == "once" && w.calls > 1 {
		return errors.New("once is enough")
	}
	if err := w.config(call); err != nil {
		return err
	}
	err := w.copy(rows, out)
	switch {
	case err != nil && w.how == "deaf to stop":
		select {}
	case err != nil:
		return err
	case w.how == "no artifact":
		return nil
	case w.how == "fails":
		return errors.New("something is wrong with me")
	}
	return out.Artifact([]byte(`{"format":"kit"}`))
}

func (w *worker) config(call sdk.Call) error {
	if w.how == "takes anything" {
		return nil
	}
	target, ok := call.Config["target"]
	if _, isText := target.(string); ok && !isText && w.how == "panics on config" {
		panic("a target of another type")
	}
	if target != "KIND" {
		return w.problem("config target: missing")
	}
	return nil
}

func (w *worker) Predict(ctx context.Context, call sdk.Call, artifact io.Reader, rows array.RecordReader, out sdk.Output) error {
	text, err := io.ReadAll(artifact)
	if err != nil {
		return err
	}
	var m struct{ Format string }
	if err := json.Unmarshal(text, &m); (err != nil || m.Format != "kit") && w.how != "any artifact" {
		return w.problem("the artifact is not one of mine")
	}
	switch w.how {
	case "no scores":
		rows = array.RecordReader(none{rows})
	case "artifact from predict":
		if err := out.Artifact([]byte("another")); err != nil {
			return err
		}
	}
	return w.copy(rows, out)
}

// none is rows of which none are left.
type none struct{ array.RecordReader }

func (none) Next() bool { return false }

// copy hands rows on, all of them when it has them all if it gathers.
func (w *worker) copy(rows array.RecordReader, out sdk.Output) error {
	var held []arrow.RecordBatch
	any := false
	for rows.Next() {
		b := rows.RecordBatch()
		if b.NumRows() > 0 {
			any = true
		}
		switch {
		case w.how == "panics on nulls" && nulls(b):
			panic("a null where a number should be")
		case w.how == "crash":
			os.Exit(3)
		case w.how == "gathers":
			b.Retain()
			held = append(held, b)
			continue
		case w.how == "no rows":
			continue
		}
		if err := out.Rows(b); err != nil {
			return err
		}
	}
	for _, b := range held {
		if err := out.Rows(b); err != nil {
			return err
		}
	}
	if rows.Err() != nil || any || w.how == "no empty batch" {
		return rows.Err()
	}
	if w.how == "panics on no rows" {
		panic("no rows")
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, rows.Schema())
	defer b.Release()
	return out.Rows(b.NewRecordBatch())
}

func nulls(b arrow.RecordBatch) bool {
	for _, col := range b.Columns() {
		if col.NullN() > 0 {
			return true
		}
	}
	return false
}
