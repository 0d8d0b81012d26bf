package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/frames"
	"github.com/snowpit-dev/snowpit/plugins/proto"
)

// Describe asks the plugin what it is.
func (p *Process) Describe(ctx context.Context) (plugins.Description, error) {
	limit := orElse(p.host.config.Limits.Start, defaultStart)
	ctx, stop := bounded(ctx, limit, fmt.Errorf("%w of %s to describe itself", plugins.ErrTimeout, limit))
	defer stop(nil)
	resp, err := p.rpc.Describe(ctx, &proto.DescribeRequest{})
	if err != nil {
		return plugins.Description{}, p.broken(ctx, "", err)
	}
	d := plugins.Description{Name: resp.Name, Version: resp.Version, Summary: resp.Summary}
	for _, a := range resp.Actions {
		action := plugins.Action{Name: a.Name, Doc: a.Doc}
		for _, o := range a.Config {
			action.Config = append(action.Config, plugins.Option{Name: o.Name, Doc: o.Doc, Required: o.Required, Default: o.DefaultJson})
		}
		d.Actions = append(d.Actions, action)
	}
	return d, nil
}

// bounded is a context that ends with parent, or in late after a limit that is
// not 0, or when it is stopped. It has no deadline, which gRPC would tell the
// plugin: the two would race to say that it has passed.
func bounded(parent context.Context, limit time.Duration, late error) (context.Context, context.CancelCauseFunc) {
	ctx, end := context.WithCancelCause(context.WithoutCancel(parent))
	detach := context.AfterFunc(parent, func() { end(context.Cause(parent)) })
	timer := time.AfterFunc(orElse(limit, math.MaxInt64), func() { end(late) })
	return ctx, func(cause error) {
		end(cause)
		detach()
		timer.Stop()
	}
}

// Train runs the plugin's Train.
func (p *Process) Train(ctx context.Context, call plugins.Call, rows array.RecordReader, out plugins.Output) error {
	return p.run(ctx, call, nil, rows, &answer{out: out, artifact: true}, p.rpc.Train)
}

// Predict runs the plugin's Predict.
func (p *Process) Predict(ctx context.Context, call plugins.Call, artifact io.Reader, rows array.RecordReader, out plugins.Output) error {
	return p.run(ctx, call, artifact, rows, &answer{out: out}, p.rpc.Predict)
}

// A stream is a call under way.
type stream = grpc.BidiStreamingClient[proto.Request, proto.Response]

// run sends on one goroutine and receives on this one, so that neither side
// can wait for the other for ever.
func (p *Process) run(ctx context.Context, call plugins.Call, artifact io.Reader, rows array.RecordReader, in *answer,
	open func(context.Context, ...grpc.CallOption) (stream, error)) error {
	limit := p.host.config.Limits.Call
	ctx, stop := bounded(ctx, limit, fmt.Errorf("%w of %s", plugins.ErrTimeout, limit))
	defer stop(nil)
	var err error
	if in.st, err = open(ctx); err != nil {
		return p.broken(ctx, call.Model, err)
	}
	in.idle = newWatch(orElse(p.host.config.Limits.Idle, defaultIdle), func(d time.Duration) {
		stop(fmt.Errorf("%w: it said nothing for %s", plugins.ErrTimeout, d))
	})
	defer in.idle.hold()
	var sending sync.WaitGroup
	sending.Go(func() {
		if err := send(in.st, call, artifact, rows, in.idle); err != nil {
			stop(&sourceError{err})
		}
	})
	err = p.receive(ctx, call.Model, in)
	stop(err)
	if s, ok := rows.(plugins.Stopper); ok {
		s.Stop() // who waits for rows that nobody wants
	}
	sending.Wait() // rows belong to the caller again once run returns
	var source *sourceError
	if errors.As(context.Cause(ctx), &source) {
		return fmt.Errorf("rows for plugin %s, model %s: %w", p.name, call.Model, source.error)
	}
	return err
}

// A sourceError is why what a call sends could not be read.
type sourceError struct{ error }

