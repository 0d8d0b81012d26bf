package host_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
)

// TestBreaksOff is what can go wrong in a call.
func TestBreaksOff(t *testing.T) {
	for _, c := range []struct {
		plugin string
		kind   error
		says   []string
	}{
		{"crash", plugins.ErrCrashed, []string{"plugin crash, model flowers", "exit status 3", "stderr: half-way there"}},
		{"panic", plugins.ErrCrashed, []string{"plugin panic, model flowers", "index out of range in my code"}},
		{"killed", plugins.ErrCrashed, []string{"signal: killed"}},
		{"flood", plugins.ErrCrashed, []string{"stderr: the last words"}},
		{"hang", plugins.ErrTimeout, []string{"plugin hang, model flowers", "it said nothing for 700ms", "half-way there"}},
		{"deaf", plugins.ErrTimeout, []string{"it said nothing for 700ms"}},
		{"garbage", plugins.ErrProtocol, []string{"plugin garbage, model flowers", "not a stream of Arrow rows"}},
		{"afterwards", plugins.ErrProtocol, nil},
		{"unending", plugins.ErrProtocol, nil},
		{"mixed", plugins.ErrProtocol, []string{"plugin mixed, model flowers", "not a stream of Arrow rows"}},
		{"twice", plugins.ErrProtocol, []string{"not a stream of Arrow rows"}},
		{"huge", plugins.ErrProtocol, []string{"plugin huge, model flowers"}},
		{"norows", plugins.ErrProtocol, []string{"it answered without rows"}},
		{"noartifact", plugins.ErrProtocol, []string{"it trained and wrote no artifact"}},
		{"colours", plugins.ErrCrashed, []string{"stderr: [31mred"}},
		{"stopped", plugins.ErrTimeout, []string{"it said nothing for 700ms"}},
		{"fail", nil, []string{"plugin fail, model flowers: the disk of my own is full"}},
		{"refuse", nil, []string{"plugin refuse, model flowers: features: column LENGTH: 3 nulls, the first in row 2"}},
	} {
		t.Run(c.plugin, func(t *testing.T) {
			t.Parallel()
			limits := plugins.Limits{}
			if c.kind == plugins.ErrTimeout {
				limits.Idle = 700 * time.Millisecond
			}
			p := start(t, newHost(limits), c.plugin)
			began := time.Now()
			err := p.Train(t.Context(), call, numbers(t, 50, 10_000), &collector{})
			if err == nil {
				t.Fatal("it went well")
			}
			check(t, err, c.kind, c.says, began)
			if c.plugin == "refuse" {
				var refused *plugins.Error
				if !errors.As(err, &refused) || refused.Column != "LENGTH" || refused.Row != 2 {
					t.Errorf("%v is not the refusal, but %+v", err, refused)
				}
			}
		})
	}
}

// A plugin that writes to its standard output while it works does no harm.
func TestNoiseWhileWorking(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "chatty")
	var out collector
	if err := p.Train(t.Context(), call, numbers(t, 3, 10), &out); err != nil || out.rows != 30 {
		t.Errorf("%d rows, %v", out.rows, err)
	}
}

