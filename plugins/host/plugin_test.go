package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/host"
	"github.com/snowpit-dev/snowpit/plugins/logreg"
	"github.com/snowpit-dev/snowpit/plugins/proto"
	"github.com/snowpit-dev/snowpit/plugins/sdk"
)

// TestMain makes the test binary the plugins that the tests start: one that
// works, and one for each way of not working.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "be-plugin" {
		bePlugin(os.Args[2])
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "be-host" {
		beHost()
		return
	}
	os.Exit(m.Run())
}

// bePlugin serves, after what goes wrong before the handshake.
func bePlugin(how string) {
	switch how {
	case "exit":
		fmt.Fprintln(os.Stderr, "no licence found")
		os.Exit(7)
	case "sleep":
		time.Sleep(time.Hour)
	case "noise":
		fmt.Println("Welcome to my plugin!")
	case "version":
		sdk.Serve(worker(how), sdk.WithProtocolVersion(99))
		return
	case "cookie":
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "OTHER", MagicCookieValue: "other"},
			Plugins:         plugin.PluginSet{}, GRPCServer: plugin.DefaultGRPCServer,
		})
		return
	case "garbage", "unending", "afterwards", "mixed", "twice", "huge":
		serveRaw(how)
		return
	case "logreg":
		sdk.Serve(logreg.New())
		return
	case "stubborn":
		signal.Ignore(syscall.SIGTERM, os.Interrupt)
	case "mum":
		os.Stdout.Close()
		time.Sleep(time.Hour)
	case "preflood":
		os.Stdout.Write(bytes.Repeat([]byte("x"), 1<<20))
	case "plain": // as one that knows nothing of mutual TLS
		os.Unsetenv("PLUGIN_CLIENT_CERT")
	case "stalled":
		stall()
	}
	sdk.Serve(worker(how))
}

// A worker copies rows to its output, or does what it is named after.
type worker string

func (w worker) Describe(context.Context) (sdk.Description, error) {
	if w == "describe" {
		time.Sleep(time.Hour)
	}
	return sdk.Description{Name: string(w), Version: "1.0.0", Summary: "for tests", Actions: []sdk.Action{{
		Name: sdk.ActionTrain, Doc: "copies", Config: []sdk.Option{{Name: "target", Doc: "a column", Required: true, Default: `"x"`}},
	}}}, nil
}

func (w worker) Predict(ctx context.Context, call sdk.Call, artifact io.Reader, rows array.RecordReader, out sdk.Output) error {
	text, err := io.ReadAll(artifact)
	if err != nil {
		return err
	}
	if err := out.Event(sdk.Event{Log: &sdk.Log{Level: "info", Message: string(text)}}); err != nil {
		return err
	}
	if w == "overwrite" {
		return errors.Join(out.Artifact([]byte("another")), copyRows(rows, out))
	}
	return copyRows(rows, out)
}

func (w worker) Train(ctx context.Context, call sdk.Call, rows array.RecordReader, out sdk.Output) error {
	if w == "deaf" {
		select {} // never reads a row
	}
	if !rows.Next() {
		return errors.Join(rows.Err(), errors.New("no rows"))
	}
	if w != "norows" {
		if err := out.Rows(rows.RecordBatch()); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, "half-way there")
	switch w {
	case "crash":
		os.Exit(3)
	case "panic":
		panic("index out of range in my code")
	case "killed":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "family", "runaway":
		child := exec.Command("sleep", "1000")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr // it keeps them open
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: w == "runaway"}
		if err := child.Start(); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
		os.Exit(3)
	case "stopped":
		syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case "colours":
		fmt.Fprint(os.Stderr, "\x1b[31mred\x07\n")
		os.Exit(3)
	case "leak": // what a library in C would write
		for range 64 {
			syscall.Write(1, bytes.Repeat([]byte("y"), 1<<16))
		}
	case "early":
		return out.Artifact([]byte("seen enough"))
	case "norows":
		return out.Artifact([]byte("no rows"))
	case "noartifact":
		return copyRows(rows, out)
	case "shout":
		if err := out.Event(sdk.Event{Log: &sdk.Log{Level: "info", Message: "caf\xe9 " + strings.Repeat("!", 5<<20)}}); err != nil {
			return err
		}
	case "flood":
		line := bytes.Repeat([]byte("x"), 1<<20)
		for range 64 {
			os.Stderr.Write(line)
		}
		fmt.Fprintln(os.Stderr, "\nthe last words")
		os.Exit(3)
	case "hang":
		select {}
	case "chatty":
		fmt.Println("this belongs to the handshake")
		os.Stdout.Write(bytes.Repeat([]byte("rubbish\n"), 10000))
	case "refuse":
		return fmt.Errorf("features: %w", &sdk.Error{Message: "column LENGTH: 3 nulls, the first in row 2", Column: "LENGTH", Row: 2})
	case "fail":
		return errors.New("the disk of my own is full")
	case "endless":
		for {
			if err := out.Rows(rows.RecordBatch()); err != nil {
				return err
			}
		}
	case "slow":
		<-ctx.Done()
		return ctx.Err()
	}
	if err := copyRows(rows, out); err != nil {
		return err
	}
	if err := out.Event(sdk.Event{Metric: &sdk.Metric{Name: "accuracy", Value: 0.25}}); err != nil {
		return err
	}
	if err := out.Event(sdk.Event{Progress: &sdk.Progress{Step: "fit", Done: 1, Total: 2}}); err != nil {
		return err
	}
	return out.Artifact([]byte(strings.Repeat("model of "+call.Model+"\n", 100_000)))
}