// send writes the call: header, artifact, rows. Only what it reads from can
// make it fail; that the plugin stopped listening is told by the receiver.
func send(st stream, call plugins.Call, artifact io.Reader, rows array.RecordReader, idle *watch) error {
	config, err := json.Marshal(call.Config)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	post := func(req *proto.Request) error {
		err := st.Send(req)
		idle.touch()
		return err
	}
	if post(&proto.Request{Part: &proto.Request_Header{Header: &proto.Header{Model: call.Model, ConfigJson: config}}}) != nil {
		return nil
	}
	if artifact != nil {
		source := &sourceReader{r: artifact, idle: idle}
		_, err := io.Copy(frames.Send(func(piece []byte) error {
			return post(&proto.Request{Part: &proto.Request_Artifact{Artifact: piece}})
		}), source)
		if source.err != nil {
			return fmt.Errorf("artifact: %w", source.err)
		} else if err != nil {
			return nil
		}
	}
	w := frames.NewWriter(func(piece []byte) error {
		return post(&proto.Request{Part: &proto.Request_Rows{Rows: piece}})
	}, rows.Schema())
	next := func() bool { // the plugin owes nothing while its rows are made
		idle.hold()
		defer idle.release()
		return rows.Next()
	}
	for next() {
		if err := w.Write(rows.RecordBatch()); err != nil {
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if w.Close() == nil {
		st.CloseSend()
	}
	return nil
}

// A sourceReader remembers why reading failed.
type sourceReader struct {
	r    io.Reader
	idle *watch
	err  error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	s.idle.hold()
	defer s.idle.release()
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// receive reads the plugin's answer to its end and hands it on.
func (p *Process) receive(ctx context.Context, model string, in *answer) error {
	rows := frames.Batches(frames.Receive(in.rows).Reader())
	defer rows.Release()
	for rows.Next() {
		in.batches++
		if err := in.deliver(func() error { return in.out.Rows(rows.RecordBatch()) }); err != nil {
			return err
		}
	}
	for in.err == nil && rows.Err() == nil { // what comes after the rows: artifact, metrics
		if _, err := in.rows(); err == nil {
			in.err = fmt.Errorf("%w: more of them after their end", frames.ErrBroken)
		}
	}
	var refused *plugins.Error
	switch {
	case in.outErr != nil:
		return in.outErr
	case errors.As(in.err, &refused):
		return fmt.Errorf("plugin %s, model %s: %w", p.name, model, refused)
	case in.err != nil && in.err != io.EOF:
		return p.broken(ctx, model, in.err)
	case rows.Err() != nil:
		return p.broken(ctx, model, rows.Err())
	case in.batches == 0:
		return p.broken(ctx, model, errors.New("it answered without rows; a table without rows is one empty batch"))
	case in.artifact && in.bytes == 0:
		return p.broken(ctx, model, errors.New("it trained and wrote no artifact"))
	}
	return nil
}

// An answer is the plugin's side of a call as it comes in.
type answer struct {
	st       stream
	out      plugins.Output
	idle     *watch
	artifact bool  // whether there is to be one
	bytes    int   // of the artifact so far
	batches  int   // so far
	err      error // why it ended; io.EOF for well
	outErr   error // why out refused a part
}

// deliver hands a part to out. The plugin does not owe anything meanwhile.
func (a *answer) deliver(f func() error) error {
	a.idle.hold()
	defer a.idle.release()
	if err := f(); err != nil {
		a.outErr = err
	}
	return a.outErr
}

// rows is the next piece of the rows; other parts are delivered on the way.
func (a *answer) rows() ([]byte, error) {
	for a.err == nil {
		resp, err := a.st.Recv()
		if err != nil {
			a.err = err
			break
		}
		a.idle.touch()
		if piece, ok := resp.Part.(*proto.Response_Rows); ok {
			return piece.Rows, nil
		}
		if a.err = a.part(resp); a.err == nil {
			a.err = a.outErr
		}
	}
	return nil, a.err
}

// part delivers anything but rows.
func (a *answer) part(resp *proto.Response) error {
	var e plugins.Event
	switch part := resp.Part.(type) {
	case *proto.Response_Artifact:
		if !a.artifact {
			return errors.New("it wrote an artifact, which only training does")
		}
		a.bytes += len(part.Artifact)
		return a.deliver(func() error { return a.out.Artifact(part.Artifact) })
	case *proto.Response_Log:
		e.Log = &plugins.Log{Level: part.Log.Level, Message: part.Log.Message}
	case *proto.Response_Progress:
		e.Progress = &plugins.Progress{Step: part.Progress.Step, Done: part.Progress.Done, Total: part.Progress.Total}
	case *proto.Response_Metric:
		e.Metric = &plugins.Metric{Name: part.Metric.Name}
		var err error
		if e.Metric.Value, err = decode(part.Metric.ValueJson); err != nil {
			return fmt.Errorf("metric %s: %w", part.Metric.Name, err)
		}
	case *proto.Response_Refusal:
		return &plugins.Error{Message: part.Refusal.Message, Column: part.Refusal.Column, Row: part.Refusal.Row}
	default:
		return nil // a part that a later version added
	}
	return a.deliver(func() error { return a.out.Event(e) })
}

// broken says how a call broke off.
func (p *Process) broken(ctx context.Context, model string, err error) error {
	who := "plugin " + p.name
	if model != "" {
		who += ", model " + model
	}
	what := err.Error()
	s, isStatus := status.FromError(err)
	if isStatus {
		what = s.Message()
	}
	if ctx.Err() == nil && s.Code() == codes.Unknown && isStatus {
		return fmt.Errorf("%s: %s%s", who, what, &p.child.tail) // the plugin's own error
	}
	p.spoilt.Store(true)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w%s", who, context.Cause(ctx), &p.child.tail)
	case p.child.overWithin(brokenOff(s.Code())):
		return fmt.Errorf("%s: %w: %s%s", who, plugins.ErrCrashed, p.child.how(), &p.child.tail)
	}
	return fmt.Errorf("%s: %w: %s%s", who, plugins.ErrProtocol, what, &p.child.tail)
}

// brokenOff is how long to wait for a process to be seen to end, so that a
// crash is told from an answer that is wrong: long where the connection broke.
func brokenOff(code codes.Code) time.Duration {
	if code == codes.Unavailable {
		return time.Second
	}
	return 0
}

// decode reads a metric's value, numbers as json.Number.
func decode(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}
