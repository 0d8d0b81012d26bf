package host

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"
)

// A watch calls expire once when it was not touched for a while.
type watch struct {
	mu    sync.Mutex
	limit time.Duration
	timer *time.Timer
	done  bool
}

func newWatch(limit time.Duration, expire func(time.Duration)) *watch {
	w := &watch{limit: limit}
	w.timer = time.AfterFunc(limit, func() { expire(limit) })
	return w
}

// touch begins the while anew.
func (w *watch) touch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.timer.Reset(w.limit)
	}
}

// pause stops the watch until it is touched.
func (w *watch) pause() { w.timer.Stop() }

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	w.timer.Stop()
}

// decode reads a metric's value, numbers as json.Number.
func decode(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}
