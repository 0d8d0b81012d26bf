package sdk

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// quiet describes itself and can do nothing.
type quiet struct{ err error }

func (q quiet) Describe(context.Context) (Description, error) {
	return Description{Name: "quiet"}, q.err
}

// reading is a predictor that passes its artifact over and counts rows.
type reading struct{ quiet }

func (reading) Predict(_ context.Context, call Call, _ io.Reader, rows array.RecordReader, out Output) error {
	for rows.Next() {
	}
	return errors.Join(rows.Err(), out.Event(Event{}), out.Event(Event{Log: &Log{Level: "info", Message: call.Model + "\xff" + strings.Repeat("x", 1<<20)}}))
}

// telling is a trainer that tells a metric.
type telling struct {
	quiet
	value any
}

func (s telling) Train(_ context.Context, _ Call, _ array.RecordReader, out Output) error {
	return out.Event(Event{Metric: &Metric{Name: "m", Value: s.value}})
}

// serve serves a plugin within this process.
func serve(t *testing.T, p Plugin) proto.PluginClient {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	g := grpc.NewServer()
	proto.RegisterPluginServer(g, newServer(p))
	go g.Serve(listener)
	t.Cleanup(g.Stop)
	conn, err := grpc.NewClient("passthrough:///plugin", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return proto.NewPluginClient(conn)
}

func header(config string) *proto.Request {
	return &proto.Request{Part: &proto.Request_Header{Header: &proto.Header{Model: "flowers", ConfigJson: []byte(config)}}}
}

func artifact(text string) *proto.Request {
	return &proto.Request{Part: &proto.Request_Artifact{Artifact: []byte(text)}}
}

func rows(text string) *proto.Request {
	return &proto.Request{Part: &proto.Request_Rows{Rows: []byte(text)}}
}

// converse sends requests and gives all answers.
func converse(t *testing.T, open func(context.Context, ...grpc.CallOption) (grpc.BidiStreamingClient[proto.Request, proto.Response], error), requests ...*proto.Request) ([]*proto.Response, error) {
	t.Helper()
	st, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range requests {
		if st.Send(r) != nil {
			break // the answer says why
		}
	}
	st.CloseSend()
	var all []*proto.Response
	for {
		resp, err := st.Recv()
		if err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, resp)
	}
}

// endOfRows is an Arrow stream's end mark.
const endOfRows = "\xff\xff\xff\xff\x00\x00\x00\x00"

// A host that does not keep to the protocol gets an error, and the plugin goes
// on to serve.
func TestHostsFaults(t *testing.T) {
	client := serve(t, reading{})
	for name, c := range map[string]struct {
		requests []*proto.Request
		code     codes.Code
		says     string
	}{
		"no header":        {[]*proto.Request{rows("")}, codes.InvalidArgument, "begins with its header"},
		"nothing":          {nil, codes.Unknown, "EOF"},
		"config no JSON":   {[]*proto.Request{header("{")}, codes.InvalidArgument, "config"},
		"config no object": {[]*proto.Request{header("[1]")}, codes.InvalidArgument, "config"},
		"a second header":  {[]*proto.Request{header("{}"), header("{}")}, codes.Unknown, "among the rows"},
		"rows no rows":     {[]*proto.Request{header("{}"), rows("rubbish and more of it")}, codes.Unknown, "not a stream of Arrow rows"},
	} {
		_, err := converse(t, client.Predict, c.requests...)
		if s := status.Convert(err); s.Code() != c.code || !strings.Contains(s.Message(), c.says) {
			t.Errorf("%s: %v, want %v with %q", name, err, c.code, c.says)
		}
	}
	if _, err := client.Describe(t.Context(), &proto.DescribeRequest{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// What the plugin does not read of its artifact is passed over, and what it
// says fits into a message.
func TestUnreadArtifact(t *testing.T) {
	all, err := converse(t, serve(t, reading{}).Predict, header("null"), artifact("some"), artifact("more"), rows(endOfRows))
	if err != nil || len(all) != 1 {
		t.Fatalf("answers are %v, %v", all, err)
	}
	if text := all[0].GetLog().GetMessage(); !strings.HasPrefix(text, "flowers\uFFFDx") || len(text) > 2*maxText {
		t.Errorf("the log has %d bytes: %.20q", len(text), text)
	}
}

// What a plugin cannot do it refuses, and what it cannot say is its own error.
func TestCannot(t *testing.T) {
	client := serve(t, quiet{errors.New("no licence")})
	for name, open := range map[string]func(context.Context, ...grpc.CallOption) (grpc.BidiStreamingClient[proto.Request, proto.Response], error){
		"train": client.Train, "predict": client.Predict,
	} {
		all, err := converse(t, open, header("{}"))
		if err != nil || len(all) != 1 || !strings.Contains(all[0].GetRefusal().GetMessage(), "does not "+name) {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
	if _, err := client.Describe(t.Context(), &proto.DescribeRequest{}); status.Convert(err).Message() != "no licence" {
		t.Errorf("Describe: %v", err)
	}
	for what, value := range map[string]any{"unsupported value": math.NaN(), "bytes, more than": strings.Repeat("x", maxMetric)} {
		_, err := converse(t, serve(t, telling{value: value}).Train, header("{}"), rows(endOfRows))
		if s := status.Convert(err); s.Code() != codes.Unknown || !strings.Contains(s.Message(), "metric m: ") || !strings.Contains(s.Message(), what) {
			t.Errorf("a metric: %v, want %q", err, what)
		}
	}
}

// A call waits for the one before it, even if nobody waits for that any more.
func TestOneCallAtATime(t *testing.T) {
	s := newServer(quiet{})
	<-s.free // a call is under way
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.run(stopped{ctx: ctx}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}

type stopped struct {
	stream
	ctx context.Context
}

func (s stopped) Context() context.Context { return s.ctx }