// A plugin may write to the file under its standard output, say too much in
// words that are no text, and answer before it has seen all rows.
func TestOddButWell(t *testing.T) {
	for _, name := range []string{"leak", "shout", "early"} {
		t.Run(name, func(t *testing.T) {
			p := start(t, newHost(plugins.Limits{Idle: 3 * time.Second}), name)
			rows := &stoppable{RecordReader: numbers(t, 50, 10_000)}
			if err := p.Train(t.Context(), call, rows, &collector{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// stoppable is rows of a query that says so when it is stopped.
type stoppable struct {
	array.RecordReader
	stopped atomic.Bool
}

func (s *stoppable) Next() bool { return !s.stopped.Load() && s.RecordReader.Next() }

func (s *stoppable) Err() error {
	if s.stopped.Load() {
		return context.Canceled
	}
	return nil
}

func (s *stoppable) Stop() { s.stopped.Store(true) }

// Only training writes an artifact.
func TestPredictKeepsTheArtifact(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "overwrite")
	began := time.Now()
	var out collector
	err := p.Predict(t.Context(), call, strings.NewReader("an artifact"), numbers(t, 3, 10), &out)
	check(t, err, plugins.ErrProtocol, []string{"plugin overwrite, model flowers", "which only training does"}, began)
	if out.artifact.Len() > 0 {
		t.Error("it reached the output")
	}
}

// A plugin owes nothing while its rows are being made, or while what it gave
// is being stored.
func TestIdleIsThePluginsOwn(t *testing.T) {
	h := newHost(plugins.Limits{Idle: 250 * time.Millisecond})
	p := start(t, h, "echo")
	if err := p.Train(t.Context(), call, &slow{numbers(t, 2, 10)}, &collector{}); err != nil {
		t.Errorf("slow rows: %v", err)
	}
	if err := p.Train(t.Context(), call, numbers(t, 2, 10), &slowOutput{}); err != nil {
		t.Errorf("slow output: %v", err)
	}
}

type slow struct{ array.RecordReader }

func (s *slow) Next() bool {
	time.Sleep(400 * time.Millisecond)
	return s.RecordReader.Next()
}

type slowOutput struct{ collector }

func (s *slowOutput) Rows(batch arrow.RecordBatch) error {
	time.Sleep(400 * time.Millisecond)
	return s.collector.Rows(batch)
}

// A whole call has a limit too, and ends when its context does.
func TestCallEnds(t *testing.T) {
	t.Run("limit", func(t *testing.T) {
		t.Parallel()
		p := start(t, newHost(plugins.Limits{Call: 500 * time.Millisecond}), "endless")
		began := time.Now()
		err := p.Train(t.Context(), call, numbers(t, 3, 1000), &collector{})
		check(t, err, plugins.ErrTimeout, []string{"500ms", "plugin endless, model flowers"}, began)
	})
	for _, name := range []string{"endless", "slow", "hang", "deaf"} {
		t.Run("cancel "+name, func(t *testing.T) {
			t.Parallel()
			p := start(t, newHost(plugins.Limits{}), name)
			why := errors.New("the user lost patience")
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(300*time.Millisecond, func() { cancel(why) })
			began := time.Now()
			check(t, p.Train(ctx, call, numbers(t, 100, 10_000), &collector{}), why, nil, began)
		})
	}
	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		p := start(t, newHost(plugins.Limits{}), "slow") // it would tell a deadline that it hears of
		why := errors.New("the night is over")
		for range 10 {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, why)
			began := time.Now()
			check(t, p.Train(ctx, call, numbers(t, 3, 10), &collector{}), why, nil, began)
			cancel()
		}
	})
	t.Run("describe", func(t *testing.T) {
		t.Parallel()
		p := start(t, newHost(plugins.Limits{Start: time.Second}), "describe")
		began := time.Now()
		_, err := p.Describe(t.Context())
		check(t, err, plugins.ErrTimeout, []string{"plugin describe"}, began)
	})
	t.Run("start", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		_, err := newHost(plugins.Limits{}).Start(ctx, "sleep")
		check(t, err, context.DeadlineExceeded, nil, began)
	})
}

// Who takes the rows may refuse them; who gives them may break off.
func TestCallersErrors(t *testing.T) {
	h := newHost(plugins.Limits{})
	full := errors.New("the table is full")
	p := start(t, h, "echo")
	began := time.Now()
	check(t, p.Train(t.Context(), call, numbers(t, 100, 10_000), &collector{fail: full}), full, nil, began)

	lost := errors.New("the warehouse is gone")
	p = start(t, h, "echo")
	err := p.Train(t.Context(), call, &failing{RecordReader: numbers(t, 2, 10), err: lost}, &collector{})
	check(t, err, lost, []string{"rows for plugin echo, model flowers"}, began)

	p = start(t, h, "echo")
	err = p.Predict(t.Context(), call, failingReader{lost}, numbers(t, 2, 10), &collector{})
	check(t, err, lost, []string{"artifact"}, began)
}

// failing gives its rows and then fails.
type failing struct {
	array.RecordReader
	err error
	hit bool
}

func (f *failing) Next() bool {
	ok := f.RecordReader.Next()
	f.hit = f.hit || !ok
	return ok
}

func (f *failing) Err() error {
	if f.hit {
		return f.err
	}
	return nil
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// A plugin that fails while the warehouse is still thinking is told at once:
// the rows are told to stop.
func TestFailureWhileRowsAreSlow(t *testing.T) {
	p := start(t, newHost(plugins.Limits{}), "crash")
	rows := &stuck{RecordReader: numbers(t, 1, 10), stopped: make(chan struct{})}
	began := time.Now()
	err := p.Train(t.Context(), call, rows, &collector{})
	check(t, err, plugins.ErrCrashed, nil, began)
}

// stuck gives one batch and then nothing until it is stopped.
type stuck struct {
	array.RecordReader
	stopped chan struct{}
}

func (s *stuck) Next() bool {
	if s.RecordReader.Next() {
		return true
	}
	<-s.stopped
	return false
}

func (s *stuck) Stop() { close(s.stopped) }