func copyRows(rows array.RecordReader, out sdk.Output) error {
	for rows.Next() {
		if err := out.Rows(rows.RecordBatch()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// serveRaw speaks the protocol without the SDK, and wrongly.
func serveRaw(how string) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  plugin.HandshakeConfig{MagicCookieKey: plugins.CookieKey, MagicCookieValue: plugins.CookieValue},
		VersionedPlugins: map[int]plugin.PluginSet{plugins.ProtocolVersion: {"plugin": &rawPlugin{how: how}}},
		GRPCServer:       plugin.DefaultGRPCServer,
	})
}

type rawPlugin struct {
	plugin.NetRPCUnsupportedPlugin
	proto.UnimplementedPluginServer
	how string
}

func (r *rawPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	proto.RegisterPluginServer(s, r)
	return nil
}

func (r *rawPlugin) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("not a client")
}

func (r *rawPlugin) Train(st grpc.BidiStreamingServer[proto.Request, proto.Response]) error {
	piece := func(text string) error {
		return st.Send(&proto.Response{Part: &proto.Response_Rows{Rows: []byte(text)}})
	}
	switch r.how {
	case "garbage":
		return piece("\xff\xff\xff\xff\x10\x00\x00\x00these are not the rows you are looking for")
	case "mixed": // a schema, and a batch of another
		floats, words := stream(arrow.PrimitiveTypes.Float64, "1"), stream(arrow.BinaryTypes.String, "one")
		return piece(words.schema + floats.batch + words.end)
	case "twice": // a table in the middle of a table
		floats, words := stream(arrow.PrimitiveTypes.Float64, "1"), stream(arrow.BinaryTypes.String, "one")
		return piece(floats.schema + floats.batch + words.schema + words.batch + words.end)
	case "huge":
		return piece(strings.Repeat("x", 32<<20))
	case "afterwards": // an end of stream, and then more
		if err := piece("\xff\xff\xff\xff\x00\x00\x00\x00"); err != nil {
			return err
		}
		return piece("more")
	}
	for { // unending: pieces that never make a whole message
		if err := piece("\xff\xff\xff\xff\xff\xff\xff\x7f" + strings.Repeat("x", 1000)); err != nil {
			return err
		}
	}
}

// parts are an Arrow stream of one value, cut at its messages.
type parts struct{ schema, batch, end string }

func stream(kind arrow.DataType, value string) parts {
	schema := arrow.NewSchema([]arrow.Field{{Name: "X", Type: kind}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	if err := b.Field(0).AppendValueFromString(value); err != nil {
		panic(err)
	}
	write := func(batches ...arrow.RecordBatch) string {
		var buf bytes.Buffer
		w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
		for _, batch := range batches {
			if err := w.Write(batch); err != nil {
				panic(err)
			}
		}
		w.Close()
		return buf.String()
	}
	const end = 8
	empty, whole := write(), write(b.NewRecordBatch())
	at := len(empty) - end
	return parts{empty[:at], whole[at : len(whole)-end], whole[len(whole)-end:]}
}

// stall shakes hands and then never takes the connection up.
func stall() {
	dir, err := os.MkdirTemp("", "stall")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if _, err := net.Listen("unix", dir+"/s"); err != nil {
		panic(err)
	}
	fmt.Printf("1|%d|unix|%s/s|grpc\n", plugins.ProtocolVersion, dir)
	time.Sleep(time.Hour)
}

// beHost starts a plugin, says its process's number, and waits to be killed.
func beHost() {
	h := host.New(host.Config{Builtin: map[string][]string{"pid": {"/bin/sh", "-c", "echo $$ > " + os.Getenv("PID_FILE") + "; exec " + os.Args[0] + " be-plugin echo"}}})
	if _, err := h.Start(context.Background(), "pid"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("started")
	time.Sleep(time.Hour)
}
