package plugintest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/snowpit-dev/snowpit/plugins"
)

// callPromises are about calls with good rows.
var callPromises = []promise{
	{"train", "then writes the artifact and the rows of the model's table to out", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		_, err := e.train(ctx, sample(), nil)
		return err
	}},
	{"train again", "It serves one call at a time.", plugins.ActionTrain, func(ctx context.Context, e *env) error {
		for range 3 {
			if _, err := e.train(ctx, sample(), nil); err != nil {
				return err
			}
		}
		return nil
	}},
	{"train ends with its context", "When ctx ends it returns soon, with ctx.Err().", plugins.ActionTrain, trainCancelled},
	{"predict", "Predict reads all of artifact first, then rows batch by batch, and writes the scored rows", plugins.ActionPredict, func(ctx context.Context, e *env) error {
		model, err := e.model(ctx)
		if err != nil {
			return err
		}
		out, err := e.predict(ctx, model, features(batch(0, 100, nil), batch(100, 50, nil)))
		if err == nil && out.rows == 0 {
			return errors.New("150 rows to score give none")
		}
		return err
	}},
	{"predict streams", "writes the scored rows to out as it goes; it does not hold the table", plugins.ActionPredict, predictStreams},
	{"predict no rows", "a table without rows is one empty batch", plugins.ActionPredict, func(ctx context.Context, e *env) error {
		model, err := e.model(ctx)
		if err != nil {
			return err
		}
		for _, rows := range []array.RecordReader{features(batch(0, 0, nil)), features()} {
			if out, err := e.predict(ctx, model, rows); err != nil || out.rows > 0 {
				return fmt.Errorf("no rows to score give %d rows: %w", out.rows, err)
			}
		}
		return nil
	}},
}

// trainCancelled ends a call in the middle, and then makes another one.
func trainCancelled(ctx context.Context, e *env) error {
	rows := &stuck{RecordReader: table(batch(0, 100, nil)), stop: make(chan struct{}), waits: make(chan struct{})}
	calling, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	why := errors.New("the user stopped it")
	go func() {
		<-rows.waits
		time.Sleep(300 * time.Millisecond) // for the plugin to be in the middle of it
		cancel(why)
	}()
	if _, err := e.train(calling, rows, nil); !errors.Is(err, why) {
		return fmt.Errorf("a call that was stopped ends in %w", err)
	}
	again, done := context.WithTimeout(ctx, 3*time.Second)
	defer done()
	if _, err := e.train(again, sample(), nil); err != nil {
		return fmt.Errorf("the call after one that was stopped: %w", err)
	}
	return nil
}

// predictStreams waits for the first rows before it gives the last.
func predictStreams(ctx context.Context, e *env) error {
	model, err := e.model(ctx)
	if err != nil {
		return err
	}
	rows := &stuck{RecordReader: features(batch(0, 100, nil)), stop: make(chan struct{}), waits: make(chan struct{})}
	out := &output{arrived: make(chan struct{})}
	calling, cancel := context.WithTimeoutCause(ctx, 5*time.Second, errors.New("no scored rows come before the last row went in"))
	defer cancel()
	go func() {
		select {
		case <-out.arrived:
		case <-calling.Done():
		}
		rows.Stop()
	}()
	return e.process.Predict(calling, e.call(plugins.ActionPredict, nil), bytes.NewReader(model), rows, out)
}

// stuck is rows that do not end before stop is closed.
type stuck struct {
	array.RecordReader
	stop  chan struct{}
	waits chan struct{} // closed when they are waited for
	ended bool
	once  sync.Once
}

func (s *stuck) Next() bool {
	if s.RecordReader.Next() {
		return true
	}
	if !s.ended {
		s.ended = true
		close(s.waits)
		<-s.stop
	}
	return false
}

// Stop is that of [plugins.Stopper].
func (s *stuck) Stop() { s.once.Do(func() { close(s.stop) }) }
