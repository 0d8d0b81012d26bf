package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/frames"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// A server answers Snowpit's calls with the plugin's own methods.
type server struct {
	proto.UnimplementedPluginServer
	impl Plugin
	free chan struct{} // holds one value while no call is under way
}

func newServer(impl Plugin) *server {
	s := &server{impl: impl, free: make(chan struct{}, 1)}
	s.free <- struct{}{}
	return s
}

// A stream is either of the two data-bearing calls.
type stream = grpc.BidiStreamingServer[proto.Request, proto.Response]

// Describe answers with the plugin's description.
func (s *server) Describe(ctx context.Context, _ *proto.DescribeRequest) (*proto.DescribeResponse, error) {
	d, err := s.impl.Describe(ctx)
	if err != nil {
		return nil, err
	}
	resp := &proto.DescribeResponse{Name: d.Name, Version: d.Version, Summary: d.Summary}
	for _, a := range d.Actions {
		action := &proto.Action{Name: a.Name, Doc: a.Doc}
		for _, o := range a.Config {
			action.Config = append(action.Config, &proto.Option{Name: o.Name, Doc: o.Doc, Required: o.Required, DefaultJson: o.Default})
		}
		resp.Actions = append(resp.Actions, action)
	}
	return resp, nil
}

// Train runs the plugin's Train.
func (s *server) Train(st stream) error {
	return s.run(st, func(call Call, in *inbox, out *outbox) error {
		t, ok := s.impl.(Trainer)
		if !ok {
			return &Error{Message: "this plugin does not train"}
		}
		rows := frames.Batches(frames.Receive(in.rows).Reader())
		defer rows.Release()
		return t.Train(st.Context(), call, rows, out)
	})
}

// Predict runs the plugin's Predict.
func (s *server) Predict(st stream) error {
	return s.run(st, func(call Call, in *inbox, out *outbox) error {
		p, ok := s.impl.(Predictor)
		if !ok {
			return &Error{Message: "this plugin does not predict"}
		}
		rows := frames.Batches(frames.Receive(in.rows).Reader())
		defer rows.Release()
		return p.Predict(st.Context(), call, frames.Receive(in.artifact).Reader(), rows, out)
	})
}

// run reads the header, runs do, and tells how it went. A call waits for the
// one before it, which may have been broken off and not have noticed yet.
func (s *server) run(st stream, do func(Call, *inbox, *outbox) error) error {
	select {
	case <-s.free:
		defer func() { s.free <- struct{}{} }()
	case <-st.Context().Done():
		return st.Context().Err()
	}
	first, err := st.Recv()
	if err != nil {
		return err
	}
	h := first.GetHeader()
	if h == nil {
		return status.Error(codes.InvalidArgument, "a call begins with its header")
	}
	call := Call{Model: h.Model}
	dec := json.NewDecoder(strings.NewReader(string(h.ConfigJson)))
	dec.UseNumber()
	if err := dec.Decode(&call.Config); err != nil {
		return status.Errorf(codes.InvalidArgument, "config: %v", err)
	}
	out := &outbox{st: st}
	err = do(call, &inbox{st: st}, out)
	var refused *Error
	if errors.As(err, &refused) {
		return st.Send(&proto.Response{Part: &proto.Response_Refusal{Refusal: &proto.Refusal{
			Message: clean(err.Error()), Column: clean(refused.Column), Row: refused.Row,
		}}})
	}
	if err != nil {
		return err
	}
	return out.close()
}

// An inbox parts the requests that follow the header.
type inbox struct {
	st   stream
	next *proto.Request // read ahead, or nil
}

func (in *inbox) peek() (*proto.Request, error) {
	var err error
	if in.next == nil {
		in.next, err = in.st.Recv()
	}
	return in.next, err
}

// artifact is the next piece of the artifact; rows end it.
func (in *inbox) artifact() ([]byte, error) {
	req, err := in.peek()
	if err != nil {
		return nil, err
	}
	piece, ok := req.Part.(*proto.Request_Artifact)
	if !ok {
		return nil, io.EOF
	}
	in.next = nil
	return piece.Artifact, nil
}

// rows is the next piece of the rows. What is left of the artifact is passed
// over.
func (in *inbox) rows() ([]byte, error) {
	for {
		req, err := in.peek()
		if err != nil {
			return nil, err
		}
		in.next = nil
		switch part := req.Part.(type) {
		case *proto.Request_Rows:
			return part.Rows, nil
		case *proto.Request_Artifact:
		default:
			return nil, fmt.Errorf("a request of type %T among the rows", part)
		}
	}
}

// An outbox sends what the plugin produces.
type outbox struct {
	st   stream
	rows *frames.Writer
}

var _ plugins.Output = (*outbox)(nil)

// Rows sends one batch.
func (o *outbox) Rows(batch arrow.RecordBatch) error {
	if o.rows == nil {
		o.rows = frames.NewWriter(func(piece []byte) error {
			return o.st.Send(&proto.Response{Part: &proto.Response_Rows{Rows: piece}})
		}, batch.Schema())
	}
	return o.rows.Write(batch)
}

// Artifact sends a piece of the model's file.
func (o *outbox) Artifact(p []byte) error {
	_, err := frames.Send(func(piece []byte) error {
		return o.st.Send(&proto.Response{Part: &proto.Response_Artifact{Artifact: piece}})
	}).Write(p)
	return err
}

// The most that one message says; a metric is refused where text is cut.
const (
	maxText   = 64 << 10
	maxMetric = 8 << 20
)

// clean is text as a message may hold it.
func clean(text string) string {
	if len(text) > maxText {
		text = text[:maxText] + "..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// Event sends a log line, progress or a metric.
func (o *outbox) Event(e Event) error {
	resp := &proto.Response{}
	switch {
	case e.Log != nil:
		resp.Part = &proto.Response_Log{Log: &proto.Log{Level: clean(e.Log.Level), Message: clean(e.Log.Message)}}
	case e.Progress != nil:
		resp.Part = &proto.Response_Progress{Progress: &proto.Progress{Step: clean(e.Progress.Step), Done: e.Progress.Done, Total: e.Progress.Total}}
	case e.Metric != nil:
		text, err := json.Marshal(e.Metric.Value)
		if err != nil {
			return fmt.Errorf("metric %s: %w", e.Metric.Name, err)
		}
		if len(text) > maxMetric {
			return fmt.Errorf("metric %s: it has %d bytes, more than %d", e.Metric.Name, len(text), maxMetric)
		}
		resp.Part = &proto.Response_Metric{Metric: &proto.Metric{Name: clean(e.Metric.Name), ValueJson: text}}
	default:
		return nil
	}
	return o.st.Send(resp)
}

// close ends the rows.
func (o *outbox) close() error {
	if o.rows == nil {
		return nil
	}
	return o.rows.Close()
}
